"""What is measured of a sound file."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.errors import BadInput
from engine.library.analysis import Analysis, analyse, cut_windows, file_digest
from tests.engine.library.tones import RATE, BandEmbedder, tone, write_tone


def analysed(path: Path) -> Analysis:
    return analyse(path, file_digest(path), BandEmbedder())


@pytest.mark.parametrize(
    ("seconds", "count"),
    [(0.2, 1), (5.0, 1), (5.5, 1), (6.0, 2), (34.0, 7), (60.0, 12), (125.5, 25), (126.0, 26)],
)
def test_a_sound_is_cut_into_windows_of_five_seconds(tmp_path: Path, seconds: float, count: int) -> None:
    found = analysed(write_tone(tmp_path / "a.wav", 220, seconds, rate=8_000))
    assert len(found.windows) == len(found.vectors) == count
    assert sum(window.seconds for window in found.windows) == pytest.approx(seconds, abs=1e-3)
    starts = [window.start for window in found.windows]
    assert starts == sorted(starts)
    assert found.seconds == pytest.approx(seconds, abs=1e-3)


def test_windows_do_not_overlap_and_leave_nothing_out() -> None:
    cut = list(cut_windows(RATE * 23, RATE))
    assert cut[0][0] == 0
    assert cut[-1][1] == RATE * 23
    assert all(before[1] == after[0] for before, after in pairwise(cut))


def test_loudness_brightness_and_noise_are_told_apart(tmp_path: Path) -> None:
    low, high = (
        analysed(write_tone(tmp_path / "l.wav", 150)),
        analysed(write_tone(tmp_path / "h.wav", 4_000, level=0.03)),
    )
    assert low.centroid < 300
    assert high.centroid > 3_000
    assert low.lufs is not None
    assert high.lufs is not None
    assert low.lufs > high.lufs + 10
    noise = np.random.default_rng(0).standard_normal(RATE).astype(np.float32) * 0.1
    soundfile.write(tmp_path / "n.wav", noise, RATE)
    assert analysed(tmp_path / "n.wav").flatness > 20 * low.flatness


def test_the_outline_follows_the_peaks(tmp_path: Path) -> None:
    sound = np.concatenate([tone(300, 1.0, 0.9), np.zeros(RATE, np.float32)])
    soundfile.write(tmp_path / "a.wav", sound, RATE)
    outline = np.frombuffer(analysed(tmp_path / "a.wav").outline, np.uint8)
    assert outline[:60].min() > 200
    assert outline[70:].max() < 3


def test_a_silent_window_is_near_to_nothing(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(RATE, np.float32), RATE)
    found = analysed(tmp_path / "a.wav")
    assert found.lufs is None
    assert not found.vectors.any()


@pytest.mark.parametrize("channels", [1, 2, 6, 9])
@pytest.mark.parametrize("rate", [8_000, 44_100, 96_000])
def test_any_rate_and_number_of_channels_is_read(tmp_path: Path, rate: int, channels: int) -> None:
    sound = np.repeat(tone(440, 0.5, rate=rate)[:, None], channels, axis=1)
    soundfile.write(tmp_path / "a.wav", sound, rate)
    found = analysed(tmp_path / "a.wav")
    assert (found.rate, found.channels) == (rate, channels)


@pytest.mark.parametrize("suffix", [".wav", ".aiff", ".flac", ".ogg", ".mp3", ".w64", ".caf", ".au"])
def test_every_format_is_read(tmp_path: Path, suffix: str) -> None:
    found = analysed(write_tone(tmp_path / f"a{suffix}", 440))
    assert found.seconds == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(
    "content", [b"", b"RIFF", b"RIFF\x24\0\0\0WAVEfmt ", b"hello" * 100, b"ID3" + bytes(50)]
)
def test_a_damaged_file_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(BadInput, match=r"\.$"):
        analysed(tmp_path / "a.wav")


def test_samples_that_are_no_numbers_do_no_harm(tmp_path: Path) -> None:
    sound = tone(440)
    sound[100:200] = np.nan
    soundfile.write(tmp_path / "a.wav", sound, RATE, subtype="FLOAT")
    found = analysed(tmp_path / "a.wav")
    assert np.isfinite(found.vectors).all()
    assert found.lufs is not None
