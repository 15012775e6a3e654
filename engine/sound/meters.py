"""Loudness of a stream, fed block by block: momentary, short-term, integrated, range and true peak.

ITU-R BS.1770-4 for the measure and its gate, EBU Tech 3341 for the time scales, EBU Tech 3342 for the range. An hour
takes 0.6 MB: the energies of gating blocks and of short-term windows, ten a second.
"""

from array import array

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from engine.errors import BadInput
from engine.sound.bs1770 import (
    ABSOLUTE_GATE_LUFS,
    RELATIVE_GATE_LU,
    LoudnessReport,
    channel_weights,
    energy_of_lufs,
    k_weighting,
    lufs_of_energy,
)
from engine.sound.truepeak import TruePeakMeter
from engine.sound.waveform import Waveform

HOPS_A_SECOND = 100
"""How often momentary and short-term loudness are read: at 10 a second their maxima would miss up to 0.5 LU of a
sound as short as the window (EBU Tech 3341, signal 13)."""

MOMENTARY_HOPS, SHORT_TERM_HOPS = 40, 300
HOPS_A_BLOCK = 10
"""From one gating block, or value of the range, to the next: 100 ms."""

LOWEST_RATE, HIGHEST_RATE = 4_000, 768_000
"""Under the lowest, the shelf of the K-weighting would lie above half the rate."""

RANGE_GATE_LU = -20.0
LEAST_LUFS = -120.0
"""What is under this counts as silence."""


