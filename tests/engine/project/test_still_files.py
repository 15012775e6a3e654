"""The still of a project is the picture that its masks and takes are of, whatever happens to the file meanwhile."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.errors import BadInput
from engine.project.folder import Project
from engine.vision.still import load_still
from tests.engine.project.toy_project import toy_still


def rendered_anew(path: Path) -> None:
    with Image.open(path) as picture:
        turned = picture.rotate(180)
    turned.save(path)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def replaced_by_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


CHANGES: tuple[Callable[[Path], None], ...] = (
    rendered_anew, cut_short, emptied, Path.unlink, replaced_by_a_folder,
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_file_that_changes_after_it_was_opened_does_not_change_the_still(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    path = toy_still(tmp_path)
    still = load_still(path)
    change(path)
    opened = Project.create(tmp_path / "New.foley", "New", path, still=still)
    with opened.project as project:
        assert opened.warnings == ()
        assert opened.scene.still is not None
        assert opened.scene.still.digest == still.digest
        assert opened.scene.still.name == path.name
        found = project.still(opened.scene)
    assert found is not None
    assert np.array_equal(found.pixels, still.pixels)
    assert len(list((tmp_path / "New.foley").glob("still.*"))) == 1


def test_a_file_that_stays_is_copied_byte_for_byte(tmp_path: Path) -> None:
    path = toy_still(tmp_path)
    Project.create(tmp_path / "New.foley", "New", path, still=load_still(path)).project.close()
    assert (tmp_path / "New.foley" / "still.png").read_bytes() == path.read_bytes()


def test_a_still_without_a_file_is_stored_too(tmp_path: Path) -> None:
    still = load_still(toy_still(tmp_path))
    opened = Project.create(tmp_path / "New.foley", "New", still=still)
    with opened.project as project:
        assert project.still(opened.scene) == still


def test_a_file_that_is_no_picture_is_named_as_the_user_knows_it(tmp_path: Path) -> None:
    path = tmp_path / "notes.png"
    path.write_text("notes")
    with pytest.raises(BadInput, match=r"notes\.png is not a picture") as told:
        Project.create(tmp_path / "New.foley", "New", path)
    assert "still." not in told.value.message
    assert not (tmp_path / "New.foley").exists()
