"""A/B comparison of two takes at matched loudness."""

from dataclasses import dataclass, replace

from engine.scene.scene import Scene
from engine.sound.loudness import level_lufs
from engine.sound.mixing import MIX_CEILING_DBTP
from engine.sound.truepeak import true_peak_dbtp
from engine.sound.waveform import Waveform

AUDITION_LUFS = -23.0
"""Loudness at which takes are auditioned: that of takes as they are generated, and of EBU R 128."""
MOST_AUDITION_GAIN_DB = 24.0


@dataclass(frozen=True)
class TakePair:
    """Two takes being compared.

    Attributes:
        a: digest of take A.
        b: digest of take B.
        second: whether B is playing.
        gain_db: gain of the take that is playing, in dB; None until it is measured.
    """

    a: str
    b: str
    second: bool = False
    gain_db: float | None = None

    @property
    def heard(self) -> str:
        return self.b if self.second else self.a

    @property
    def other(self) -> str:
        return self.a if self.second else self.b

    def switched(self) -> "TakePair":
        return replace(self, second=not self.second, gain_db=None)


def pair_to_compare(scene: Scene, selection: tuple[int, ...], current: str | None = None) -> TakePair | None:
    """Return the pair to compare for a selection, or None.

    A is the used take of the first selected object, B the current one in the list or, if that is A, the newest other.

    Args:
        scene: the scene.
        selection: numbers of the selected objects.
        current: digest of the take at which the keyboard is in the list.
    """
    for number in selection[:1]:
        takes = [take for take in scene.takes if number in take.objects and not take.deleted]
        good = [take for take in takes if not take.rejected or take.digest == current]
        used = scene.chosen_of(number)
        first = used if used in good else next((take for take in good if take.digest != current), None)
        others = [take for take in good if take is not first]
        second = next((take for take in others if take.digest == current), None) or next(
            reversed(others), None
        )
        if first is not None and second is not None:
            return TakePair(first.digest, second.digest)
    return None


@dataclass(frozen=True)
class TakeLevels:
    """Loudness of a take (None for silence) and its true peak."""

    lufs: float | None
    peak_dbtp: float

    @classmethod
    def of(cls, samples: Waveform, rate: int) -> "TakeLevels":
        return cls(level_lufs(samples, rate), true_peak_dbtp(samples))


def audition_gain_db(levels: TakeLevels, target_lufs: float = AUDITION_LUFS) -> float:
    """Return the gain in dB that brings a take to the loudness at which takes are auditioned, without clipping.

    Silence is left alone, and what is nearly silent is raised by ``MOST_AUDITION_GAIN_DB`` at most.
    """
    if levels.lufs is None:
        return 0.0
    gain_db = min(target_lufs - levels.lufs, MOST_AUDITION_GAIN_DB)
    return min(gain_db, MIX_CEILING_DBTP - levels.peak_dbtp)


def matching_gains_db(a: TakeLevels, b: TakeLevels) -> tuple[float, float]:
    """Return the gains in dB that bring both takes to the loudness of the quieter one; silence is left alone."""
    first = second = 0.0
    if a.lufs is not None and b.lufs is not None:
        quieter = min(a.lufs, b.lufs)
        first, second = quieter - a.lufs, quieter - b.lufs
    over = max(0.0, a.peak_dbtp + first - MIX_CEILING_DBTP, b.peak_dbtp + second - MIX_CEILING_DBTP)
    return first - over, second - over
