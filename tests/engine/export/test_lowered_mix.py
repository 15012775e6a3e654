"""The mix is the sum of its stems, bit for bit, and what would clip is lowered: the export of takes alone."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from engine.export.dither import MOST_ERROR
from engine.export.plan import ExportSettings, plan
from engine.export.run import write_sounds
from engine.scene.scene import Scene, TakeRecord
from engine.scene.timeline import Clip, Timeline, Track
from engine.sound.mixing import FULL_SCALE
from engine.sound.truepeak import true_peak_dbtp

Wave = NDArray[np.float32]
RATE = 48_000


@dataclass(frozen=True)
class Mixdown:
    """Attributes:
    stems: int32 (channels, samples) in 24-bit steps, as they stand in their files.
    mix: the same of the mix.
    gain_db: what every stem was changed by.
    """

    stems: tuple[NDArray[np.int32], ...]
    mix: NDArray[np.int32]
    gain_db: float


def noise(samples: int, gain: float, seed: int) -> Wave:
    return np.asarray(gain * np.random.default_rng(seed).normal(size=(1, samples)), np.float32)


def mix_down(waves: Sequence[Wave], sounding: Sequence[bool] | None = None) -> Mixdown:
    """Waveforms that start together, exported as mono stems with their mix, and read back."""
    heard = sounding or [True] * len(waves)
    digests = [f"{number:064x}" for number in range(len(waves))]
    takes = tuple(
        TakeRecord(digest, "noise", (), 1, RATE, 1, wave.shape[1], "{}")
        for digest, wave in zip(digests, waves, strict=True)
    )
    tracks = tuple(
        Track(n, "noise", None, (Clip(n, take.digest, 0, 0, take.samples),), muted=not heard[n - 1])
        for n, take in enumerate(takes, 1)
    )
    scene = Scene(takes=takes, timeline=Timeline(rate=RATE, tracks=tracks, layout="mono", edge_fade_ms=0.0))
    planned = plan(scene, ExportSettings(alternates=True, peaks="lower"))
    samples = dict(zip(digests, waves, strict=True))
    with tempfile.TemporaryDirectory() as folder:
        gain, _ = write_sounds(scene, lambda digest: (samples[digest], RATE), planned, Path(folder))
        read = {
            sound.track: soundfile.read(f"{folder}/{sound.path}.wav", dtype="int32", always_2d=True)[0].T >> 8
            for sound in planned.sounds
        }
        assert soundfile.info(f"{folder}/mix.wav").subtype == "PCM_24"
    return Mixdown(tuple(read[track.id] for track in tracks), read[None], gain.gain_db)


def as_float(steps: NDArray[np.int32]) -> Wave:
    return np.asarray(steps / FULL_SCALE, np.float32)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 3000), st.floats(0.001, 0.9)), min_size=1, max_size=5))
def test_whatever_is_mixed_the_mix_is_the_exact_sum(parts: list[tuple[int, float]]) -> None:
    done = mix_down([noise(samples, gain, seed) for seed, (samples, gain) in enumerate(parts)])
    assert (done.mix == sum(stem.astype(np.int64) for stem in done.stems)).all()
    assert {stem.shape for stem in done.stems} == {(1, max(samples for samples, _ in parts))}
    assert done.gain_db <= 0


def test_quiet_stems_are_left_as_they_are() -> None:
    quiet = noise(1000, 0.02, 1)
    done = mix_down([quiet, quiet])
    assert done.gain_db == 0.0
    assert np.abs(as_float(done.stems[0]) - quiet).max() <= MOST_ERROR / FULL_SCALE


def test_what_would_clip_is_lowered_all_alike() -> None:
    tone = np.asarray(0.8 * np.sin(np.arange(4800) / 20) * np.hanning(4800), np.float32)[None]
    done = mix_down([tone, tone, tone])
    assert done.gain_db == pytest.approx(-20 * np.log10(2.4) - 0.1, abs=0.02)
    assert true_peak_dbtp(as_float(done.mix)) < 0
    assert np.abs(done.stems[0] - done.stems[2]).max() <= 2 * MOST_ERROR


def test_a_stem_that_is_not_part_of_the_mix_is_written_beside_it() -> None:
    done = mix_down([noise(100, 0.1, 1), noise(100, 0.1, 2)], sounding=[True, False])
    assert (done.mix == done.stems[0]).all()
    assert done.stems[1].any()


def test_a_shorter_stem_is_filled_up_with_silence() -> None:
    done = mix_down([np.full((1, 8), 0.1, np.float32), np.full((1, 5), 0.1, np.float32)])
    assert done.stems[1].shape == (1, 8)
    assert np.abs(done.stems[1][0, :5] - 0.1 * FULL_SCALE).max() <= MOST_ERROR
    assert np.abs(done.stems[1][0, 5:]).max() <= MOST_ERROR
