"""Masks of recipes: stored once in the project, packed again where a recipe leaves it."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from engine.errors import BadInput
from engine.project.folder import Project
from engine.scene.masks import pack
from engine.scene.scene import Scene
from tests.engine.project.toy_project import toy_mask, toy_take


def test_the_masks_of_a_recipe_are_stored_once_and_packed_again_where_it_leaves(
    toy: tuple[Path, Scene],
) -> None:
    path, _ = toy
    packed = pack(toy_mask(11))
    recipe = json.dumps({"schema": 2, "targets": [{"mask": asdict(packed)}]}, sort_keys=True)
    opened = Project.open(path)
    with opened.project as project:
        record = project.add_take(replace(toy_take(7), recipe=recipe))
        assert packed.bits not in record.recipe
        assert (path / "masks" / f"{packed.digest}.png").is_file()
        kept = replace(opened.scene, takes=(*opened.scene.takes, replace(record, number=9)))
        assert f"masks/{packed.digest}.png" not in project.collect([kept], dry_run=True).files
        assert f"masks/{packed.digest}.png" in project.collect([opened.scene], dry_run=True).files
        project.save(kept)
        assert f"masks/{packed.digest}.png" not in project.collect([], dry_run=True).files
        assert json.loads(project.recipe_of(kept, record)) == json.loads(recipe)
    assert Project.open(path, writing=False).scene.takes[-1].recipe == record.recipe


def test_a_recipe_whose_mask_is_gone_is_a_sentence(toy: tuple[Path, Scene]) -> None:
    path, _ = toy
    packed = pack(toy_mask(11))
    recipe = json.dumps({"schema": 2, "targets": [{"mask": asdict(packed)}]})
    opened = Project.open(path)
    with opened.project as project:
        record = project.add_take(replace(toy_take(7), recipe=recipe))
        (path / "masks" / f"{packed.digest}.png").unlink()
        with pytest.raises(BadInput, match="missing"):
            project.recipe_of(opened.scene, record)


def test_a_mask_that_cannot_be_unpacked_stays_in_its_recipe(toy: tuple[Path, Scene]) -> None:
    recipe = json.dumps({"mask": {"height": 4, "width": 4, "digest": "d" * 64, "bits": "????"}})
    with Project.open(toy[0]).project as project:
        assert project.add_take(replace(toy_take(7), recipe=recipe)).recipe == recipe
