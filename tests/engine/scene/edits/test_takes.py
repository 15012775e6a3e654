"""Edits of takes: none is ever lost."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from engine.errors import BadInput
from engine.scene import edits, limits
from engine.scene.scene import Scene, TakeRecord
from engine.scene.validity import problems
from tests.engine.scene.edits.small_scenes import digest_of, one_clip, take_record, two_objects


def take_of(scene: Scene, number: int) -> TakeRecord:
    take = scene.take(digest_of(number))
    assert take is not None
    return take


def test_a_take_that_is_there_already_is_not_attached_twice() -> None:
    scene = edits.star_take(two_objects(), digest_of(1))
    assert edits.attach_take(scene, take_record(1)) is scene


def test_a_take_of_an_object_that_was_removed_meanwhile_is_kept() -> None:
    scene = edits.attach_take(edits.remove_object(two_objects(), 0), take_record(7))
    assert take_of(scene, 7).objects == (0,)


def test_a_name_that_no_file_can_hold_does_not_lose_a_take() -> None:
    named = replace(take_record(7), name="a\x00" * 400)
    assert len(take_of(edits.attach_take(two_objects(), named), 7).name) == 500
    assert take_of(edits.attach_take(two_objects(), replace(named, name=" ")), 7).name == "Take"


@pytest.mark.parametrize(
    ("take", "sentence"),
    [
        (take_record(7, (2,)), "never was"),
        (take_record(7, (0, 0)), "twice"),
        (take_record(7, samples=0), "impossible size"),
        (take_record(7, rate=0), "impossible size"),
        (replace(take_record(7), digest="../../etc/passwd"), "sha256"),
        (replace(take_record(7), number=0), "numbered from 1"),
        (replace(take_record(7), starred=True, rejected=True), "starred and rejected"),
    ],
)
def test_records_that_cannot_be_are_refused(take: TakeRecord, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        edits.attach_take(two_objects(), take)


def test_the_next_take_is_numbered_after_those_of_the_same_objects() -> None:
    scene = two_objects()
    assert edits.next_take_number(scene, (0,)) == 3
    assert edits.next_take_number(scene, [0, 1]) == 5
    assert edits.next_take_number(scene, ()) == 1


def test_a_star_and_a_rejection_drive_each_other_out() -> None:
    scene = edits.reject_take(edits.star_take(two_objects(), digest_of(1)), digest_of(1))
    assert (take_of(scene, 1).starred, take_of(scene, 1).rejected) == (False, True)
    scene = edits.star_take(scene, digest_of(1))
    assert (take_of(scene, 1).starred, take_of(scene, 1).rejected) == (True, False)
    assert not take_of(edits.star_take(scene, digest_of(1), starred=False), 1).starred


def test_a_rejected_take_is_no_longer_chosen_but_its_clips_stay() -> None:
    scene = edits.reject_take(edits.choose_take(one_clip(), 0, digest_of(1)), digest_of(1))
    assert scene.chosen == ()
    assert scene.clip(3) is not None
    assert not take_of(edits.reject_take(scene, digest_of(1), rejected=False), 1).rejected


def test_one_take_is_chosen_for_each_object() -> None:
    scene = edits.choose_take(two_objects(), 1, digest_of(4))
    scene = edits.choose_take(edits.choose_take(scene, 0, digest_of(1)), 0, digest_of(2))
    assert scene.chosen == ((0, digest_of(2)), (1, digest_of(4)))
    assert edits.unchoose_take(scene, 0).chosen == ((1, digest_of(4)),)


def test_choosing_a_rejected_take_takes_the_rejection_back() -> None:
    scene = edits.choose_take(edits.reject_take(two_objects(), digest_of(1)), 0, digest_of(1))
    assert not take_of(scene, 1).rejected


def test_a_take_has_a_name_and_a_note_of_its_own_on_one_line() -> None:
    scene = edits.note_take(
        edits.rename_take(two_objects(), digest_of(1), " Far \n bark "), digest_of(1), "a\nb"
    )
    assert (take_of(scene, 1).title, take_of(scene, 1).note, take_of(scene, 1).name) == (
        "Far bark",
        "a b",
        "Dog",
    )
    emptied = edits.note_take(edits.rename_take(scene, digest_of(1), " "), digest_of(1), "")
    assert emptied == two_objects()


@pytest.mark.parametrize(
    ("edit", "most"), [(edits.rename_take, limits.MOST_NAME), (edits.note_take, limits.MOST_TEXT)]
)
def test_a_text_that_cannot_be_saved_is_refused(edit: Callable[[Scene, str, str], Scene], most: int) -> None:
    edit(two_objects(), digest_of(1), "x" * most)
    for text in ("x" * (most + 1), "bell \ud800", "a\x00b"):
        with pytest.raises(BadInput, match=f"at most {most} plain characters"):
            edit(two_objects(), digest_of(1), text)


def test_a_deleted_take_is_in_the_bin_unused_while_its_clips_stay_and_comes_back_whole() -> None:
    before = edits.star_take(edits.choose_take(one_clip(), 0, digest_of(1)), digest_of(1))
    scene = edits.delete_take(before, digest_of(1))
    assert (take_of(scene, 1).deleted, take_of(scene, 1).starred, scene.chosen) == (True, True, ())
    assert scene.timeline == before.timeline
    back = edits.delete_take(scene, digest_of(1), deleted=False)
    assert edits.choose_take(back, 0, digest_of(1)) == before
    assert edits.choose_take(scene, 0, digest_of(1)) == before


def test_emptying_the_bin_removes_what_no_clip_plays() -> None:
    scene = edits.delete_take(edits.delete_take(one_clip(), digest_of(1)), digest_of(2))
    emptied = edits.empty_bin(scene)
    assert [take.digest for take in emptied.takes] == [digest_of(1), digest_of(3), digest_of(4)]
    assert problems(emptied) == ()
    assert edits.empty_bin(emptied) is emptied
    assert edits.next_take_number(edits.delete_take(two_objects(), digest_of(2)), (0,)) == 3


def test_a_take_of_something_else_cannot_be_chosen() -> None:
    with pytest.raises(BadInput, match="no take of object 0"):
        edits.choose_take(two_objects(), 0, digest_of(3))


def test_a_take_that_is_not_there_is_refused() -> None:
    for edit in (edits.star_take, edits.reject_take, edits.delete_take):
        with pytest.raises(BadInput, match="There is no take"):
            edit(two_objects(), digest_of(9))
    with pytest.raises(BadInput, match="There is no take"):
        edits.choose_take(two_objects(), 0, digest_of(9))


def test_a_scene_tells_the_takes_of_an_object_alone_and_which_is_in_use() -> None:
    scene = edits.choose_take(two_objects(), 0, digest_of(4))
    assert [take.number for take in scene.takes_of(0)] == [1, 2]
    assert [take.number for take in scene.takes_of(1)] == [3]
    chosen = scene.chosen_of(0)
    assert chosen is not None
    assert (chosen.digest, scene.chosen_of(1)) == (digest_of(4), None)
