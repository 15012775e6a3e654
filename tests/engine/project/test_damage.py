"""A damaged project opens as far as it is sound, says what is not, and loses nothing by being saved."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine.errors import BadInput
from engine.project.folder import Opened, Project
from engine.project.safe_files import SafeFiles
from engine.scene.edits import remove_clips_of
from engine.scene.scene import Scene
from engine.scene.validity import problems
from tests.engine.project.toy_project import SIZE, toy_take


def opened_after(folder: Path, change: Callable[[dict[str, Any]], object]) -> Opened:
    """The project after its scene.json was changed by hand."""
    facts = json.loads((folder / "scene.json").read_bytes())
    change(facts)
    (folder / "scene.json").write_text(json.dumps(facts))
    return Project.open(folder, writing=False)


def test_a_take_whose_file_is_away_stays_with_its_clips_and_is_told(toy: tuple[Path, Scene]) -> None:
    folder, scene = toy
    path = folder / "takes" / f"{scene.takes[1].digest}.wav"
    path.rename(folder / "away.wav")
    opened = Project.open(folder)
    with opened.project as project:
        assert opened.scene == scene
        assert [warning.split(":")[0] for warning in opened.warnings] == ["Take 2 of 'Dog' cannot be heard"]
        assert opened.unreadable == {scene.takes[1].digest}
        assert opened.lacks_sound
        project.save(replace(opened.scene, name="Saved meanwhile"))
    (folder / "away.wav").rename(path)
    again = Project.open(folder, writing=False)
    assert again.scene == replace(scene, name="Saved meanwhile")
    assert (again.warnings, again.unreadable, again.lacks_sound) == ((), frozenset(), False)
    assert not list(folder.glob("scene.json.*"))


def test_a_take_that_no_clip_plays_is_not_missing_in_what_is_heard(toy: tuple[Path, Scene]) -> None:
    folder, scene = toy
    with Project.open(folder).project as project:
        project.save(remove_clips_of(scene, {scene.takes[1].digest}))
    (folder / "takes" / f"{scene.takes[1].digest}.wav").unlink()
    opened = Project.open(folder, writing=False)
    assert opened.unreadable == {scene.takes[1].digest}
    assert not opened.lacks_sound


def test_a_clip_that_is_left_out_is_kept_aside_and_told(toy: tuple[Path, Scene]) -> None:
    folder = toy[0]
    facts = json.loads((folder / "scene.json").read_bytes())
    facts["timeline"]["tracks"][0]["clips"][1]["take"] = "f" * 64
    (folder / "scene.json").write_text(json.dumps(facts))
    before = (folder / "scene.json").read_bytes()
    opened = Project.open(folder)
    with opened.project as project:
        assert [clip.id for clip in opened.scene.timeline.tracks[0].clips] == [2]
        assert "Clip 3 of the track 'Dog' was left out" in opened.warnings[0]
        assert opened.lacks_sound
        assert (folder / "scene.json").read_bytes() == before
        project.save(opened.scene)
        project.save(replace(opened.scene, name="Later"))
    assert (folder / "scene.json.damaged-1").read_bytes() == before
    assert not (folder / "scene.json.damaged-2").exists()
    assert Project.open(folder, writing=False).warnings == ()


def test_what_was_kept_aside_is_never_replaced_and_its_masks_stay(toy: tuple[Path, Scene]) -> None:
    folder, scene = toy
    for thing in scene.objects:
        path = folder / "masks" / f"{thing.mask_digest}.png"
        path.rename(path.with_suffix(".away"))
        opened = Project.open(folder)
        opened.project.save(opened.scene)
        opened.project.close()
        path.with_suffix(".away").rename(path)
    assert (folder / "scene.json.damaged-1").is_file()
    assert (folder / "scene.json.damaged-2").is_file()
    with Project.open(folder).project as project:
        assert project.collect([], dry_run=True).files == ()
        assert len(project.collect([], keep_autosaved=False, dry_run=True).files) == 2


def test_a_take_with_one_wrong_bit_is_left_out_unless_opened_quickly(toy: tuple[Path, Scene]) -> None:
    folder, scene = toy
    path = folder / "takes" / f"{scene.takes[0].digest}.wav"
    data = bytearray(path.read_bytes())
    data[1000] ^= 4
    path.write_bytes(data)
    assert "is damaged" in Project.open(folder, writing=False).warnings[0]
    quick = Project.open(folder, writing=False, quick=True)
    assert quick.scene == scene
    with pytest.raises(BadInput, match="is damaged"):
        quick.project.takes(scene.takes[0].digest)
    samples, rate = quick.project.takes(scene.takes[1].digest)
    assert (samples.shape, rate) == ((1, 800), 16_000)


def _larger(path: Path) -> None:
    Image.fromarray(np.ones((SIZE[1] * 2, SIZE[0]), np.bool_)).save(path)


def _other_mask(path: Path) -> None:
    Image.fromarray(np.ones((SIZE[1], SIZE[0]), np.bool_)).save(path)


def _grey(path: Path) -> None:
    Image.fromarray(np.full((SIZE[1], SIZE[0]), 255, np.uint8)).save(path)


def _bomb(path: Path) -> None:
    """A few kilobytes that claim 10 gigapixels."""
    data = bytearray(path.read_bytes())
    data[16:24] = (100_000).to_bytes(4, "big") * 2
    path.write_bytes(data)


def _jpeg(path: Path) -> None:
    Image.fromarray(np.zeros((SIZE[1], SIZE[0]), np.uint8)).save(path, "JPEG")


def _to_link(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/passwd")


def _to_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


MASK_DAMAGES: list[tuple[Callable[[Path], object], str]] = [
    (_larger, "is 48 x 80 pixels, and the still is 48 x 40"),
    (_other_mask, "not the mask that the project made"),
    (_grey, "more than one bit"),
    (_bomb, "is damaged"),
    (_jpeg, "is damaged"),
    (Path.unlink, "is missing"),
    (lambda path: os.truncate(path, 60), "is damaged"),
    (lambda path: os.truncate(path, 50_000_000), "larger than it can be"),
    (_to_link, "is a link"),
    (_to_pipe, "no plain file"),
]


@pytest.mark.parametrize(("damage", "words"), MASK_DAMAGES)
def test_a_mask_that_is_not_the_object_s_costs_the_object(
    toy: tuple[Path, Scene], damage: Callable[[Path], object], words: str
) -> None:
    folder, scene = toy
    damage(folder / "masks" / f"{scene.objects[0].mask_digest}.png")
    opened = Project.open(folder, writing=False)
    assert opened.scene.objects == scene.objects[1:]
    assert opened.scene.takes == scene.takes
    assert opened.scene.timeline.tracks[0].object is None
    assert "Object 1 'Dog' was left out" in opened.warnings[0]
    assert words in opened.warnings[0]


def test_a_missing_still_is_told_and_everything_else_opens(toy: tuple[Path, Scene]) -> None:
    folder, scene = toy
    (folder / "still.png").unlink()
    opened = Project.open(folder, writing=False)
    assert opened.scene == scene
    assert opened.warnings[0].startswith("The still still.png is missing")
    with pytest.raises(BadInput, match="is missing"):
        opened.project.still(scene)


def test_another_picture_in_place_of_the_still_is_refused(toy: tuple[Path, Scene]) -> None:
    folder, scene = toy
    Image.new("RGB", (64, 64)).save(folder / "still.png")
    with pytest.raises(BadInput, match="another picture"):
        Project.open(folder, writing=False).project.still(scene)


def test_a_scene_cut_short_names_the_newest_autosave_which_can_be_opened(toy: tuple[Path, Scene]) -> None:
    folder, scene = toy
    with Project.open(folder).project as project:
        project.autosave(replace(scene, name="Older"))
        newest = project.autosave(replace(scene, name="Newest"))
    assert newest is not None
    os.truncate(folder / "scene.json", 700)
    with pytest.raises(BadInput, match=f"scene.json is cut short .*newest autosave, of 20.*{newest.file}"):
        Project.open(folder)
    opened = Project.recover_from_autosave(folder)
    with opened.project as project:
        assert (opened.scene.name, opened.warnings) == ("Newest", ())
        assert (folder / "scene.json").stat().st_size == 700
        project.save(opened.scene)
    assert (folder / "scene.json.damaged-1").stat().st_size == 700
    assert Project.open(folder, writing=False).scene == opened.scene


def test_a_rescue_goes_back_to_the_newest_autosave_that_is_whole(toy: tuple[Path, Scene]) -> None:
    folder, scene = toy
    with Project.open(folder).project as project:
        project.autosave(replace(scene, name="Older"))
        newest = project.autosave(replace(scene, name="Newest"))
    assert newest is not None
    (folder / "scene.json").unlink()
    os.truncate(folder / newest.file, 100)
    with pytest.raises(BadInput, match=r"scene\.json is missing"):
        Project.open(folder)
    with Project.recover_from_autosave(folder).project:
        pass
    assert Project.recover_from_autosave(folder).scene.name == "Older"


def test_a_project_without_any_autosave_has_none_to_be_rescued_by(toy: tuple[Path, Scene]) -> None:
    folder, _ = toy
    os.truncate(folder / "scene.json", 100)
    with pytest.raises(BadInput, match=r"cut short and cannot be read\.$"):
        Project.open(folder)
    with pytest.raises(BadInput, match=r"no autosave .* that can be opened"):
        Project.recover_from_autosave(folder)


CHANGES: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (lambda facts: facts["takes"][0].update(digest="../" * 20 + "etc"), "Take 1 'Dog' was left out"),
    (lambda facts: facts["takes"].append(facts["takes"][0]), "It is there twice"),
    (lambda facts: facts["takes"][1].update(rejected=True), "both starred and rejected"),
    (lambda facts: facts["takes"][0].update(objects=[0, 0]), "names one of its objects twice"),
    (lambda facts: facts["objects"].append(facts["objects"][0]), "another object of the number 0"),
    (lambda facts: facts.update(chosen=[[1, facts["takes"][0]["digest"]]]), "forgotten for the object 'Tür'"),
    (lambda facts: facts.update(chosen=[[9, facts["takes"][0]["digest"]]]), "number 9, which is not there"),
    (lambda facts: facts["timeline"].update(start_frame=10**9), "start timecode was set anew"),
    (lambda facts: facts["timeline"]["tracks"][0].update(object=5), "belongs to no object any more"),
    (lambda facts: facts["timeline"]["tracks"][1].update(id=1), "with 0 clips, was left out"),
    (lambda facts: facts["timeline"]["markers"][0].update(id=3), "The marker 'slam' was left out"),
    (
        lambda facts: facts["timeline"]["tracks"][0]["clips"][0].update(length=2401),
        "past the end of its take",
    ),
    (
        lambda facts: facts["timeline"]["tracks"][0]["clips"][0].update(fade_in=[2400, "linear"]),
        "longer than",
    ),
    (lambda facts: facts["timeline"]["tracks"][0]["clips"][0].update(start=10**400), "start must be"),
]


@pytest.mark.parametrize(("change", "words"), CHANGES)
def test_what_contradicts_itself_is_left_out_and_told(
    toy: tuple[Path, Scene], change: Callable[[dict[str, Any]], object], words: str
) -> None:
    opened = opened_after(toy[0], change)
    assert words in "\n".join(opened.warnings)
    assert problems(opened.scene) == ()
    assert len(opened.scene.objects) == 2


def test_order_and_numbers_to_be_given_are_set_right_without_a_word(toy: tuple[Path, Scene]) -> None:
    def shuffle(facts: dict[str, Any]) -> None:
        facts["timeline"]["tracks"][0]["clips"].reverse()
        facts["timeline"]["markers"].reverse()
        facts.update(next_id=1, next_object=0)

    assert opened_after(toy[0], shuffle).scene == toy[1]


def test_folders_that_are_links_are_neither_read_nor_written(toy: tuple[Path, Scene], tmp_path: Path) -> None:
    folder, scene = toy
    outside = tmp_path / "outside"
    (folder / "takes").rename(outside)
    (folder / "takes").symlink_to(outside)
    before = sorted(outside.iterdir())
    opened = Project.open(folder)
    with opened.project as project:
        assert opened.unreadable == {take.digest for take in scene.takes}
        with pytest.raises(BadInput, match="takes is a link to another place"):
            project.add_take(toy_take(9))
        assert not any(name.startswith("takes") for name in project.collect([]).files)
    assert sorted(outside.iterdir()) == before
    assert len(scene.takes) == 2


def test_a_scene_that_is_a_link_is_not_followed_and_not_overwritten(
    toy: tuple[Path, Scene], tmp_path: Path
) -> None:
    folder, scene = toy
    with Project.open(folder).project as project:
        project.autosave(replace(scene, name="Kept"))
    (folder / "scene.json").rename(tmp_path / "outside.json")
    (folder / "scene.json").symlink_to(tmp_path / "outside.json")
    before = (tmp_path / "outside.json").read_bytes()
    with pytest.raises(BadInput, match=r"scene\.json is a link"):
        Project.open(folder)
    opened = Project.recover_from_autosave(folder)
    with opened.project as project:
        project.save(opened.scene)
    assert (tmp_path / "outside.json").read_bytes() == before
    assert (folder / "scene.json.damaged-1").is_symlink()
    assert Project.open(folder, writing=False).scene.name == "Kept"


@pytest.mark.parametrize(
    "name", ["../x", "/etc/passwd", "takes/../../x", "a/b/c", "", "..", "takes/", "a\0b", "ü"]
)
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    files = SafeFiles(tmp_path)
    with pytest.raises(BadInput, match="no name of a file in a project"):
        files.read(name, 10)
    with pytest.raises(BadInput, match="no name of a file in a project"):
        files.write(name, b"")
    assert files.size(name) is None
