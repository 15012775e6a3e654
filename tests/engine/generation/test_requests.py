"""Requests are complete values: comparable, serialisable, checked."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.errors import BadInput
from engine.generation.recipe import read_request, request_facts, request_text
from engine.generation.requests import FINAL, GenerationRequest, Quality, Settings, Target, take_seed
from engine.scene.masks import pack
from tests.engine.generation.fakes import sampling


@pytest.fixture
def request_of_two() -> GenerationRequest:
    mask = pack(np.eye(40, dtype=np.bool_))
    targets = (Target((0,), "dog", None, mask, -22.0), Target((1,), "horn", "car horn", mask, -20.0))
    return GenerationRequest("pocket-1", "digest", targets, takes=(1, 2), seed=7)


def test_a_request_survives_json_and_equals_itself(request_of_two: GenerationRequest) -> None:
    facts = json.loads(json.dumps(request_facts(request_of_two)))
    again = read_request(facts)
    assert again == request_of_two
    assert hash(again) == hash(request_of_two)
    assert request_text(again) == request_text(request_of_two)


def test_requests_that_differ_in_anything_differ(request_of_two: GenerationRequest) -> None:
    for change in ({"seed": 8}, {"takes": (2,)}, {"model": "pocket-2"}, {"generator": "other"}):
        assert replace(request_of_two, **change) != request_of_two
    for setting in ({"steps": 3}, {"negative": "music"}):
        settings = replace(sampling(request_of_two), **setting)
        assert replace(request_of_two, settings=settings) != request_of_two


def test_a_take_has_its_own_seed_whatever_else_is_made() -> None:
    seeds = {take_seed(7, index, take) for index in range(20) for take in range(1, 20)}
    assert len(seeds) == 20 * 19
    assert all(0 <= seed < 2**63 for seed in seeds)
    assert take_seed(7, 3, 2) == take_seed(7, 3, 2) != take_seed(8, 3, 2)


def test_seeds_stay_what_they_are_in_every_version() -> None:
    """Recipes of today must make the same samples in years."""
    assert take_seed(7, 0, 1) == 5730826186778930994


def test_a_request_for_one_take_keeps_its_target_and_number(request_of_two: GenerationRequest) -> None:
    one = request_of_two.only(request_of_two.targets[1], 2)
    assert (one.targets, one.takes, one.seed) == ((request_of_two.targets[1],), (2,), 7)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"duration": 0.0}, "0.5 to 30 seconds"),
        ({"duration": 10_000.0}, "0.5 to 30 seconds"),
        ({"duration": float("nan")}, "0.5 to 30 seconds"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**63}, "seed"),
        ({"seed": 1.5}, "seed"),
        ({"takes": ()}, "at least one take"),
        ({"takes": (0,)}, "from 1"),
        ({"takes": (1, 1)}, "each once"),
        ({"takes": tuple(range(1, 30))}, "At most 20"),
        ({"targets": ()}, "nothing to make a sound of"),
        ({"still": None}, "belongs to a still"),
    ],
)
def test_what_makes_no_sense_is_refused(
    request_of_two: GenerationRequest, change: dict[str, Any], words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        replace(request_of_two, **change)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"steps": 0}, "Steps"),
        ({"solver": "euler"}, "no solver"),
        ({"guidance": 0.5}, "Guidance"),
        ({"guidance": float("inf")}, "Guidance"),
    ],
)
def test_settings_of_a_generator_that_make_no_sense_are_refused(
    request_of_two: GenerationRequest, change: dict[str, Any], words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        replace(sampling(request_of_two), **change)


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (Target((), "rain", None, None, -23.0), "give a prompt"),
        (Target((), "rain", "rain", None, 3.0), "level"),
        (Target((-1,), "rain", "rain", None, -23.0), "numbered"),
    ],
)
def test_a_target_that_makes_no_sense_is_refused(target: Target, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        GenerationRequest("pocket-1", None, (target,))


def test_two_objects_can_not_have_one_number(request_of_two: GenerationRequest) -> None:
    with pytest.raises(BadInput, match="same number"):
        replace(request_of_two, targets=(request_of_two.targets[0],) * 2)


def test_settings_are_checked_when_made() -> None:
    assert Settings(takes=3, quality=FINAL).quality.solver == "ddim"
    for wrong in ({"takes": 0}, {"duration": 0}, {"quality": Quality("ddim", 0)}, {"takes": 21}):
        with pytest.raises(BadInput):
            Settings(**wrong)


@pytest.mark.parametrize(
    "damage",
    [
        {"seed": None},
        {"targets": 3},
        {"targets": [{}]},
        {"duration": "long"},
        {"takes": None},
    ],
)
def test_a_damaged_recipe_is_a_sentence(request_of_two: GenerationRequest, damage: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        read_request({**request_facts(request_of_two), **damage})


def test_a_recipe_of_a_newer_program_is_refused_as_such(request_of_two: GenerationRequest) -> None:
    with pytest.raises(BadInput, match="newer"):
        read_request({**request_facts(request_of_two), "schema": 99, "new": 1})
