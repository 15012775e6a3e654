"""The limiter on sounds made to defeat one."""

from collections.abc import Callable, Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from engine.sound.limiter import ATTACK_SECONDS, Limiter, limit_blocks
from engine.sound.render import Block
from engine.sound.truepeak import true_peak_dbtp
from engine.sound.waveform import Waveform

RATE = 48_000


def noise(seconds: float, level: float, seed: int = 1) -> Waveform:
    rng = np.random.default_rng(seed)
    return rng.normal(0, level, (2, round(seconds * RATE))).astype(np.float32)


N, BOTH = np.arange(RATE // 2), np.ones((2, 1))
HOSTILE: dict[str, Callable[[np.random.Generator], NDArray[np.float64]]] = {
    "noise": lambda rng: rng.normal(0, 0.5, (2, len(N))),
    "clicks": lambda rng: (rng.random((2, len(N))) > 0.9995) * rng.choice([-3.0, 3.0], (2, len(N))),
    "tone with its peaks between samples": lambda _: 1.5 * np.sin(np.pi / 2 * N + np.pi / 4) * BOTH,
    "bursts": lambda rng: rng.normal(0, 2.0, (2, len(N))) * (np.sin(N / 1000) > 0.9),
    "square": lambda _: 3.0 * np.sign(np.sin(2 * np.pi * N * 997 / RATE)) * BOTH,
    "one side only": lambda rng: np.stack([rng.normal(0, 0.8, len(N)), np.zeros(len(N))]),
    "loud from the first sample to the last": lambda _: np.full((2, len(N)), 1.7),
}


def hostile(name: str) -> Waveform:
    return HOSTILE[name](np.random.default_rng(2)).astype(np.float32)


def cut(samples: Waveform, sizes: Iterable[int]) -> list[Block]:
    blocks, at = [], 0
    for size in sizes:
        part = samples[:, at : at + size]
        if part.shape[1]:
            blocks.append(Block(at, {1: part}, part))
        at += size
    return blocks


def whole(samples: Waveform, limiter: Limiter, size: int = 5000) -> Waveform:
    sizes = [size] * (samples.shape[1] // size + 1)
    return np.hstack([block.mix for block in limit_blocks(cut(samples, sizes), limiter)])


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("ceiling", [-1.0, -9.0])
def test_no_true_peak_passes_the_ceiling_and_no_more_is_taken_than_needed(name: str, ceiling: float) -> None:
    samples = hostile(name)
    changed = whole(samples, Limiter(RATE, ceiling))
    assert changed.shape == samples.shape
    assert ceiling - 0.2 < true_peak_dbtp(changed) <= ceiling


@given(st.integers(0, 1000), st.floats(0.05, 2.0), st.floats(-12.0, 0.0), st.floats(0.001, 0.01))
@settings(max_examples=20, deadline=None)
def test_the_ceiling_holds_for_any_level_ceiling_and_attack(
    seed: int, level: float, ceiling: float, attack: float
) -> None:
    samples = noise(0.3, level, seed)
    assert true_peak_dbtp(whole(samples, Limiter(RATE, ceiling, attack_seconds=attack))) <= ceiling


def test_what_keeps_under_the_ceiling_comes_out_bit_for_bit() -> None:
    samples = noise(1.0, 0.05)
    assert np.array_equal(whole(samples, Limiter(RATE)), samples)


@given(st.lists(st.integers(1, 20_000), min_size=1, max_size=12))
@settings(max_examples=15, deadline=None)
def test_a_gain_does_not_depend_on_how_the_stream_is_cut_up(sizes: list[int]) -> None:
    samples = hostile("bursts")
    sizes = [*sizes, samples.shape[1]]
    pieces = [block.mix for block in limit_blocks(cut(samples, sizes), Limiter(RATE))]
    assert np.array_equal(np.hstack(pieces), whole(samples, Limiter(RATE)))


def test_the_limited_mix_is_the_sum_of_the_limited_stems_to_the_last_bit() -> None:
    stems = {number: noise(0.5, 0.3, number) for number in (4, 2, 9)}
    mix = np.zeros_like(stems[4])
    for stem in stems.values():
        mix += stem
    [block] = limit_blocks([Block(0, stems, mix)], Limiter(RATE))
    total = np.zeros_like(mix)
    for number in (4, 2, 9):
        total = total + block.stems[number]
    assert np.array_equal(block.mix, total)
    assert true_peak_dbtp(block.mix) <= -1.0 < true_peak_dbtp(mix)


def test_every_stem_gets_one_and_the_same_gain_on_both_sides() -> None:
    stem, quiet = noise(0.5, 0.6), np.full((2, RATE // 2), 0.01, np.float32)
    [block] = limit_blocks([Block(0, {1: stem, 2: quiet}, stem + quiet)], Limiter(RATE))
    gain = block.stems[2] / quiet
    assert gain.min() < 0.8
    assert np.array_equal(gain[0], gain[1])
    assert np.abs(block.stems[1] - stem * gain).max() < 1e-6


def one_click(at: int, level: float) -> Waveform:
    """The gain curve round one click."""
    samples = np.full((2, RATE), 0.1, np.float32)
    samples[:, at] = level
    limiter = Limiter(RATE)
    return np.concatenate([limiter.push(samples), limiter.flush()])


def test_the_gain_falls_within_the_look_ahead_and_rises_smoothly_for_longer() -> None:
    at = RATE // 2
    gain = one_click(at, 2.0)
    falls = np.flatnonzero(gain < 1.0)[0]
    assert 0 < at - falls <= ATTACK_SECONDS * RATE + 25
    assert gain[at] == pytest.approx(gain.min(), rel=1e-6)
    assert gain[at] * 2.0 < 10 ** (-1.0 / 20)
    assert (np.diff(gain[falls:at]) <= 0).all() and np.abs(np.diff(gain)).max() < 0.02
    assert (np.diff(gain[at + 300 :]) >= 0).all()
    halfway = np.flatnonzero(gain[at:] > (1.0 + gain[at]) / 2)[0]
    assert 0.05 < halfway / RATE < 0.15


def test_a_release_ends_and_the_gain_is_1_again() -> None:
    samples = np.concatenate([noise(0.1, 1.0), noise(3.0, 0.01)], axis=1)
    changed = whole(samples, Limiter(RATE))
    assert np.array_equal(changed[:, -RATE:], samples[:, -RATE:])


def test_the_limiter_gives_as_many_gains_as_it_took_samples() -> None:
    for length in (1, 100, 4096, 10_001):
        limiter = Limiter(RATE)
        given_ = len(limiter.push(np.ones((2, length), np.float32)))
        assert given_ + len(limiter.flush()) == length
    assert len(Limiter(RATE).flush()) == 0
