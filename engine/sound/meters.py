"""Loudness of streams, fed block by block: momentary, short-term, integrated, range and true peak.

ITU-R BS.1770-4 for the measure and its gate, EBU Tech 3341 for the time scales, EBU Tech 3342 for the range. An hour
takes 0.6 MB: the energies of gating blocks and of short-term windows, ten a second.
"""

from array import array

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadInput
from engine.sound.block_filter import BlockFilter
from engine.sound.bs1770 import (
    ABSOLUTE_GATE_LUFS,
    RELATIVE_GATE_LU,
    LoudnessReport,
    energy_of_lufs,
    k_weighting,
    lufs_of_energy,
)
from engine.sound.layout import ChannelLayout
from engine.sound.truepeak import TruePeakMeter
from engine.sound.waveform import Waveform

HOPS_A_SECOND = 100
"""How often momentary and short-term loudness are read: at 10 a second their maxima would miss up to 0.5 LU of a
sound as short as the window (EBU Tech 3341, signal 13)."""

MOMENTARY_HOPS, SHORT_TERM_HOPS = 40, 300
HOPS_A_BLOCK = 10
"""From one gating block, or value of the range, to the next: 100 ms."""

LOWEST_RATE, HIGHEST_RATE = 4_000, 768_000
"""Below the lowest, the shelf of the K-weighting would lie above half the rate."""

RANGE_GATE_LU = -20.0
LEAST_LUFS = -120.0
"""Anything quieter counts as silence."""

Energies = NDArray[np.float64]


class LoudnessMeter:
    """Measure a stream as EBU Tech 3341 asks of a meter in EBU mode.

    Args:
        rate: samples per second, ``LOWEST_RATE`` to ``HIGHEST_RATE``.
        layout: of the stream. Where BS.1770 defines no loudness for it, only the true peak is measured.

    Raises:
        BadInput: there is no K-weighting at this rate.
    """

    def __init__(self, rate: int, layout: ChannelLayout) -> None:
        if not LOWEST_RATE <= rate <= HIGHEST_RATE:
            raise BadInput(f"Loudness is measured from {LOWEST_RATE} to {HIGHEST_RATE} Hz, not at {rate} Hz.")
        self._rate = rate
        self._weights = layout.loudness_weights
        self._filter = BlockFilter(k_weighting(rate), len(layout))
        self._true_peak = TruePeakMeter(len(layout))
        self._samples = self._hops = 0
        self._unfinished = 0.0
        self._squares = np.empty((0, 0))
        self._recent = np.zeros(0)
        self._blocks, self._short_terms = array("d"), array("d")
        self._momentary = self._short_term = 0.0
        self._max_momentary = self._max_short_term = 0.0

    def feed(self, samples: Waveform) -> None:
        """Process the next block, float32 (channels, any number of samples)."""
        if not samples.shape[1]:
            return
        self._true_peak.feed(samples)
        energies = self._hop_energies(samples)
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
        """Loudness of the last 400 ms; None in the first 400 ms, and for silence."""
        return _lufs_or_none(self._momentary)

    @property
    def short_term_lufs(self) -> float | None:
        """Loudness of the last 3 s; None in the first 3 s, and for silence."""
        return _lufs_or_none(self._short_term)

    @property
    def integrated_lufs(self) -> float | None:
        """Gated loudness since the start (BS.1770-4, annex 1); None if there is no value."""
        gated = _gated(np.array(self._blocks), RELATIVE_GATE_LU)
        return lufs_of_energy(float(gated.mean())) if len(gated) else None

    @property
    def range_lu(self) -> float | None:
        """Loudness range (EBU Tech 3342): from the 10th to the 95th percentile of gated short-term loudness.

        The standard calls it stable only after a minute. None in the first 3 s, and for silence.
        """
        gated = _gated(np.array(self._short_terms), RANGE_GATE_LU)
        if not len(gated):
            return None
        low, high = np.quantile(gated, [0.10, 0.95], method="nearest")
        return lufs_of_energy(float(high)) - lufs_of_energy(float(low))

    @property
    def true_peak_dbtp(self) -> float:
        """Highest true peak since the start; -inf for silence."""
        return self._true_peak.dbtp

    def report(self) -> LoudnessReport:
        """Return everything measured since the start."""
        return LoudnessReport(
            self.integrated_lufs,
            self.range_lu,
            _lufs_or_none(self._max_momentary),
            _lufs_or_none(self._max_short_term),
            self.true_peak_dbtp,
        )

    def _hop_energies(self, samples: Waveform) -> Energies:
        """Return the weighted energy sums of the hops that end within these samples; the rest waits."""
        # Where 100 does not divide the rate, hops differ in length by a sample.
        begun, self._samples = self._samples, self._samples + samples.shape[1]
        ended = ((self._samples + 1) * HOPS_A_SECOND - 1) // self._rate
        ends = np.arange(self._hops + 1, ended + 1) * self._rate // HOPS_A_SECOND - begun
        sums = self._energy_sums(samples, np.concatenate([[0], ends]))
        sums[0] += self._unfinished
        self._unfinished = float(sums[-1])
        return sums[:-1]

    def _energy_sums(self, samples: Waveform, starts: NDArray[np.intp]) -> Energies:
        """Return the weighted energy from each start to the next; the last start may be the end of the samples."""
        sums = np.zeros(len(starts))
        counted = (self._weights > 0.0) & (samples.any(axis=1) | self._filter.state.any(axis=1))
        if counted.any():
            rows = slice(None) if counted.all() else np.flatnonzero(counted)
            shape = int(counted.sum()), samples.shape[1]
            if self._squares.shape != shape:
                self._squares = np.empty(shape)
            squares = self._filter.feed(samples[rows], rows, self._squares)
            np.multiply(squares, squares, out=squares)
            inside = starts[starts < samples.shape[1]]
            sums[: len(inside)] = self._weights[rows] @ np.add.reduceat(squares, inside, axis=1)
        return sums

    def _windows(self, recent: Energies, new: int, hops: int) -> Energies:
        """Return the mean energies of the windows of ``hops`` hops that end with one of the ``new`` last."""
        recent = recent[-(new + hops - 1) :]
        if len(recent) < hops:
            return np.zeros(0)
        return np.convolve(recent, np.ones(hops), mode="valid") * HOPS_A_SECOND / (hops * self._rate)

    def _each_block(self, windows: Energies) -> Energies:
        """Return, of windows that end with the newest hops, those that end on a whole 100 ms."""
        ends = self._hops - len(windows) + 1 + np.arange(len(windows))
        return np.asarray(windows[ends % HOPS_A_BLOCK == 0])


def _lufs_or_none(energy: float) -> float | None:
    """Return a mean energy in LUFS; None if it counts as silence."""
    return lufs_of_energy(energy) if energy > energy_of_lufs(LEAST_LUFS) else None


def _gated(energies: Energies, relative_lu: float) -> Energies:
    """Return the energies over -70 LUFS that also lie over their own mean's loudness plus ``relative_lu``."""
    sounding = energies[energies > energy_of_lufs(ABSOLUTE_GATE_LUFS)]
    if not len(sounding):
        return sounding
    gate = float(sounding.mean()) * 10.0 ** (relative_lu / 10.0)
    return np.asarray(sounding[sounding > gate])
