"""Synthesis with chosen parameters: exact onsets, the loudness drawn, and parameters that act."""

from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.errors import BadInput
from engine.synthesis import SYNTHESISED
from engine.synthesis.controlled import Course, synthesise_controlled
from engine.synthesis.random_draws import Draw

RATE = 48_000


def sound(
    concept: str,
    chosen: Mapping[str, float],
    course: Course | None = None,
    seconds: float = 3.0,
    seed: int = 3,
) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    return synthesise_controlled(concept, rng, seconds, RATE, chosen, course or Course())


def onsets(wave: NDArray[np.float32]) -> int:
    """How often the level rises from low to high."""
    level = np.sqrt(np.convolve(wave**2, np.ones(960) / 960, "same"))
    high = level > 0.25 * level.max()
    return int((high[1:] & ~high[:-1]).sum())


def centroid(wave: NDArray[np.float32]) -> float:
    power = np.abs(np.fft.rfft(wave)) ** 2
    return float((power * np.fft.rfftfreq(len(wave), 1 / RATE)).sum() / power.sum())


@pytest.mark.parametrize("concept", sorted(SYNTHESISED))
def test_every_concept_is_made_at_48_khz_of_the_length_asked_for(concept: str) -> None:
    wave = sound(concept, {"size": 0.5}, seconds=1.0)
    assert wave.shape == (RATE,)
    assert np.isfinite(wave).all()
    assert 0.6 < np.abs(wave).max() <= 0.71


@pytest.mark.parametrize("concept", ["footsteps", "door", "dog", "clock"])
def test_onsets_are_met_to_the_sample(concept: str) -> None:
    hits = (0.25, 0.9, 1.6)
    wave = np.abs(sound(concept, {}, Course(hits=hits), seconds=2.5))
    for hit in hits:
        start = round(hit * RATE)
        assert wave[start - 480 : start - 48].max(initial=0.0) < 0.2 * wave.max()
        assert wave[start : start + RATE // 10].max() > 0.3 * wave.max()


@pytest.mark.parametrize("concept", ["rain", "wind", "fire", "helicopter", "stream"])
def test_the_loudness_drawn_is_the_loudness_made(concept: str) -> None:
    levels = ((0.0, -50.0), (1.5, 0.0), (3.0, -50.0))
    wave = sound(concept, {}, Course(levels))
    blocks = wave[: len(wave) // 4800 * 4800].reshape(-1, 4800)
    measured = 10 * np.log10((blocks**2).mean(1) + 1e-12)
    asked = np.interp((np.arange(len(blocks)) + 0.5) * 0.1, *np.array(levels).T)
    assert np.corrcoef(measured, asked)[0, 1] > 0.9


@pytest.mark.parametrize(
    ("concept", "name"), [("footsteps", "pace"), ("clock", "pace"), ("keyboard", "pace")]
)
def test_a_quicker_pace_has_more_onsets(concept: str, name: str) -> None:
    slow, quick = (
        sum(onsets(sound(concept, {name: value}, seconds=5.0, seed=seed)) for seed in range(3))
        for value in (0.05, 0.95)
    )
    assert quick > 1.3 * slow


@pytest.mark.parametrize("concept", ["dog", "bell", "rain", "car"])
def test_a_larger_thing_is_lower_and_a_far_one_duller(concept: str) -> None:
    small, large = (centroid(sound(concept, {"size": value})) for value in (0.1, 0.9))
    assert large < 0.75 * small
    near, far = (centroid(sound(concept, {"distance": value})) for value in (0.0, 1.0))
    assert far < near


def test_the_same_seed_makes_the_same_and_another_seed_another() -> None:
    assert np.array_equal(sound("rain", {"density": 0.4}), sound("rain", {"density": 0.4}))
    assert not np.array_equal(sound("rain", {"density": 0.4}), sound("rain", {"density": 0.4}, seed=4))


def test_a_chosen_draw_takes_its_place_in_the_range_and_leaves_the_others_random() -> None:
    def drawn(chosen: Mapping[str, float]) -> tuple[float, float, float, str]:
        draw = Draw(np.random.default_rng(1), RATE, chosen)
        return (
            draw.between(0, 10, "a"),
            draw.log_between(1, 100, "-a"),
            draw.between(0, 1),
            draw.pick("wxyz", "a"),
        )

    free, chosen = drawn({}), drawn({"a": 0.5})
    assert chosen[:2] == pytest.approx((5, 10))
    assert chosen[2] == free[2]
    assert chosen[3] == "y"


def test_an_unknown_concept_is_refused_in_a_sentence() -> None:
    with pytest.raises(BadInput, match="No synthesis"):
        sound("unicorn", {})
