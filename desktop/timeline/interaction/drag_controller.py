"""Mouse-drag state machine: selects clips and runs the active gesture. No widgets."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import chain

from desktop.timeline.clip_edits import clips_by_track as chosen_clips
from desktop.timeline.clip_edits import copies_of, remove_all, with_groups
from desktop.timeline.interaction import gestures
from desktop.timeline.interaction.autoscroll import ScrollAxes
from desktop.timeline.interaction.gestures import (
    DragContext,
    Gesture,
    GestureEdit,
    Outcome,
    PlayheadMove,
    PointerPosition,
    RubberBand,
)
from desktop.timeline.interaction.hit_test import Hit, HitPart, decibels_in
from desktop.timeline.interaction.snapping import Snapper, snapper
from desktop.timeline.layout.ruler_ticks import timecode
from desktop.timeline.layout.track_layout import ClipIndexCache
from desktop.timeline.painting.view_state import TimelineViewState
from engine.scene.timeline import Clip

ACROSS = ScrollAxes(across=True)
AXES = {
    HitPart.NOTHING: ScrollAxes(across=True, down=True),
    HitPart.BODY: ScrollAxes(across=True, down=True),
    HitPart.GAIN: ScrollAxes(),
}
"""Axes along which a drag scrolls the view; drags of other parts scroll only through time."""
MOST_DB_A_PIXEL = 0.5
"""Fastest change of gain by dragging, on low tracks too."""
EDGE_PARTS = (HitPart.START, HitPart.END, HitPart.FADE_IN, HitPart.FADE_OUT)


@dataclass(frozen=True)
class PressModifiers:
    """Modifier keys held at the press: a click with either selects too, a drag with Control copies, with both slips."""

    shift: bool = False
    control: bool = False

    @property
    def extends(self) -> bool:
        return self.shift or self.control


class DragController:
    """Tracks the pointer from press to release.

    Attributes:
        selected: ids of the selected clips.
        number: number of gestures so far; the edits of one gesture share it.
        axes: axes along which the gesture scrolls the view.
        begun: whether the press has become a drag.
    """

    def __init__(self, clip_indices: ClipIndexCache) -> None:
        self._clip_indices = clip_indices
        self._gesture: Gesture | None = None
        self._click: Callable[[PointerPosition], Outcome | None] | None = None
        self._base: frozenset[int] = frozenset()
        self._copies: frozenset[int] = frozenset()
        self._last: GestureEdit | None = None
        self._undo: GestureEdit | None = None
        self.selected: frozenset[int] = frozenset()
        self.number = 0
        self.axes = ScrollAxes()
        self.begun = False

    @property
    def busy(self) -> bool:
        return self._gesture is not None

    @property
    def edited(self) -> bool:
        """Whether the gesture has made an edit."""
        return self._last is not None

    def press(
        self, view: TimelineViewState, hit: Hit, point: PointerPosition, held: PressModifiers, *, snap: bool
    ) -> Outcome | None:
        """Start the gesture that belongs to what was hit."""
        if hit.part is HitPart.CLIP_MARKER:
            hit = replace(hit, part=HitPart.BODY)
        self.number += 1
        self.axes, self.begun = AXES.get(hit.part, ACROSS), False
        self._last = self._undo = self._click = None
        self._copies = frozenset()
        self._base = self.selected if held.extends else frozenset()
        found = None if hit.clip is None else view.scene.clip(hit.clip)
        if found is not None:
            self._gesture = self._on_clip(view, hit, point, held, found[1], snap=snap)
        elif hit.row < 0 and hit.part is not HitPart.NOTHING:
            self._gesture = self._on_ruler(view, hit, point, snap=snap)
        else:
            self.selected = self._base
            self._gesture = gestures.band(point)
        if self._gesture is None:
            return None
        return self._noted(next(self._gesture), view)

    def move(self, point: PointerPosition, view: TimelineViewState) -> Outcome | None:
        if self._gesture is None:
            return None
        return self._noted(self._gesture.send(point), view)

    def release(self, point: PointerPosition) -> Outcome | None:
        """End the gesture; return the outcome of a click if there was no drag."""
        click, self._click = self._click, None
        self._end()
        return click(point) if click is not None else None

    def cancel(self) -> GestureEdit | None:
        """End the gesture; return the edit that reverts it, or None if it made no edit."""
        undo = self._undo if self._last is not None else None
        self._end()
        return undo

    def _end(self) -> None:
        if self._gesture is not None:
            self._gesture.close()
        self._gesture = None

    def _noted(self, outcome: Outcome | None, view: TimelineViewState) -> Outcome | None:
        if outcome is not None:
            self._click, self.begun = None, True
        if isinstance(outcome, GestureEdit):
            self._last = outcome
            self.selected = self._copies or self.selected
        if isinstance(outcome, RubberBand):
            found = covered(view, self._clip_indices, outcome)
            self.selected = self._base | with_groups(view.scene, found)
        return outcome

    def _on_clip(
        self,
        view: TimelineViewState,
        hit: Hit,
        point: PointerPosition,
        held: PressModifiers,
        clip: Clip,
        *,
        snap: bool,
    ) -> Gesture | None:
        group = with_groups(view.scene, {clip.id})
        if held.extends and hit.part is HitPart.BODY:
            return self._on_clip_extending(view, hit, point, held, clip, snap=snap)
        if clip.id not in self.selected:
            self.selected = group
        elif hit.part is HitPart.BODY:
            self._click = self._choosing(group)
        context = self._grip(view, hit, point, clip, snap=snap)
        self._undo = GestureEdit("Cancel", gestures.replacing(context.clips))
        if hit.part in {HitPart.START, HitPart.END}:
            take = view.scene.take(clip.take)
            most = (
                clip.offset + clip.length
                if take is None
                else take.length_at(view.scene.timeline.rate, clip.speed)
            )
            return gestures.trim(context, end=hit.part is HitPart.END, most=most)
        if hit.part in {HitPart.FADE_IN, HitPart.FADE_OUT}:
            out = hit.part is HitPart.FADE_OUT
            sounding = self._clip_indices.clip(view.scene.timeline.tracks[hit.row], clip.id)
            return gestures.fade(
                context, out=out, before=(sounding.fade_out if out else sounding.fade_in).samples
            )
        if hit.part is HitPart.GAIN:
            per_pixel = min(decibels_in(1.0, view.geometry.height_of(hit.row)), MOST_DB_A_PIXEL)
            return gestures.gain(context, per_pixel)
        return gestures.move(context)

    def _on_clip_extending(
        self,
        view: TimelineViewState,
        hit: Hit,
        point: PointerPosition,
        held: PressModifiers,
        clip: Clip,
        *,
        snap: bool,
    ) -> Gesture | None:
        """Begin what Control and Shift do on a clip: a click adds it, a drag with Control copies, with both slips."""
        group = with_groups(view.scene, {clip.id})
        toggled = self._base ^ group
        if not held.control:
            self.selected = toggled
            return None
        self._click = self._choosing(toggled)
        dragged = self.selected if clip.id in self.selected else group
        before, self.selected = self.selected, dragged
        context = self._grip(view, hit, point, clip, snap=snap)
        self.selected = before
        if held.shift:
            self._undo = GestureEdit("Cancel", gestures.replacing(context.clips))
            return gestures.slip(context, view.scene.timeline.rate)
        copies = copies_of(view.scene, context.clips)
        numbers = frozenset(one.id for clips in copies.values() for one in clips)
        self._undo = GestureEdit("Cancel", lambda scene: remove_all(scene, numbers))
        self._copies = numbers
        pairs = zip(chain(*context.clips.values()), chain(*copies.values()), strict=True)
        mine = next(copy for one, copy in pairs if one.id == clip.id)
        return gestures.move(replace(context, clips=copies, clip=mine), copying=True)

    def _on_ruler(self, view: TimelineViewState, hit: Hit, point: PointerPosition, *, snap: bool) -> Gesture:
        catching = snapper(view.scene.timeline, marker=hit.marker) if snap else None
        if hit.part is HitPart.PLAYHEAD:
            return gestures.scrub(point, catching)
        if hit.part is HitPart.MARKER and hit.marker is not None:
            return self._on_marker(view, hit.marker, point, catching)
        if view.loop is not None and hit.part in {HitPart.LOOP_START, HitPart.LOOP_END}:
            return gestures.loop_edge(point, view.loop[hit.part is HitPart.LOOP_START], catching)
        self._click = lambda here: PlayheadMove(max(0, _where(catching, here)))
        return gestures.ruler(point, catching)

    def _on_marker(
        self, view: TimelineViewState, number: int, point: PointerPosition, catching: Snapper | None
    ) -> Gesture:
        at = next(mark.at for mark in view.scene.timeline.markers if mark.id == number)
        self._undo = GestureEdit("Cancel", gestures.moving_marker(number, at))
        self._click = lambda _: PlayheadMove(at)
        return gestures.marker(point, number, at, catching, lambda s: timecode(s, view.scene.timeline))

    def _grip(
        self, view: TimelineViewState, hit: Hit, point: PointerPosition, clip: Clip, *, snap: bool
    ) -> DragContext:
        timeline = view.scene.timeline
        alone = hit.part in EDGE_PARTS
        clips = chosen_clips(view.scene, {clip.id} if alone else self.selected)
        moved = {one.id for some in clips.values() for one in some}
        extra = (view.playhead, *(view.loop or ()))
        return DragContext(
            press=point,
            clips=clips,
            clip=clip,
            tracks=tuple(track.id for track in timeline.tracks),
            snapper=snapper(timeline, moved, extra) if snap else None,
            words=_words(view, hit),
        )

    def _choosing(self, numbers: frozenset[int]) -> Callable[[PointerPosition], None]:
        def choose(_: PointerPosition) -> None:
            self.selected = numbers

        return choose


def covered(view: TimelineViewState, clip_indices: ClipIndexCache, band: RubberBand) -> frozenset[int]:
    """Return the ids of the clips that a rubber band touches."""
    geometry, tracks = view.geometry, view.scene.timeline.tracks
    first, last = (geometry.row_in(max(depth, 0.0)) for depth in (band.top, band.bottom))
    rows = range(first, min(len(tracks), last + 1))
    return frozenset(
        lane.clips[place].id
        for row in rows
        for lane in [clip_indices.get(tracks[row])]
        for place in lane.between(band.start, band.stop).tolist()
    )


def point_at(
    view: TimelineViewState, x: float, y: float, reach: float, held: PressModifiers
) -> PointerPosition:
    """Return the pointer position for a point of the view."""
    scale = view.geometry.scale
    row = view.geometry.row_at(y)
    point = PointerPosition(x, y, scale.sample_at(x), row, view.geometry.depth_of(y), scale.length_of(reach))
    return replace(point, free=held.shift, fine=held.shift)


def _where(catching: Snapper | None, point: PointerPosition) -> int:
    if catching is None or point.free:
        return round(point.at)
    return catching.snapped(point.at, point.reach).at


def _words(view: TimelineViewState, hit: Hit) -> Callable[[int], str]:
    timeline = view.scene.timeline
    if hit.part in {HitPart.FADE_IN, HitPart.FADE_OUT}:
        return lambda samples: f"{samples / timeline.rate:.3f} s"
    return lambda sample: timecode(sample, timeline)
