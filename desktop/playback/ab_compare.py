"""Which two takes are compared, and which of them is heard."""

from dataclasses import dataclass, replace

from engine.scene.scene import Scene
from engine.sound.loudness import level_lufs
from engine.sound.mixing import MIX_CEILING_DBTP
from engine.sound.truepeak import true_peak_dbtp
from engine.sound.waveform import Waveform


@dataclass(frozen=True)
class TakePair:
    """Two takes to be heard by turns.

    Attributes:
        a, b: their digests.
        second: whether B is heard.
        gain_db: by how much the one that is heard is turned down; None until it has been measured.
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


def pair_to_compare(scene: Scene, selection: tuple[int, ...]) -> TakePair | None:
    """What to compare for this selection: the take in use of the first object against its newest other, if any."""
    for number in selection[:1]:
        takes = [take for take in scene.takes if number in take.objects and not take.rejected]
        used = scene.chosen_of(number)
        first = used if used in takes else next(iter(takes), None)
        others = [take for take in takes if take is not first]
        if first is not None and others:
            return TakePair(first.digest, others[-1].digest)
    return None


@dataclass(frozen=True)
class TakeLevels:
    """How loud a take is, None for silence, and how high it peaks."""

    lufs: float | None
    peak_dbtp: float

    @classmethod
    def of(cls, samples: Waveform, rate: int) -> "TakeLevels":
        return cls(level_lufs(samples, rate), true_peak_dbtp(samples))


def matching_gains_db(a: TakeLevels, b: TakeLevels) -> tuple[float, float]:
    """By how much to turn each down so that both are as loud as the quieter; silence is left alone."""
    first = second = 0.0
    if a.lufs is not None and b.lufs is not None:
        quieter = min(a.lufs, b.lufs)
        first, second = quieter - a.lufs, quieter - b.lufs
    over = max(0.0, a.peak_dbtp + first - MIX_CEILING_DBTP, b.peak_dbtp + second - MIX_CEILING_DBTP)
    return first - over, second - over
