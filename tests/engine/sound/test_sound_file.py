"""Sound files from elsewhere: every kind is read at the project's rate; what is no sound is a sentence."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from engine.errors import BadInput, Cancelled, Failed
from engine.progress import Progress
from engine.sound.resample import ResampleStream, resample
from engine.sound.sound_file import looks_like_sound, probe_sound, read_sound
from engine.sound.waveform import Waveform

NOISE = np.random.default_rng(4).normal(0, 0.1, (40_000, 2)).astype(np.float32)


def written(path: Path, samples: Waveform = NOISE, rate: int = 48_000, **named: Any) -> Path:
    soundfile.write(path, samples, rate, **named)
    return path


@pytest.mark.parametrize(
    ("name", "named", "within"),
    [
        ("a.wav", {"subtype": "PCM_U8"}, 0.009),
        ("a.wav", {"subtype": "PCM_16"}, 1e-4),
        ("a.wav", {"subtype": "PCM_24"}, 1e-6),
        ("a.wav", {"subtype": "PCM_32"}, 1e-7),
        ("a.wav", {"subtype": "FLOAT"}, 0.0),
        ("a.wav", {"subtype": "DOUBLE"}, 0.0),
        ("a.rf64", {"format": "RF64", "subtype": "PCM_24"}, 1e-6),
        ("a.aiff", {"subtype": "PCM_24"}, 1e-6),
        ("a.flac", {"subtype": "PCM_16"}, 1e-4),
        ("no ending", {"format": "FLAC", "subtype": "PCM_24"}, 1e-6),
    ],
)
def test_every_lossless_kind_is_read_as_it_was_written(
    tmp_path: Path, name: str, named: dict[str, Any], within: float
) -> None:
    sound = read_sound(written(tmp_path / name, **named), 48_000)
    assert np.abs(sound.samples - NOISE.T).max() <= within
    assert sound.facts.samples == len(NOISE)
    assert len(sound.digest) == 64


@pytest.mark.parametrize(("name", "subtype"), [("a.mp3", None), ("a.ogg", "VORBIS"), ("a.opus", "OPUS")])
def test_every_lossy_kind_is_read(tmp_path: Path, name: str, subtype: str | None) -> None:
    at = np.arange(48_000) / 48_000
    tone = (0.4 * np.sin(2 * np.pi * 440 * at)).astype(np.float32)
    form = None if name == "a.mp3" else "OGG"
    soundfile.write(tmp_path / name, tone, 48_000, format=form, subtype=subtype)
    sound = read_sound(tmp_path / name, 44_100)
    assert sound.samples.shape[0] == 1
    assert sound.samples.shape[1] / 44_100 == pytest.approx(1.0, abs=0.06)
    assert sound.samples.std() == pytest.approx(0.4 / 2**0.5, abs=0.02)


@pytest.mark.parametrize("rate", [8_000, 44_100, 48_000, 96_000, 192_000])
def test_a_file_of_any_rate_is_resampled_as_a_whole_sound_is(tmp_path: Path, rate: int) -> None:
    sound = read_sound(written(tmp_path / "a.wav", rate=rate, subtype="FLOAT"), 48_000)
    assert sound.samples.shape == (2, round(len(NOISE) * 48_000 / rate))
    assert np.abs(sound.samples - resample(NOISE.T, rate, 48_000)).max() < 1e-6


def test_blocks_of_any_size_are_resampled_alike() -> None:
    whole = ResampleStream(44_100, 48_000, 2)(NOISE, True)
    stream = ResampleStream(44_100, 48_000, 2)
    parts = [stream(NOISE[at : at + 777], at + 777 >= len(NOISE)) for at in range(0, len(NOISE), 777)]
    assert np.array_equal(np.concatenate(parts), whole)


@pytest.mark.parametrize(
    ("channels", "kept"), [(1, 1), (2, 2), (3, 2), (4, 2), (5, 2), (6, 2), (8, 2), (11, 2)]
)
def test_more_channels_than_the_project_plays_are_mixed_to_stereo(
    tmp_path: Path, channels: int, kept: int
) -> None:
    samples = np.random.default_rng(1).normal(0, 0.1, (500, channels)).astype(np.float32)
    path = written(tmp_path / "a.wav", samples, subtype="FLOAT")
    assert read_sound(path, 48_000).samples.shape == (kept, 500)
    assert read_sound(path, 48_000, layout_channels=channels).samples.shape == (channels, 500)


def test_a_part_of_a_file_is_read(tmp_path: Path) -> None:
    path = written(tmp_path / "a.wav", subtype="FLOAT")
    part = read_sound(path, 48_000, start=0.25, seconds=0.5)
    assert np.array_equal(part.samples, NOISE.T[:, 12_000:36_000])
    assert read_sound(path, 48_000, start=0.75, seconds=9.0).samples.shape == (2, 4_000)
    with pytest.raises(BadInput, match="there is nothing from 2 s on"):
        read_sound(path, 48_000, start=2.0)


def test_what_a_file_says_of_itself_is_kept(tmp_path: Path) -> None:
    with soundfile.SoundFile(tmp_path / "a.flac", "w", 48_000, 1) as file:
        file.title, file.artist, file.copyright = "Door", "A. Recordist", "CC0"
        file.write(NOISE[:, 0])
    facts = probe_sound(tmp_path / "a.flac")
    assert dict(facts.texts) == {"title": "Door", "artist": "A. Recordist", "copyright": "CC0"}
    assert (facts.form, facts.rate, facts.channels) == ("FLAC, PCM_16", 48_000, 1)


def nothing_at_all(path: Path) -> None:
    path.write_bytes(b"")


def words(path: Path) -> None:
    path.write_text("no sound\n" * 100)


def half_a_file(path: Path) -> None:
    written(path, format="FLAC")
    path.write_bytes(path.read_bytes()[:30])


def no_samples(path: Path) -> None:
    written(path, NOISE[:0], format="WAV")


def not_numbers(path: Path) -> None:
    written(path, np.full((10, 1), np.nan, np.float32), format="WAV", subtype="FLOAT")


def of_matlab(path: Path) -> None:
    written(path, format="MAT5")


def a_folder(path: Path) -> None:
    path.mkdir()


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def missing(path: Path) -> None:
    pass


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (nothing_at_all, "is empty"),
        (words, "is not a sound that can be read"),
        (half_a_file, "is not a sound that can be read"),
        (no_samples, "is empty"),
        (not_numbers, "samples that are no numbers"),
        (of_matlab, "is a MAT5 file: convert it"),
        (a_folder, "is a folder"),
        (a_pipe, "a device or a pipe"),
        (missing, "There is no file"),
    ],
)
@pytest.mark.parametrize("ending", [".wav", ".raw", ".mp3", ""])
def test_what_is_no_sound_is_one_sentence(tmp_path: Path, make: object, sentence: str, ending: str) -> None:
    assert callable(make)
    path = tmp_path / f"it{ending}"
    make(path)
    with pytest.raises(BadInput, match=sentence) as told:
        read_sound(path, 48_000)
    assert str(told.value).endswith(".")


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_one_sentence(tmp_path: Path) -> None:
    path = written(tmp_path / "a.wav")
    path.chmod(0)
    with pytest.raises(Failed, match="no permission"):
        probe_sound(path)


def test_a_device_and_a_name_that_cannot_be_are_one_sentence() -> None:
    with pytest.raises(BadInput, match="a device or a pipe"):
        probe_sound(Path("/dev/zero"))
    with pytest.raises(BadInput, match="There is no file"):
        probe_sound(Path("a\x00b.wav"))


@pytest.mark.parametrize("seed", range(8))
def test_damaged_files_are_read_or_are_a_sentence(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    kinds: tuple[dict[str, Any], ...] = tuple({"format": kind} for kind in ("WAV", "FLAC", "OGG", "MP3"))
    for number, named in enumerate(kinds):
        path = written(tmp_path / f"{number}", NOISE[:3000], **named)
        data = bytearray(path.read_bytes())
        for at in rng.integers(0, min(len(data), 400), 6):
            data[at] = rng.integers(0, 256)
        path.write_bytes(data[: rng.integers(40, len(data) + 1)])
        try:
            sound = read_sound(path, 48_000, seconds=1.0)
        except (BadInput, Failed) as error:
            assert str(error).endswith(".")
        else:
            assert np.isfinite(sound.samples).all()


def test_reading_can_be_cancelled(tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        read_sound(written(tmp_path / "a.wav"), 48_000, progress=Progress(is_cancelled=lambda: True))


@pytest.mark.parametrize(
    ("name", "is_sound"), [("a.WAV", True), ("b.aif", True), ("c.jpg", False), ("d", False)]
)
def test_names_of_sounds_are_known_by_their_endings(name: str, is_sound: bool) -> None:
    assert looks_like_sound(Path(name)) == is_sound
