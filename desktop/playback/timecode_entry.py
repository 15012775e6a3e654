"""Parses typed positions: a timecode, its last parts, or an offset in frames."""

import re

from engine.errors import BadInput
from engine.scene.timecode import FrameRate, frames_in_day, from_text

_PARTS = re.compile(r"\d{1,2}([:;.,]\d{1,2}){0,3}")


def frame_of_entry(text: str, now: int, rate: FrameRate) -> int:
    """Return the requested frame, counted like ``now``.

    ``01:00:02:05`` is a timecode; ``2:05`` its last two parts, within the hour of ``now``; ``205`` is the same, as
    digits fill a timecode from the right. ``+10`` or ``-1:00`` is an offset from ``now``; up to two digits are frames.

    Raises:
        BadInput: it is none of these.
    """
    text = text.strip()
    sign = text[:1] if text[:1] in ("+", "-") else ""
    parts = _parts(text.removeprefix(sign))
    if sign:
        count = _length(parts, rate)
        there = now + count if sign == "+" else now - count
        return max(0, min(there, frames_in_day(rate) - 1))
    if len(parts) < 4:
        hour = now * 24 // frames_in_day(rate)
        parts = [hour, *([0] * (3 - len(parts))), *parts]
    return from_text(_timecode(parts, rate), rate)


def _parts(text: str) -> list[int]:
    if text.isdecimal() and len(text) > 2:
        padded = text.zfill(8)
        if len(padded) > 8:
            raise BadInput(f"{text!r} is too long for a timecode.")
        pairs = [int(padded[at : at + 2]) for at in range(0, 8, 2)]
        return pairs if len(text) > 6 else pairs[1:]
    if not _PARTS.fullmatch(text):
        raise BadInput(f"{text!r} is no timecode: write 01:00:02:05, 2:05, or +10 for ten frames on.")
    return [int(part) for part in re.split("[:;.,]", text)]


def _length(parts: list[int], rate: FrameRate) -> int:
    hours, minutes, seconds, frames = [0] * (4 - len(parts)) + parts
    return ((hours * 60 + minutes) * 60 + seconds) * rate.nominal + frames


def _timecode(parts: list[int], rate: FrameRate) -> str:
    hours, minutes, seconds, frames = parts
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}{';' if rate.drop else ':'}{frames:02d}"
