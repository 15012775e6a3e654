"""A stretch of the timeline to export, on whole frames, and the timeline with nothing outside it."""

from dataclasses import replace

from engine.errors import BadInput
from engine.scene.timecode import FrameRate, frame_of, from_text, sample_of
from engine.scene.timeline import Clip, Timeline

Span = tuple[int, int]
"""First sample, and the first one after the end, at the timeline's rate."""


def frame_span(timeline: Timeline, span: Span | None) -> Span:
    """Return a span widened to whole frames, so that its start has a timecode; None is the whole timeline.

    Raises:
        BadInput: nothing lies in the span.
    """
    if span is None:
        return 0, timeline.length
    rate = timeline.frame_rate
    first = sample_of(frame_of(max(span[0], 0), rate, timeline.rate), rate, timeline.rate)
    last = frame_of(max(span[1] - 1, 0), rate, timeline.rate) + 1
    stop = min(sample_of(last, rate, timeline.rate), timeline.length)
    if stop <= first or span[1] <= max(span[0], 0):
        raise BadInput(
            "There is nothing to export in that range: it ends before it begins, or after the last clip."
        )
    return first, stop


def position(text: str, timeline: Timeline, frame_rate: FrameRate | None = None) -> int:
    """Return the sample of a position written as timecode, or as seconds from the timeline's start.

    Raises:
        BadInput: it is neither, or before the timeline's start.
    """
    rate = frame_rate or timeline.frame_rate
    if ":" in text or ";" in text:
        frames = from_text(text, rate) - timeline.start_frame
        if frames < 0:
            raise BadInput(f"{text} is before the start of the timeline.")
        return sample_of(frames, rate, timeline.rate)
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0.0 <= seconds < 1e7:
        raise BadInput(f"{text!r} is no position: write HH:MM:SS:FF, or seconds from the timeline's start.")
    return round(seconds * timeline.rate)


def cut_to(timeline: Timeline, span: Span) -> Timeline:
    """Return the timeline with nothing outside a span of ``frame_span``, beginning at its start."""
    first, stop = span
    if (first, stop) == (0, timeline.length):
        return timeline
    tracks = tuple(
        replace(
            track,
            clips=tuple(_trimmed(c, first, stop) for c in track.clips if c.start < stop and c.end > first),
        )
        for track in timeline.tracks
    )
    markers = tuple(replace(m, at=m.at - first) for m in timeline.markers if first <= m.at < stop)
    frames = frame_of(first, timeline.frame_rate, timeline.rate)
    return replace(timeline, tracks=tracks, markers=markers, start_frame=timeline.start_frame + frames)


def _trimmed(clip: Clip, first: int, stop: int) -> Clip:
    head, tail = max(first - clip.start, 0), max(clip.end - stop, 0)
    length = clip.length - head - tail
    fade_in = replace(clip.fade_in, samples=min(max(clip.fade_in.samples - head, 0), length))
    room = length - fade_in.samples
    fade_out = replace(clip.fade_out, samples=min(max(clip.fade_out.samples - tail, 0), room))
    return replace(
        clip,
        start=clip.start + head - first,
        offset=clip.offset + head,
        length=length,
        fade_in=fade_in,
        fade_out=fade_out,
    )
