"""Meter values of what was heard: loudness, sample peaks and the highest true peak. No widgets."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from desktop.playback.ring import Frames
from engine.sound.layout import STEREO, ChannelLayout
from engine.sound.meters import LoudnessMeter
from engine.sound.waveform import to_db

FALL_DB_A_SECOND = 24.0
LOWEST_DB = -60.0
"""Lower end of the level bars."""


@dataclass(frozen=True)
class MeterReading:
    """Meter values; None, or -inf for peaks, where there is no value.

    Attributes:
        momentary: momentary loudness in LUFS.
        short_term: short-term loudness in LUFS.
        integrated: integrated loudness in LUFS.
        true_peak: highest true peak since the start, in dBTP.
        left: sample peak of the left channel in dBFS, falling slowly.
        right: sample peak of the right channel in dBFS, falling slowly.
        others: the same of the channels after these two, in the layout's order.
        names: labels of all channels.
    """

    momentary: float | None = None
    short_term: float | None = None
    integrated: float | None = None
    true_peak: float = -math.inf
    left: float = -math.inf
    right: float = -math.inf
    others: tuple[float, ...] = ()
    names: tuple[str, ...] = STEREO.names


class PlaybackMeter:
    """Measures the blocks that were heard.

    Args:
        rate: frames per second.
        layout: channels of the blocks.
    """

    def __init__(self, rate: int, layout: ChannelLayout = STEREO) -> None:
        self.rate, self._layout = rate, layout
        self._meter = LoudnessMeter(rate, layout)
        self._peaks = [-math.inf] * len(layout)

    def take(self, blocks: Iterable[Frames]) -> MeterReading:
        """Measure the blocks heard since the last call and return the meter values."""
        whole = np.concatenate([np.zeros((0, len(self._layout)), np.float32), *blocks])
        self._meter.feed(np.ascontiguousarray(whole.T))
        fall = FALL_DB_A_SECOND * len(whole) / self.rate
        highest = np.abs(whole).max(axis=0, initial=0.0)
        self._peaks = [
            max(to_db(float(peak)), before - fall) for peak, before in zip(highest, self._peaks, strict=True)
        ]
        return self.reading()

    def reading(self) -> MeterReading:
        meter = self._meter
        # A single channel is shown on both sides.
        left, right, *others = [
            p if p > LOWEST_DB else -math.inf for p in self._peaks * (3 - len(self._peaks[:2]))
        ]
        return MeterReading(
            meter.momentary_lufs,
            meter.short_term_lufs,
            meter.integrated_lufs,
            meter.true_peak_dbtp,
            left,
            right,
            tuple(others),
            self._layout.names,
        )


def bar_fraction(db: float) -> float:
    """Return how far a level bar reaches, 0 to 1. The scale is finer near full scale."""
    if db <= LOWEST_DB:
        return 0.0
    return float(min(1.0, ((db - LOWEST_DB) / -LOWEST_DB) ** 1.6))


def level_text(value: float | None) -> str:
    """Return a meter value as text: "-23.1", or a dash without a value."""
    if value is None or not math.isfinite(value):
        return "–"
    # Adding 0.0 makes a rounded negative zero positive.
    return f"{round(value, 1) + 0.0:.1f}".replace("-", "−")
