"""Mouse gestures as generators that receive pointer positions and yield outcomes. No widgets, no event loop.

A gesture is created at the press, is sent every move, and is closed at the release. Its edits start from the clips as
they were at the press and leave the rest of the scene as it is, so the last edit alone is the whole gesture.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from desktop.timeline.clip_edits import Placed, put_copies, replace_clips
from desktop.timeline.interaction.snapping import Snapper, SnapResult
from engine.scene.edits import move_marker, set_fade_in, set_fade_out, slip_clip, trim_end, trim_start
from engine.scene.scene import Scene
from engine.scene.timeline import MOST_GAIN_DB, MOST_SAMPLES, Clip

DRAG_THRESHOLD = 4.0
"""Distance from the press in pixels from which a press is a drag."""
LEAST_GAIN = -60.0
FINE = 0.1
"""Share of a drag of the gain line while Shift is held."""


@dataclass(frozen=True)
class PointerPosition:
    """A position of the pointer.

    Attributes:
        x: in the view.
        y: in the view.
        at: sample at ``x``.
        row: row of the track; negative on the ruler.
        depth: pixels below the top of the first track, independent of scrolling.
        reach: snapping distance in samples.
        free: whether snapping is off.
        fine: whether movements are slowed down.
    """

    x: float
    y: float
    at: float
    row: int = 0
    depth: float = 0.0
    reach: float = 0.0
    free: bool = False
    fine: bool = False


@dataclass(frozen=True)
class GestureEdit:
    """An edit of the scene that replaces the previous one of this gesture.

    Attributes:
        name: name in the Edit menu.
        change: the edit.
        tooltip: text shown beside the pointer.
        guide: sample of the edge that was snapped to, or None.
    """

    name: str
    change: Callable[[Scene], Scene]
    tooltip: str = ""
    guide: int | None = None


@dataclass(frozen=True)
class LoopChange:
    """Set the loop."""

    start: int
    stop: int


@dataclass(frozen=True)
class PlayheadMove:
    """Move the playhead; ``audible`` while it is dragged."""

    at: int
    audible: bool = False


@dataclass(frozen=True)
class RubberBand:
    """Select the clips that touch a rectangle of two times and two depths below the first track's top."""

    start: float
    stop: float
    top: float
    bottom: float


Outcome = GestureEdit | LoopChange | PlayheadMove | RubberBand
Gesture = Generator[Outcome | None, PointerPosition, None]
FormatTime = Callable[[int], str]
"""Formats a sample position as text."""


@dataclass(frozen=True)
class DragContext:
    """What a gesture drags.

    Attributes:
        press: where the button was pressed.
        clips: the clips that the gesture edits.
        clip: the clip under the pointer.
        tracks: ids of all tracks, from the top.
        snapper: None while snapping is off.
        words: formats times.
    """

    press: PointerPosition
    clips: Placed
    clip: Clip
    tracks: tuple[int, ...]
    snapper: Snapper | None
    words: FormatTime = str

    @property
    def alone(self) -> dict[int, tuple[Clip, ...]]:
        """The clip under the pointer, by its track."""
        return {track: (self.clip,) for track, clips in self.clips.items() if self.clip in clips}


def drag_started(press: PointerPosition, point: PointerPosition) -> bool:
    """Return whether the pointer has moved beyond the drag threshold."""
    return max(abs(point.x - press.x), abs(point.y - press.y)) >= DRAG_THRESHOLD


def wait_for_drag(press: PointerPosition) -> Generator[None, PointerPosition, PointerPosition]:
    """Yield None until a drag starts; return the position where it did."""
    point = yield None
    while not drag_started(press, point):
        point = yield None
    return point


def move(context: DragContext, *, copying: bool = False) -> Gesture:
    """Move the clips in time and between tracks, all by the same amount; ``copying`` puts copies instead."""
    point = yield from wait_for_drag(context.press)
    every = [clip for clips in context.clips.values() for clip in clips]
    earliest, latest = min(clip.start for clip in every), max(clip.end for clip in every)
    rows = [row for row, track in enumerate(context.tracks) if track in context.clips]
    while True:
        by, guide = point.at - context.press.at, None
        if context.snapper is not None and not point.free:
            by, guide = context.snapper.moved((context.clip.start, context.clip.end), by, point.reach)
        by = min(max(round(by), -earliest), MOST_SAMPLES - latest)
        down = point.row - context.press.row
        down = min(max(down, -rows[0]), len(context.tracks) - 1 - rows[-1])
        placed = _moved(context, by, down)
        says = context.words(context.clip.start + by)
        name, change = ("Copy clip", copying_to(placed)) if copying else ("Move clip", replacing(placed))
        point = yield GestureEdit(_plural(name, every), change, says, guide)


def slip(context: DragContext, per_second: float) -> Gesture:
    """Move the sound inside the clips, which stay where they are; ``per_second`` is the timeline's rate."""
    point = yield from wait_for_drag(context.press)
    every = [clip for clips in context.clips.values() for clip in clips]
    while True:
        by = round(point.at - context.press.at)

        def change(scene: Scene, by: int = by) -> Scene:
            return reduce(
                lambda scene, clip: slip_clip(scene, clip.id, by), every, replace_clips(scene, context.clips)
            )

        point = yield GestureEdit(_plural("Slip clip", every), change, f"Slip {by / per_second:+.3f} s")


