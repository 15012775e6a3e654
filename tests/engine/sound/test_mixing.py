"""The mix is the sum of its stems, bit for bit, in memory and on disk."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from engine.errors import BadInput
from engine.sound.audio_files import read_wav, write_wav
from engine.sound.mixing import FULL_SCALE, as_float, mix_down, place, quantised
from engine.sound.resample import resample
from engine.sound.truepeak import true_peak_dbtp

Wave = NDArray[np.float32]


def noise(samples: int, gain: float, seed: int) -> Wave:
    return np.asarray(gain * np.random.default_rng(seed).normal(size=(1, samples)), np.float32)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 3000), st.floats(0.001, 0.9)), min_size=1, max_size=5))
def test_whatever_is_mixed_the_mix_is_the_exact_sum(parts: list[tuple[int, float]]) -> None:
    done = mix_down([noise(samples, gain, seed) for seed, (samples, gain) in enumerate(parts)])
    assert (done.mix == sum(stem.astype(np.int64) for stem in done.stems)).all()
    assert {stem.shape for stem in done.stems} == {(1, max(samples for samples, _ in parts))}
    assert done.gain_db <= 0


def test_the_sum_survives_being_written_and_read(tmp_path: Path) -> None:
    done = mix_down([noise(4800, 0.1, 1), noise(3000, 0.2, 2)])
    for number, steps in enumerate([*done.stems, done.mix]):
        write_wav(tmp_path / f"{number}.wav", steps, 48_000)
    read = [soundfile.read(tmp_path / f"{n}.wav", dtype="int32")[0] for n in range(3)]
    assert (read[2] == read[0] + read[1]).all()
    assert soundfile.info(tmp_path / "2.wav").subtype == "PCM_24"
    back, rate = read_wav(tmp_path / "2.wav")
    assert rate == 48_000
    assert (back == as_float(done.mix)).all()


def test_quiet_stems_are_left_as_they_are() -> None:
    quiet = noise(1000, 0.02, 1)
    done = mix_down([quiet, quiet])
    assert done.gain_db == 0.0
    assert np.abs(as_float(done.stems[0]) - quiet).max() <= 1 / FULL_SCALE


def test_what_would_clip_is_lowered_all_alike() -> None:
    tone = np.asarray(0.8 * np.sin(np.arange(4800) / 20) * np.hanning(4800), np.float32)[None]
    done = mix_down([tone, tone, tone])
    assert done.gain_db == pytest.approx(-20 * np.log10(2.4) - 0.1, abs=0.02)
    assert true_peak_dbtp(as_float(done.mix)) < 0
    assert (done.stems[0] == done.stems[2]).all()


def test_a_stem_that_is_not_part_of_the_mix_is_written_beside_it() -> None:
    done = mix_down([noise(100, 0.1, 1), noise(100, 0.1, 2)], sounding=[True, False])
    assert (done.mix == done.stems[0]).all()
    assert done.stems[1].any()


def test_placing_fills_with_silence_and_cuts_what_reaches_past_the_end() -> None:
    wave = np.ones((2, 5), np.float32)
    assert place(wave, 8, 2).sum(axis=1).tolist() == [5.0, 5.0]
    assert place(wave, 8, 6)[0].tolist() == [0.0] * 6 + [1.0, 1.0]
    assert not place(wave, 8, 20).any()


def test_full_scale_is_held_not_wrapped() -> None:
    steps = quantised(np.array([[1.5, -1.5, 1.0, -1.0]], np.float32))
    assert steps[0].tolist() == [FULL_SCALE - 1, -FULL_SCALE, FULL_SCALE - 1, -FULL_SCALE]


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
