"""Own recordings become takes of a project: stored, placed, opened again, and refused in a sentence."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.errors import BadInput
from engine.project import recordings
from engine.project.folder import Project
from engine.project.recordings import ImportRequest, add_recording, read_recording
from engine.scene.edits import add_object, add_track
from engine.scene.recipe_facts import RecipeFacts
from engine.scene.scene import Scene
from engine.scene.takes import Take
from engine.scene.validity import problems
from tests.engine.project.toy_project import toy_mask, toy_project

NOISE = np.random.default_rng(4).normal(0, 0.1, (9_600, 1)).astype(np.float32)


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    with soundfile.SoundFile(tmp_path / "heavy_door.flac", "w", 96_000, 1, "PCM_24") as file:
        file.artist, file.copyright = "A. Recordist", "CC-BY-4.0"
        file.write(NOISE)
    return tmp_path / "heavy_door.flac"


@pytest.fixture
def opened(tmp_path: Path) -> tuple[Project, Scene]:
    return toy_project(tmp_path)


def test_a_recording_is_a_take_with_its_source_and_licence(
    sound: Path, opened: tuple[Project, Scene]
) -> None:
    take = read_recording(ImportRequest(sound), opened[1])
    assert (take.kind, take.name, take.rate, take.samples.shape) == (
        "recording",
        "heavy door",
        48_000,
        (1, 4_800),
    )
    assert take.licence == "CC-BY-4.0"
    facts = RecipeFacts.of(take.recipe)
    assert (facts.source, len(facts.source_digest), facts.generator) == ("heavy_door.flac", 64, "")
    assert dict(facts.settings) == {
        "artist": "A. Recordist",
        "channels": 1,
        "copyright": "CC-BY-4.0",
        "format": "FLAC, PCM_24",
        "rate": 96_000,
    }


def test_the_user_s_own_name_and_licence_come_first(sound: Path, opened: tuple[Project, Scene]) -> None:
    take = read_recording(ImportRequest(sound, name="Gate", licence="own work"), opened[1])
    assert (take.name, take.licence) == ("Gate", "own work")


def test_a_recording_of_an_object_is_saved_and_opens_again(
    sound: Path, opened: tuple[Project, Scene], tmp_path: Path
) -> None:
    project, scene = opened
    take = read_recording(ImportRequest(sound, index=1), scene)
    after, record = add_recording(project, scene, take, at=960)
    assert problems(after) == ()
    assert record.objects == (1,)
    chosen = after.chosen_of(1)
    assert chosen is not None
    assert chosen.digest == record.digest
    [track] = [track for track in after.timeline.tracks if track.object == 1]
    assert [(clip.start, clip.length) for clip in track.clips] == [(960, 4_800)]
    project.save(after)
    project.close()
    again = Project.open(tmp_path / "Toy.foley")
    assert again.warnings == ()
    assert again.scene == after
    assert again.project.takes(record.digest)[0].shape == (1, 4_800)
    again.project.close()


def test_the_same_file_can_be_a_take_of_two_objects_and_is_numbered_in_each(
    sound: Path, opened: tuple[Project, Scene]
) -> None:
    project, scene = opened
    scene = add_object(scene, toy_mask(12), "Gate")
    for index in (1, scene.next_object - 1):
        scene, record = add_recording(
            project, scene, read_recording(ImportRequest(sound, index=index), scene)
        )
        assert record.objects == (index,)
        kept = scene.take(record.digest)
        assert kept is not None
        assert kept.number == 1
    assert problems(scene) == ()


def test_a_recording_of_no_object_gets_a_track_only_where_it_is_placed(
    sound: Path, opened: tuple[Project, Scene]
) -> None:
    project, scene = opened
    take = read_recording(ImportRequest(sound), scene)
    only, _ = add_recording(project, scene, take)
    assert only.timeline == scene.timeline
    placed, _ = add_recording(project, only, take, at=0)
    assert [track.name for track in placed.timeline.tracks][-1] == "heavy door"
    assert len(placed.takes) == len(only.takes)
    onto = add_track(scene, "Foley")
    onto, _ = add_recording(project, onto, take, at=5, track_id=scene.next_id)
    assert [clip.start for clip in onto.timeline.tracks[-1].clips] == [5]


def test_surround_recordings_stay_where_the_project_plays_them(
    tmp_path: Path, opened: tuple[Project, Scene]
) -> None:
    path = tmp_path / "six.wav"
    soundfile.write(path, np.repeat(NOISE, 6, axis=1), 48_000)
    scene = opened[1]
    assert read_recording(ImportRequest(path), scene).samples.shape[0] == 2
    surround = replace(scene, timeline=replace(scene.timeline, layout="5.1"))
    assert read_recording(ImportRequest(path), surround).samples.shape[0] == 6


def test_long_files_are_refused_before_they_are_read_unless_a_part_is_named(
    sound: Path, opened: tuple[Project, Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recordings, "MOST_SECONDS", 0.05)
    with monkeypatch.context() as unread:
        unread.delattr(recordings, "read_sound")
        with pytest.raises(BadInput, match="a take holds at most 0:00 minutes: import a part of it"):
            read_recording(ImportRequest(sound), opened[1])
    take = read_recording(ImportRequest(sound, start=0.06, seconds=0.05), opened[1])
    assert take.samples.shape == (1, 1_920)
    assert json.loads(take.recipe)["recording"]["from_seconds"] == 0.06


def test_names_that_cannot_be_written_become_ones_that_can(
    opened: tuple[Project, Scene], tmp_path: Path
) -> None:
    for name in ("a\x07b.wav", "___.wav", "x" * 240 + ".wav"):
        soundfile.write(tmp_path / name, NOISE, 48_000)
        take = read_recording(ImportRequest(tmp_path / name), opened[1])
        after, _ = add_recording(*opened, take)
        assert problems(after) == ()


def test_a_recording_stays_a_recording_beside_generated_takes(opened: tuple[Project, Scene]) -> None:
    assert {take.kind for take in opened[1].takes} == {"generated"}
    assert Take(np.zeros((1, 1), np.float32), 48_000, "a", (), 1, "{}").kind == "generated"
