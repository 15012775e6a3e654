"""Gestures by hand, without a widget: a press on a part, then moves."""

from desktop.timeline.interaction.drag_controller import DragController, PressModifiers
from desktop.timeline.interaction.gestures import GestureEdit, Outcome, PointerPosition
from desktop.timeline.interaction.hit_test import Hit, HitPart
from desktop.timeline.layout.time_scale import TimeScale
from desktop.timeline.layout.track_layout import RULER_HEIGHT, ClipIndexCache, TrackLayout
from desktop.timeline.painting.view_state import TimelineViewState
from engine.scene.scene import Scene
from tests.desktop.timeline.bench import clips, two_tracks

PER_PIXEL = 480.0
GEOMETRY = TrackLayout(TimeScale(0.0, PER_PIXEL), 1200, 400)
MIDDLE = RULER_HEIGHT + 50


class Drag:
    """A gesture by hand: a press on a part, then moves."""

    def __init__(self, scene: Scene, found: Hit, x: float, y: float = MIDDLE, *, snap: bool = False) -> None:
        self.hand = DragController(ClipIndexCache())
        self.scene = scene
        self.view = TimelineViewState(scene, GEOMETRY)
        self._from = x, y
        self._snap = snap
        self._found = found

    def press(self, held: PressModifiers | None = None) -> Outcome | None:
        return self.hand.press(
            self.view, self._found, self.point(*self._from), held or PressModifiers(), snap=self._snap
        )

    def to(self, x: float, y: float = MIDDLE) -> Outcome | None:
        outcome = self.hand.move(self.point(x, y), self.view)
        if isinstance(outcome, GestureEdit):
            self.scene = outcome.change(self.scene)
        return outcome

    def point(self, x: float, y: float) -> PointerPosition:
        scale = GEOMETRY.scale
        depth = GEOMETRY.depth_of(y)
        return PointerPosition(x, y, scale.sample_at(x), GEOMETRY.row_at(y), depth, scale.length_of(8))


def dragged(part: HitPart, x: float, *moves: float, scene: Scene | None = None, snap: bool = False) -> Scene:
    scene = scene or two_tracks()
    drag = Drag(scene, Hit(part, 0, clips(scene)[0].id), x, snap=snap)
    drag.press()
    for place in moves:
        drag.to(place)
    return drag.scene
