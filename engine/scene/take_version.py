"""Versions of a take: reversed, faster or slower, higher or lower. A key names one for sources of takes."""

from dataclasses import dataclass

LEAST_SPEED, MOST_SPEED = 0.25, 4.0
MOST_PITCH = 24.0
"""Semitones, up and down."""


@dataclass(frozen=True, order=True)
class TakeVersion:
    """A take as a clip plays it.

    Attributes:
        take: digest of the take.
        speed: how fast it is played; the pitch stays.
        pitch: semitones that it is shifted by; the length stays.
        reverse: whether it is played from its end to its beginning.
    """

    take: str
    speed: float = 1.0
    pitch: float = 0.0
    reverse: bool = False

    @property
    def stretched(self) -> bool:
        """Whether its length or its pitch is changed."""
        return self.speed != 1.0 or self.pitch != 0.0


def version_key(take: str, *, speed: float = 1.0, pitch: float = 0.0, reverse: bool = False) -> str:
    """Return the key of a version, which a source of takes resolves; of an unchanged take its digest."""
    if speed == 1.0 and pitch == 0.0 and not reverse:
        return take
    return f"{take} {float(speed)!r} {float(pitch)!r} {int(reverse)}"


def read_version_key(key: str) -> TakeVersion:
    """Return the version that a key names; whatever is no key of a version is taken for the digest of a take."""
    parts = key.split(" ")
    if len(parts) != 4:
        return TakeVersion(key)
    take, speed, pitch, reverse = parts
    return TakeVersion(take, float(speed), float(pitch), reverse == "1")


def version_length(samples: int, speed: float) -> int:
    """Return the length of a take of ``samples`` samples at a speed, at least 1."""
    return max(1, round(samples / speed))