def trim(context: DragContext, *, end: bool, most: int) -> Gesture:
    """Trim one edge of a clip, within its take of ``most`` samples."""
    point = yield from wait_for_drag(context.press)
    clip = context.clip
    edge = clip.end if end else clip.start
    low, high = (clip.start + 1, clip.start + most - clip.offset) if end else (
        max(0, clip.start - clip.offset),
        clip.end - 1,
    )  # fmt: skip
    while True:
        wanted = edge + point.at - context.press.at
        found = _snapped(context.snapper, wanted, point)
        at = min(max(found.at, low), high)
        guide = at if found.edge and at == found.at else None

        def change(scene: Scene, at: int = at) -> Scene:
            return (trim_end if end else trim_start)(replace_clips(scene, context.alone), clip.id, at)

        point = yield GestureEdit("Trim clip", change, context.words(at), guide)


def fade(context: DragContext, *, out: bool, before: int) -> Gesture:
    """Drag a fade's handle, up to the other fade; it sounds over ``before`` samples at the press."""
    point = yield from wait_for_drag(context.press)
    clip = context.clip
    most = clip.length - (clip.fade_in.samples if out else clip.fade_out.samples)
    while True:
        moved = point.at - context.press.at
        samples = round(min(max(before - moved if out else before + moved, 0), most))

        def change(scene: Scene, samples: int = samples) -> Scene:
            return (set_fade_out if out else set_fade_in)(
                replace_clips(scene, context.alone), clip.id, samples
            )

        name = "Fade out" if out else "Fade in"
        point = yield GestureEdit(name, change, f"{name} {context.words(samples)}")


def gain(context: DragContext, per_pixel: float) -> Gesture:
    """Drag the gain line by ``per_pixel`` dB per pixel, a tenth with Shift; other selected clips change by the same."""
    point = yield from wait_for_drag(context.press)
    every = [clip for clips in context.clips.values() for clip in clips]
    by, before = 0.0, context.press
    while True:
        by -= (point.y - before.y) * per_pixel * (FINE if point.fine else 1.0)
        before = point
        placed = {
            track: tuple(replace(clip, gain_db=_level(clip.gain_db + by)) for clip in clips)
            for track, clips in context.clips.items()
        }
        says = f"{_level(context.clip.gain_db + by):+.1f} dB{'' if point.fine else '   Shift: fine'}"
        point = yield GestureEdit(_plural("Change gain of clip", every), replacing(placed), says)


def marker(
    press: PointerPosition, number: int, at: int, snapper: Snapper | None, words: FormatTime
) -> Gesture:
    """Drag a marker."""
    point = yield from wait_for_drag(press)
    while True:
        found = _snapped(snapper, at + point.at - press.at, point)
        place = max(0, found.at)
        guide = place if found.edge else None
        point = yield GestureEdit("Move marker", moving_marker(number, place), words(place), guide)


def scrub(press: PointerPosition, snapper: Snapper | None) -> Gesture:
    """Drag the playhead."""
    point = press
    while True:
        point = yield PlayheadMove(max(0, _snapped(snapper, point.at, point).at), audible=True)


def ruler(press: PointerPosition, snapper: Snapper | None) -> Gesture:
    """Draw a loop. A click yields nothing: it moves the playhead."""
    point = yield from wait_for_drag(press)
    yield from _looping(max(0, _snapped(snapper, press.at, press).at), point, snapper)


def loop_edge(press: PointerPosition, other: int, snapper: Snapper | None) -> Gesture:
    """Drag one end of the loop."""
    point = yield from wait_for_drag(press)
    yield from _looping(other, point, snapper)


def band(press: PointerPosition) -> Gesture:
    """Draw a rubber band."""
    point = yield from wait_for_drag(press)
    while True:
        (start, stop), (top, bottom) = sorted((press.at, point.at)), sorted((press.depth, point.depth))
        point = yield RubberBand(start, stop, top, bottom)


def _looping(fixed: int, point: PointerPosition, snapper: Snapper | None) -> Gesture:
    while True:
        start, stop = sorted((fixed, max(0, _snapped(snapper, point.at, point).at)))
        point = yield LoopChange(start, stop) if stop > start else None


def _snapped(snapper: Snapper | None, sample: float, point: PointerPosition) -> SnapResult:
    if snapper is None or point.free:
        return SnapResult(round(sample))
    return snapper.snapped(sample, point.reach)


def _moved(context: DragContext, by: int, down: int) -> dict[int, tuple[Clip, ...]]:
    place = {track: row for row, track in enumerate(context.tracks)}
    return {
        context.tracks[place[track] + down]: tuple(replace(clip, start=clip.start + by) for clip in clips)
        for track, clips in context.clips.items()
    }


def replacing(placed: Placed) -> Callable[[Scene], Scene]:
    """Return the edit that replaces clips."""
    return lambda scene: replace_clips(scene, placed)


def copying_to(placed: Placed) -> Callable[[Scene], Scene]:
    """Return the edit that puts copies of clips, which have ids of their own already."""
    return lambda scene: put_copies(scene, placed)


def moving_marker(number: int, at: int) -> Callable[[Scene], Scene]:
    """Return the edit that moves a marker."""
    return lambda scene: move_marker(scene, number, at)


def _level(gain_db: float) -> float:
    return round(min(max(gain_db, LEAST_GAIN), MOST_GAIN_DB), 1)


def _plural(name: str, clips: Sequence[Clip]) -> str:
    return name if len(clips) == 1 else f"{name}s"
