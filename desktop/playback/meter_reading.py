"""How loud what was heard is: a reading of its loudness, its peaks, and the highest since the start. No widgets."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from desktop.playback.ring import Frames
from engine.sound.layout import STEREO
from engine.sound.meters import LoudnessMeter
from engine.sound.waveform import to_db

FALL_DB_A_SECOND = 24.0
LOWEST_DB = -60.0
"""Where the bars end."""


@dataclass(frozen=True)
class MeterReading:
    """What the meters show; None, or -inf, where there is no value.

    Attributes:
        momentary, short_term, integrated: in LUFS.
        true_peak: the highest since the start, in dBTP.
        left, right: the sample peaks, in dB of full scale, falling slowly.
    """

    momentary: float | None = None
    short_term: float | None = None
    integrated: float | None = None
    true_peak: float = -math.inf
    left: float = -math.inf
    right: float = -math.inf


class PlaybackMeter:
    """Fed with what was heard.

    Args:
        rate: frames a second.
    """

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self._meter = LoudnessMeter(rate, STEREO)
        self._peaks = [-math.inf, -math.inf]

    def take(self, blocks: Iterable[Frames]) -> MeterReading:
        """Takes what was heard since the last time, and reads."""
        whole = np.concatenate([np.zeros((0, 2), np.float32), *blocks])
        self._meter.feed(np.ascontiguousarray(whole.T))
        fall = FALL_DB_A_SECOND * len(whole) / self.rate
        highest = np.abs(whole).max(axis=0, initial=0.0)
        self._peaks = [
            max(to_db(float(peak)), before - fall) for peak, before in zip(highest, self._peaks, strict=True)
        ]
        return self.reading()

    def reading(self) -> MeterReading:
        meter = self._meter
        return MeterReading(
            meter.momentary_lufs,
            meter.short_term_lufs,
            meter.integrated_lufs,
            meter.true_peak_dbtp,
            *(peak if peak > LOWEST_DB else -math.inf for peak in self._peaks),
        )


def bar_fraction(db: float) -> float:
    """How far up a bar of decibels reaches, from 0 to 1: a decibel near full scale is more than one far below."""
    if db <= LOWEST_DB:
        return 0.0
    return float(min(1.0, ((db - LOWEST_DB) / -LOWEST_DB) ** 1.6))


def level_text(value: float | None) -> str:
    """A reading as it is shown: "-23.1", or a dash where there is none."""
    if value is None or not math.isfinite(value):
        return "–"
    return f"{value:.1f}".replace("-", "−")
