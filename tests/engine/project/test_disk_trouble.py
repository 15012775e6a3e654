"""What a disk, a file system or a lack of memory can do to a project is a sentence, and loses nothing."""

import errno
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from PIL import Image

from engine.errors import BadInput, Failed
from engine.project import loading
from engine.project.autosaves import MOST_NUMBER
from engine.project.folder import Project
from engine.project.json_text import MOST_BYTES
from engine.project.safe_files import SafeFiles
from engine.project.take_files import read_take, samples_digest, take_file, write_take
from engine.scene.masks import pack
from engine.scene.scene import Scene
from tests.engine.project.toy_project import RATE, toy_mask, toy_still, toy_take


def failing(error: BaseException) -> Callable[..., Any]:
    def fail(*_arguments: object, **_more: object) -> None:
        raise error

    return fail


def test_a_disk_that_fails_while_a_file_is_read_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "scene.json").write_text("{}")
    with (
        pytest.raises(Failed, match=r"scene\.json cannot be read: the disk reports an input/output error"),
        SafeFiles(tmp_path).open("scene.json", 10),
    ):
        raise OSError(errno.EIO, os.strerror(errno.EIO))


@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [(errno.EACCES, Failed, "permissions forbid it"), (errno.EMFILE, Failed, "too many files are open")],
)
def test_a_file_that_cannot_be_opened_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, kind: type[Exception], words: str
) -> None:
    (tmp_path / "scene.json").write_text("{}")
    monkeypatch.setattr(os, "open", failing(OSError(number, os.strerror(number))))
    with pytest.raises(kind, match=words):
        SafeFiles(tmp_path).read("scene.json", 10)


def test_a_folder_has_no_size_as_a_file_has(tmp_path: Path) -> None:
    (tmp_path / "takes").mkdir()
    (tmp_path / "empty").touch()
    files = SafeFiles(tmp_path)
    assert (files.size("takes"), files.size("empty"), files.size("none")) == (None, 0, None)


