"""Arithmetic of the playhead, the loop and the shuttle speeds. No Qt."""

from desktop.playback.playhead_path import Span
from engine.scene.timecode import frame_of, sample_of
from engine.scene.timeline import Timeline

LEAST_LOOP_SECONDS = 0.02


def play_from(place: int, loop: Span | None, timeline: Timeline) -> int:
    """Return where play starts: in the loop if there is one, at 0 if the playhead is at the end."""
    if loop is not None:
        return place if loop[0] <= place < loop[1] else loop[0]
    return 0 if place >= timeline.length > 0 else place


def step_frames(place: int, frames: int, timeline: Timeline) -> int:
    """Return the sample position ``frames`` frames from here; from mid-frame, -1 goes to the frame start."""
    here = frame_of(place, timeline.frame_rate, timeline.rate)
    within = place != sample_of(here, timeline.frame_rate, timeline.rate)
    target = here + frames + (within and frames < 0)
    return sample_of(max(0, target), timeline.frame_rate, timeline.rate)


def loop_between(start: int, stop: int, rate: int) -> Span | None:
    """Return the loop from ``start`` to before ``stop``; None if it is too short to be heard."""
    start = max(0, start)
    return (start, stop) if stop - start >= LEAST_LOOP_SECONDS * rate else None


def loop_from(place: int, loop: Span | None, timeline: Timeline) -> Span:
    """Return the loop with its start here; if its end would be before, it ends with the timeline or after 1 s."""
    ends = (0 if loop is None else loop[1], timeline.length)
    return place, next((end for end in ends if end > place), place + timeline.rate)


def loop_until(place: int, loop: Span | None) -> Span:
    """Return the loop with its end here; if its start would be after, it starts at 0."""
    return loop[0] if loop is not None and loop[0] < place else 0, place


SPEEDS = (-4.0, -2.0, -1.0, 1.0, 2.0, 4.0)


def next_speed(speed: float, direction: int) -> float:
    """Return the speed after a press of L (``direction`` 1) or J (-1); 0 is stopped.

    Reversing does not stop in between; K stops.
    """
    if speed == 0.0:
        return float(direction)
    faster = [other for other in SPEEDS if (other - speed) * direction > 0]
    if not faster:
        return speed
    return min(faster) if direction > 0 else max(faster)
