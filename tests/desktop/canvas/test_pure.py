"""Geometry, gestures, brush, outlines, names and keys of the canvas, without a widget."""

import numpy as np
import pytest

from desktop.actions.action_table import KeyMap
from desktop.canvas.brush import SIZES, brushed, resized
from desktop.canvas.canvas_commands import COMMANDS, Command, action_of, command_for
from desktop.canvas.image_pyramid import LARGEST, build
from desktop.canvas.labels import Rect, Wanted, place
from desktop.canvas.object_draft import Choosing, object_at
from desktop.canvas.pointer_actions import (
    Boxed,
    Boxing,
    Button,
    Clicked,
    Cycled,
    Held,
    Panned,
    Pointer,
    Stroked,
    Tool,
    Wheel,
    Zoomed,
    wheeled,
)
from desktop.canvas.viewport import LEAST_SHOWN, MOST_ZOOM, Viewport
from desktop.vision.outline import NOTHING, trace
from engine.scene.hints import Box, Click, Hints
from engine.scene.objects import SoundingObject
from tests.desktop.vision.fake_backend import square, still_of

FITTED = Viewport.fitting((4000, 3000), (1000, 700))
STILL = still_of()


# Where the still stands


def test_a_fitted_still_is_whole_and_in_the_middle() -> None:
    x, y, width, height = FITTED.box
    assert (x + width / 2, y + height / 2) == pytest.approx((500, 350))
    assert x > 0 and y > 0


def test_a_small_still_is_enlarged_at_most_twice() -> None:
    assert Viewport.fitting((64, 64), (1000, 700)).zoom == 2


@pytest.mark.parametrize("point", [(500.0, 350.0), (3.0, 690.0), (812.5, 17.25)])
def test_to_still_and_back_is_the_same_place(point: tuple[float, float]) -> None:
    assert FITTED.to_view(FITTED.to_still(point)) == pytest.approx(point)


def test_zooming_keeps_what_is_under_the_pointer_under_it() -> None:
    at = (412.0, 283.0)
    before = FITTED.to_still(at)
    for factor in (1.5, 3.0, 0.5):
        assert FITTED.zoomed(factor, at).to_still(at) == pytest.approx(before)


def test_zoom_has_ends() -> None:
    assert FITTED.zoomed(1e9, (500, 350)).zoom == MOST_ZOOM
    assert FITTED.zoomed(1e-9, (500, 350)).zoom == FITTED.least_zoom


def test_panning_never_loses_the_still() -> None:
    x, y, width, _ = FITTED.moved(-1e6, 1e6).box
    assert x + width == pytest.approx(LEAST_SHOWN)
    assert y == pytest.approx(700 - LEAST_SHOWN)


def test_a_fitted_still_stays_fitted_when_the_view_changes_and_another_keeps_its_middle() -> None:
    assert FITTED.resized((500, 300)) == Viewport.fitting((4000, 3000), (500, 300))
    zoomed = FITTED.zoomed(4, (500, 350))
    assert zoomed.resized((600, 400)).to_still((300, 200)) == pytest.approx(zoomed.to_still((500, 350)))


# What the pointer does


def test_a_press_and_release_is_a_click_with_what_was_held() -> None:
    pointer = Pointer()
    assert pointer.press((5, 5), Button.LEFT, Tool.HINT, Held(alt=True)) is None
    assert pointer.move((7, 6)) is None
    assert pointer.release((7, 6), Button.LEFT) == Clicked((5, 5), Held(alt=True))


def test_a_drag_is_a_box() -> None:
    pointer = Pointer()
    pointer.press((5, 5), Button.LEFT, Tool.HINT, Held())
    assert pointer.move((40, 30)) == Boxing((5, 5), (40, 30))
    assert pointer.release((50, 40), Button.LEFT) == Boxed((5, 5), (50, 40))
    assert not pointer.busy


@pytest.mark.parametrize(("button", "held"), [(Button.MIDDLE, Held()), (Button.LEFT, Held(space=True))])
def test_the_middle_button_and_space_pan_with_every_tool(button: Button, held: Held) -> None:
    for tool in Tool:
        pointer = Pointer()
        pointer.press((5, 5), button, tool, held)
        assert pointer.move((9, 2)) == Panned(4, -3)
        assert pointer.release((9, 2), button) is None


