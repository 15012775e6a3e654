"""REAPER projects, ``.rpp``: plain text, one setting per line, blocks in angle brackets.

There is no published standard. Fields follow the "State Chunk Definitions" collected by REAPER's users
(github.com/ReaTeam/Doc); a REAPER that reads fewer or more fields takes its defaults for the rest.
"""

import uuid
from fractions import Fraction
from pathlib import Path

from engine.export.interchange.lanes import one_line, relative_path, track_name
from engine.export.interchange.model import InterchangeClip, InterchangeTimeline, InterchangeTrack, MediaFile
from engine.files import write_file
from engine.scene.colours import Colour
from engine.scene.timecode import FrameRate
from engine.scene.timeline import Fade, FadeShape, Marker

_SHAPES: dict[FadeShape, int] = {"linear": 0, "equal_power": 1, "exponential": 4, "s_curve": 5}
"""The closest of REAPER's curves: 1 starts fast, 4 starts slowly and steeply, 5 does both."""

_DIGITS = 12
"""Decimal places of seconds: at 96 kHz a millionth of a sample."""

_MONO_CENTRE = 0.5**0.5
"""A centred mono sound is 3 dB down on each side here, and not at all in REAPER with pan law 1."""


def write(interchange: InterchangeTimeline, path: Path) -> None:
    """Write the project, complete or not at all.

    Raises:
        BadInput: the path can never be written.
        Failed: it cannot be written now.
    """
    write_file(path, project_text(interchange).encode("utf-8"))


def project_text(interchange: InterchangeTimeline) -> str:
    """Return the whole project. Clips become items, which may overlap; media paths are relative to the project."""
    lines = ['<REAPER_PROJECT 0.1 "7.0/foleyscape" 0', *_indented(_settings(interchange))]
    for number, marker in enumerate(interchange.markers, 1):
        lines.append(f"  {_marker(interchange, number, marker)}")
    for number, track in enumerate(interchange.tracks, 1):
        lines += _indented(_track(interchange, number, track))
    return "\n".join([*lines, ">", ""])


def quoted(words: str) -> str:
    """Quote text as one field, with whichever of three quotation marks it does not contain.

    If it contains all three, backticks become apostrophes: REAPER has no escape character.
    """
    for quote in "\"'`":
        if quote not in words:
            return f"{quote}{words}{quote}"
    return "`" + words.replace("`", "'") + "`"


def _settings(interchange: InterchangeTimeline) -> list[str]:
    return [
        # No automatic crossfades: overlapping items have the fades that cross them here.
        "AUTOXFADE 0",
        "PANLAW 1",
        f"PROJOFFS {decimal(interchange.start_seconds)} 0 0",
        f"TIMEMODE 5 5 -1 {_frames(interchange.frame_rate)} 0 -1",
        "PANMODE 3",
        f"SAMPLERATE {interchange.rate} 1 0",
        "TEMPO 120 4 4",
        f"MASTER_VOLUME {_factor(interchange.master_gain_db)} 0 -1 -1 1",
    ]


def _frames(rate: FrameRate) -> str:
    """Return frames per second as an integer and a counting mode: 0 plain, 1 drop-frame, 2 slowed by 1000/1001."""
    return f"{rate.nominal} {1 if rate.drop else 0 if rate.denominator == 1 else 2}"


def _marker(interchange: InterchangeTimeline, number: int, marker: Marker) -> str:
    name = one_line(marker.name, f"Marker {number}")
    return f"MARKER {number} {decimal(interchange.seconds(marker.at))} {quoted(name)} 0"


def _track(interchange: InterchangeTimeline, number: int, track: InterchangeTrack) -> list[str]:
    identity = _guid(interchange, "track", track.id)
    lines = [
        f"<TRACK {identity}",
        f"  NAME {quoted(track_name(track, number))}",
        f"  PEAKCOL {_colour(track.colour)}",
        f"  VOLPAN {_factor(track.gain_db)} {_pan(track.pan)} -1 -1 1",
        f"  MUTESOLO {int(track.muted)} {int(track.soloed)} 0",
        "  NCHAN 2",
        f"  TRACKID {identity}",
        "  MAINSEND 1 0",
    ]
    for clip in track.clips:
        lines += _indented(_item(interchange, clip))
    return [*lines, ">"]