class LoudnessMeter:
    """Measures a stream as EBU Tech 3341 asks of a meter in EBU mode.

    Args:
        rate: samples a second, ``LOWEST_RATE`` to ``HIGHEST_RATE``.
        channels: 1, 2, 5 (L R C Ls Rs) or 6 (L R C LFE Ls Rs).

    Raises:
        BadInput: there is no K-weighting at this rate.
    """

    def __init__(self, rate: int, channels: int) -> None:
        if not LOWEST_RATE <= rate <= HIGHEST_RATE:
            raise BadInput(f"Loudness is measured from {LOWEST_RATE} to {HIGHEST_RATE} Hz, not at {rate} Hz.")
        self._rate = rate
        self._weights = channel_weights(channels)
        self._sections = np.array([[*b, *a] for b, a in k_weighting(rate)])
        self._state = np.zeros((len(self._sections), channels, 2))
        self._true_peak = TruePeakMeter(channels)
        self._unfinished = np.zeros(0)
        self._hops = 0
        self._recent = np.zeros(0)
        self._blocks, self._short_terms = array("d"), array("d")
        self._momentary = self._short_term = 0.0
        self._max_momentary = self._max_short_term = 0.0

    def feed(self, samples: Waveform) -> None:
        """Takes the next stretch, float32 (channels, any number of samples)."""
        if not samples.shape[1]:
            return
        self._true_peak.feed(samples)
        energies = self._hop_energies(self._weighted_squares(samples))
        if not len(energies):
            return
        self._hops += len(energies)
        recent = np.concatenate([self._recent, energies])
        momentary = self._windows(recent, len(energies), MOMENTARY_HOPS)
        short_term = self._windows(recent, len(energies), SHORT_TERM_HOPS)
        self._recent = recent[-(SHORT_TERM_HOPS - 1) :].copy()
        if len(momentary):
            self._momentary = float(momentary[-1])
            self._max_momentary = max(self._max_momentary, float(momentary.max()))
            self._blocks.extend(self._each_block(momentary))
        if len(short_term):
            self._short_term = float(short_term[-1])
            self._max_short_term = max(self._max_short_term, float(short_term.max()))
            self._short_terms.extend(self._each_block(short_term))

    @property
    def momentary_lufs(self) -> float | None:
        """Of the last 400 ms; None in the first 400 ms, and of silence."""
        return _lufs_or_none(self._momentary)

    @property
    def short_term_lufs(self) -> float | None:
        """Of the last 3 s; None in the first 3 s, and of silence."""
        return _lufs_or_none(self._short_term)

    @property
    def integrated_lufs(self) -> float | None:
        """Of everything since the start, gated (BS.1770-4, annex 1); None where there is no value."""
        gated = _gated(np.array(self._blocks), RELATIVE_GATE_LU)
        return lufs_of_energy(float(gated.mean())) if len(gated) else None

    @property
    def range_lu(self) -> float | None:
        """Loudness range (EBU Tech 3342): from the 10th to the 95th percentile of gated short-term loudness.

        The standard calls it stable only after a minute. None in the first 3 s, and of silence.
        """
        gated = _gated(np.array(self._short_terms), RANGE_GATE_LU)
        if not len(gated):
            return None
        low, high = np.quantile(gated, [0.10, 0.95], method="nearest")
        return lufs_of_energy(float(high)) - lufs_of_energy(float(low))

    @property
    def true_peak_dbtp(self) -> float:
        """The highest since the start; of silence, -inf."""
        return self._true_peak.dbtp

    def report(self) -> LoudnessReport:
        """Everything since the start."""
        return LoudnessReport(
            self.integrated_lufs,
            self.range_lu,
            _lufs_or_none(self._max_momentary),
            _lufs_or_none(self._max_short_term),
            self.true_peak_dbtp,
        )

    def _weighted_squares(self, samples: Waveform) -> NDArray[np.float64]:
        from scipy.signal import sosfilt

        weighted, self._state = sosfilt(self._sections, samples.astype(np.float64), axis=1, zi=self._state)
        # After long silence what rings on gets too small for the processor to be quick with.
        self._state[np.abs(self._state) < 1e-30] = 0.0
        return np.asarray(self._weights @ (weighted * weighted))

    def _hop_energies(self, squares: NDArray[np.float64]) -> NDArray[np.float64]:
        """The energy sums of the hops that are complete by now; the rest waits."""
        # Where 100 does not divide the rate, hops differ in length by a sample.
        waiting = np.concatenate([self._unfinished, squares])
        begun = self._hops * self._rate // HOPS_A_SECOND
        complete = ((begun + len(waiting) + 1) * HOPS_A_SECOND - 1) // self._rate
        starts = np.arange(self._hops, complete + 1) * self._rate // HOPS_A_SECOND - begun
        self._unfinished = waiting[starts[-1] :].copy()
        if len(starts) < 2:
            return np.zeros(0)
        return np.asarray(np.add.reduceat(waiting[: starts[-1]], starts[:-1]))

    def _windows(self, recent: NDArray[np.float64], new: int, hops: int) -> NDArray[np.float64]:
        """Mean energies of the windows of so many hops that end with one of the ``new`` last."""
        recent = recent[-(new + hops - 1) :]
        if len(recent) < hops:
            return np.zeros(0)
        return np.asarray(sliding_window_view(recent, hops).sum(axis=1) * HOPS_A_SECOND / (hops * self._rate))

    def _each_block(self, windows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Of windows that end with the newest hops, those that end on a whole 100 ms."""
        ends = self._hops - len(windows) + 1 + np.arange(len(windows))
        return np.asarray(windows[ends % HOPS_A_BLOCK == 0])


def _gated(energies: NDArray[np.float64], relative_lu: float) -> NDArray[np.float64]:
    """Energies over -70 LUFS, and of those the ones over their own mean's loudness plus ``relative_lu``."""
    sounding = energies[energies > energy_of_lufs(ABSOLUTE_GATE_LUFS)]
    if not len(sounding):
        return sounding
    gate = float(sounding.mean()) * 10.0 ** (relative_lu / 10.0)
    return np.asarray(sounding[sounding > gate])


def _lufs_or_none(energy: float) -> float | None:
    return lufs_of_energy(energy) if energy > energy_of_lufs(LEAST_LUFS) else None
