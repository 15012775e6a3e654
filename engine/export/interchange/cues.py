"""The cue sheet, ``.csv``: every clip on a line, for people and for the papers that go with a delivery (RFC 4180)."""

import csv
import io
from pathlib import Path

from engine.export.interchange.common import one_line, relative_path, sounding, track_name
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
    "Licence",
    "Gain (dB)",
    "Pan",
    "Sounds",
    "File",
)
_FORMULA = "=+-@"


def write(interchange: InterchangeTimeline, path: Path) -> None:
    """Writes the cue sheet, whole or not at all; UTF-8 with the mark by which spreadsheets know it.

    Raises:
        BadInput: the path can never be written.
        Failed: it cannot be written now.
    """
    write_file(path, sheet_text(interchange).encode("utf-8-sig"))


def sheet_text(interchange: InterchangeTimeline) -> str:
    """The whole sheet: a line of titles, then the clips of all tracks in the order in which they begin."""
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
        _words(take.licence),
        f"{clip.gain_db:.2f}",
        f"{clip.pan:.2f}",
        "yes" if sounds else "no",
        relative_path(clip.media, interchange.folder),
    ]


def _words(words: str, most: int = 200) -> str:
    """Words on one line; what a spreadsheet would take for a formula gets an apostrophe before it."""
    line = one_line(words, "", most)
    return f"'{line}" if line[:1] and line[0] in _FORMULA else line
