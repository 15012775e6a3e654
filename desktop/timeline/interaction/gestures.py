"""What a drag does: generators that take where the pointer is and give what that means. No widgets, no event loop.

Each is started by a press, is sent every move, and is closed by the release. Edits always begin from the clips as they
were at the press, and leave the rest of the scene as it is by then, so the last one sent is the whole gesture.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace

from desktop.timeline.clip_edits import Placed, replace_clips
from desktop.timeline.interaction.snapping import Snapper, SnapResult
from engine.scene.edits import move_marker, set_fade_in, set_fade_out, trim_end, trim_start
from engine.scene.scene import Scene
from engine.scene.timeline import MOST_GAIN_DB, MOST_SAMPLES, Clip

DRAG_THRESHOLD = 4.0
"""Pixels from the press before which nothing moves."""
LEAST_GAIN = -60.0


@dataclass(frozen=True)
class PointerPosition:
    """Where the pointer is.

    Attributes:
        x, y: in the view. at: its sample. row: of tracks; below 0 on the ruler.
        depth: pixels below the top of the first track, wherever that is scrolled to.
        reach: samples from which an edge draws. free: do not snap. fine: move slowly.
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
    """An edit of the scene, in place of the one before it in this gesture.

    Attributes:
        name: for the Edit menu. says: shown beside the pointer. guide: the edge that was caught, or None.
    """

    name: str
    change: Callable[[Scene], Scene]
    tooltip: str = ""
    guide: int | None = None


@dataclass(frozen=True)
class LoopChange:
    """The loop is from here to there."""

    start: int
    stop: int


@dataclass(frozen=True)
class PlayheadMove:
    """The playhead goes there."""

    at: int


@dataclass(frozen=True)
class RubberBand:
    """Clips under this rectangle, between two times and two depths below the first track's top, are chosen."""

    start: float
    stop: float
    top: float
    bottom: float


Outcome = GestureEdit | LoopChange | PlayheadMove | RubberBand
Gesture = Generator[Outcome | None, PointerPosition, None]
FormatTime = Callable[[int], str]
"""How a time reads."""


@dataclass(frozen=True)
class DragContext:
    """What was taken hold of.

    Attributes:
        press: where. clips: those that the gesture is about. clip: the one under the pointer.
        tracks: numbers of all tracks, top to bottom. snapper: None while snapping is off.
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
    """Whether the pointer has gone far enough for a drag."""
    return max(abs(point.x - press.x), abs(point.y - press.y)) >= DRAG_THRESHOLD


def wait_for_drag(press: PointerPosition) -> Generator[None, PointerPosition, PointerPosition]:
    """Gives nothing until a drag begins; then returns where."""
    point = yield None
    while not drag_started(press, point):
        point = yield None
    return point


def move(context: DragContext) -> Gesture:
    """Clips follow the pointer in time and from track to track, all by the same."""
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
        point = yield GestureEdit(_plural("Move clip", every), replacing(placed), says, guide)


def trim(context: DragContext, *, end: bool, most: int) -> Gesture:
    """One edge of a clip follows the pointer, as far as its take, ``most`` samples long, has sound."""
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


def fade(context: DragContext, *, out: bool) -> Gesture:
    """A fade's handle follows the pointer; it stops where the other fade begins."""
    point = yield from wait_for_drag(context.press)
    clip = context.clip
    before = clip.fade_out.samples if out else clip.fade_in.samples
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
    """The gain line follows the pointer, this many decibels a pixel; other chosen clips change by the same."""
    point = yield from wait_for_drag(context.press)
    every = [clip for clips in context.clips.values() for clip in clips]
    by, before = 0.0, context.press
    while True:
        by -= (point.y - before.y) * per_pixel * (0.2 if point.fine else 1.0)
        before = point
        placed = {
            track: tuple(replace(clip, gain_db=_level(clip.gain_db + by)) for clip in clips)
            for track, clips in context.clips.items()
        }
        says = f"{_level(context.clip.gain_db + by):+.1f} dB"
        point = yield GestureEdit(_plural("Change gain of clip", every), replacing(placed), says)


def marker(
    press: PointerPosition, number: int, at: int, snapper: Snapper | None, words: FormatTime
) -> Gesture:
    """A marker follows the pointer."""
    point = yield from wait_for_drag(press)
    while True:
        found = _snapped(snapper, at + point.at - press.at, point)
        place = max(0, found.at)
        guide = place if found.edge else None
        point = yield GestureEdit("Move marker", moving_marker(number, place), words(place), guide)


def scrub(press: PointerPosition, snapper: Snapper | None) -> Gesture:
    """The playhead follows the pointer, from the press on."""
    point = press
    while True:
        point = yield PlayheadMove(max(0, _snapped(snapper, point.at, point).at))


def ruler(press: PointerPosition, snapper: Snapper | None) -> Gesture:
    """A drag along the ruler draws a loop. A click, which gives nothing, is for the playhead."""
    point = yield from wait_for_drag(press)
    yield from _looping(max(0, _snapped(snapper, press.at, press).at), point, snapper)


def loop_edge(press: PointerPosition, other: int, snapper: Snapper | None) -> Gesture:
    """One end of the loop follows the pointer; the other stays."""
    point = yield from wait_for_drag(press)
    yield from _looping(other, point, snapper)


def band(press: PointerPosition) -> Gesture:
    """A rubber band, from the press to the pointer."""
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
    """The edit that puts clips as they are given."""
    return lambda scene: replace_clips(scene, placed)


def moving_marker(number: int, at: int) -> Callable[[Scene], Scene]:
    """The edit that moves a marker there."""
    return lambda scene: move_marker(scene, number, at)


def _level(gain_db: float) -> float:
    return round(min(max(gain_db, LEAST_GAIN), MOST_GAIN_DB), 1)


def _plural(name: str, clips: Sequence[Clip]) -> str:
    return name if len(clips) == 1 else f"{name}s"
