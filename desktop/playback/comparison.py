"""Two takes at one loudness: the louder is turned down to the quieter, and neither may clip."""

from dataclasses import dataclass

from engine.sound.loudness import Waveform, level_lufs, true_peak_dbtp
from engine.sound.mixing import MIX_CEILING_DBTP


@dataclass(frozen=True)
class Levels:
    """How loud a take is, None for silence, and how high it peaks."""

    lufs: float | None
    peak_dbtp: float

    @classmethod
    def of(cls, samples: Waveform, rate: int) -> "Levels":
        return cls(level_lufs(samples, rate), true_peak_dbtp(samples))


def gains_db(a: Levels, b: Levels) -> tuple[float, float]:
    """By how much to turn each down so that both are as loud as the quieter; silence is left alone."""
    first = second = 0.0
    if a.lufs is not None and b.lufs is not None:
        quieter = min(a.lufs, b.lufs)
        first, second = quieter - a.lufs, quieter - b.lufs
    over = max(0.0, a.peak_dbtp + first - MIX_CEILING_DBTP, b.peak_dbtp + second - MIX_CEILING_DBTP)
    return first - over, second - over
