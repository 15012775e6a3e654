"""What all formats need: words that fit on one line, paths, and lanes in which nothing overlaps."""

import os
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from engine.export.interchange.model import InterchangeClip, InterchangeTimeline, InterchangeTrack, MediaFile

MOST_LETTERS = 120


def one_line(words: str, otherwise: str = "Untitled", most: int = MOST_LETTERS) -> str:
    """Words as every format can hold them: one line, no control characters, not endless.

    What stays is any other text, right-to-left and emoji included.
    """
    kept = "".join(" " if _unfit(letter) else letter for letter in words)
    return " ".join(kept.split())[:most].strip() or otherwise


def relative_path(media: MediaFile, folder: Path) -> str:
    """The way from the interchange files to the sound file, with forward slashes; absolute on another drive."""
    try:
        return Path(os.path.relpath(media.path, folder)).as_posix()
    except ValueError:
        return media.path.as_posix()


def lanes(clips: Sequence[InterchangeClip]) -> tuple[tuple[InterchangeClip, ...], ...]:
    """The clips in as few lanes as will do so that none overlaps another in its lane; none give one empty lane."""
    rows: list[list[InterchangeClip]] = [[]]
    for clip in sorted(clips, key=lambda clip: (clip.start, clip.id)):
        free = next((row for row in rows if not row or row[-1].end <= clip.start), None)
        if free is None:
            rows.append([clip])
        else:
            free.append(clip)
    return tuple(tuple(row) for row in rows)


def track_name(track: InterchangeTrack, number: int) -> str:
    """A track's name, or its number (from 1) where it has none."""
    return one_line(track.name, f"Track {number}")


def lane_name(name: str, lane: int) -> str:
    """What the lane of a track (from 0) is called: the track's name, numbered from the second on."""
    return name if lane == 0 else f"{name} ({lane + 1})"


def named_lanes(
    interchange: InterchangeTimeline,
) -> list[tuple[str, InterchangeTrack, tuple[InterchangeClip, ...]]]:
    """Every lane of every track, top to bottom: its name, its track, its clips."""
    return [
        (lane_name(track_name(track, number), lane), track, clips)
        for number, track in enumerate(interchange.tracks, 1)
        for lane, clips in enumerate(lanes(track.clips))
    ]


def sounding(interchange: InterchangeTimeline) -> set[int]:
    """The numbers of the tracks that sound: not muted, and soloed where any is."""
    soloed = any(track.soloed for track in interchange.tracks)
    return {track.id for track in interchange.tracks if not track.muted and (track.soloed or not soloed)}


def _unfit(letter: str) -> bool:
    """Controls, line ends, halves of surrogate pairs, and code points that are no characters (XML refuses them)."""
    odd = unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"}
    return odd or ord(letter) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(letter) <= 0xFDEF
