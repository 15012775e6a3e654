"""CMX 3600 edit decision lists, ``.edl``: frame-accurate cuts, two audio channels per list.

Written directly: OpenTimelineIO's adapter requires exactly one video track and writes no FCM line. A list
holds two lanes, on channels A and A2; further lanes go to additional lists. What the format cannot express
(gain, pan, fades, the exact sample) is written as comments after each event.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from engine.export.interchange.lanes import named_lanes, one_line, relative_path, sounding
from engine.export.interchange.model import InterchangeClip, InterchangeTimeline, InterchangeTrack, MediaFile
from engine.files import write_file
from engine.scene.timecode import nearest_frame, to_text

_CHANNELS = ("A", "A2")

_LOST = (
    "* TIMES ARE ROUNDED TO FRAMES. THE COMMENTS OF EACH EVENT SAY WHERE IT LIES TO THE SAMPLE.",
    "* A CMX 3600 LIST HAS NO GAIN, PAN OR FADE SHAPE: THESE STAND IN COMMENTS ONLY.",
    "* SOURCES ARE FILES WITHOUT TIMECODE: THEY BEGIN AT 00:00:00:00.",
)

NamedLane = tuple[str, InterchangeTrack, tuple[InterchangeClip, ...]]


def write(interchange: InterchangeTimeline, path: Path) -> None:
    """Write the list, and beside it ``NAME_03-04.edl`` and so on if there are more than two lanes.

    Raises:
        BadInput: the path can never be written.
        Failed: it cannot be written now.
    """
    for place, text in edl_texts(interchange, path).items():
        write_file(place, text.encode("utf-8"))


def edl_texts(interchange: InterchangeTimeline, path: Path) -> dict[Path, str]:
    """Return every list by path, the first at ``path``; a timeline without tracks gives one list without events."""
    rows = named_lanes(interchange)
    reels = reel_names(interchange)
    texts = {}
    for first in range(0, max(len(rows), 1), len(_CHANNELS)):
        part = rows[first : first + len(_CHANNELS)]
        name = f"{path.stem}_{first + 1:02d}-{first + len(_CHANNELS):02d}{path.suffix}"
        texts[path.with_name(name) if first else path] = _list(interchange, part, reels)
    return texts


def reel_names(interchange: InterchangeTimeline) -> dict[MediaFile, str]:
    """Return a reel name per media file: its number and the start of its name, at most 8 capitals and digits."""
    return {
        media: f"{number:03d}{_letters(media.path.stem)}"[:8]
        for number, media in enumerate(interchange.used_media(), 1)
    }


def _letters(stem: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", stem.partition("_")[2].upper())


def _list(interchange: InterchangeTimeline, rows: Sequence[NamedLane], reels: dict[MediaFile, str]) -> str:
    drop = interchange.frame_rate.drop
    lines = [
        f"TITLE: {one_line(interchange.name, most=70)}",
        f"FCM: {'DROP FRAME' if drop else 'NON-DROP FRAME'}",
        "",
    ]
    events = sorted(
        (entry for channel, (_, _, clips) in zip(_CHANNELS, rows, strict=False)
         for entry in _events(interchange, channel, clips)),
        key=lambda entry: entry[:2],
    )  # fmt: skip
    for number, (first, channel, last, clip) in enumerate(events, 1):
        lines += _event(interchange, f"{number:03d}  {reels[clip.media]:<8} {channel:<5}", first, last, clip)
        if number == 1:
            lines += _notes(interchange, rows)
    return "\n".join([*lines, ""])


def _notes(interchange: InterchangeTimeline, rows: Sequence[NamedLane]) -> list[str]:
    """Return comments about the whole list.

    They follow the first event, since many readers reject comments before it.
    """
    heard = sounding(interchange)
    channels = [
        f"* CHANNEL {channel} IS TRACK: {name}{'' if track.id in heard else ' (MUTED)'}"
        for channel, (name, track, _) in zip(_CHANNELS, rows, strict=False)
    ]
    return [*_LOST, *channels]


def _events(
    interchange: InterchangeTimeline, channel: str, clips: Sequence[InterchangeClip]
) -> Iterator[tuple[int, str, int, InterchangeClip]]:
    """Yield (first frame, channel, frame after the last, clip), each at least a frame long, without overlaps."""
    free = 0
    for clip in clips:
        first = max(interchange.frame(clip.start), free)
        free = max(interchange.frame(clip.end), first + 1)
        yield first, channel, free, clip


def _event(
    interchange: InterchangeTimeline, head: str, first: int, last: int, clip: InterchangeClip
) -> list[str]:
    rate = interchange.frame_rate
    source = nearest_frame(clip.offset, rate, interchange.rate)
    times = (source, source + last - first, first, last)
    exact = f"START {clip.start} OFFSET {clip.offset} LENGTH {clip.length} AT {interchange.rate} HZ"
    lines = [
        f"{head} C        {' '.join(to_text(frame, rate) for frame in times)}",
        f"* FROM CLIP NAME:  {one_line(clip.name)}",
        f"* FROM CLIP: {relative_path(clip.media, interchange.folder)}",
        f"* SAMPLES: {exact}",
        f"* GAIN: {clip.gain_db:+.2f} DB PAN: {clip.pan:+.2f}{' MUTED' if clip.muted else ''}",
    ]
    for word, fade in (("IN", clip.fade_in), ("OUT", clip.fade_out)):
        if fade.samples:
            lines.append(f"* FADE {word}: {fade.samples} SAMPLES {fade.shape.upper()}")
    return lines
