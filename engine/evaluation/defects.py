"""What must not be heard in any take: clicks, clipping, silence, DC, a wrong level.

A click is a sample that its neighbours do not predict. The residual of a linear prediction of the waveform is
compared with its own local level, as click detectors of audio restoration do (Godsill and Rayner, *Digital Audio
Restoration*, 1998, section 5.2): the attack of a real sound goes on after its onset, a click is over at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_toeplitz
from scipy.ndimage import median_filter
from scipy.signal import lfilter

from engine.sound.loudness import level_lufs

FULL_SCALE = 0.999
"""Samples from here on count as clipped."""

SILENCE_DB = -60.0
"""A take of which no 400 ms are louder than this (RMS, dB of full scale) is silent."""

DC = 1e-3
"""Mean of all samples, of full scale (-60 dB), from which a take has a direct current."""

ORDER = 16
OUTLIER = 30.0
"""A click's residual against the local median residual. Of real recordings few sounds reach this."""

QUIET = 0.003
"""A residual under this (-50 dB of full scale) is no audible click."""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Defects:
    """What is wrong with one waveform.

    Attributes:
        clicks: how many single-sample outliers there are.
        clipped: the longest run of samples at full scale; one alone is no clipping.
        silent: whether nothing of it can be heard.
        dc: the mean of all samples, of full scale.
        edge: the larger of the first and the last sample's size: a start or an end that clicks.
        level_error_db: loudness over the level asked for, in LU; None where none was asked or it has none.
    """

    clicks: int
    clipped: int
    silent: bool
    dc: float
    edge: float
    level_error_db: float | None

    def named(self, level_tolerance_db: float = 1.0) -> tuple[str, ...]:
        """The defects that a listener would notice, by name."""
        found = {
            "clicks": self.clicks > 0,
            "clipping": self.clipped > 2,
            "silence": self.silent,
            "DC": abs(self.dc) > DC,
            "edge": self.edge > 0.02,
            "level": self.level_error_db is not None and abs(self.level_error_db) > level_tolerance_db,
        }
        return tuple(name for name, wrong in found.items() if wrong)


def find_defects(waveform: Floats, rate: int, asked_lufs: float | None = None) -> Defects:
    """Measure one channel of sound.

    Args:
        waveform: float32 (samples,), full scale 1.
        rate: samples per second.
        asked_lufs: the loudness that the waveform should have.
    """
    level = level_lufs(waveform[None], rate) if asked_lufs is not None else None
    return Defects(
        clicks=count_clicks(waveform),
        clipped=longest_run(np.abs(waveform) >= FULL_SCALE),
        silent=loudest_db(waveform, rate) < SILENCE_DB,
        dc=float(waveform.mean()) if waveform.size else 0.0,
        edge=float(max(abs(waveform[0]), abs(waveform[-1]))) if waveform.size else 0.0,
        level_error_db=None if level is None or asked_lufs is None else level - asked_lufs,
    )


def count_defects(found: Iterable[Defects]) -> dict[str, int]:
    """How many waveforms have each defect, by its name."""
    totals = dict.fromkeys(("clicks", "clipping", "silence", "DC", "edge", "level"), 0)
    for one in found:
        for name in one.named():
            totals[name] += 1
    return totals


def count_clicks(waveform: Floats) -> int:
    """How many isolated samples stand out of what their neighbours predict."""
    if len(waveform) < 8 * ORDER or not np.any(waveform):
        return 0
    size = np.abs(residual(waveform))
    around = median_filter(size, 257, mode="nearest")
    high = (size > OUTLIER * np.maximum(around, 1e-6)) & (size > QUIET)
    return _isolated(high, size, waveform)


def residual(waveform: Floats) -> NDArray[np.float64]:
    """What a linear predictor of ``ORDER``, fitted to the whole waveform, leaves unpredicted: (samples,)."""
    wave = waveform.astype(np.float64)
    spectrum = np.abs(np.fft.rfft(wave, 2 * len(wave))) ** 2
    correlation = np.fft.irfft(spectrum)[: ORDER + 1]
    correlation[0] = correlation[0] * 1.0001 + 1e-12
    predictor = solve_toeplitz(correlation[:-1], correlation[1:])
    return np.asarray(lfilter(np.concatenate([[1.0], -predictor]), [1.0], wave))


def longest_run(flags: NDArray[np.bool_]) -> int:
    """The length of the longest stretch of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def loudest_db(waveform: Floats, rate: int) -> float:
    """RMS of the loudest 400 ms in dB of full scale; -inf for none."""
    block = max(1, round(0.4 * rate))
    padded = np.pad(waveform.astype(np.float64), (0, -len(waveform) % block))
    power = (padded.reshape(-1, block) ** 2).mean(axis=1).max(initial=0.0)
    return float(10.0 * np.log10(power)) if power > 0 else -np.inf


def _isolated(high: NDArray[np.bool_], size: NDArray[np.float64], waveform: Floats) -> int:
    """Groups of outliers no longer than the predictor whose surroundings stay calm: clicks, not attacks."""
    places = np.flatnonzero(high)
    clicks, index = 0, 0
    while index < len(places):
        start = end = int(places[index])
        while index < len(places) and places[index] - end <= ORDER:
            end = int(places[index])
            index += 1
        after = size[end + ORDER + 1 : end + ORDER + 129]
        calm = float(after.max(initial=0.0)) < 0.1 * float(size[start : end + 1].max())
        clicks += end - start <= ORDER and calm and not _begins(waveform, start, end)
    return clicks


def _begins(waveform: Floats, start: int, end: int) -> bool:
    """Whether a sound begins at the outliers: 8 ms later the waveform is more than twice as strong as before."""
    before = np.sqrt((waveform[max(0, start - 128) : start] ** 2).mean()) if start else 0.0
    after = waveform[end + ORDER + 1 : end + ORDER + 129]
    return bool(len(after) and np.sqrt((after**2).mean()) > 2.0 * before + 1e-4)
