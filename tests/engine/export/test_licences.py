"""Which takes sound in a file, and under which licence."""

from dataclasses import replace

import pytest

from engine.export.licences import licences_of, model_of, takes_used
from engine.models.catalogue import UNKNOWN_LICENCE, load_catalogue
from tests.engine.export.toy_scene import toy


def test_each_take_that_sounds_is_named_once_with_the_licence_of_its_model() -> None:
    scene = toy().scene
    first = scene.timeline.tracks[0]
    twice = replace(first, clips=(first.clips[0], replace(first.clips[0], id=900, start=10**6)))
    used = takes_used(scene, (twice, scene.timeline.tracks[1]), licences_of(load_catalogue()))
    assert [(take.name, take.number, take.model, take.licence) for take in used] == [
        ("Dog", 2, "pocket-0123456789ab", "Apache-2.0"),
        ("rain", 2, "pocket-0123456789ab", "Apache-2.0"),
    ]


def test_what_is_muted_or_gone_is_not_in_the_file() -> None:
    scene = toy().scene
    track = scene.timeline.tracks[0]
    muted = replace(track, clips=(replace(track.clips[0], muted=True),))
    gone = replace(track, clips=(replace(track.clips[0], take="f" * 64),))
    assert takes_used(scene, (muted, gone), {}) == ()


def test_a_licence_that_a_take_brings_goes_before_that_of_its_model() -> None:
    scene = toy().scene
    own = replace(scene, takes=tuple(replace(take, licence="CC0-1.0") for take in scene.takes))
    used = takes_used(own, own.timeline.tracks, licences_of(load_catalogue()))
    assert {take.licence for take in used} == {"CC0-1.0"}


def test_a_model_that_nobody_knows_has_no_licence_made_up_for_it() -> None:
    scene = toy().scene
    used = takes_used(scene, scene.timeline.tracks, {"other": "MIT"})
    assert {take.licence for take in used} == {UNKNOWN_LICENCE}


@pytest.mark.parametrize("recipe", ["", "[]", '{"model": 3}', "{", "[" * 100_000])
def test_a_recipe_that_names_no_model_is_no_error(recipe: str) -> None:
    assert model_of(recipe) == ""
