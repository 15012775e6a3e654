"""Geometry, gestures, brush, outlines, names and keys of the canvas, without a widget."""

import numpy as np
import pytest

from desktop.canvas.brush import SIZES, apply_stroke, step_diameter
from desktop.canvas.canvas_commands import BY_ACTION, CanvasCommand, action_id_of, command_for
from desktop.canvas.image_pyramid import LARGEST, build_image_pyramid
from desktop.canvas.labels import LabelSpec, Rect, place_labels
from desktop.canvas.object_draft import ObjectDraft, object_at
from desktop.canvas.pointer_actions import (
    BoxAction,
    BoxPreview,
    Button,
    ClickAction,
    CycleAction,
    Modifiers,
    PanAction,
    PointerTracker,
    StrokeAction,
    Tool,
    WheelTurn,
    ZoomAction,
    wheel_action,
)
from desktop.canvas.viewport import LEAST_SHOWN, MOST_ZOOM, Viewport
from desktop.vision.outline import EMPTY_OUTLINE, trace_outline
from engine.scene.hints import Box, Click, Hints
from engine.scene.objects import SoundingObject
from tests.desktop.key_maps import key_map
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
    pointer = PointerTracker()
    assert pointer.press((5, 5), Button.LEFT, Tool.HINT, Modifiers(alt=True)) is None
    assert pointer.move((7, 6)) is None
    assert pointer.release((7, 6), Button.LEFT) == ClickAction((5, 5), Modifiers(alt=True))


def test_a_drag_is_a_box() -> None:
    pointer = PointerTracker()
    pointer.press((5, 5), Button.LEFT, Tool.HINT, Modifiers())
    assert pointer.move((40, 30)) == BoxPreview((5, 5), (40, 30))
    assert pointer.release((50, 40), Button.LEFT) == BoxAction((5, 5), (50, 40))
    assert not pointer.busy


@pytest.mark.parametrize(
    ("button", "held"), [(Button.MIDDLE, Modifiers()), (Button.LEFT, Modifiers(space=True))]
)
def test_the_middle_button_and_space_pan_with_every_tool(button: Button, held: Modifiers) -> None:
    for tool in Tool:
        pointer = PointerTracker()
        pointer.press((5, 5), button, tool, held)
        assert pointer.move((9, 2)) == PanAction(4, -3)
        assert pointer.release((9, 2), button) is None


@pytest.mark.parametrize(
    ("tool", "alt", "adds"),
    [(Tool.BRUSH, False, True), (Tool.BRUSH, True, False), (Tool.ERASE, False, False)],
)
def test_the_brush_adds_the_eraser_takes_away_and_alt_swaps_them(tool: Tool, alt: bool, adds: bool) -> None:
    pointer = PointerTracker()
    pointer.press((1, 1), Button.LEFT, tool, Modifiers(alt=alt))
    pointer.move((2, 2))
    assert pointer.release((2, 2), Button.LEFT) == StrokeAction(((1, 1), (2, 2)), adds, ended=True)


def test_another_button_ends_nothing_and_cancel_forgets() -> None:
    pointer = PointerTracker()
    pointer.press((1, 1), Button.LEFT, Tool.HINT, Modifiers())
    assert pointer.press((1, 1), Button.MIDDLE, Tool.HINT, Modifiers()) is None
    assert pointer.release((1, 1), Button.MIDDLE) is None
    assert pointer.cancel()
    assert pointer.release((1, 1), Button.LEFT) is None


@pytest.mark.parametrize(
    ("wheel", "held", "proposal", "action"),
    [
        (WheelTurn((0, 0), (0, 120), False), Modifiers(), True, ZoomAction(1)),
        (WheelTurn((8, -6), (16, -12), True), Modifiers(), True, PanAction(8, -6)),
        (WheelTurn((0, 30), (0, 60), True), Modifiers(control=True), False, ZoomAction(0.5)),
        (WheelTurn((0, 0), (0, -120), False), Modifiers(shift=True), True, CycleAction(-1)),
        (WheelTurn((0, 0), (0, 120), False), Modifiers(shift=True), False, PanAction(60, 0)),
    ],
)
def test_wheel_and_touchpad_zoom_pan_or_cycle(
    wheel: WheelTurn, held: Modifiers, proposal: bool, action: object
) -> None:
    assert wheel_action(wheel, held, proposal=proposal) == action


# Hints


def test_hints_add_up_and_go_back_one_by_one() -> None:
    first = ObjectDraft().with_box((50, 40), (10, 20))
    assert first.hints == Hints(box=Box(10, 20, 50, 40))
    second = first.with_click(12, 22, keep=False)
    assert second.hints.clicks == (Click(12, 22, False),)
    assert second.without_last_hint().hints == first.hints
    assert not first.without_last_hint().open


def test_hints_that_only_drop_are_given_up() -> None:
    both = ObjectDraft().with_click(1, 1, keep=True).with_click(2, 2, keep=False)
    assert both.without_last_hint().hints.clicks == (Click(1, 1),)
    assert not both.without_last_hint().without_last_hint().open


def test_a_box_of_nothing_says_nothing() -> None:
    assert not ObjectDraft().with_box((5, 5), (5.5, 30)).open


