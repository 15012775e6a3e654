"""Projects of older Foleyscapes open in this one."""

import json
from pathlib import Path

import pytest

from engine.errors import BadInput
from engine.project.folder import Project
from engine.project.json_text import UnreadableJson
from engine.project.migrations import STEPS, migrate
from engine.project.schema import SCHEMA
from engine.project.take_files import take_digest
from engine.scene.scene import Scene
from engine.scene.timeline import LEAST_GAIN_DB, Fade
from tests.engine.project.toy_project import toy_take

SCHEMA_1 = """{
 "schema": 1,
 "name": "Alley",
 "still": null,
 "objects": [],
 "takes": [
  {"digest": "TAKE", "name": "Dog", "objects": [], "number": 1, "rate": 16000, "channels": 1, "samples": 800,
   "recipe": "{\\"seed\\": 0}", "starred": true, "rejected": false}
 ],
 "chosen": [],
 "timeline": {
  "rate": 48000,
  "frame_rate": "24",
  "start_frame": 86400,
  "master_gain": 0.5,
  "tracks": [
   {"name": "Dog", "object": null, "gain": 2.0, "pan": -0.5, "muted": false, "soloed": false, "mood": "sad",
    "clips": [
     {"id": 1, "take": "TAKE", "start": 1.5, "offset": 0.01, "length": 0.04, "gain": 1.0,
      "fade_in": [0.005, "linear"], "fade_out": [0.0, "equal_power"], "muted": false, "flavour": 3},
     {"id": 2, "take": "TAKE", "start": 2.0, "offset": 0.0, "length": 0.0500104, "gain": 0.0}
    ]},
   {"name": "Rain", "object": null, "gain": 0, "clips": []}
  ],
  "markers": [{"id": 3, "at": 2.5, "name": "bang", "hit": true}],
  "loudness": "film"
 },
 "next_id": 4,
 "next_object": 0,
 "weather": "rain"
}
"""
"""As the first Foleyscape wrote it: times in seconds, gains as factors, tracks without numbers."""


@pytest.fixture
def old(toy: tuple[Path, Scene]) -> Path:
    """A project folder with a scene.json of schema 1 and its take."""
    text = SCHEMA_1.replace("TAKE", take_digest(toy_take(0)))
    (toy[0] / "scene.json").write_text(text)
    return toy[0]


def test_a_project_of_schema_1_opens_with_samples_decibels_and_numbered_tracks(old: Path) -> None:
    opened = Project.open(old, writing=False)
    timeline = opened.scene.timeline
    dog, rain = timeline.tracks
    first, second = dog.clips
    assert opened.warnings == ()
    assert (first.start, first.offset, first.length) == (72_000, 480, 1920)
    assert (first.fade_in, first.fade_out) == (Fade(240, "linear"), Fade(0, "equal_power"))
    assert (second.start, second.length, second.gain_db) == (96_000, 2400, LEAST_GAIN_DB)
    assert (first.muted, second.muted, rain.muted) == (False, True, True)
    assert (dog.id, rain.id, opened.scene.next_id) == (4, 5, 6)
    assert first.gain_db == 0.0
    assert dog.gain_db == pytest.approx(6.0206, abs=1e-4)
    assert timeline.master_gain_db == pytest.approx(-6.0206, abs=1e-4)
    assert (timeline.markers[0].at, timeline.frame_rate.name, timeline.loudness) == (120_000, "24", "film")
    assert (opened.scene.unknown_fields, dog.unknown_fields, first.unknown_fields) == (
        (("weather", '"rain"'),),
        (("mood", '"sad"'),),
        (("flavour", "3"),),
    )


def test_the_old_file_is_kept_when_the_project_is_first_saved(old: Path) -> None:
    before = (old / "scene.json").read_bytes()
    with Project.open(old).project as project:
        scene = Project.open(old, writing=False).scene
        project.save(scene)
        project.save(scene)
    assert json.loads((old / "scene.json").read_bytes())["schema"] == SCHEMA
    assert (old / "scene.json.schema-1").read_bytes() == before
    assert not (old / "scene.json.schema-2").exists()
    assert Project.open(old, writing=False).scene == scene


def test_a_newer_project_is_refused_and_nothing_is_written(old: Path) -> None:
    (old / "scene.json").write_text(f'{{"schema": {SCHEMA + 1}, "name": "Later"}}')
    before = {path: path.stat().st_mtime_ns for path in [old, *old.rglob("*")] if path != old}
    with pytest.raises(
        BadInput, match=rf"newer Foleyscape \(schema {SCHEMA + 1}; this one knows {SCHEMA}\): update"
    ):
        Project.open(old)
    assert {path: path.stat().st_mtime_ns for path in old.rglob("*")} == before


@pytest.mark.parametrize("schema", [None, 0, -1, "2", 2.0, True])
def test_a_schema_that_is_none_is_no_scene(schema: object) -> None:
    with pytest.raises(UnreadableJson, match="no scene of Foleyscape"):
        migrate({"schema": schema})


@pytest.mark.parametrize("key", ["takes", "timeline", "next_id"])
@pytest.mark.parametrize(
    "value", [None, 7, "x", [], {}, [None], {"rate": 48_000, "tracks": [{"clips": [5]}, 7]}]
)
def test_damage_goes_through_the_migration_untouched(key: str, value: object) -> None:
    facts = {**json.loads(SCHEMA_1), key: value}
    assert migrate(facts)["schema"] == SCHEMA


def test_there_is_a_step_from_every_schema_to_the_next() -> None:
    assert sorted(STEPS) == list(range(1, SCHEMA))


def test_gains_and_times_that_are_none_go_through_as_they_are() -> None:
    facts = json.loads(SCHEMA_1)
    [clip, _] = facts["timeline"]["tracks"][0]["clips"]
    clip.update(gain="loud")
    del clip["offset"]
    [changed, _] = migrate(facts)["timeline"]["tracks"][0]["clips"]
    assert changed["gain_db"] == "loud"
    assert changed["length"] == round(0.04 * 48_000)
    assert "offset" not in changed
