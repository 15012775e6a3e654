"""The panel: what it shows, and every control of it, by pointer and keys."""

from functools import partial

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from desktop.objects.card import ObjectCard
from desktop.objects.drag_pixmap import take_drag_pixmap
from desktop.objects.editor import ObjectEditor
from desktop.objects.name_chips import NamePicker
from desktop.objects.vocabulary import name_entries
from engine.generation.object_aware import object_aware_info
from engine.scene.colours import PALETTE
from engine.scene.edits import prompt_object, rename_object
from engine.scene.objects import SoundingObject
from engine.scene.scene import Scene
from engine.vision.still import Still
from tests.desktop.objects.toy import PATIENCE, Bench

LEFT = Qt.MouseButton.LeftButton


def thing_of(it: Bench, number: int) -> SoundingObject:
    found = it.document.scene.object(number)
    assert found is not None
    return found


def selected(it: Bench) -> list[int]:
    return list(it.document.selection)


def click_card(it: Bench, number: int, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    card = it.panel.card(number)
    QTest.mouseClick(card, LEFT, held, QPoint(card.width() // 2, 4))


def opened(it: Bench, number: int) -> ObjectEditor:
    click_card(it, number)
    editor = it.panel.card(number).editor
    assert editor is not None
    return editor


def retype(qtbot: QtBot, field: QWidget, text: str) -> None:
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_every_object_has_a_card_in_the_order_of_the_list(made: Bench) -> None:
    assert [card.name.text() for card in made.panel.cards] == ["Dog", "Bird", "Car"]
    assert [card.caption.text() for card in made.panel.cards] == ["No takes yet"] * 3
    assert made.panel.card(0).accessibleName() == "Dog, No takes yet"


def test_of_an_unsure_object_it_says_so_and_offers_three_names(made: Bench) -> None:
    made.document.edit("Forget words", lambda scene: prompt_object(scene, 0, None))
    made.panel.show_guesses(0, ("dog", "sheep", "big cat"))
    card = made.panel.card(0)
    assert card.caption.text() == "Not sure what it is"
    assert [chip.text() for chip in card.chips.chips] == ["dog", "sheep", "big cat"]
    made.panel.resize(made.panel.minimumWidth(), 500)
    made.panel.show_guesses(0, ("washing machine", "water drops", "alarm clock"))
    assert card.minimumSizeHint().width() <= made.panel.minimumWidth() - 16, (
        "it must not be wider than the panel"
    )
    made.panel.show_guesses(0, ("dog", "sheep", "big cat"))
    offered = [action for action in card.menu().actions() if action.text().startswith("It is: ")]
    assert [action.text() for action in offered] == ["It is: dog", "It is: sheep", "It is: big cat"]
    assert len(offered) == 3
    card.chips.chips[1].click()
    assert (thing_of(made, 0).name, thing_of(made, 0).prompt) == ("sheep", "sheep")
    assert card.caption.text() == "No takes yet"
    assert card.chips.isHidden()


def test_names_are_searched_by_all_their_words_and_taken_by_enter_also_new_ones(
    made: Bench, qtbot: QtBot
) -> None:
    entries = name_entries(frozenset({"dog", "bird", "motorcycle", "bell"}))
    for typed, shown, taken in (
        ("", ["bell", "bird", "dog", "motorcycle"], None),
        ("motorbike", ["motorcycle"], "motorcycle"),
        ("theremin", [], "theremin"),
    ):
        taking: list[str] = []
        picker = NamePicker(entries, made.panel)
        picker.picked.connect(taking.append)
        picker.open_at(made.panel.mapToGlobal(made.panel.rect().center()))
        qtbot.keyClicks(picker.search, typed)
        assert [picker.names.item(row).text() for row in range(picker.names.count())] == shown
        qtbot.keyClick(picker.search, Qt.Key.Key_Return if taken else Qt.Key.Key_Escape)
        assert taking == ([taken] if taken else [])


def test_a_prompt_without_a_sound_is_said_while_it_is_written(made: Bench) -> None:
    sounds = frozenset({"dog", "bird"})
    made.panel.footer.set_generators((object_aware_info("toy", sounds=sounds),))
    editor = opened(made, 0)
    for prompt, words in (("spaceship", "the picture decides"), ("a pig", "not learnt"), ("dogs", "")):
        made.document.edit("Change prompt", partial(prompt_object, index=0, prompt=prompt))
        assert editor.remark.isVisibleTo(editor) is bool(words)
        assert words in editor.remark.text()
    completer = editor.prompt.completer()
    completer.setCompletionPrefix("hou")
    assert completer.currentCompletion() == "hound"


def test_clicks_select_with_control_they_toggle_with_shift_they_span(made: Bench) -> None:
    click_card(made, 0)
    assert selected(made) == [0]
    click_card(made, 2, Qt.KeyboardModifier.ControlModifier)
    assert selected(made) == [0, 2]
    click_card(made, 2, Qt.KeyboardModifier.ControlModifier)
    assert selected(made) == [0]
    click_card(made, 2, Qt.KeyboardModifier.ShiftModifier)
    assert selected(made) == [0, 1, 2]


def test_the_object_selected_last_is_unfolded(made: Bench, qtbot: QtBot) -> None:
    editor = opened(made, 1)
    assert editor.isVisible()
    click_card(made, 0)
    assert not editor.isVisible()
    qtbot.mouseClick(made.panel.card(1).fold, LEFT)
    assert editor.isVisible()
    qtbot.mouseClick(made.panel.card(1).fold, LEFT)
    assert not editor.isVisible()


def test_arrow_keys_walk_the_list_and_with_alt_move_the_object(made: Bench, qtbot: QtBot) -> None:
    click_card(made, 0)
    qtbot.keyClick(made.panel.card(0), Qt.Key.Key_Down)
    assert selected(made) == [1]
    qtbot.keyClick(made.panel.card(1), Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert selected(made) == [1, 2]
    qtbot.keyClick(made.panel.card(2), Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert [thing.index for thing in made.document.scene.objects] == [0, 2, 1]
    assert made.document.history.undo_name == "Move object"
    qtbot.keyClick(made.panel.card(2), Qt.Key.Key_Return)
    assert not made.panel.card(2).editor.isVisible()  # type: ignore[union-attr]


def test_a_card_dragged_over_another_changes_places_with_it(made: Bench) -> None:
    first, last = made.panel.card(0), made.panel.card(2)
    QTest.mousePress(first, LEFT, pos=QPoint(100, 4))
    for y in (20, last.geometry().bottom() - first.y()):
        QTest.mouseMove(first, QPoint(100, y))
    QTest.mouseRelease(first, LEFT, pos=QPoint(100, made.panel.card(2).geometry().bottom() - first.y()))
    assert [card.thing.index for card in made.panel.cards] == [1, 2, 0]
    made.document.undo()
    assert [card.thing.index for card in made.panel.cards] == [0, 1, 2]


def test_a_name_typed_is_the_objects_name_and_an_empty_one_is_not(made: Bench, qtbot: QtBot) -> None:
    made.document.select((0,))
    made.panel.rename()
    assert QApplication.focusWidget() is made.panel.card(0).name
    qtbot.keyClicks(made.panel.card(0).name, "Big  dog")
    qtbot.keyClick(made.panel.card(0).name, Qt.Key.Key_Return)
    assert thing_of(made, 0).name == "Big dog"
    made.panel.rename()
    made.panel.card(0).name.clear()
    qtbot.keyClick(made.panel.card(0).name, Qt.Key.Key_Return)
    assert made.panel.card(0).name.text() == thing_of(made, 0).name == "Big dog"


def test_every_field_of_the_editor_changes_what_it_says(made: Bench, qtbot: QtBot) -> None:
    editor = opened(made, 0)
    retype(qtbot, editor.prompt, "a dog howls")
    retype(qtbot, editor.negative, "wind")
    retype(qtbot, editor.seed, "4711")
    retype(qtbot, editor.duration, "2.5")
    thing = thing_of(made, 0)
    assert (thing.prompt, thing.negative, thing.seed, thing.duration) == ("a dog howls", "wind", 4711, 2.5)
    qtbot.mouseClick(editor.dice, LEFT)
    assert thing_of(made, 0).seed == 77
    qtbot.mouseClick(editor.lock, LEFT)
    assert thing_of(made, 0).seed_locked
    assert not editor.dice.isEnabled()
    names = [step.name for step in made.document.history.past]
    assert names == [
        "Change prompt",
        "Change negative prompt",
        "Change seed",
        "Change duration",
        "New seed",
        "Lock seed",
    ]


def test_the_negative_prompt_is_there_from_the_start(made: Bench) -> None:
    assert opened(made, 0).negative.text() == "music, speech"


def test_an_emptied_prompt_leaves_the_sound_to_the_picture_and_an_emptied_seed_stays(
    made: Bench, qtbot: QtBot
) -> None:
    editor = opened(made, 0)
    editor.prompt.clear()
    qtbot.keyClick(editor.prompt, Qt.Key.Key_Return)
    assert thing_of(made, 0).prompt is None
    editor.seed.clear()
    editor.seed.editingFinished.emit()
    assert editor.seed.text() == "100"


def test_a_duration_stepped_many_times_is_one_undo(made: Bench, qtbot: QtBot) -> None:
    editor = opened(made, 0)
    for _ in range(4):
        editor.duration.stepUp()
    assert thing_of(made, 0).duration == 7.0
    made.document.undo()
    assert thing_of(made, 0).duration == 5.0


def test_what_is_being_typed_never_reaches_another_scene(made: Bench, qtbot: QtBot) -> None:
    editor = opened(made, 0)
    editor.prompt.setFocus()
    qtbot.keyClicks(editor.prompt, " who is lost")
    other = prompt_object(made.document.scene, 0, "another dog")
    made.document.replace(other, made.document.still, made.project)
    assert thing_of(made, 0).prompt == "another dog"
    assert not made.document.unsaved


def test_a_colour_of_the_menu_is_the_objects_colour(made: Bench) -> None:
    menu = made.panel.card(0).swatch.menu_of_colours()
    menu.actions()[3].trigger()
    assert thing_of(made, 0).colour == PALETTE[3]
    menu.actions()[-1].trigger()
    assert thing_of(made, 0).chosen_colour is None


def test_any_other_colour_can_be_chosen(made: Bench) -> None:
    made.panel.card(0).swatch.menu_of_colours().actions()[-2].trigger()
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    dialog.colorSelected.emit(QComboBox().palette().highlight().color())  # type: ignore[attr-defined]
    dialog.close()
    assert thing_of(made, 0).chosen_colour is not None


def test_the_menu_renames_moves_regenerates_and_removes(made: Bench) -> None:
    menu = made.panel.card(0).menu()
    actions = {action.text().split("\t")[0]: action for action in menu.actions()}
    asked: list[tuple[int, ...]] = []
    made.panel.regenerate_requested.disconnect()
    made.panel.regenerate_requested.connect(asked.append)
    actions["Regenerate"].trigger()
    assert asked == [(0,)]
    actions["Move down"].trigger()
    assert [thing.index for thing in made.document.scene.objects] == [1, 0, 2]
    actions["Move up"].trigger()
    assert [thing.index for thing in made.document.scene.objects] == [0, 1, 2]
    actions["Rename"].trigger()
    assert QApplication.focusWidget() is made.panel.card(0).name
    actions["Remove"].trigger()
    assert [thing.index for thing in made.document.scene.objects] == [1, 2]


def test_solo_and_mute_switch_the_objects_track(made: Bench, qtbot: QtBot) -> None:
    card = made.panel.card(1)
    qtbot.mouseClick(card.solo_button, LEFT)
    qtbot.mouseClick(card.mute_button, LEFT)
    (track,) = made.document.scene.timeline.tracks
    assert (track.object, track.soloed, track.muted) == (1, True, True)
    assert card.solo_button.isChecked()
    made.document.undo()
    made.document.undo()
    assert not card.solo_button.isChecked()
    assert not card.mute_button.isChecked()


def test_solo_mute_and_removing_of_the_selection_are_one_step_each(made: Bench) -> None:
    made.document.select((0, 2))
    made.panel.solo()
    made.panel.mute()
    assert [(t.object, t.soloed, t.muted) for t in made.document.scene.timeline.tracks] == [
        (0, True, True),
        (2, True, True),
    ]
    made.panel.solo()
    assert not any(track.soloed for track in made.document.scene.timeline.tracks)
    made.panel.remove()
    assert [thing.name for thing in made.document.scene.objects] == ["Bird"]
    assert made.document.scene.timeline.tracks == ()
    made.document.undo()
    assert len(made.panel.cards) == 3


def test_takes_are_shown_newest_first_and_the_one_in_use_says_so(heard: Bench) -> None:
    click_card(heard, 0)
    rows = heard.panel.card(0).rows
    assert [row.number.text() for row in rows] == ["3", "2", "1"]
    assert [row.chooser.text() for row in rows] == ["Use", "Use", "In use"]
    assert heard.panel.card(0).caption.text() == "3 takes"


def test_using_a_take_puts_it_where_the_other_was(heard: Bench, qtbot: QtBot) -> None:
    click_card(heard, 0)
    row = heard.panel.card(0).rows[1]
    qtbot.mouseClick(row.chooser, LEFT)
    chosen = heard.document.scene.chosen_of(0)
    assert chosen is not None
    assert chosen.digest == row.take.digest
    (clip,) = heard.document.scene.timeline.tracks[0].clips
    assert clip.take == row.take.digest
    qtbot.mouseClick(row.chooser, LEFT)
    assert row.chooser.isChecked()
    heard.document.undo()
    assert heard.document.scene.timeline.tracks[0].clips[0].take != row.take.digest


def test_a_take_is_starred_rejected_and_taken_back(heard: Bench, qtbot: QtBot) -> None:
    click_card(heard, 0)
    row = heard.panel.card(0).rows[0]
    qtbot.mouseClick(row.star, LEFT)
    assert row.take.starred
    qtbot.mouseClick(row.reject, LEFT)
    assert row.take.rejected
    assert not row.star.isChecked()
    assert heard.panel.card(0).rows[-1] is row
    qtbot.mouseClick(row.reject, LEFT)
    assert not row.take.rejected


def test_a_click_on_play_or_on_the_waveform_asks_for_the_take(heard: Bench, qtbot: QtBot) -> None:
    click_card(heard, 0)
    row = heard.panel.card(0).rows[0]
    asked: list[tuple[str, float]] = []
    heard.panel.takes.play_requested.connect(lambda digest, place: asked.append((digest, round(place, 1))))
    qtbot.mouseClick(row.player, LEFT)
    for x in (0, row.wave.width() // 4, row.wave.width() - 1):
        qtbot.mouseClick(row.wave, LEFT, pos=QPoint(x, 20))
    assert asked == [(row.take.digest, place) for place in (0.0, 0.0, 0.2, 1.0)]


def test_a_take_that_is_pressed_and_moved_is_carried_and_not_played(heard: Bench, qtbot: QtBot) -> None:
    click_card(heard, 0)
    row = heard.panel.card(0).rows[0]
    happened: list[tuple[str, str]] = []
    heard.panel.takes.play_requested.connect(lambda digest, _place: happened.append(("play", digest)))
    heard.panel.take_drag_prepared.connect(lambda digest: happened.append(("touch", digest)))
    heard.panel.take_drag_started.connect(lambda digest, by: happened.append(("carry" * (by is row), digest)))
    begin = row.wave.rect().center()
    qtbot.mousePress(row.wave, LEFT, pos=begin)
    qtbot.mouseMove(row.wave, begin + QPoint(3, 0))
    assert len(happened) == 1
    qtbot.mouseMove(row.wave, begin + QPoint(-40, 0))
    qtbot.mouseMove(row.wave, begin + QPoint(-60, 0))
    qtbot.mouseRelease(row.wave, LEFT, pos=begin - QPoint(60, 0))
    assert happened == [("touch", row.take.digest), ("carry", row.take.digest)]
    assert heard.document.scene.objects[0].index == 0, "the card was not dragged along"


def test_a_carried_take_is_seen_by_its_waveform_and_name(heard: Bench, qtbot: QtBot) -> None:
    click_card(heard, 0)
    row = heard.panel.card(0).rows[0]
    bare = row.picture().toImage()
    qtbot.waitUntil(lambda: row.wave.peaks is not None, timeout=PATIENCE)
    drawn = row.picture().toImage()
    assert drawn != bare and drawn.size() == bare.size()
    other = take_drag_pixmap("Another", (10, 200, 30), row.wave.peaks, row.font(), 1.0)
    assert other.toImage() != drawn


def test_a_long_name_ends_in_an_ellipsis_until_one_types(heard: Bench, qtbot: QtBot) -> None:
    card = heard.panel.card(1)
    short = card.name.grab().toImage()
    long = "A pickup truck, idling at the kerb with its bonnet open, seen from the far side of the street"
    heard.document.edit("Rename", lambda scene: rename_object(scene, 1, long))
    assert card.name.elided.endswith("…") and len(card.name.elided) < len(long)
    assert card.name.text() == long
    seen = card.name.grab().toImage()
    assert seen != short
    where = card.name.rect().center()
    QApplication.sendEvent(card.name, QHelpEvent(QEvent.Type.ToolTip, where, card.name.mapToGlobal(where)))
    assert QToolTip.text().startswith(long)
    QToolTip.hideText()
    card.name.setFocus()
    qtbot.waitUntil(card.name.hasFocus)
    assert card.name.grab().toImage() != seen


def test_resting_on_a_take_shows_its_recipe(heard: Bench) -> None:
    click_card(heard, 0)
    row = heard.panel.card(0).rows[0]
    where = row.rect().center()
    QApplication.sendEvent(row, QHelpEvent(QEvent.Type.ToolTip, where, row.mapToGlobal(where)))
    assert "Seed" in QToolTip.text()
    assert "take 3" in QToolTip.text()
    QToolTip.hideText()


def test_thumbnails_and_waveforms_come_without_being_waited_for(heard: Bench, qtbot: QtBot) -> None:
    click_card(heard, 0)
    card = heard.panel.card(0)
    blank = card.rows[0].wave.grab().toImage()
    qtbot.waitUntil(lambda: not card.thumb.pixmap().isNull(), timeout=PATIENCE)
    qtbot.waitUntil(lambda: card.rows[0].wave.grab().toImage() != blank, timeout=PATIENCE)


def test_what_the_buttons_generate_is_what_is_selected(made: Bench, qtbot: QtBot) -> None:
    made.panel.generate_requested.disconnect()
    asked: list[tuple[tuple[int, ...], bool]] = []
    made.panel.generate_requested.connect(lambda numbers, together: asked.append((numbers, together)))
    footer = made.panel.footer
    assert not footer.each.isEnabled()
    click_card(made, 0)
    assert footer.each.isEnabled()
    assert not footer.together.isEnabled()
    click_card(made, 1, Qt.KeyboardModifier.ControlModifier)
    qtbot.mouseClick(footer.each, LEFT)
    qtbot.mouseClick(footer.together, LEFT)
    assert asked == [((0, 1), False), ((0, 1), True)]


def test_a_card_tells_of_its_job_and_of_its_failure(made: Bench, qtbot: QtBot) -> None:
    made.maker.go.clear()
    made.document.select((0,))
    made.panel.generate()
    card: ObjectCard = made.panel.card(0)
    qtbot.waitUntil(lambda: "step 1" in made.panel.queue_view.line.text(), timeout=PATIENCE)
    assert card.caption.text() == "Being made", "how far it is stands in one place"
    made.queue.cancel_all()
    qtbot.waitUntil(lambda: card.caption.text() == "No takes yet", timeout=PATIENCE)
    made.maker.failures.append(RuntimeError("the sky fell"))
    made.panel.regenerate()
    qtbot.waitUntil(lambda: "the sky fell" in card.caption.text(), timeout=PATIENCE)


@pytest.mark.parametrize("kind", [QAbstractButton, QLineEdit, QComboBox])
def test_every_control_has_a_name_and_a_tip_and_is_reached_by_keys(heard: Bench, kind: type[QWidget]) -> None:
    click_card(heard, 0)
    for control in heard.panel.findChildren(kind):
        if not control.isVisible() or control.objectName().startswith("qt_"):
            continue
        named = control.accessibleName() or (isinstance(control, QAbstractButton) and control.text())
        assert named, control
        assert control.toolTip(), control
        assert control.focusPolicy() & Qt.FocusPolicy.TabFocus, control


def test_another_still_takes_all_cards_away(made: Bench) -> None:
    before = made.panel.card(0)
    noise = np.random.default_rng(9).integers(0, 255, (60, 80, 3), np.uint8)
    made.document.replace(made.document.scene, Still.from_pixels(noise), made.project)
    assert made.panel.card(0) is not before
    assert len(made.panel.cards) == 3
    made.document.replace(Scene(), None, None)
    assert not made.panel.cards