def test_proposals_cycle_round() -> None:
    three = ObjectDraft().with_masks([square(STILL, 40, 40, n) for n in (5, 6, 7)], 0, ())
    assert [three.cycled(step).index for step in (1, 2, 3, -1)] == [1, 2, 0, 2]
    assert ObjectDraft().cycled(1).index == 0


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
    painted = apply_stroke(empty, stroke, 10, adds=True)
    assert painted[30, 20] and painted[30, 35] and painted[26, 35] and not painted[40, 35]
    assert np.count_nonzero(painted) == pytest.approx(30 * 10 + 78, rel=0.2)
    assert not apply_stroke(painted, stroke, 12, adds=False).any()
    assert not empty.any()
    assert not painted.flags.writeable


def test_a_tap_with_the_thinnest_brush_is_at_least_the_pixel_under_it() -> None:
    assert apply_stroke(np.zeros((20, 20), np.bool_), [(7.5, 4.5)], 0.1, adds=True)[4, 7]


def test_brush_sizes_stay_in_range() -> None:
    assert step_diameter(40, 1) == 50
    assert (step_diameter(3, -50), step_diameter(300, 50)) == SIZES


def test_an_outline_goes_round_the_mask_and_its_holes() -> None:
    mask = np.array(square(STILL, 60, 60, 20))
    mask[55:65, 55:65] = False
    outline = trace_outline(mask)
    assert len(outline.loops) == 2
    assert outline.box == (40, 40, 80, 80)
    assert outline.area == 1600 - 100


def test_an_empty_mask_has_an_empty_outline() -> None:
    assert trace_outline(np.zeros((9, 9), np.bool_)) is EMPTY_OUTLINE


def test_a_scaled_outline_stands_where_the_larger_mask_would() -> None:
    scaled = trace_outline(square(STILL, 60, 60, 20)).scaled(2, 3)
    assert scaled.box == (80, 120, 160, 240)
    assert scaled.area == 1600 * 6


# Pyramid


def test_the_pyramid_halves_until_it_is_small_and_is_read_by_zoom() -> None:
    pyramid = build_image_pyramid(still_of(2048, 1024))
    sizes = [level.shape[:2] for level in pyramid.levels if level is not None]
    assert sizes == [(1024, 2048), (512, 1024), (256, 512)]
    assert [pyramid.level_for(zoom) for zoom in (4, 1, 0.6, 0.5, 0.26, 0.01)] == [0, 0, 0, 1, 1, 2]


def test_a_huge_still_keeps_no_second_copy_of_its_full_size() -> None:
    side = int(LARGEST**0.5) + 1
    assert build_image_pyramid(still_of(side, side)).levels[0] is None


# Names


def test_names_never_cover_one_another_or_what_is_kept_clear() -> None:
    wanted = [LabelSpec(Rect(300 + i, 200, 80, 60), 90, 20) for i in range(8)]
    bar = Rect(280, 160, 120, 40)
    places = [spot for spot in place_labels(wanted, Rect(0, 0, 800, 600), [bar]) if spot is not None]
    assert len(places) == 8
    everything = [*places, bar]
    assert not any(one.meets(two) for i, one in enumerate(everything) for two in everything[i + 1 :])


def test_names_stay_in_the_view_and_those_of_objects_out_of_sight_are_left_out() -> None:
    view = Rect(0, 0, 400, 300)
    wanted = [LabelSpec(Rect(-50, -40, 90, 60), 80, 20), LabelSpec(Rect(900, 10, 50, 50), 80, 20)]
    seen, gone = place_labels(wanted, view)
    assert gone is None
    assert seen is not None and seen.x >= 0 and seen.y >= 0


# Keys


def test_keys_for_proposals_are_the_canvas_s_only_while_there_is_one() -> None:
    keys = key_map()
    assert command_for("Return", keys, proposal=False, hints=False) is None
    assert command_for("Return", keys, proposal=True, hints=True) is CanvasCommand.ACCEPT
    assert command_for("Esc", keys, proposal=False, hints=True) is CanvasCommand.CLEAR
    assert command_for("Esc", keys, proposal=False, hints=False) is None
    assert command_for("Tab", keys, proposal=False, hints=True) is None
    assert command_for("Shift+Backtab", keys, proposal=True, hints=True) is CanvasCommand.PREVIOUS
    assert command_for("Ctrl+Z", keys, proposal=True, hints=True) is None


def test_taking_back_stays_the_canvas_s_when_no_hint_is_left() -> None:
    assert command_for("Backspace", key_map(), proposal=False, hints=False) is CanvasCommand.BACK


def test_the_canvas_obeys_the_keys_in_force() -> None:
    keys = key_map({"brush": ("Q",)})
    assert command_for("Q", keys, proposal=False, hints=False) is CanvasCommand.BRUSH
    assert command_for("B", keys, proposal=False, hints=False) is None


def test_every_command_has_an_action_of_the_table_with_a_key() -> None:
    assert set(BY_ACTION.values()) == set(CanvasCommand)
    assert all(key_map().keys(action_id_of(command)) for command in CanvasCommand)