@pytest.mark.parametrize(
    ("tool", "alt", "adds"),
    [(Tool.BRUSH, False, True), (Tool.BRUSH, True, False), (Tool.ERASE, False, False)],
)
def test_the_brush_adds_the_eraser_takes_away_and_alt_swaps_them(tool: Tool, alt: bool, adds: bool) -> None:
    pointer = Pointer()
    pointer.press((1, 1), Button.LEFT, tool, Held(alt=alt))
    pointer.move((2, 2))
    assert pointer.release((2, 2), Button.LEFT) == Stroked(((1, 1), (2, 2)), adds, ended=True)


def test_another_button_ends_nothing_and_cancel_forgets() -> None:
    pointer = Pointer()
    pointer.press((1, 1), Button.LEFT, Tool.HINT, Held())
    assert pointer.press((1, 1), Button.MIDDLE, Tool.HINT, Held()) is None
    assert pointer.release((1, 1), Button.MIDDLE) is None
    assert pointer.cancel()
    assert pointer.release((1, 1), Button.LEFT) is None


@pytest.mark.parametrize(
    ("wheel", "held", "proposal", "action"),
    [
        (Wheel((0, 0), (0, 120), False), Held(), True, Zoomed(1)),
        (Wheel((8, -6), (16, -12), True), Held(), True, Panned(8, -6)),
        (Wheel((0, 30), (0, 60), True), Held(control=True), False, Zoomed(0.5)),
        (Wheel((0, 0), (0, -120), False), Held(shift=True), True, Cycled(-1)),
        (Wheel((0, 0), (0, 120), False), Held(shift=True), False, Panned(60, 0)),
    ],
)
def test_wheel_and_touchpad_zoom_pan_or_cycle(
    wheel: Wheel, held: Held, proposal: bool, action: object
) -> None:
    assert wheeled(wheel, held, proposal=proposal) == action


# Hints


def test_hints_add_up_and_go_back_one_by_one() -> None:
    first = Choosing().boxed((50, 40), (10, 20))
    assert first.hints == Hints(box=Box(10, 20, 50, 40))
    second = first.clicked(12, 22, keep=False)
    assert second.hints.clicks == (Click(12, 22, False),)
    assert second.back().hints == first.hints
    assert not first.back().open


def test_hints_that_only_drop_are_given_up() -> None:
    both = Choosing().clicked(1, 1, keep=True).clicked(2, 2, keep=False)
    assert both.back().hints.clicks == (Click(1, 1),)
    assert not both.back().back().open


def test_a_box_of_nothing_says_nothing() -> None:
    assert not Choosing().boxed((5, 5), (5.5, 30)).open


def test_proposals_cycle_round() -> None:
    three = Choosing().answered([square(STILL, 40, 40, n) for n in (5, 6, 7)], 0, ())
    assert [three.cycled(step).which for step in (1, 2, 3, -1)] == [1, 2, 0, 2]
    assert Choosing().cycled(1).which == 0


def test_of_objects_over_one_another_the_smallest_is_meant() -> None:
    large, small = (SoundingObject(i, square(STILL, 60, 60, half), "x") for i, half in ((0, 40), (1, 10)))
    assert object_at([small, large], 60, 60) == small
    assert object_at([small, large], 30, 60) == large
    assert object_at([small, large], 150, 5) is None
    assert object_at([small], -5, 500) is None


# Brush and outline


def test_a_stroke_adds_a_round_band_and_the_same_stroke_takes_it_away() -> None:
    empty = np.zeros((60, 80), np.bool_)
    stroke = [(20.0, 30.0), (50.0, 30.0)]
    painted = brushed(empty, stroke, 10, adds=True)
    assert painted[30, 20] and painted[30, 35] and painted[26, 35] and not painted[40, 35]
    assert np.count_nonzero(painted) == pytest.approx(30 * 10 + 78, rel=0.2)
    assert not brushed(painted, stroke, 12, adds=False).any()
    assert not empty.any()
    assert not painted.flags.writeable


