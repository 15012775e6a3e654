"""The museum: a recipe and a project of every schema ever written, which open for ever.

Nothing in this folder is ever changed. ``recipe_N.json`` and ``project_N.foley`` were written by the Foleyscape
whose schema N was; a new schema adds a recipe or a project here.
In ``project_2_recipes_2.foley`` the recipes, of schema 2, name their masks by digest; in
``project_2_take_notes.foley`` a take has a name and a note of its own and another is in the bin.
"""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from engine.generation.recipe import read_recipe_text
from engine.project import schema
from engine.project.folder import Project
from engine.scene import recipe_facts
from engine.scene.automatic_fades import with_automatic_fades
from engine.scene.recipe_facts import RecipeFacts
from engine.scene.takes import Take
from engine.studio import Studio
from tests.engine.generation.fakes import FakeParts, two_halves

HERE = Path(__file__).parent
SAMPLES = {
    "recipe_1.json": ("f1038742efcb77c8", "e2def6b8a64465c2", "c3a25b2ae912fd71"),
    "recipe_1_words.json": ("f565a3658d22a24c", "eaa14b900d992d12"),
    "recipe_2.json": ("f1038742efcb77c8", "e2def6b8a64465c2", "c3a25b2ae912fd71"),
}
"""Digests of the samples that each recipe made when it was written, in the order of its takes."""


def digest(take: Take) -> str:
    """Of the samples in steps of a 13-bit file: the last bits of a sine differ from machine to machine."""
    return hashlib.sha256(np.round(take.samples * 8192).astype("<i2").tobytes()).hexdigest()[:16]


def studio() -> Studio:
    return Studio(parts=FakeParts(), generators=())


def test_the_museum_has_a_recipe_and_a_project_of_every_schema() -> None:
    recipes = {json.loads(path.read_text())["request"]["schema"] for path in HERE.glob("recipe_*.json")}
    projects = {json.loads(path.read_text())["schema"] for path in HERE.glob("project_*.foley/scene.json")}
    assert recipes == set(range(1, recipe_facts.SCHEMA + 1))
    assert projects == set(range(1, schema.SCHEMA + 1))
    assert set(SAMPLES) == {path.name for path in HERE.glob("recipe_*.json")}


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_recipe_of_any_schema_makes_the_samples_that_it_made_then(name: str) -> None:
    still = None if "words" in name else two_halves()
    takes = studio().reproduce(HERE / name, still).takes
    assert tuple(digest(take) for take in takes) == SAMPLES[name]


@pytest.mark.parametrize("path", sorted(HERE.glob("project_*.foley")), ids=lambda path: path.stem)
def test_a_project_of_any_schema_opens_whole_and_is_saved_as_one_of_today(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / path.name
    shutil.copytree(path, copy)
    opened = Project.open(copy)
    with opened.project as project:
        assert opened.warnings == ()
        assert opened.scene.takes
        for take in opened.scene.takes:
            assert project.takes(take.digest)[0].any()
        project.save(opened.scene)
    again = Project.open(copy, writing=False)
    assert again.scene == opened.scene
    assert json.loads((copy / "scene.json").read_text())["schema"] == schema.SCHEMA


@pytest.mark.parametrize("path", sorted(HERE.glob("project_*.foley")), ids=lambda path: path.stem)
def test_a_project_from_before_automatic_fades_sounds_as_it_did(path: Path) -> None:
    line = Project.open(path, writing=False).scene.timeline
    before = json.loads((path / "scene.json").read_text())["schema"] < 4
    assert (line.edge_fade_ms, line.auto_crossfade) == ((0.0, False) if before else (5.0, True))
    assert (with_automatic_fades(line) == line) is before


@pytest.mark.parametrize("name", ["project_2.foley", "project_2_recipes_2.foley"])
def test_the_recipes_in_a_project_tell_and_make_what_they_told_and_made(name: str, tmp_path: Path) -> None:
    opened = Project.open(HERE / name, writing=False)
    told = [RecipeFacts.of(take.recipe) for take in opened.scene.takes]
    assert [(facts.prompt, facts.seed) for facts in told] == [("dog", 7), ("frog", 7), ("dog + frog", 7)]
    assert {facts.setting("steps") for facts in told} == {16}
    for record, made in zip(opened.scene.takes, SAMPLES["recipe_1.json"], strict=True):
        request = read_recipe_text(opened.project.recipe_of(opened.scene, record))
        [take] = studio().generate(request, two_halves()).takes
        assert digest(take) == made


def test_names_notes_and_the_bin_of_takes_are_read_and_were_empty_before_there_were_any() -> None:
    with_notes = Project.open(HERE / "project_2_take_notes.foley", writing=False).scene.takes
    assert [(take.title, take.note, take.deleted) for take in with_notes] == [
        ("Far bark", "For the gate, reel 2", False),
        ("", "", True),
        ("", "", False),
    ]
    for older in ("project_1.foley", "project_2.foley", "project_2_recipes_2.foley"):
        takes = Project.open(HERE / older, writing=False).scene.takes
        assert {(take.title, take.note, take.deleted) for take in takes} == {("", "", False)}
