"""Positions and labels of the ruler's ticks, from single samples to hours."""

from collections.abc import Iterator
from dataclasses import dataclass

from desktop.timeline.layout.time_scale import TimeScale
from engine.scene.timecode import FrameRate, frame_of, frames_in_day, sample_of, to_text
from engine.scene.timeline import Timeline

APART = 96.0
"""Least pixels between two labels."""
MINOR_APART = 7.0
SUB_FRAMES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
FRAMES = (1, 2, 5, 10)
SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600)


@dataclass(frozen=True)
class Tick:
    """A tick at a sample, with its label; a minor tick has none."""

    at: int
    label: str = ""


@dataclass(frozen=True)
class TickSteps:
    """Distances of ticks, in frames or, at high zoom, in samples."""

    major: int
    minor: int
    in_samples: bool


def tick_steps(per_pixel: float, rate: FrameRate, sample_rate: int) -> TickSteps:
    """Return the finest steps that leave room between labels and between ticks."""
    frame = sample_rate / float(rate.exact)
    within = tuple(step for step in SUB_FRAMES if step <= frame / 2)
    fine = _first(within, per_pixel * APART)
    if fine is not None:
        minor = next((step for step in within if step >= per_pixel * MINOR_APART and fine % step == 0), fine)
        return TickSteps(fine, minor, in_samples=True)
    whole = (*(step for step in FRAMES if step < rate.nominal), *(rate.nominal * s for s in SECONDS))
    major = _first(whole, per_pixel * APART / frame) or whole[-1]
    minor = next((s for s in whole if s >= per_pixel * MINOR_APART / frame and major % s == 0), major)
    return TickSteps(major, minor, in_samples=False)


def ticks(scale: TimeScale, width: float, timeline: Timeline) -> list[Tick]:
    """Return all visible ticks, in order of time."""
    found = tick_steps(scale.per_pixel, timeline.frame_rate, timeline.rate)
    first, last = max(0, int(scale.start)), max(0, int(scale.sample_at(width)) + 1)
    if found.in_samples:
        return list(_samples(found, first, last, timeline))
    return list(_frames(found, first, last, timeline))


def timecode(sample: int, timeline: Timeline) -> str:
    """Return the timecode at a sample."""
    frame = frame_of(max(0, sample), timeline.frame_rate, timeline.rate)
    return to_text((timeline.start_frame + frame) % frames_in_day(timeline.frame_rate), timeline.frame_rate)


def _frames(found: TickSteps, first: int, last: int, timeline: Timeline) -> Iterator[Tick]:
    rate, zero = timeline.frame_rate, timeline.start_frame
    day = frames_in_day(rate)
    begin = zero + frame_of(first, rate, timeline.rate)
    frame = begin - begin % found.minor
    while True:
        at = sample_of(frame - zero, rate, timeline.rate)
        if at > last:
            return
        if at >= 0:
            yield Tick(at, to_text(frame % day, rate) if frame % found.major == 0 else "")
        frame += found.minor


def _samples(found: TickSteps, first: int, last: int, timeline: Timeline) -> Iterator[Tick]:
    """Yield ticks counted from the start of each frame, which is labelled with its timecode."""
    rate = timeline.frame_rate
    frame = frame_of(first, rate, timeline.rate)
    while True:
        start, following = (sample_of(frame + more, rate, timeline.rate) for more in (0, 1))
        if start > last:
            return
        low = max(0, (first - start) // found.minor)
        for within in range(low * found.minor, min(following, last + 1) - start, found.minor):
            yield Tick(start + within, _label(within, found.major, start, timeline))
        frame += 1


def _label(within: int, major: int, start: int, timeline: Timeline) -> str:
    if within == 0:
        return timecode(start, timeline)
    return f"+{within}" if within % major == 0 else ""


def _first(choices: tuple[int, ...], least: float) -> int | None:
    return next((choice for choice in choices if choice >= least), None)