def test_a_tap_with_the_thinnest_brush_is_at_least_the_pixel_under_it() -> None:
    assert brushed(np.zeros((20, 20), np.bool_), [(7.5, 4.5)], 0.1, adds=True)[4, 7]


def test_brush_sizes_stay_in_range() -> None:
    assert resized(40, 1) == 50
    assert (resized(3, -50), resized(300, 50)) == SIZES


def test_an_outline_goes_round_the_mask_and_its_holes() -> None:
    mask = np.array(square(STILL, 60, 60, 20))
    mask[55:65, 55:65] = False
    outline = trace(mask)
    assert len(outline.loops) == 2
    assert outline.box == (40, 40, 80, 80)
    assert outline.area == 1600 - 100


def test_an_empty_mask_has_an_empty_outline() -> None:
    assert trace(np.zeros((9, 9), np.bool_)) is NOTHING


def test_a_scaled_outline_stands_where_the_larger_mask_would() -> None:
    scaled = trace(square(STILL, 60, 60, 20)).scaled(2, 3)
    assert scaled.box == (80, 120, 160, 240)
    assert scaled.area == 1600 * 6


# Pyramid


def test_the_pyramid_halves_until_it_is_small_and_is_read_by_zoom() -> None:
    pyramid = build(still_of(2048, 1024))
    sizes = [level.shape[:2] for level in pyramid.levels if level is not None]
    assert sizes == [(1024, 2048), (512, 1024), (256, 512)]
    assert [pyramid.level_for(zoom) for zoom in (4, 1, 0.6, 0.5, 0.26, 0.01)] == [0, 0, 0, 1, 1, 2]


def test_a_huge_still_keeps_no_second_copy_of_its_full_size() -> None:
    side = int(LARGEST**0.5) + 1
    assert build(still_of(side, side)).levels[0] is None


# Names


def test_names_never_cover_one_another_or_what_is_kept_clear() -> None:
    wanted = [Wanted(Rect(300 + i, 200, 80, 60), 90, 20) for i in range(8)]
    bar = Rect(280, 160, 120, 40)
    places = [spot for spot in place(wanted, Rect(0, 0, 800, 600), [bar]) if spot is not None]
    assert len(places) == 8
    everything = [*places, bar]
    assert not any(one.meets(two) for i, one in enumerate(everything) for two in everything[i + 1 :])


def test_names_stay_in_the_view_and_those_of_objects_out_of_sight_are_left_out() -> None:
    view = Rect(0, 0, 400, 300)
    wanted = [Wanted(Rect(-50, -40, 90, 60), 80, 20), Wanted(Rect(900, 10, 50, 50), 80, 20)]
    seen, gone = place(wanted, view)
    assert gone is None
    assert seen is not None and seen.x >= 0 and seen.y >= 0


# Keys


def test_keys_for_proposals_are_the_canvas_s_only_while_there_is_one() -> None:
    keys = KeyMap()
    assert command_for("Return", keys, proposal=False, hints=False) is None
    assert command_for("Return", keys, proposal=True, hints=True) is Command.ACCEPT
    assert command_for("Esc", keys, proposal=False, hints=True) is Command.CLEAR
    assert command_for("Esc", keys, proposal=False, hints=False) is None
    assert command_for("Tab", keys, proposal=False, hints=True) is None
    assert command_for("Shift+Backtab", keys, proposal=True, hints=True) is Command.PREVIOUS
    assert command_for("Ctrl+Z", keys, proposal=True, hints=True) is None


def test_taking_back_stays_the_canvas_s_when_no_hint_is_left() -> None:
    assert command_for("Backspace", KeyMap(), proposal=False, hints=False) is Command.BACK


def test_the_canvas_obeys_the_keys_in_force() -> None:
    keys = KeyMap({"brush": ("Q",)})
    assert command_for("Q", keys, proposal=False, hints=False) is Command.BRUSH
    assert command_for("B", keys, proposal=False, hints=False) is None


def test_every_command_has_an_action_of_the_table_with_a_key() -> None:
    assert set(COMMANDS.values()) == set(Command)
    assert all(KeyMap().keys(action_of(command)) for command in Command)
