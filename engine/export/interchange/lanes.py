"""Helpers for all formats: one-line text, paths, and lanes without overlaps."""

import os
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from engine.export.interchange.model import InterchangeClip, InterchangeTimeline, InterchangeTrack, MediaFile

MOST_LETTERS = 120


def one_line(words: str, otherwise: str = "Untitled", most: int = MOST_LETTERS) -> str:
    """Return text that every format can hold: one line, no control characters, at most ``most`` characters.

    All other text is kept, including right-to-left scripts and emoji.
    """
    kept = "".join(" " if _unfit(letter) else letter for letter in words)
    return " ".join(kept.split())[:most].strip() or otherwise


def relative_path(media: MediaFile, folder: Path) -> str:
    """Return the path from the interchange files to the media file, with ``/``; absolute on another drive."""
    try:
        return Path(os.path.relpath(media.path, folder)).as_posix()
    except ValueError:  # pragma: no cover - only Windows has drives
        return media.path.as_posix()


def lanes(
    clips: Sequence[InterchangeClip], *, crossing: bool = False
) -> tuple[tuple[InterchangeClip, ...], ...]:
    """Distribute clips over as few lanes as possible without overlaps; no clips give one empty lane.

    Args:
        clips: the clips of a track.
        crossing: whether two clips that cross over their whole overlap may be on one lane.
    """
    rows: list[list[InterchangeClip]] = [[]]
    for clip in sorted(clips, key=lambda clip: (clip.start, clip.id)):
        free = next(
            (
                row
                for row in rows
                if not row or row[-1].end <= clip.start or (crossing and crosses(row[-1], clip))
            ),
            None,
        )
        if free is None:
            rows.append([clip])
        else:
            free.append(clip)
    return tuple(tuple(row) for row in rows)


def crosses(clip: InterchangeClip, later: InterchangeClip) -> bool:
    """Return whether a clip fades out, and a later one in, over the whole of their overlap."""
    overlap = clip.end - later.start
    return 0 < overlap == clip.fade_out.samples == later.fade_in.samples and clip.start < later.start


def track_name(track: InterchangeTrack, number: int) -> str:
    """Return the name of a track, or its number (from 1) if it has none."""
    return one_line(track.name, f"Track {number}")


def lane_name(name: str, lane: int) -> str:
    """Return the name of a lane (from 0) of a track: the track's name, numbered from the second lane on."""
    return name if lane == 0 else f"{name} ({lane + 1})"


def named_lanes(
    interchange: InterchangeTimeline, *, crossing: bool = False
) -> list[tuple[str, InterchangeTrack, tuple[InterchangeClip, ...]]]:
    """Return every lane of every track, top to bottom: its name, its track, its clips; ``crossing`` as in ``lanes``."""
    return [
        (lane_name(track_name(track, number), lane), track, clips)
        for number, track in enumerate(interchange.tracks, 1)
        for lane, clips in enumerate(lanes(track.clips, crossing=crossing))
    ]


def sounding(interchange: InterchangeTimeline) -> set[int]:
    """Return the numbers of the audible tracks: not muted, and soloed if any is."""
    soloed = any(track.soloed for track in interchange.tracks)
    return {track.id for track in interchange.tracks if not track.muted and (track.soloed or not soloed)}


def _unfit(letter: str) -> bool:
    """Return whether a character is a control, line end, surrogate half, or invalid in XML."""
    odd = unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"}
    return odd or ord(letter) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(letter) <= 0xFDEF
