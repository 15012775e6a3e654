"""The cue sheet, ``.csv`` (RFC 4180): one line per clip, for people and for delivery paperwork."""

import csv
import io
from pathlib import Path

from engine.export.interchange.lanes import one_line, relative_path, sounding, track_name
from engine.export.interchange.model import InterchangeClip, InterchangeTimeline, InterchangeTrack
from engine.files import write_file
from engine.scene.timecode import to_text

COLUMNS = (
    "Track",
    "Clip",
    "Object",
    "Timecode in",
    "Timecode out",
    "Duration (s)",
    "Start (samples)",
    "Offset (samples)",
    "Length (samples)",
    "Take",
    "Prompt",
    "Seed",
    "Model",
    "Source",
    "Licence",
    "Gain (dB)",
    "Pan",
    "Sounds",
    "File",
)
_FORMULA = "=+-@"


def write(interchange: InterchangeTimeline, path: Path) -> None:
    """Write the cue sheet, complete or not at all; UTF-8 with a byte order mark, which spreadsheets need.

    Raises:
        BadInput: the path can never be written.
        Failed: it cannot be written now.
    """
    write_file(path, sheet_text(interchange).encode("utf-8-sig"))


def sheet_text(interchange: InterchangeTimeline) -> str:
    """Return the whole sheet: a header line, then the clips of all tracks by start."""
    heard, rows = sounding(interchange), []
    for number, track in enumerate(interchange.tracks, 1):
        for clip in track.clips:
            sounds = track.id in heard and not clip.muted
            rows.append((clip.start, number, _row(interchange, number, track, clip, sounds=sounds)))
    buffer = io.StringIO()
    sheet = csv.writer(buffer)
    sheet.writerow(COLUMNS)
    sheet.writerows(row for _, _, row in sorted(rows, key=lambda entry: entry[:2]))
    return buffer.getvalue()


def _row(
    interchange: InterchangeTimeline,
    number: int,
    track: InterchangeTrack,
    clip: InterchangeClip,
    *,
    sounds: bool,
) -> list[str]:
    first = interchange.frame(clip.start)
    last = max(interchange.frame(clip.end), first + 1)
    take = clip.take
    return [
        _words(track_name(track, number)),
        _words(clip.name),
        _words(track.object),
        to_text(first, interchange.frame_rate),
        to_text(last, interchange.frame_rate),
        f"{float(interchange.seconds(clip.length)):.3f}",
        str(clip.start),
        str(clip.offset),
        str(clip.length),
        str(take.number),
        _words(take.prompt, 1000),
        "" if take.seed is None else str(take.seed),
        _words(take.model),
        _words(take.source),
        _words(take.licence),
        f"{clip.gain_db:.2f}",
        f"{clip.pan:.2f}",
        "yes" if sounds else "no",
        relative_path(clip.media, interchange.folder),
    ]


def _words(words: str, most: int = 200) -> str:
    """Return text on one line; what a spreadsheet would take for a formula gets a leading apostrophe."""
    line = one_line(words, "", most)
    return f"'{line}" if line[:1] and line[0] in _FORMULA else line
