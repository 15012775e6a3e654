"""A file that is complete at every moment while it is recorded, and clicks that are found in what came back."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.errors import BadInput, Failed
from engine.sound import recording_file
from engine.sound.recording_file import RecordingFile
from engine.sound.round_trip import click_signal, find_lag

RATE = 48_000


@pytest.mark.parametrize("channels", [1, 2])
def test_the_file_can_be_read_after_every_block_without_being_closed(tmp_path: Path, channels: int) -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, (50_000, channels)).astype(np.float32)
    file = RecordingFile(tmp_path / "new folder" / "a.wav", RATE, channels)
    assert soundfile.info(file.path).frames == 0
    for at in range(0, len(noise), 9_999):
        file.write(noise[at : at + 9_999])
        read, rate = soundfile.read(file.path, dtype="float32", always_2d=True)
        assert rate == RATE
        assert np.array_equal(read, noise[: at + 9_999])
    file.close()
    file.close()
    assert file.path.stat().st_size == 44 + noise.nbytes


def test_a_file_that_would_be_too_long_or_cannot_be_written_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording_file, "MOST_BYTES", 100)
    with RecordingFile(tmp_path / "a.wav", RATE, 1) as file:
        file.write(np.zeros((10, 1), np.float32))
        with pytest.raises(Failed, match="as long as a WAV file can be"):
            file.write(np.zeros((10, 1), np.float32))
    assert soundfile.info(tmp_path / "a.wav").frames == 10
    (tmp_path / "b").write_bytes(b"")
    with pytest.raises((BadInput, Failed), match="cannot be written"):
        RecordingFile(tmp_path / "b" / "c.wav", RATE, 1)


@pytest.mark.parametrize("lag", [0, 1, 777, 20_000])
@pytest.mark.parametrize("noise", [0.0, 0.02])
def test_clicks_are_found_to_the_sample_even_in_noise_and_turned_over(lag: int, noise: float) -> None:
    played = click_signal(RATE)
    recorded = np.random.default_rng(1).normal(0, noise or 1e-9, len(played) + RATE).astype(np.float32)
    recorded[lag : lag + len(played)] -= 0.3 * played
    assert find_lag(recorded, played, RATE) == lag


@pytest.mark.parametrize("level", [0.0, 0.1])
def test_silence_and_noise_are_no_clicks(level: float) -> None:
    recorded = np.random.default_rng(2).normal(0, level, 3 * RATE).astype(np.float32)
    with pytest.raises(Failed, match="clicks were not heard"):
        find_lag(recorded, click_signal(RATE), RATE)
    with pytest.raises(Failed, match="clicks were not heard"):
        find_lag(np.zeros(0, np.float32), click_signal(RATE), RATE)
