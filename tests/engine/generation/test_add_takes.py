"""Takes of a request come into a project under the objects that they were made for, and none is lost among others."""

from pathlib import Path

import numpy as np
import pytest

from engine.generation.add_to_project import add_and_save, add_takes, open_or_create
from engine.generation.requests import GenerationRequest, Target, TargetPart
from engine.scene.masks import Mask, pack
from engine.scene.scene import Scene
from engine.scene.takes import Take
from engine.vision.still import Still, load_still
from tests.engine.project.toy_project import RATE, toy_mask, toy_samples, toy_still


@pytest.fixture
def still(tmp_path: Path) -> Still:
    return load_still(toy_still(tmp_path))


def request_for(still: Still, *things: tuple[str, Mask], together: bool = False) -> GenerationRequest:
    targets = [Target((index,), name, name, pack(mask), -23.0) for index, (name, mask) in enumerate(things)]
    if together:
        parts = tuple(TargetPart(pack(mask), name) for name, mask in things)
        numbers = tuple(range(len(things)))
        targets.append(Target(numbers, "together", None, None, -23.0, parts))
    return GenerationRequest("toy", still.digest, tuple(targets))


def takes_of(request: GenerationRequest, seed: int = 0) -> list[Take]:
    return [
        Take(toy_samples(seed + n), RATE, target.name, target.objects, 1, f'{{"seed": {seed + n}}}')
        for n, target in enumerate(request.targets)
    ]


def added(path: Path, still: Still, request: GenerationRequest, seed: int = 0) -> Scene:
    return add_and_save(path, still, None, request, takes_of(request, seed)).scene


def owners(scene: Scene) -> list[tuple[str, list[str]]]:
    """Each take's name, and the names of the objects that it is of."""
    names = {thing.index: thing.name for thing in scene.objects}
    return [(take.name, [names[number] for number in take.objects]) for take in scene.takes]


@pytest.mark.parametrize("names", [("dog", "bell"), ("dog", "dog"), ("dog", "bell", "dog")])
def test_things_that_share_a_mask_stay_as_many_as_were_clicked(
    tmp_path: Path, still: Still, names: tuple[str, ...]
) -> None:
    request = request_for(still, *((name, toy_mask(5)) for name in names))
    scene = added(tmp_path / "P.foley", still, request)
    assert [thing.name for thing in scene.objects] == list(names)
    assert [len(take.objects) for take in scene.takes] == [1] * len(names)
    assert len({take.objects for take in scene.takes}) == len(names)
    assert [len(track.clips) for track in scene.timeline.tracks] == [1] * len(names)
    # The same things again are the same objects.
    again = added(tmp_path / "P.foley", still, request, seed=100)
    assert again.objects == scene.objects
    assert all(len(again.takes_of(thing.index)) == 2 for thing in again.objects)


def test_another_name_for_a_mask_that_is_there_is_another_object(tmp_path: Path, still: Still) -> None:
    added(tmp_path / "P.foley", still, request_for(still, ("dog", toy_mask(5))))
    scene = added(tmp_path / "P.foley", still, request_for(still, ("bell", toy_mask(5))), seed=50)
    assert owners(scene) == [("dog", ["dog"]), ("bell", ["bell"])]


def test_takes_of_things_together_are_of_all_of_them_though_they_share_a_mask(
    tmp_path: Path, still: Still
) -> None:
    things = (("dog", toy_mask(5)), ("bell", toy_mask(5)), ("door", toy_mask(20)))
    scene = added(tmp_path / "P.foley", still, request_for(still, *things, together=True))
    assert owners(scene)[-1] == ("together", ["dog", "bell", "door"])


def test_a_take_together_of_things_that_the_project_has_finds_them_by_their_masks(
    tmp_path: Path, still: Still
) -> None:
    path = tmp_path / "P.foley"
    added(path, still, request_for(still, ("dog", toy_mask(5)), ("door", toy_mask(20))))
    whole = request_for(still, ("dog", toy_mask(5)), ("door", toy_mask(20)), together=True)
    alone = GenerationRequest("toy", still.digest, whole.targets[-1:])
    opened = open_or_create(path, still, None)
    with opened.project as project:
        scene = add_takes(project, opened.scene, alone, takes_of(alone, 70))
    assert owners(scene)[-1] == ("together", ["dog", "door"])
    assert np.array_equal(scene.objects[0].mask, toy_mask(5))