def _item(interchange: InterchangeTimeline, clip: InterchangeClip) -> list[str]:
    return [
        "<ITEM",
        f"  POSITION {decimal(interchange.seconds(clip.start))}",
        "  SNAPOFFS 0",
        f"  LENGTH {decimal(interchange.seconds(clip.length))}",
        "  LOOP 0",
        "  ALLTAKES 0",
        f"  FADEIN {_fade(interchange, clip.fade_in)}",
        f"  FADEOUT {_fade(interchange, clip.fade_out)}",
        f"  MUTE {int(clip.muted)} 0",
        *([] if clip.group is None else [f"  GROUP {clip.group}"]),
        f"  IGUID {_guid(interchange, 'item', clip.id)}",
        # Of the item: volume; of its first take, which is the one that plays: pan, volume, pan law.
        f"  NAME {quoted(one_line(clip.name))}",
        f"  VOLPAN {_factor(clip.gain_db)} {_pan(clip.pan)} {_take_factor(clip.media):.9f} -1",
        *_indented(_take(interchange, clip, clip.media, clip.offset, _guid(interchange, "take", clip.id))),
        *_indented(_other_takes(interchange, clip)),
        ">",
    ]


def _take(
    interchange: InterchangeTimeline, clip: InterchangeClip, media: MediaFile, offset: int, identity: str
) -> list[str]:
    """Return what a take has besides its name and level; markers are those of the clip's own sound."""
    marks = clip.markers if media is clip.media else ()
    return [
        f"SOFFS {decimal(interchange.seconds(offset))}",
        # Rate, whether the pitch stays, semitones; then the project's default method.
        f"PLAYRATE {clip.speed:.12g} 1 {clip.pitch:.12g} -1 0 0.0025",
        "CHANMODE 0",
        f"GUID {identity}",
        *(f"TKM {decimal(interchange.seconds(mark.at))} {quoted(one_line(mark.name))}" for mark in marks),
        "<SOURCE WAVE",
        f"  FILE {quoted(relative_path(media, interchange.folder))}",
        ">",
    ]


def _other_takes(interchange: InterchangeTimeline, clip: InterchangeClip) -> list[str]:
    """Return the other takes of an item, which can be switched to; none of them is selected."""
    lines = []
    for number, other in enumerate(clip.others, 1):
        level = _take_factor(other.media) * 10.0 ** (other.gain_db / 20.0)
        identity = _guid(interchange, f"take {number} of", clip.id)
        lines += [
            "TAKE",
            f"NAME {quoted(one_line(other.name))}",
            f"TAKEVOLPAN {_pan(clip.pan)} {level:.9f} -1",
            *_take(interchange, clip, other.media, other.offset, identity),
        ]
    return lines


def _take_factor(media: MediaFile) -> float:
    return _MONO_CENTRE if media.channels == 1 else 1.0


def _fade(interchange: InterchangeTimeline, fade: Fade) -> str:
    shape = _SHAPES[fade.shape]
    return f"{shape} {decimal(interchange.seconds(fade.samples))} 0 {shape} 0 0 0"


def decimal(seconds: Fraction) -> str:
    """Format seconds as a decimal number, rounded in integer arithmetic."""
    steps = round(seconds * 10**_DIGITS)
    whole, part = divmod(steps, 10**_DIGITS)
    return f"{whole}.{part:0{_DIGITS}d}"


def _factor(gain_db: float) -> str:
    return f"{10.0 ** (gain_db / 20.0):.9f}"


def _pan(pan: float) -> str:
    return f"{pan:.9f}"


def _colour(colour: Colour) -> int:
    """Return a colour in REAPER's format: blue, green, red, and a bit that marks it as set."""
    red, green, blue = colour
    return 0x1000000 | blue << 16 | green << 8 | red


def _guid(interchange: InterchangeTimeline, kind: str, number: int) -> str:
    """Return a GUID that is the same for the same item of the same project, so that output is reproducible."""
    name = f"foleyscape:{interchange.folder}:{kind}:{number}".encode("utf-8", "replace").decode()
    return "{" + str(uuid.uuid5(uuid.NAMESPACE_URL, name)).upper() + "}"


def _indented(lines: list[str]) -> list[str]:
    return [f"  {line}" for line in lines]
