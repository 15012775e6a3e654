"""Every concept can be made, endlessly and safely."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.errors import BadInput
from engine.synthesis import SYNTHESISED, synthesise

CONCEPTS = Path(__file__).parents[4] / "resources" / "concepts.json"


def make(concept: str, seed: int = 0, seconds: float = 1.5, rate: int = 16000) -> NDArray[np.float32]:
    return synthesise(concept, np.random.default_rng(seed), seconds, rate)


@pytest.mark.parametrize("concept", sorted(SYNTHESISED))
def test_each_concept_gives_a_sound_within_bounds(concept: str) -> None:
    for seed in range(3):
        sound = make(concept, seed)
        assert sound.shape == (24000,)
        assert sound.dtype == np.float32
        assert bool(np.all(np.isfinite(sound)))
        peak = float(np.max(np.abs(sound)))
        assert 0.2 < peak <= 0.9
        assert abs(float(np.mean(sound))) < 0.01 * peak
        assert abs(float(sound[0])) < 0.02 * peak
        assert abs(float(sound[-1])) < 0.02 * peak


@pytest.mark.parametrize("concept", sorted(SYNTHESISED))
def test_two_draws_of_a_concept_never_sound_alike(concept: str) -> None:
    first, second = make(concept, 1), make(concept, 2)
    likeness = float(np.dot(first, second) / (np.linalg.norm(first) * np.linalg.norm(second)))
    assert abs(likeness) < 0.9


@pytest.mark.parametrize("concept", ["dog", "clock", "sea", "piano"])
def test_the_same_state_gives_the_same_sound(concept: str) -> None:
    assert np.array_equal(make(concept, 7), make(concept, 7))


@pytest.mark.parametrize("rate", [8000, 22050, 44100])
@pytest.mark.parametrize("concept", ["bird", "helicopter", "accordion", "scissors", "telephone"])
def test_other_rates_and_lengths_are_kept(concept: str, rate: int) -> None:
    sound = make(concept, 3, 0.8, rate)
    assert sound.shape == (round(0.8 * rate),)
    assert 0.2 < float(np.max(np.abs(sound))) <= 0.9


def test_every_concept_of_the_table_can_be_made_or_is_recorded() -> None:
    if not CONCEPTS.exists():
        pytest.skip("the concept table is not in this checkout")
    table = json.loads(CONCEPTS.read_text(encoding="utf-8"))
    recorded = {entry["id"] for entry in table if any(entry["recordings"].values())}
    assert {entry["id"] for entry in table} >= SYNTHESISED
    assert {entry["id"] for entry in table} - SYNTHESISED <= recorded


def test_there_are_forty_eight_concepts() -> None:
    assert len(SYNTHESISED) == 48


def test_an_unknown_concept_is_refused_by_name() -> None:
    with pytest.raises(BadInput, match="unicorn"):
        make("unicorn")


@pytest.mark.parametrize(("seconds", "rate"), [(0.1, 16000), (1.0, 4000)])
def test_too_short_or_too_coarse_is_refused(seconds: float, rate: int) -> None:
    with pytest.raises(BadInput, match="seconds"):
        make("dog", 0, seconds, rate)
