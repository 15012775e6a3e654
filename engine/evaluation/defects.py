"""Audible defects of a take: clicks, clipping, silence, DC offset, wrong level.

A click is a sample that its neighbours do not predict. The residual of a linear prediction of the waveform is
compared with its local level, as in click detectors for audio restoration (Godsill and Rayner, *Digital Audio
Restoration*, 1998, section 5.2): the attack of a real sound continues after its onset, a click is over at
once.
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
"""Samples at or above this amplitude count as clipped."""

SILENCE_DB = -60.0
"""A take whose loudest 400 ms do not exceed this RMS level (dB of full scale) is silent."""

DC = 1e-3
"""Mean of all samples, relative to full scale, from which a take has a DC offset (-60 dB)."""

ORDER = 16
OUTLIER = 30.0
"""Ratio of a click's residual to the local median residual. Few sounds in real recordings reach this."""

QUIET = 0.003
"""A residual below this amplitude (-50 dB of full scale) is not an audible click."""

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Defects:
    """Defects of one waveform.

    Attributes:
        clicks: number of single-sample outliers.
        clipped: longest run of samples at full scale; a run of one is not clipping.
        silent: whether nothing is audible.
        dc: mean of all samples, relative to full scale.
        edge: larger amplitude of the first and the last sample, which click if not near zero.
        level_error_db: loudness minus the requested level, in LU; None without a requested level or a
            loudness.
    """

    clicks: int
    clipped: int
    silent: bool
    dc: float
    edge: float
    level_error_db: float | None

    def named(self, level_tolerance_db: float = 1.0) -> tuple[str, ...]:
        """Return the names of the audible defects."""
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
    """Measure one channel.

    Args:
        waveform: float32 (samples,), full scale 1.
        rate: samples per second.
        asked_lufs: the requested loudness.
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
    """Return the number of waveforms with each defect, by name."""
    totals = dict.fromkeys(("clicks", "clipping", "silence", "DC", "edge", "level"), 0)
    for one in found:
        for name in one.named():
            totals[name] += 1
    return totals


def count_clicks(waveform: Floats) -> int:
    """Return the number of isolated samples that their neighbours do not predict."""
    if len(waveform) < 8 * ORDER or not np.any(waveform):
        return 0
    size = np.abs(residual(waveform))
    around = median_filter(size, 257, mode="nearest")
    high = (size > OUTLIER * np.maximum(around, 1e-6)) & (size > QUIET)
    return _isolated(high, size, waveform)


def residual(waveform: Floats) -> NDArray[np.float64]:
    """Return the residual (samples,) of a linear predictor of ``ORDER`` fitted to the whole waveform."""
    wave = waveform.astype(np.float64)
    spectrum = np.abs(np.fft.rfft(wave, 2 * len(wave))) ** 2
    correlation = np.fft.irfft(spectrum)[: ORDER + 1]
    correlation[0] = correlation[0] * 1.0001 + 1e-12
    predictor = solve_toeplitz(correlation[:-1], correlation[1:])
    return np.asarray(lfilter(np.concatenate([[1.0], -predictor]), [1.0], wave))


def longest_run(flags: NDArray[np.bool_]) -> int:
    """Return the length of the longest run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def loudest_db(waveform: Floats, rate: int) -> float:
    """Return the RMS level of the loudest 400 ms in dB of full scale; -inf for silence."""
    block = max(1, round(0.4 * rate))
    padded = np.pad(waveform.astype(np.float64), (0, -len(waveform) % block))
    power = (padded.reshape(-1, block) ** 2).mean(axis=1).max(initial=0.0)
    return float(10.0 * np.log10(power)) if power > 0 else -np.inf


def _isolated(high: NDArray[np.bool_], size: NDArray[np.float64], waveform: Floats) -> int:
    """Count groups of outliers no longer than the predictor with calm surroundings: clicks, not attacks."""
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
    """Return whether a sound starts at the outliers: 8 ms later the waveform is more than twice as strong as before."""
    before = np.sqrt((waveform[max(0, start - 128) : start] ** 2).mean()) if start else 0.0
    after = waveform[end + ORDER + 1 : end + ORDER + 129]
    return bool(len(after) and np.sqrt((after**2).mean()) > 2.0 * before + 1e-4)
