"""Conversion between frames, samples and timecode (SMPTE ST 12-1), all in exact arithmetic.

A timecode is a number of frames at a rational rate. At 24000/1001 and 30000/1001 a second of timecode lasts
1001/1000 s of real time; floating point would drift by a frame there.
"""

import re
from dataclasses import dataclass
from fractions import Fraction

from engine.errors import BadInput

_TEXT = re.compile(r"(\d{1,2}):(\d{2}):(\d{2})([:;.])(\d{2})")


@dataclass(frozen=True)
class FrameRate:
    """A frame rate as an exact fraction, and how its frames are counted.

    Attributes:
        numerator: of the frames per second, such as 30000.
        denominator: of the frames per second, such as 1001.
        drop: drop-frame counting: frame *numbers* are skipped so that timecode follows the clock.
    """

    numerator: int
    denominator: int = 1
    drop: bool = False

    def __post_init__(self) -> None:
        if (self.numerator, self.denominator, self.drop) not in _KNOWN:
            known = ", ".join(RATES)
            raise BadInput(
                f"There is no frame rate {self.numerator}/{self.denominator} here; there are {known}."
            )

    @property
    def exact(self) -> Fraction:
        """Frames per second."""
        return Fraction(self.numerator, self.denominator)

    @property
    def nominal(self) -> int:
        """Frames in a second of timecode: 30 for 29.97."""
        return -(-self.numerator // self.denominator)

    @property
    def name(self) -> str:
        """The usual notation: 23.976, 25, 29.97df."""
        return next(name for name, rate in RATES.items() if rate == self)


_KNOWN = {
    (24000, 1001, False),
    (24, 1, False),
    (25, 1, False),
    (30000, 1001, False),
    (30000, 1001, True),
    (30, 1, False),
    (50, 1, False),
    (60000, 1001, False),
    (60000, 1001, True),
    (60, 1, False),
}

RATES: dict[str, FrameRate] = {
    "23.976": FrameRate(24000, 1001),
    "24": FrameRate(24),
    "25": FrameRate(25),
    "29.97": FrameRate(30000, 1001),
    "29.97df": FrameRate(30000, 1001, drop=True),
    "30": FrameRate(30),
    "50": FrameRate(50),
    "59.94": FrameRate(60000, 1001),
    "59.94df": FrameRate(60000, 1001, drop=True),
    "60": FrameRate(60),
}
"""All rates used in post-production, by their usual names."""


def frame_rate(name: str) -> FrameRate:
    """Return the frame rate with this name.

    Raises:
        BadInput: there is no such rate.
    """
    if name not in RATES:
        raise BadInput(f"There is no frame rate {name!r}; there are {', '.join(RATES)}.")
    return RATES[name]


def sample_of(frame: int, rate: FrameRate, sample_rate: int) -> int:
    """Return the first sample at or after the start of a frame."""
    return -(-frame * sample_rate * rate.denominator // rate.numerator)


def frame_of(sample: int, rate: FrameRate, sample_rate: int) -> int:
    """Return the frame that contains a sample."""
    return sample * rate.numerator // (sample_rate * rate.denominator)


def nearest_frame(sample: int, rate: FrameRate, sample_rate: int) -> int:
    """Return the frame whose start is nearest to a sample."""
    return (2 * sample * rate.numerator + sample_rate * rate.denominator) // (
        2 * sample_rate * rate.denominator
    )


def to_text(frame: int, rate: FrameRate) -> str:
    """Format a frame count as HH:MM:SS:FF, with ``;`` before the frames for drop-frame rates.

    Counts beyond a day go on after 23 hours, as in 25:00:00:00: no two places look the same.

    Raises:
        BadInput: the count is negative.
    """
    if frame < 0:
        raise BadInput("A timecode is never negative.")
    if rate.drop:
        frame = _with_dropped(frame, rate.nominal)
    seconds, frames = divmod(frame, rate.nominal)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}{';' if rate.drop else ':'}{frames:02d}"


def from_text(text: str, rate: FrameRate) -> int:
    """Parse HH:MM:SS:FF into a frame count; both ``;`` and ``:`` are accepted before the frames.

    Raises:
        BadInput: the text is not a timecode, or names a frame that this rate skips.
    """
    found = _TEXT.fullmatch(text.strip())
    if found is None:
        raise BadInput(f"{text!r} is no timecode: write HH:MM:SS:FF, such as 01:00:00:00.")
    hours, minutes, seconds, frames = (int(found[group]) for group in (1, 2, 3, 5))
    if hours > 23 or minutes > 59 or seconds > 59 or frames >= rate.nominal:
        raise BadInput(f"{text!r} is no timecode at {rate.name} frames a second.")
    count = ((hours * 60 + minutes) * 60 + seconds) * rate.nominal + frames
    if not rate.drop:
        return count
    dropped = rate.nominal // 15
    if seconds == 0 and frames < dropped and minutes % 10:
        raise BadInput(f"{text!r} is one of the timecodes that {rate.name} leaves out.")
    total = hours * 60 + minutes
    return count - dropped * (total - total // 10)


def frames_in_day(rate: FrameRate) -> int:
    """Return the number of frames in 24 hours of timecode; counts from there on have no timecode."""
    return from_text(f"23:59:59:{rate.nominal - 1:02d}", rate) + 1


def _with_dropped(frame: int, nominal: int) -> int:
    """Convert a frame count to a frame number by adding the skipped numbers.

    Skipped are 2 (or 4) per minute, except every tenth.
    """
    dropped = nominal // 15
    ten_minutes = nominal * 600 - 9 * dropped
    minute = nominal * 60 - dropped
    tens, rest = divmod(frame, ten_minutes)
    skipped = 9 * dropped * tens
    if rest >= nominal * 60:
        skipped += dropped * (1 + (rest - nominal * 60) // minute)
    return frame + skipped
