"""The view goes after what is dragged beyond its edge, and after the playhead: alone, and by real events."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.timeline.interaction.autoscroll import (
    FASTEST,
    SLOWEST,
    ScrollAxes,
    ScrollOffset,
    ScrollSpeed,
    autoscroll_speed,
    axis_speed,
)
from desktop.timeline.layout.page_follow import PageFollow
from desktop.timeline.layout.time_scale import TimeScale
from desktop.timeline.layout.track_layout import RULER_HEIGHT
from engine.scene.edits import add_track
from engine.scene.scene import Scene
from tests.desktop.timeline.bench import BODY, LEFT, NONE, RATE, TimelineBench, two_tracks

ACROSS, BOTH = ScrollAxes(across=True), ScrollAxes(across=True, down=True)
VIEW = (0.0, 40.0, 1000.0, 400.0)


def test_nothing_drifts_within_the_view_and_faster_the_further_out() -> None:
    assert axis_speed(500, 0, 1000) == 0.0
    places = [995, 1000, 1020, 1100]
    paces = [axis_speed(at, 0, 1000) for at in places]
    assert paces == sorted(paces) and len(set(paces)) == 4 and paces[0] >= SLOWEST
    assert axis_speed(9999, 0, 1000) == FASTEST and axis_speed(-9999, 0, 1000) == -FASTEST
    assert axis_speed(-50, 0, 1000) == -axis_speed(1050, 0, 1000)


def test_a_drag_takes_the_view_only_along_its_own_axes() -> None:
    assert (
        autoscroll_speed(ACROSS, (1100, 500), VIEW).down == 0.0
        and autoscroll_speed(ACROSS, (1100, 500), VIEW).right > 0
    )
    assert (
        autoscroll_speed(BOTH, (500, 10), VIEW).down < 0
        and autoscroll_speed(BOTH, (500, 10), VIEW).right == 0.0
    )
    assert autoscroll_speed(ScrollAxes(), (1100, 500), VIEW).still


def test_parts_of_a_pixel_add_up_and_none_is_lost() -> None:
    path, gone = ScrollOffset(), 0
    for _ in range(100):
        path = path.after(ScrollSpeed(right=60.0, down=-60.0), 0.007)
        assert path.down == -path.right
        gone += path.right
    assert gone == pytest.approx(60 * 0.7, abs=1)


def test_the_page_turns_when_the_playhead_leaves_it() -> None:
    scale, follow = TimeScale(0.0, 480.0), PageFollow().playing(1.0)
    assert follow.page(scale, 1000, 24_000) is scale
    turned = follow.page(scale, 1000, 1001 * 480)
    assert turned.x_of(1001 * 480) == pytest.approx(100)
    assert follow.page(turned, 1000, 10 * 480).x_of(10 * 480) == pytest.approx(22)


def test_backwards_the_page_turns_so_that_more_lies_before_the_playhead() -> None:
    scale = TimeScale(2000 * 480.0, 480.0)
    turned = PageFollow().playing(-1.0).page(scale, 1000, 1990 * 480)
    assert turned.x_of(1990 * 480) == pytest.approx(900)


def test_scrolling_by_hand_keeps_the_page_until_it_plays_anew() -> None:
    scale = TimeScale(0.0, 480.0)
    left = PageFollow().playing(1.0).scrolled()
    assert left.page(scale, 1000, 1e7) is scale
    assert left.playing(2.0).page(scale, 1000, 1e7) is scale
    assert left.playing(0.0).page(scale, 1000, 1e7) is not scale
    assert left.playing(0.0).playing(1.0).page(scale, 1000, 1e7) is not scale
    assert PageFollow().scrolled().playing(1.0).page(scale, 1000, 1e7) is not scale


def many_rows() -> Scene:
    scene = two_tracks()
    for number in range(10):
        scene = add_track(scene, f"Track {number}")
    return scene


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[TimelineBench]:
    made = TimelineBench(qtbot, many_rows())
    yield made
    made.waveforms.close()


def start(bench: TimelineBench) -> float:
    return bench.view.track_view.view.geometry.scale.start


def hold(bench: TimelineBench, begin: tuple[float, float], to: tuple[float, float]) -> None:
    """Presses, and drags to a place beyond the edge, where the pointer stays."""
    bench.press(*begin)
    for part in (0.5, 1.0):
        x, y = (a + (b - a) * part for a, b in zip(begin, to, strict=True))
        QTest.mouseMove(bench.view.track_view, QPoint(round(x), round(y)))


def release(bench: TimelineBench, at: tuple[float, float]) -> None:
    QTest.mouseRelease(bench.view.track_view, LEFT, NONE, QPoint(round(at[0]), round(at[1])))


def test_a_clip_held_beyond_the_edge_goes_on_until_it_is_released(bench: TimelineBench, qtbot: QtBot) -> None:
    beyond = (bench.view.track_view.width() + 60, BODY)
    hold(bench, (bench.x(3), BODY), beyond)
    before, at = bench.clips()[0].start, start(bench)
    qtbot.waitUntil(lambda: start(bench) > at + RATE)
    assert bench.clips()[0].start > before + RATE / 2
    release(bench, beyond)
    rests = start(bench)
    qtbot.wait(80)
    assert start(bench) == rests
    assert bench.steps == 1


def test_escape_ends_the_drift_and_takes_the_drag_back(bench: TimelineBench, qtbot: QtBot) -> None:
    begun = bench.document.scene
    at = start(bench)
    hold(bench, (bench.x(3), BODY), (bench.view.track_view.width() + 60, BODY))
    qtbot.waitUntil(lambda: start(bench) > at)
    bench.key(Qt.Key.Key_Escape)
    rests = start(bench)
    qtbot.wait(80)
    assert start(bench) == rests and bench.document.scene == begun


def test_a_trim_handle_a_loop_and_a_rubber_band_take_the_view_along(
    bench: TimelineBench, qtbot: QtBot
) -> None:
    width, height = bench.view.track_view.width(), bench.view.track_view.height()
    for begin in ((bench.x(5) - 2, BODY), (bench.x(3), 30)):
        bench.view.zoom_all()
        at = start(bench)
        hold(bench, begin, (width + 60, begin[1]))
        qtbot.waitUntil(lambda at=at: start(bench) > at)  # type: ignore[misc]
        release(bench, (width + 60, begin[1]))
    bench.view.zoom_all()
    hold(bench, (bench.x(0.4), BODY), (width - 100, height + 60))
    qtbot.waitUntil(lambda: bench.view.track_view.view.geometry.scroll > 100)
    release(bench, (width - 100, height + 60))
    assert len(bench.view.selected) == 2, "the band still begins where it was drawn from"


def test_the_gain_line_and_a_mere_press_at_the_edge_leave_the_view_where_it_is(
    bench: TimelineBench, qtbot: QtBot
) -> None:
    before = bench.view.track_view.view.geometry
    bench.press(bench.view.track_view.width() - 2, BODY + 62 * 2)
    qtbot.wait(60)
    release(bench, (bench.view.track_view.width() - 2, BODY + 62 * 2))
    assert bench.view.track_view.view.geometry == before


def test_the_page_follows_playing_and_stays_after_scrolling_by_hand(bench: TimelineBench) -> None:
    view, surface = bench.view, bench.view.track_view
    view.set_speed(1.0)
    view.set_playhead(60 * RATE)
    assert 0 <= surface.view.geometry.scale.x_of(60 * RATE) < surface.width()
    bench.wheel(300, 1200, Qt.KeyboardModifier.ShiftModifier)
    looked_at = start(bench)
    view.set_playhead(61 * RATE)
    assert start(bench) == looked_at
    view.set_speed(0.0)
    view.set_speed(1.0)
    view.set_playhead(62 * RATE)
    assert 0 <= surface.view.geometry.scale.x_of(62 * RATE) < surface.width()
    view._bars.across.setValue(0)
    view.set_playhead(63 * RATE)
    assert surface.view.geometry.scale.x_of(63 * RATE) > surface.width()


def test_the_page_does_not_turn_under_a_drag(bench: TimelineBench) -> None:
    bench.press(bench.x(3), RULER_HEIGHT + 42)
    QTest.mouseMove(bench.view.track_view, QPoint(bench.x(4), RULER_HEIGHT + 42))
    before = start(bench)
    bench.view.set_speed(1.0)
    bench.view.set_playhead(60 * RATE)
    assert start(bench) == before
