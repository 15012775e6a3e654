"""The library at the real window: searched, heard, starred, placed on the timeline, and read from a folder."""

from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.library.index_process import IndexProcess
from desktop.library.library_panel import FILTERS
from desktop.library.part import LibraryPart
from desktop.library.result_delegate import wave_area
from engine.library.library import Library
from tests.desktop.e2e.house import House, toy_house
from tests.desktop.objects.toy import FakeGenerationBackend
from tests.engine.library.tones import updated, write_tone

PITCHES = {"gate_low": 110.0, "gate_high": 1_760.0, "bell_middle": 440.0}


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """An index of three tones of 1.5 s."""
    for name, hertz in PITCHES.items():
        write_tone(tmp_path / "sounds" / f"{name}.wav", hertz, 1.5, level=0.05, rate=48_000)
    library = Library(tmp_path / "index")
    library.add_folder(tmp_path / "sounds", "CC0")
    updated(library)
    library.close()
    return tmp_path / "index"


@pytest.fixture
def house(qtbot: QtBot, tmp_path: Path, index: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """The window with a project and this library, its panel open."""
    monkeypatch.setenv("FOLEYSCAPE_LIBRARY", str(index))
    made = toy_house(qtbot, tmp_path, FakeGenerationBackend())
    made.window.actions_.action("library_search").trigger()
    made.until(lambda: len(part(made).panel.model.found) == 3)
    return made


def part(house: House) -> LibraryPart:
    return cast(LibraryPart, house.window.panels["library"])


def names(house: House) -> list[str]:
    return [sound.path.stem for sound in part(house).panel.model.found]


def type_words(house: House, words: str) -> None:
    panel = part(house).panel
    panel.field.setFocus()
    panel.field.selectAll()
    house.qtbot.keyClicks(panel.field, words)


def test_words_find_sounds_while_they_are_typed(house: House) -> None:
    type_words(house, "gate NOT high")
    house.until(lambda: names(house) == ["gate_low"])
    assert "1 of 3 sounds" in part(house).panel.note.text()


def test_a_damaged_query_is_said_in_the_panel(house: House) -> None:
    type_words(house, "(gate")
    house.until(lambda: "bracket" in part(house).panel.note.text())


def test_arrow_keys_play_at_once_at_one_loudness(house: House) -> None:
    results = part(house).panel.results
    results.setFocus()
    house.press(Qt.Key.Key_Down)
    house.until(lambda: house.timeline.player.take_heard is not None)
    current = results.current
    assert current is not None
    assert house.timeline.player.take_heard == current.digest.hex()
    house.until(lambda: results.playing is not None and results.playing[0] == current.content)
    house.press(Qt.Key.Key_Space)
    house.until(lambda: house.timeline.player.take_heard is None and results.playing is None)


def test_a_click_in_the_waveform_plays_from_there(house: House) -> None:
    results = part(house).panel.results
    area = wave_area(results.visualRect(part(house).panel.model.index(1)).toRectF())
    at = QPoint(round(area.left() + 0.5 * area.width()), round(area.center().y()))
    house.qtbot.mouseClick(results.viewport(), Qt.MouseButton.LeftButton, pos=at)
    house.until(lambda: house.timeline.player.take_heard is not None)
    assert house.timeline.player.take_seconds == pytest.approx(0.75, abs=0.4)


def test_return_puts_a_sound_on_the_timeline_with_its_licence(house: House) -> None:
    house.timeline.player.seek(96_000)
    house.services.document.select(())
    clips = sum(len(track.clips) for track in house.scene.timeline.tracks)
    part(house).panel.results.setFocus()
    house.press(Qt.Key.Key_Return)
    house.until(lambda: sum(len(track.clips) for track in house.scene.timeline.tracks) == clips + 1)
    new = house.scene.takes[-1]
    assert (new.kind, new.licence) == ("recording", "CC0")
    assert any(clip.start == 96_000 for track in house.scene.timeline.tracks for clip in track.clips)


def test_return_with_one_object_selected_makes_a_take_of_it(house: House) -> None:
    thing = house.scene.objects[0]
    house.services.document.select((thing.index,))
    part(house).panel.results.setFocus()
    house.press(Qt.Key.Key_Return)
    house.until(
        lambda: any(take.kind == "recording" and take.objects == (thing.index,) for take in house.scene.takes)
    )


def test_a_star_is_kept_and_filters(house: House) -> None:
    panel = part(house).panel
    panel.results.setFocus()
    first = panel.model.found[0].path.stem
    house.press(Qt.Key.Key_S)
    house.until(lambda: any(sound.starred for sound in panel.model.found))
    panel.filter.setCurrentIndex([name for name, _ in FILTERS].index("Starred"))
    house.until(lambda: names(house) == [first])


@pytest.mark.parametrize("name", [name for name, _ in FILTERS])
def test_every_filter_acts(house: House, name: str) -> None:
    panel = part(house).panel
    panel.filter.setCurrentIndex([it for it, _ in FILTERS].index(name))
    fit = {"Under 2 s": 3, "2 to 10 s": 0, "Over 10 s": 0, "Stereo": 0, "Starred": 0, "Noisy": 0, "Bright": 0}
    fit |= {"Dull": 2, "Any length": 3, "Mono": 3, "Tonal": 3}
    house.until(lambda: len(names(house)) == fit[name] and "Searching" not in panel.note.text())


def test_like_this_one_puts_the_sound_itself_first(house: House) -> None:
    panel = part(house).panel
    panel.results.setCurrentIndex(panel.model.index(2))
    panel.results.setFocus()
    wanted = panel.model.found[2].path.stem
    house.press(Qt.Key.Key_L)
    house.until(lambda: panel.note.text().startswith("Sounds like it") and names(house)[0] == wanted)


def test_rows_are_dragged_as_files(house: House) -> None:
    model = part(house).panel.model
    (url,) = model.mimeData([model.index(0)]).urls()
    assert Path(url.toLocalFile()) == model.found[0].path


def test_find_in_library_needs_one_object(house: House) -> None:
    house.services.document.select(())
    action = house.window.actions_.action("library_object")
    assert not action.isEnabled()
    house.services.document.select((house.scene.objects[0].index,))
    assert action.isEnabled()


def test_the_panel_is_shown_and_hidden_by_its_key(house: House) -> None:
    widget: QWidget = house.window.panels["library"].widget
    assert widget.isVisible()
    house.window.actions_.action("show_library").trigger()
    assert not widget.isVisible()


def test_a_folder_is_added_and_read_in_a_program_of_its_own(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOLEYSCAPE_LIBRARY", str(tmp_path / "new"))
    write_tone(tmp_path / "more" / "whistle.wav", 900)
    house = toy_house(qtbot, tmp_path, FakeGenerationBackend())
    house.window.actions_.action("library_search").trigger()
    panel = part(house).panel
    house.until(lambda: "Where are your sounds" in panel.note.text())
    part(house).choose_folder = lambda: tmp_path / "more"
    house.qtbot.mouseClick(panel.add_button, Qt.MouseButton.LeftButton)
    assert panel.update_button.text() == "Pause"
    house.until(lambda: names(house) == ["whistle"])
    house.until(lambda: "1 added" in panel.note.text())
    assert not part(house).reading.running
    assert panel.update_button.text() == "Read new files"


def said_at_the_end(process: IndexProcess, qtbot: QtBot) -> str:
    said: list[str] = []
    process.ended.connect(said.append)
    process.update()
    qtbot.waitUntil(lambda: bool(said), timeout=20_000)
    process.close()
    return said[0]


def test_a_reading_that_fails_is_said(qtbot: QtBot) -> None:
    script = "import sys; print('foleyscape: The disk is full.', file=sys.stderr); sys.exit(1)"
    assert said_at_the_end(IndexProcess(command=("-c", script)), qtbot) == "The disk is full."


def test_a_reading_that_cannot_be_started_is_said(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    assert "could not be started" in said_at_the_end(IndexProcess(), qtbot)