@pytest.mark.parametrize("place", ["json.loads", "PIL.Image.open", "soundfile.SoundFile"])
def test_too_little_memory_is_a_sentence(
    toy: tuple[Path, Scene], monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    folder, scene = toy
    monkeypatch.setattr(place, failing(MemoryError()))
    if place == "soundfile.SoundFile":
        with pytest.raises(Failed, match="not enough memory to read takes/"):
            read_take(SafeFiles(folder), scene.takes[0])
    elif place == "PIL.Image.open":
        with pytest.raises(Failed, match="not enough memory to read masks/"):
            Project.open(folder, writing=False, quick=True)
    else:
        with pytest.raises(Failed, match=r"not enough memory to open scene\.json"):
            Project.open(folder, writing=False)


def test_a_still_that_goes_while_it_is_copied_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = toy_still(tmp_path)
    monkeypatch.setattr(Path, "read_bytes", failing(OSError(errno.EIO, os.strerror(errno.EIO))))
    with pytest.raises(Failed, match=r"Night\.PNG cannot be read: the disk reports an input/output error"):
        Project.create(tmp_path / "New.foley", "New", picture)
    assert not (tmp_path / "New.foley").exists()


def test_a_project_whose_file_system_has_no_hard_links_keeps_its_damaged_scene(
    toy: tuple[Path, Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, scene = toy
    (folder / "masks" / f"{scene.objects[1].mask_digest}.png").unlink()
    before = (folder / "scene.json").read_bytes()
    monkeypatch.setattr(os, "link", failing(OSError(errno.EPERM, os.strerror(errno.EPERM))))
    opened = Project.open(folder)
    with opened.project as project:
        project.save(opened.scene)
    assert (folder / "scene.json.damaged-1").read_bytes() == before


def test_a_project_without_its_scene_is_saved_from_an_autosave_and_keeps_nothing_aside(
    toy: tuple[Path, Scene],
) -> None:
    folder, scene = toy
    with Project.open(folder).project as project:
        project.autosave(replace(scene, name="Kept"))
    (folder / "scene.json").unlink()
    opened = Project.recover_from_autosave(folder)
    with opened.project as project:
        project.save(opened.scene)
    assert Project.open(folder, writing=False).scene.name == "Kept"
    assert not list(folder.glob("scene.json.*"))


def test_an_autosave_that_cannot_be_read_does_not_hinder_the_next(toy: tuple[Path, Scene]) -> None:
    folder, scene = toy
    changed = replace(scene, name="Changed")
    with Project.open(folder).project as project:
        first = project.autosave(changed)
        assert first is not None
        os.truncate(folder / first.file, MOST_BYTES + 1)
        second = project.autosave(changed)
    assert second is not None
    assert second.number == first.number + 1


def test_autosaves_with_numbers_that_run_out_are_begun_anew(toy: tuple[Path, Scene]) -> None:
    folder, scene = toy
    with Project.open(folder).project as project:
        first = project.autosave(replace(scene, name="First"))
        assert first is not None
        last = folder / "autosave" / f"{MOST_NUMBER - 1}-{first.after}.json"
        (folder / first.file).rename(last)
        again = project.autosave(replace(scene, name="Again"))
    assert again is not None
    assert Project.autosaves(folder) == (again,)
    assert again.number == 1


def test_nothing_is_collected_while_a_file_that_names_takes_cannot_be_read(toy: tuple[Path, Scene]) -> None:
    folder, _ = toy
    (folder / "scene.json.damaged-1").touch()
    os.truncate(folder / "scene.json.damaged-1", MOST_BYTES + 1)
    before = sorted(folder.rglob("*"))
    with Project.open(folder).project as project, pytest.raises(BadInput, match="nothing is removed"):
        project.collect([])
    assert [path for path in sorted(folder.rglob("*")) if path.name != ".foleyscape-lock"] == before


def test_what_is_in_memory_is_kept_where_the_scene_on_disk_is_gone(toy: tuple[Path, Scene]) -> None:
    folder, scene = toy
    with Project.open(folder).project as project:
        (folder / "scene.json").unlink()
        found = project.collect([replace(scene, takes=scene.takes[:1])], dry_run=True)
    assert found.files == (f"takes/{scene.takes[1].digest}.wav",)


def test_a_scene_that_would_be_too_large_is_not_saved(toy: tuple[Path, Scene]) -> None:
    folder, scene = toy
    with Project.open(folder).project as project:
        recipes = [json.dumps({"seed": seed, "words": "x" * 15_900_000}) for seed in range(5)]
        takes = tuple(project.add_take(replace(toy_take(9), recipe=recipe)) for recipe in recipes)
        with pytest.raises(BadInput, match=r"over 64 MB\. Delete takes"):
            project.save(replace(scene, takes=(*scene.takes, *takes)))
    assert Project.open(folder, writing=False, quick=True).scene == scene


def test_the_saved_scene_is_read_again_without_letting_go_of_the_folder(toy: tuple[Path, Scene]) -> None:
    folder, scene = toy
    with Project.open(folder).project as project:
        project.save(replace(scene, name="Saved"))
        assert project.reload().scene.name == "Saved"
        with pytest.raises(Failed, match="this program already"):
            Project.open(folder)


def test_a_path_that_no_system_has_is_a_sentence() -> None:
    with pytest.raises(BadInput, match=r"is no path of a project|There is no project"):
        Project.open("x" * 5000)


@pytest.mark.parametrize("rate", [999, 768_001])
def test_a_take_at_a_rate_that_no_sound_has_is_not_stored(tmp_path: Path, rate: int) -> None:
    with pytest.raises(BadInput, match=f"at {rate} samples a second cannot be stored"):
        write_take(SafeFiles(tmp_path), replace(toy_take(1), rate=rate))


def test_a_file_of_samples_that_are_no_numbers_is_damaged(tmp_path: Path) -> None:
    files, take = SafeFiles(tmp_path), toy_take(1)
    samples = take.samples.copy()
    samples[0, 5] = np.nan
    record = replace(write_take(files, take), digest=samples_digest(samples, RATE, take.recipe))
    path = tmp_path / take_file(record.digest)
    soundfile.write(path, samples.T, RATE, format="WAV", subtype="FLOAT")
    with pytest.raises(BadInput, match="is damaged"):
        read_take(files, record)


def test_a_mask_that_several_recipes_name_is_written_once(toy: tuple[Path, Scene]) -> None:
    folder, _ = toy
    packed = pack(toy_mask(11))
    recipe = {"mask": {"bits": packed.bits, "digest": packed.digest, "height": 40, "width": 48}}
    with Project.open(folder).project as project:
        first = project.add_take(replace(toy_take(7), recipe=json.dumps({**recipe, "seed": 1})))
        path = folder / "masks" / f"{packed.digest}.png"
        before = path.stat().st_mtime_ns
        second = project.add_take(replace(toy_take(7), recipe=json.dumps({**recipe, "seed": 2})))
        assert path.stat().st_mtime_ns == before
        assert packed.bits not in first.recipe + second.recipe
        assert np.array_equal(np.asarray(Image.open(path)), toy_mask(11))


def test_a_mask_of_a_project_without_a_still_is_a_sentence(toy: tuple[Path, Scene]) -> None:
    folder, scene = toy
    recipe = json.dumps({"mask": {"digest": "d" * 64, "height": 40, "width": 48}})
    with (
        Project.open(folder, writing=False).project as project,
        pytest.raises(BadInput, match="has no still"),
    ):
        project.recipe_of(replace(scene, still=None), replace(scene.takes[0], recipe=recipe))


def test_what_contradicts_itself_after_the_repair_is_not_opened(
    toy: tuple[Path, Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = toy
    facts = json.loads((folder / "scene.json").read_bytes())
    (folder / "scene.json").write_text(json.dumps({**facts, "takes": facts["takes"] * 2}))
    monkeypatch.setattr(loading, "drop_invalid", lambda scene, *_: scene)
    with pytest.raises(BadInput, match=r"scene\.json is damaged: Two takes have the digest"):
        Project.open(folder)


def test_other_files_among_the_autosaves_are_none(toy: tuple[Path, Scene]) -> None:
    folder, scene = toy
    with Project.open(folder).project as project:
        kept = project.autosave(replace(scene, name="Kept"))
    for name in ("notes.json", "7-0123456789abcdef.json", "000002-0123456789abcdef.json.old"):
        (folder / "autosave" / name).touch()
    assert Project.autosaves(folder) == (kept,)
