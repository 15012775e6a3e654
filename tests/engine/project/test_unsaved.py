"""What was never saved stays recoverable, whoever saves to the project meanwhile; what was saved is not offered."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from engine.project.autosaves import KEPT, MOST_NUMBER, SETTLED_KEY
from engine.project.folder import Project
from engine.scene.scene import Scene
from tests.engine.project.toy_project import toy_take


def crash_after(folder: Path, *names: str) -> None:
    """A window that autosaves these states and ends without saving."""
    opened = Project.open(folder)
    for name in names:
        opened.project.autosave(replace(opened.scene, name=name))
    opened.project.close()


def offered(folder: Path) -> list[str]:
    """The names of the states that are offered, the newest first."""
    opened = Project.open(folder, writing=False)
    return [opened.project.recover(found).scene.name for found in opened.recoverable]


def save_again(folder: Path) -> None:
    opened = Project.open(folder)
    with opened.project as project:
        project.save(opened.scene)


def save_with_a_take(folder: Path) -> None:
    opened = Project.open(folder)
    with opened.project as project:
        record = project.add_take(toy_take(8 + len(opened.scene.takes)), (0,))
        project.save(replace(opened.scene, takes=(*opened.scene.takes, record)))


def rewrite_by_hand(folder: Path) -> None:
    facts = json.loads((folder / "scene.json").read_bytes())
    (folder / "scene.json").write_text(json.dumps(facts, indent=4))


def save_and_crash_again(folder: Path) -> None:
    opened = Project.open(folder)
    opened.project.save(replace(opened.scene, name="Saved in between"))
    opened.project.autosave(replace(opened.scene, name="Later"))
    opened.project.close()


def discard(folder: Path) -> None:
    opened = Project.open(folder)
    with opened.project as project:
        project.autosave(replace(opened.scene, name="Not wanted"))
        project.discard_autosaves()


def autosave_much(folder: Path) -> None:
    opened = Project.open(folder)
    with opened.project as project:
        for number in range(2 * KEPT):
            project.autosave(replace(opened.scene, name=f"Much {number}"))
        project.save(opened.scene)


WRITERS: tuple[Callable[[Path], None], ...] = (
    save_again, save_with_a_take, save_and_crash_again, discard, autosave_much,
)  # fmt: skip


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("writer", WRITERS)
def test_no_writer_buries_what_a_crash_left_unsaved(
    toy: tuple[Path, Scene], writer: Callable[[Path], None], before: bool
) -> None:
    folder, _ = toy
    if before:
        save_and_crash_again(folder)
    crash_after(folder, "First", "Second")
    for _ in range(2):
        writer(folder)
    assert "Second" in offered(folder)
    if writer is save_and_crash_again:
        assert offered(folder)[0] == "Later"


def test_a_project_that_was_saved_once_may_be_rewritten_by_hand(toy: tuple[Path, Scene]) -> None:
    folder, _ = toy
    crash_after(folder, "First")
    save_again(folder)
    rewrite_by_hand(folder)
    assert offered(folder) == ["First"]
    crash_after(folder, "Second")
    rewrite_by_hand(folder)
    assert offered(folder) == ["Second", "First"]


def test_what_is_recovered_and_saved_is_not_offered_again(toy: tuple[Path, Scene]) -> None:
    folder, _ = toy
    crash_after(folder, "First", "Second")
    save_again(folder)
    opened = Project.open(folder)
    with opened.project as project:
        recovered = project.recover(opened.recoverable[0]).scene
        assert len(Project.autosaves(folder)) == 2
        project.save(recovered)
    assert offered(folder) == []
    assert len(Project.autosaves(folder)) == 2


def test_what_is_recovered_but_not_saved_is_offered_again(toy: tuple[Path, Scene]) -> None:
    folder, _ = toy
    crash_after(folder, "First")
    opened = Project.open(folder)
    opened.project.recover(opened.recoverable[0])
    opened.project.close()
    assert offered(folder) == ["First"]


def test_an_earlier_state_that_is_recovered_leaves_the_later_ones(toy: tuple[Path, Scene]) -> None:
    folder, _ = toy
    crash_after(folder, "First", "Second", "Third")
    opened = Project.open(folder)
    with opened.project as project:
        project.save(project.recover(opened.recoverable[1]).scene)
    assert offered(folder) == ["Third"]


@pytest.mark.parametrize("saves", [True, False])
def test_what_is_declined_is_offered_until_the_next_save_and_stays_on_disk(
    toy: tuple[Path, Scene], saves: bool
) -> None:
    folder, _ = toy
    crash_after(folder, "First")
    opened = Project.open(folder)
    with opened.project as project:
        assert project.decline(opened.recoverable[0]).scene.name == "First"
        if saves:
            project.save(opened.scene)
        project.discard_autosaves()
    assert offered(folder) == ([] if saves else ["First"])
    assert len(Project.autosaves(folder)) == 1


def test_ones_own_states_are_settled_by_saving_and_removed_by_discarding(toy: tuple[Path, Scene]) -> None:
    folder, scene = toy
    opened = Project.open(folder)
    with opened.project as project:
        project.autosave(replace(scene, name="Own"))
        project.save(replace(scene, name="Saved"))
        assert project.autosave(replace(scene, name="Saved")) is None
        assert offered(folder) == []
        project.autosave(replace(scene, name="Own again"))
        assert offered(folder) == ["Own again"]
        project.discard_autosaves()
    assert Project.autosaves(folder) == ()


def test_takes_that_another_writer_added_are_there_set_aside_when_an_older_state_is_recovered(
    toy: tuple[Path, Scene],
) -> None:
    folder, _ = toy
    crash_after(folder, "First")
    save_with_a_take(folder)
    before = (folder / "scene.json").read_bytes()
    opened = Project.open(folder)
    with opened.project as project:
        recovered = project.recover(opened.recoverable[0]).scene
        assert recovered.name == "First"
        assert [take.digest for take in recovered.takes] == [take.digest for take in opened.scene.takes]
        assert recovered.takes[-1].rejected
        project.save(recovered)
        assert project.collect([]).files == ()
    assert (folder / "scene.json.before-1").read_bytes() == before


def test_a_scene_that_never_had_autosaves_says_nothing_of_them(toy: tuple[Path, Scene]) -> None:
    folder, scene = toy
    before = (folder / "scene.json").read_bytes()
    save_again(folder)
    assert (folder / "scene.json").read_bytes() == before
    crash_after(folder, "First")
    save_again(folder)
    opened = Project.open(folder, writing=False)
    assert opened.scene == scene
    assert json.loads((folder / "scene.json").read_bytes())[SETTLED_KEY] == {"through": 1, "pending": [1]}


@pytest.mark.parametrize(
    "damage",
    [None, 1, [], {}, {"through": -1, "pending": []}, {"through": MOST_NUMBER, "pending": []},
     {"through": 1, "pending": ["1"]}, {"through": "1", "pending": []}, {"through": True, "pending": []}],
)  # fmt: skip
def test_a_damaged_note_of_what_is_settled_counts_as_none(toy: tuple[Path, Scene], damage: object) -> None:
    folder, scene = toy
    facts = json.loads((folder / "scene.json").read_bytes())
    (folder / "scene.json").write_text(json.dumps({SETTLED_KEY: damage, **facts}))
    crash_after(folder, "First")
    assert Project.open(folder, writing=False).scene == scene
    assert offered(folder) == ["First"]


def test_autosaves_that_were_deleted_by_hand_do_not_hide_the_next(toy: tuple[Path, Scene]) -> None:
    folder, _ = toy
    crash_after(folder, *"abcdef")
    save_again(folder)
    for path in (folder / "autosave").iterdir():
        path.unlink()
    crash_after(folder, "New")
    assert offered(folder) == ["New"]
