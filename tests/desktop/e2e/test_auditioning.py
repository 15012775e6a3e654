"""The real window, with real keys: twenty takes are auditioned, starred, rejected and used without a mouse."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.objects.edits import takes_with
from desktop.objects.take_row import TakeRow
from engine.generation.add_to_project import attach
from engine.scene.scene import TakeRecord
from tests.desktop.e2e.house import CONTROL, NONE, House
from tests.desktop.objects.toy import FakeGenerationBackend, toy_project, toy_take, with_takes

SIZES = ((QSize(1280, 720), 3), (QSize(1024, 700), 1), (QSize(1440, 900), 3), (QSize(960, 600), 1))
"""Sizes of the window, and how many takes are to be seen at each."""
DOWN, STAR, REJECT, USE = Qt.Key.Key_Down, Qt.Key.Key_S, Qt.Key.Key_X, Qt.Key.Key_Return


@pytest.fixture
def maker() -> Iterator[FakeGenerationBackend]:
    made = FakeGenerationBackend()
    yield made
    made.go.set()


@pytest.fixture
def house(qtbot: QtBot, tmp_path: Path, maker: FakeGenerationBackend) -> House:
    """With a project of three objects that have twenty takes, and one of two objects together."""
    project, scene, _ = toy_project(tmp_path)
    with project:
        for number, count in enumerate((7, 7, 6)):
            scene = with_takes(project, scene, number, count)
        project.save(attach(scene, project.add_take(toy_take("Dog + Bird", (0, 1), 1, seed=5), (0, 1))))
    made = House(qtbot, lambda _: maker)
    made.window.open_path(tmp_path / "Street.foley")
    made.until(lambda: made.services.document.still is not None and maker.warmed == 1)
    made.until(lambda: bool(made.shelf.devices))
    return made


def here(house: House) -> TakeRecord:
    row = QApplication.focusWidget()
    assert isinstance(row, TakeRow)
    return row.take


def heard(house: House) -> str | None:
    return house.timeline.player.take_heard


def visible_rows(house: House) -> list[TakeRow]:
    """The rows of takes that are wholly to be seen."""
    panel = house.objects.panel
    view = panel._scroll.viewport()
    rows = [row for card in panel.cards for row in card.rows if row.isVisible()]
    tops = [(row, row.mapTo(view, QPoint(0, 0)).y()) for row in rows]
    return [row for row, top in tops if top >= 0 and top + row.height() <= view.height()]


def test_twenty_takes_are_auditioned_starred_and_used_with_the_keyboard_alone(house: House) -> None:
    house.canvas.canvas.setFocus()
    house.press(Qt.Key.Key_D)
    house.press(Qt.Key.Key_Space)
    together = here(house)
    played = [heard(house)]
    starred: list[str] = []
    used: dict[int, str] = {}
    while len(played) < 21:
        house.press(DOWN)
        take = here(house)
        played.append(heard(house))
        assert played[-1] == take.digest, "each plays at once"
        assert house.objects.panel.take_row in visible_rows(house), "and is to be seen"
        if take.number % 3 == 0:
            house.press(STAR)
            starred.append(take.digest)
        if take.number == 5:
            house.press(USE)
            used[take.objects[0]] = take.digest
        if take.objects == (1,) and take.number == 7:
            assert heard(house) == take.digest, "a star or a use lets it play on"
    scene = house.scene
    assert played[0] == together.digest and len(set(played)) == 21 - 1
    assert [take.digest for take in scene.takes if take.starred] == sorted(
        starred, key=[take.digest for take in scene.takes].index
    )
    assert dict(scene.chosen) == used
    for number, digest in used.items():
        assert [c.take for t in scene.timeline.tracks if t.object == number for c in t.clips] == [digest]


def test_a_rejected_take_makes_room_for_the_next_which_plays(house: House) -> None:
    house.services.document.select((2,))
    house.press(Qt.Key.Key_D)
    names = [take.number for take in takes_with(house.scene, 2)]
    for number in names[:3]:
        assert here(house).number == number
        house.press(REJECT)
        assert heard(house) == here(house).digest
    assert [take.number for take in takes_with(house.scene, 2)] == [*names[3:], *names[:3]]


def test_keys_of_the_list_are_the_windows_again_elsewhere(house: House) -> None:
    house.services.document.select((0,))
    house.press(Qt.Key.Key_D)
    house.press(DOWN)
    assert heard(house) is not None
    house.press(Qt.Key.Key_Escape)
    assert heard(house) is None
    house.press(STAR)
    track = next(track for track in house.scene.timeline.tracks if track.object == 0)
    assert track.soloed and not any(take.starred for take in house.scene.takes)
    house.press(Qt.Key.Key_Space)
    house.until(lambda: house.timeline.player.playing)
    house.press(Qt.Key.Key_Space)


def test_a_click_into_a_waveform_plays_from_there_and_the_line_moves(house: House) -> None:
    house.services.document.select((0,))
    row = house.objects.panel.card(0).rows[1]
    house.qtbot.mouseClick(row.wave, Qt.MouseButton.LeftButton, NONE, QPoint(row.wave.width() // 2, 9))
    player = house.timeline.player
    assert heard(house) == row.take.digest and row.state.playing
    half = row.take.samples / row.take.rate / 2
    assert player._request.start == pytest.approx(half * player.timeline.rate, rel=0.05)
    house.until(lambda: row.wave.place is not None and row.wave.place > 0.4)
    assert house.timeline.player.position == 0, "the playhead stays"
    house.qtbot.mouseClick(row.player, Qt.MouseButton.LeftButton)
    assert heard(house) is None and row.wave.place is None


def test_a_looped_take_goes_on_and_space_stops_it(house: House) -> None:
    house.services.document.select((0,))
    house.press(Qt.Key.Key_D)
    house.press(Qt.Key.Key_L, CONTROL)
    assert house.timeline.player.take_looping and not house.timeline.player.looping
    house.press(DOWN)
    assert house.timeline.player._request.loop is not None
    house.press(Qt.Key.Key_Space)
    assert heard(house) is None


def test_a_and_b_are_the_take_in_use_and_the_one_at_the_keyboard_and_say_so(house: House) -> None:
    house.services.document.select((0,))
    house.press(Qt.Key.Key_D)
    house.press(DOWN)
    house.press(DOWN)
    row = house.objects.panel.take_row
    chosen = house.scene.chosen_of(0)
    assert row is not None and chosen is not None
    house.press(Qt.Key.Key_A)
    assert heard(house) == chosen.digest
    assert (row.side.text(), row.state.playing) == ("B", False)
    own = house.objects.panel.card(0).takes.row(chosen.digest)
    assert own is not None and (own.side.text(), own.state.playing) == ("A", True)
    house.press(Qt.Key.Key_A)
    assert heard(house) == row.take.digest and row.state.playing
    gain = house.timeline._playback.strip.transport.gain
    house.until(lambda: gain.text().endswith(" dB"))
    assert gain.text() != "−0.0 dB"


def test_a_take_is_placed_where_the_playhead_is(house: House) -> None:
    house.services.document.select((1,))
    house.timeline.player.seek(4800)
    house.press(Qt.Key.Key_D)
    house.press(DOWN)
    take = here(house)
    house.press(Qt.Key.Key_P)
    clips = [clip for track in house.scene.timeline.tracks if track.object == 1 for clip in track.clips]
    assert [(clip.take, clip.start) for clip in clips][-1] == (take.digest, 4800)


def test_one_more_like_a_take_has_its_settings_and_another_seed_and_plays_by_itself_when_that_is_set(
    house: House, maker: FakeGenerationBackend
) -> None:
    settings = house.services.settings
    settings.set(replace(settings.preferences, autoplay=True))
    house.services.document.select((0,))
    house.press(Qt.Key.Key_D)
    house.press(DOWN)
    house.press(Qt.Key.Key_Space)
    count = len(house.scene.takes)
    house.press(Qt.Key.Key_G)
    house.until(lambda: len(house.scene.takes) == count + 1)
    [request] = maker.requests
    assert [target.objects for target in request.targets] == [(0,)] and request.takes == (1,)
    house.until(lambda: heard(house) == house.scene.takes[-1].digest)
    house.timeline.player.stop()
    settings.set(replace(settings.preferences, autoplay=False))
    house.press(Qt.Key.Key_G)
    house.until(lambda: len(house.scene.takes) == count + 2 and house.at_rest())
    assert heard(house) is None


def test_a_take_is_exported_into_the_file_that_is_named(house: House, tmp_path: Path) -> None:
    house.services.document.select((0,))
    house.press(Qt.Key.Key_D)
    house.press(DOWN)
    asked: list[Path] = []

    def ask(_window: object, proposal: Path) -> Path:
        asked.append(proposal)
        return tmp_path / "bark.wav"

    house.window.exports.take_file._ask = ask
    house.objects.panel.takes.export()
    house.until((tmp_path / "bark.wav").is_file)
    assert asked[0].name == "dog-take-7.wav"
    assert house.said[-1].text == f"The take is in {tmp_path / 'bark.wav'}."


def assert_takes_are_seen(house: House) -> None:
    """Whichever object is gone to, at every size."""
    for size, least in SIZES:
        house.window.resize(size)
        for number in (0, 1, 2):
            house.services.document.select((number,))
            house.press(Qt.Key.Key_D)
            QApplication.processEvents()
            rows = visible_rows(house)
            assert len(rows) >= least, (size, number)
            assert all(row.wave.height() >= 36 and row.wave.width() >= 220 for row in rows)
            house.press(Qt.Key.Key_Escape)


def test_takes_are_to_be_seen_at_every_size_and_nothing_beside_them_is_cut(house: House) -> None:
    assert_takes_are_seen(house)
    panel, timeline, canvas = house.objects.panel, house.timeline.widget, house.canvas.widget
    for size, _ in SIZES:
        house.window.resize(size)
        QApplication.processEvents()
        right = panel.mapTo(house.window, QPoint(0, 0)).x()
        for widget in (timeline, canvas):
            left = widget.mapTo(house.window, QPoint(0, 0)).x()
            assert left + widget.width() <= right, "both are beside the panel"
            assert widget.width() >= widget.minimumSizeHint().width()
        assert panel.height() >= house.window.height() - 80, "the panel has the full height"
        transport = house.timeline._playback.strip.transport
        items = [transport._row.itemAt(place) for place in range(transport._row.count())]
        parts = [item.widget() for item in items if item is not None]
        shown = [part.geometry() for part in parts if part is not None and part.isVisible()]
        edges = [edge for part in shown for edge in (part.left(), part.right())]
        assert edges == sorted(edges), "no part of the transport lies over another"
        for card in panel.cards:
            assert card.width() >= card.minimumSizeHint().width()
        for line in (panel.filter_bar, panel.footer, panel.take_hint):
            assert line.mapTo(house.window, line.rect().bottomRight()).x() < house.window.width()


def test_takes_are_to_be_seen_while_others_are_made_and_the_queue_is_one_line_that_goes(
    house: House, maker: FakeGenerationBackend
) -> None:
    queue = house.objects.panel.queue_view
    assert not queue.isVisible()
    maker.go.clear()
    house.services.document.select((0, 1, 2))
    house.press(Qt.Key.Key_G, CONTROL)
    house.until(queue.isVisible)
    assert queue.height() <= 40
    assert_takes_are_seen(house)
    maker.go.set()
    house.until(lambda: house.at_rest() and not queue.isVisible())
