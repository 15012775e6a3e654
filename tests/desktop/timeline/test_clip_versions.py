"""Reverse, speed and pitch of clips at the timeline: commands, menu, dialog, and what is painted."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QDialogButtonBox, QMenu
from pytestqt.qtbot import QtBot

from desktop.timeline.clip_versions import VersionDialog
from desktop.timeline.version_commands import VERSION_COMMANDS
from engine.scene.timeline import Clip
from tests.desktop.timeline.bench import BODY, DOG, RATE, TimelineBench


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[TimelineBench]:
    made = TimelineBench(qtbot)
    yield made
    made.waveforms.close()


@pytest.fixture
def chosen(bench: TimelineBench) -> TimelineBench:
    bench.click(bench.x(3), BODY)
    assert bench.view.versions.has_clips
    return bench


def first(bench: TimelineBench) -> Clip:
    return bench.clips()[0]


def run(bench: TimelineBench, id_: str) -> None:
    [command] = [command for command in VERSION_COMMANDS if command.id == id_]
    assert command.enabled(bench.view)
    assert command.run is not None
    command.run(bench.view)


@pytest.mark.parametrize(
    ("id_", "changed"),
    [
        ("reverse", (True, 1.0, 0.0)),
        ("faster", (False, 1.059463, 0.0)),
        ("slower", (False, 0.943874, 0.0)),
        ("pitch_up", (False, 1.0, 1.0)),
        ("pitch_down", (False, 1.0, -1.0)),
    ],
)
def test_every_command_changes_the_selected_clip_in_one_step_of_undo(
    chosen: TimelineBench, id_: str, changed: tuple[bool, float, float]
) -> None:
    before = chosen.steps
    run(chosen, id_)
    clip = first(chosen)
    assert (clip.reversed, clip.speed, clip.pitch) == changed
    assert chosen.steps == before + 1
    chosen.document.undo()
    assert first(chosen).sound == DOG


def test_twelve_steps_double_the_speed_and_steps_back_end_at_one(chosen: TimelineBench) -> None:
    for _ in range(12):
        run(chosen, "faster")
    assert first(chosen).speed == pytest.approx(2.0, abs=1e-4)
    assert first(chosen).length == pytest.approx(2 * RATE, abs=10)
    for _ in range(40):
        run(chosen, "slower")
    assert first(chosen).speed == 0.25


def test_without_a_selection_the_commands_are_off(bench: TimelineBench) -> None:
    assert not any(command.enabled(bench.view) for command in VERSION_COMMANDS)
    bench.view.versions.ask()
    bench.view.versions.reverse()
    assert bench.steps == 0


def test_the_dialog_sets_exact_values_in_one_step(chosen: TimelineBench) -> None:
    run(chosen, "speed_and_pitch")
    dialog = chosen.view.findChild(VersionDialog)
    assert isinstance(dialog, VersionDialog)
    assert (dialog.speed.value(), dialog.pitch.value(), dialog.reversed) == (1.0, 0.0, False)
    dialog.speed.setValue(0.8)
    dialog.pitch.setValue(-3.5)
    dialog._backwards.setChecked(True)
    before = chosen.steps
    dialog.accept()
    clip = first(chosen)
    assert (clip.speed, clip.pitch, clip.reversed, clip.length) == (0.8, -3.5, True, 5 * RATE)
    assert chosen.steps == before + 1


def test_the_dialog_goes_back_to_the_take_as_it_was_made(chosen: TimelineBench) -> None:
    run(chosen, "reverse")
    run(chosen, "pitch_up")
    run(chosen, "speed_and_pitch")
    dialog = chosen.view.findChild(VersionDialog)
    assert isinstance(dialog, VersionDialog)
    box = dialog.findChild(QDialogButtonBox)
    assert isinstance(box, QDialogButtonBox)
    box.button(QDialogButtonBox.StandardButton.Reset).click()
    dialog.accept()
    assert first(chosen).sound == DOG


def test_the_menu_of_a_clip_has_them_all(bench: TimelineBench) -> None:
    surface = bench.view.track_view
    bench.click(bench.x(3), BODY)
    surface.menu_requested.emit(surface.hit_at(bench.x(3), BODY), bench.view.mapToGlobal(QPoint(0, 0)))
    menu = next(found for found in bench.view.findChildren(QMenu) if found.isVisible())
    texts = {action.text().partition("\t")[0]: action for action in menu.actions()}
    texts["Re&verse"].trigger()
    assert first(bench).reversed
    speeds, pitches = (texts[name].menu() for name in ("Speed", "Pitch"))
    assert isinstance(speeds, QMenu)
    assert isinstance(pitches, QMenu)
    speeds.actions()[0].trigger()
    pitches.actions()[0].trigger()
    assert (first(bench).speed, first(bench).pitch) == (0.5, -12.0)
    assert speeds.actions()[2].isChecked()
    menu.close()


def test_what_is_painted_is_the_version_that_is_heard(chosen: TimelineBench, qtbot: QtBot) -> None:
    run(chosen, "reverse")
    key = first(chosen).sound
    assert key != DOG
    chosen.view.track_view.grab()
    qtbot.waitUntil(lambda: key in chosen.sounds.read)
    qtbot.waitUntil(lambda: chosen.waveforms.pyramid(key) is not None)
    chosen.view.set_spectrograms(True)
    chosen.view.track_view.grab()
    qtbot.waitUntil(lambda: chosen.waveforms.spectrogram(key) is not None)
