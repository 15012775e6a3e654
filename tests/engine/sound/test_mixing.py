"""24-bit steps, resampling, and sound files."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from engine.errors import BadInput
from engine.sound.audio_files import read_wav, write_wav
from engine.sound.mixing import FULL_SCALE, quantised
from engine.sound.resample import resample

Wave = NDArray[np.float32]


def noise(samples: int, gain: float, seed: int) -> Wave:
    return np.asarray(gain * np.random.default_rng(seed).normal(size=(1, samples)), np.float32)


def test_full_scale_is_held_not_wrapped() -> None:
    steps = quantised(np.array([[1.5, -1.5, 1.0, -1.0]], np.float32))
    assert steps[0].tolist() == [FULL_SCALE - 1, -FULL_SCALE, FULL_SCALE - 1, -FULL_SCALE]


def test_a_sum_of_steps_survives_being_written_and_read(tmp_path: Path) -> None:
    stems = [quantised(noise(4800, gain, seed)) for seed, gain in ((1, 0.1), (2, 0.2))]
    mix = stems[0] + stems[1]
    for number, steps in enumerate([*stems, mix]):
        write_wav(tmp_path / f"{number}.wav", steps, 48_000)
    read = [soundfile.read(tmp_path / f"{n}.wav", dtype="int32")[0] for n in range(3)]
    assert (read[2] == read[0] + read[1]).all()
    assert soundfile.info(tmp_path / "2.wav").subtype == "PCM_24"
    back, rate = read_wav(tmp_path / "2.wav")
    assert rate == 48_000
    assert (back == mix / FULL_SCALE).all()


def test_resampling_keeps_length_level_and_band() -> None:
    tone = np.asarray(0.5 * np.sin(2 * np.pi * 1000 * np.arange(16_001) / 16_000), np.float32)[None]
    up = resample(tone, 16_000, 48_000)
    assert up.shape == (1, 48_003)
    assert up.dtype == np.float32
    assert np.abs(up[0, 6000:42_000:3] - tone[0, 2000:14_000]).max() < 1e-3
    wide = resample(noise(16_000, 0.2, 4), 16_000, 48_000)
    power = np.abs(np.fft.rfft(wide[0] * np.hanning(48_000))) ** 2
    assert power[8_300:].max() < 1e-9 * power[:8_000].max()
    assert resample(tone, 16_000, 16_000) is tone


def test_what_is_no_sound_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"RIFFnothing")
    with pytest.raises(BadInput, match="not a sound"):
        read_wav(tmp_path / "a.wav")
    with pytest.raises(BadInput, match="no file"):
        read_wav(tmp_path / "b.wav")
