"""Copies for listening."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.errors import Cancelled, Failed
from engine.export.audition import write_audition
from engine.export.riff import WaveFormat, wave_file
from engine.progress import Progress


def wave(path: Path, bits: int, rate: int = 48_000, seconds: float = 1.0) -> Path:
    samples = np.random.default_rng(3).normal(0, 0.1, (2, round(rate * seconds)))
    with wave_file(path, WaveFormat(rate, 2, bits)) as file:
        full = 1 << (bits - 1)
        file.write(samples.astype(np.float32) if bits == 32 else np.rint(samples * full).astype(np.int32))
    return path


@pytest.mark.parametrize("bits", [16, 24])
@pytest.mark.parametrize("rate", [44_100, 96_000])
def test_flac_has_the_same_samples(bits: int, rate: int, tmp_path: Path) -> None:
    source = wave(tmp_path / "a.wav", bits, rate)
    write_audition(source, tmp_path / "a.flac", "flac", title="Hund ü", licence="Apache-2.0")
    assert (
        soundfile.read(source, dtype="int32")[0] == soundfile.read(tmp_path / "a.flac", dtype="int32")[0]
    ).all()
    with soundfile.SoundFile(tmp_path / "a.flac") as file:
        assert (file.title, file.license) == ("Hund ü", "Apache-2.0")
        assert (file.subtype, file.samplerate) == (f"PCM_{bits}", rate)


def test_of_floating_point_flac_has_24_bits(tmp_path: Path) -> None:
    source = wave(tmp_path / "a.wav", 32)
    write_audition(source, tmp_path / "a.flac", "flac")
    error = soundfile.read(source)[0] - soundfile.read(tmp_path / "a.flac")[0]
    assert 0 < np.abs(error).max() <= 2.0**-23


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
def test_vorbis_is_as_long_and_sounds_alike(rate: int, tmp_path: Path) -> None:
    source = tmp_path / "a.wav"
    tone = 0.2 * np.sin(2 * np.pi * 440 * np.arange(rate * 3) / rate)
    with wave_file(source, WaveFormat(rate, 2, 24)) as file:
        file.write(np.rint(np.stack([tone, tone]) * 2**23).astype(np.int32))
    write_audition(source, tmp_path / "a.ogg", "ogg")
    copy = soundfile.read(tmp_path / "a.ogg")[0].T
    assert copy.shape == (2, rate * 3)
    assert np.corrcoef(copy[0], tone)[0, 1] > 0.99
    assert (tmp_path / "a.ogg").stat().st_size < source.stat().st_size / 4


def enough(count: list[int]) -> bool:
    count[0] += 1
    return count[0] > 3


@pytest.mark.parametrize("form", ["flac", "ogg"])
def test_a_cancelled_copy_is_not_there(form: str, tmp_path: Path) -> None:
    source = wave(tmp_path / "a.wav", 24)
    (tmp_path / "copy").write_text("before")
    with pytest.raises(Cancelled):
        progress = Progress(is_cancelled=partial(enough, [0]))
        write_audition(source, tmp_path / "copy", form, progress=progress)  # type: ignore[arg-type]
    assert (tmp_path / "copy").read_text() == "before"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    source = wave(tmp_path / "a.wav", 24, seconds=0.1)
    with pytest.raises(Failed, match="could not be written as FLAC"):
        write_audition(source, tmp_path / "gone" / "a.flac", "flac")
