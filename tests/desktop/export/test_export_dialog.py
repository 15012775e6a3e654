"""The export dialog: what its controls come to, and how they are reached."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QWidget,
)

from desktop.export.file_list import CATEGORY
from desktop.export.last_export import LastExportStore
from desktop.export.preview import ExportPreview
from desktop.export.words import FORMAT_NAMES
from engine.scene.edits import mute_track
from engine.scene.edits.stills import rename_scene
from tests.desktop.export.bench import (
    LEFT,
    Bench,
    Change,
    click,
    everything_in,
    name_files,
    paths,
    pick,
    plan_of,
    typed,
)

# Every control acts


def leave_out(bench: Bench, place: int) -> None:
    """Uncheck a track in the menu of stems."""
    bench.dialog.form.content.stems.menu().actions()[place].trigger()


CONTROLS: dict[str, tuple[Change, Callable[[ExportPreview], object], object]] = {
    "Loudness": (
        lambda b: pick(b.dialog.form.preset, "netflix"),
        lambda p: plan_of(p).preset.name,
        "netflix",
    ),
    "Sample rate": (lambda b: pick(b.dialog.form.rate, 96_000), lambda p: plan_of(p).form.rate, 96_000),
    "Bit depth": (lambda b: pick(b.dialog.form.bits, 16), lambda p: plan_of(p).form.bits, 16),
    "Frame rate": (
        lambda b: pick(b.dialog.form.frame_rate, "24"),
        lambda p: plan_of(p).frame_rate.name,
        "24",
    ),
    "Start": (
        lambda b: typed(b.dialog.form.start, "02:00:00:00"),
        lambda p: plan_of(p).start_timecode,
        "02:00:00:00",
    ),
    "Handles": (lambda b: b.dialog.form.handles.stepUp(), lambda p: plan_of(p).lead, 24_000),
    "WAV": (
        lambda b: click(b.dialog.form.formats["csv"], b.dialog.form.formats["wav"]),
        lambda p: "mix.wav" in paths(p),
        False,
    ),
    "FLAC": (
        lambda b: click(b.dialog.form.formats["flac"]),
        lambda p: "listening-copies/mix.flac" in paths(p),
        True,
    ),
    "Ogg Vorbis": (
        lambda b: click(b.dialog.form.formats["ogg"]),
        lambda p: "listening-copies/mix.ogg" in paths(p),
        True,
    ),
    **{
        FORMAT_NAMES[form]: (
            lambda b, form=form: click(b.dialog.form.formats[form]),  # type: ignore[misc]
            lambda p, form=form: f"night-street.{form}" in paths(p),  # type: ignore[misc]
            True,
        )
        for form in ("rpp", "otio", "csv", "aaf", "fcpxml")
    },
    "EDL": (
        lambda b: click(b.dialog.form.formats["edl"]),
        lambda p: any(path.endswith(".edl") for path in paths(p)),
        True,
    ),
    "UCS file names": (lambda b: click(b.dialog.form.ucs), lambda p: "creator ID" in p.problems[0], True),
    "Creator": (
        lambda b: name_files(b, "LM", ""),
        lambda p: "source ID" in p.problems[0],
        True,
    ),
    "Source": (
        lambda b: name_files(b, "LM", "NS"),
        lambda p: paths(p)[0],
        "stems/ANMLDog_Dog_LM_NS.wav",
    ),
    "What": (
        lambda b: pick(b.dialog.form.content.content, "takes"),
        lambda p: paths(p)[0],
        "takes/01_dog-2.wav",
    ),
    "Range": (lambda b: pick(b.dialog.form.content.span, "loop"), lambda p: plan_of(p).samples, 9_600),
    "Stems": (lambda b: leave_out(b, 1), lambda p: "stems/02_rain.wav" in paths(p), False),
    "Mix": (lambda b: click(b.dialog.form.content.mix), lambda p: "mix.wav" in paths(p), False),
    "Mono": (lambda b: click(b.dialog.form.content.mono), lambda p: plan_of(p).form.channels, 1),
    "Sound inside AAF": (
        lambda b: click(b.dialog.form.formats["aaf"], b.dialog.form.content.embed),
        lambda p: p.settings(overwrite=False).embed,
        True,
    ),
    "Library": (
        lambda b: typed(b.dialog.form.content.library, "Own Foley"),
        lambda p: plan_of(p).library,
        "Own Foley",
    ),
    "Folder": (lambda b: typed(b.dialog.results.folder, "x"), lambda p: "whole path" in p.problems[0], True),
}


@pytest.mark.parametrize("name", CONTROLS)
def test_changing_a_control_changes_the_plan(name: str, bench: Bench) -> None:
    change, told, wanted = CONTROLS[name]
    first = bench.settled()
    assert first.ready
    change(bench)
    assert bench.dialog.preview is None, "the old answer is no longer the dialog's"
    assert told(bench.settled()) == wanted
    assert bench.dialog.export_button.isEnabled() == bench.settled().ready


def test_no_control_is_without_such_a_test(bench: Bench) -> None:
    form = bench.dialog.form
    kinds = (QComboBox, QLineEdit, QAbstractButton, QAbstractSpinBox)
    found = {w.accessibleName() for kind in kinds for w in form.findChildren(kind) if w.accessibleName()}
    assert found == CONTROLS.keys() - {"Folder"}


def test_the_list_shows_the_plan_with_kinds_and_sizes(bench: Bench) -> None:
    preview = bench.settled()
    assert bench.shown == paths(preview) == [
        "stems/01_dog.wav", "stems/02_rain.wav", "stems/03_grösse-thing.wav", "mix.wav",
    ]  # fmt: skip
    item = bench.dialog.results.files.topLevelItem(0)
    assert item is not None
    assert [item.text(column) for column in range(3)] == ["stems / 01_dog.wav", "Stem  ·  Dog", "448 kB"]
    assert bench.dialog.results.total == "4 files  ·  1.8 MB  ·  1.5 s of sound"


def test_a_problem_is_a_sentence_and_stops_the_export_until_it_is_gone(bench: Bench) -> None:
    typed(bench.dialog.form.start, "25:00:00:00")
    bench.settled()
    assert bench.notice == "'25:00:00:00' is no timecode at 25 frames a second."
    assert not bench.dialog.export_button.isEnabled()
    QTest.keyClick(bench.dialog.form.start, Qt.Key.Key_Return)
    assert not bench.work.running
    bench.dialog.form.start.clear()
    assert bench.settled().ready
    assert bench.notice == ""


def test_an_edit_of_the_scene_is_planned_anew(bench: Bench) -> None:
    bench.settled()
    click(bench.dialog.form.formats["rpp"])
    bench.document.edit("Rename", lambda scene: rename_scene(scene, "Day"))
    assert "day.rpp" in paths(bench.settled())
    louder = replace(bench.document.scene.timeline, rate=96_000, loudness="film")
    bench.document.edit("Change", lambda scene: replace(scene, timeline=louder))
    assert "Film" in bench.dialog.form.preset.itemText(0) and "96" in bench.dialog.form.rate.itemText(0)


def test_creator_and_source_can_be_written_only_where_names_have_them(bench: Bench) -> None:
    form = bench.dialog.form
    assert not form.creator.isEnabled()
    click(form.ucs)
    assert form.creator.isEnabled() and form.source.isEnabled()


# Categories


def open_category(bench: Bench, place: int) -> QLineEdit:
    """Clicks the category of a row; the field that opens."""
    files = bench.dialog.results.files
    item = files.topLevelItem(place)
    assert item is not None
    where = files.visualItemRect(item).center()
    where.setX(files.columnViewportPosition(CATEGORY) + 20)
    QTest.mouseClick(files.viewport(), LEFT, pos=where)
    [field] = [line for line in files.findChildren(QLineEdit) if line.isVisible()]
    return field


def give_category(bench: Bench, words: str) -> str:
    """Types it into the field of the first stem, and Enter; the first path then."""
    field = open_category(bench, 0)
    typed(field, words) if words else field.clear()
    QTest.keyClick(field, Qt.Key.Key_Return)
    bench.qtbot.waitUntil(lambda: bench.dialog.results.files.state() != EDITING)
    return str(paths(bench.settled())[0])


EDITING = QAbstractItemView.State.EditingState


def test_a_stem_has_its_suggested_category_and_another_once_it_is_chosen(bench: Bench) -> None:
    files = bench.dialog.results.files
    assert files.isColumnHidden(CATEGORY)
    name_files(bench, "LM", "NS")
    assert paths(bench.settled())[0] == "stems/ANMLDog_Dog_LM_NS.wav"
    assert not files.isColumnHidden(CATEGORY)
    field = open_category(bench, 0)
    assert field.text() == "ANMLDog"
    completer = field.completer()
    assert completer is not None
    popup = completer.popup()
    assert popup is not None and popup.objectName() == "completions", "the theme gives it a ground"
    completer.setCompletionPrefix("geyser")
    assert completer.currentCompletion().startswith("GEOGeyser")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert give_category(bench, "geogeyser") == "stems/GEOGeyser_Dog_LM_NS.wav"
    assert not bench.work.running, "Enter chose the category, and exported nothing"
    assert give_category(bench, "") == "stems/ANMLDog_Dog_LM_NS.wav"


def test_what_is_no_category_leaves_the_one_that_was(bench: Bench) -> None:
    name_files(bench, "LM", "NS")
    bench.settled()
    assert give_category(bench, "nonsense") == "stems/ANMLDog_Dog_LM_NS.wav"
    item = bench.dialog.results.files.topLevelItem(0)
    assert item is not None and item.text(CATEGORY) == "ANMLDog"


def test_only_stems_have_a_category_to_choose_and_f2_opens_it(bench: Bench) -> None:
    name_files(bench, "LM", "NS")
    bench.settled()
    files = bench.dialog.results.files
    mix = files.topLevelItem(files.topLevelItemCount() - 1)
    stem = files.topLevelItem(1)
    for item, opens in ((mix, False), (stem, True)):
        assert item is not None
        files.setCurrentItem(item)
        QTest.keyClick(files, Qt.Key.Key_F2)
        assert bool([line for line in files.findChildren(QLineEdit) if line.isVisible()]) is opens


def test_chosen_categories_are_written_and_there_again_next_time(bench: Bench) -> None:
    name_files(bench, "LM", "NS")
    bench.settled()
    give_category(bench, "GEOGeyser")
    bench.export()
    assert any("GEOGeyser_Dog" in name for name in everything_in(bench.settled().folder))
    assert [cat_id for _, cat_id in bench.memory.last.choices.categories] == ["GEOGeyser"]


# Presets


def test_choices_are_kept_under_a_name_and_chosen_again(bench: Bench) -> None:
    presets, form = bench.dialog.presets, bench.dialog.form
    assert not presets.save.isEnabled() and not presets.remove.isEnabled()
    click(form.formats["aaf"], form.content.embed)
    pick(form.bits, 16)
    presets.field.setEditText("  For   Avid ")
    click(presets.save)
    assert list(bench.memory.presets) == ["For Avid"]
    click(form.formats["aaf"], form.content.embed)
    pick(form.bits, 24)
    presets.field.textActivated.emit("For Avid")
    preview = bench.settled()
    assert "night-street.aaf" in paths(preview) and plan_of(preview).form.bits == 16
    assert preview.settings(overwrite=False).embed
    bench.qtbot.waitUntil(lambda: "For Avid" in LastExportStore(bench.memory.file).presets)
    click(presets.remove)
    bench.qtbot.waitUntil(lambda: not LastExportStore(bench.memory.file).presets)
    assert presets.field.count() == 0


def test_muted_tracks_are_said_to_be_left_out(bench: Bench) -> None:
    bench.settled()
    bench.document.edit("Mute", lambda scene: mute_track(scene, 2, muted=True))
    bench.settled()
    assert bench.dialog.results.total.endswith("muted, left out: rain")


# Reach


def test_every_control_has_a_name_a_tooltip_and_the_keyboard_reaches_it(bench: Bench) -> None:
    bench.settled()
    kinds = (QComboBox, QLineEdit, QAbstractButton)
    found: list[QWidget] = [
        widget
        for kind in kinds
        for widget in bench.dialog.findChildren(kind)
        if widget.isVisible() and widget.objectName() != "qt_spinbox_lineedit"
    ]
    assert len(found) > 20
    for widget in [*found, bench.dialog.form.handles, bench.dialog.results.files]:
        assert widget.accessibleName(), widget
        assert widget.toolTip() or widget is bench.dialog.results.files, widget.accessibleName()
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus, widget.accessibleName()


def test_no_two_controls_share_a_letter(bench: Bench) -> None:
    texts = [label.text() for label in bench.dialog.findChildren(QLabel)]
    texts += [button.text() for button in bench.dialog.findChildren(QAbstractButton)]
    letters = [text[text.index("&") + 1].lower() for text in texts if "&" in text and "<&>" not in text]
    assert len(letters) >= 9
    assert len(set(letters)) == len(letters), sorted(letters)


def test_a_dialog_that_was_closed_hears_no_more(bench: Bench) -> None:
    bench.settled()
    bench.dialog.reject()
    bench.document.edit("Rename", lambda scene: rename_scene(scene, "Day"))
    assert bench.dialog.preview is not None
