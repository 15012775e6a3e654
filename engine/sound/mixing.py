"""Stems and the mix, which is exactly their sum."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.sound.truepeak import true_peak_dbtp
from engine.sound.waveform import Waveform, from_db

Quantised = NDArray[np.int32]
"""int32 (channels, samples), 24-bit steps: full scale is 2**23."""

FULL_SCALE = 1 << 23
MIX_CEILING_DBTP = -0.1
"""Only a mix that would clip is lowered, since lowering moves stems away from their requested loudness."""


@dataclass(frozen=True)
class Mixdown:
    """Stems of equal length and their sum.

    Attributes:
        stems: one per waveform, in order, as they are written.
        mix: the sum of the stems in the mix, bit for bit.
        gain_db: gain applied to every stem to keep the mix under the ceiling; 0 or less.
    """

    stems: tuple[Quantised, ...]
    mix: Quantised
    gain_db: float


def mix_down(waveforms: Sequence[Waveform], sounding: Sequence[bool] | None = None) -> Mixdown:
    """Sum waveforms that start together.

    If the sum would clip, all of them are lowered by one common gain: the balance stays, and the mix still
    equals the sum of its stems.

    Args:
        waveforms: float32 (channels, samples) of one rate and number of channels; shorter ones are padded
            with silence.
        sounding: which of them are part of the mix; None is all.
    """
    length = max(wave.shape[1] for wave in waveforms)
    placed = [place(wave, length) for wave in waveforms]
    chosen = [True] * len(placed) if sounding is None else list(sounding)
    gain_db = _safe_gain_db([wave for wave, sounds in zip(placed, chosen, strict=True) if sounds])
    stems = tuple(quantised(wave * np.float32(from_db(gain_db))) for wave in placed)
    mix = np.zeros(placed[0].shape, np.int32)
    for stem, sounds in zip(stems, chosen, strict=True):
        if sounds:
            mix += stem
    return Mixdown(stems, mix, gain_db)


def place(samples: Waveform, length: int, start: int = 0) -> Waveform:
    """Place the waveform at sample ``start`` of ``length`` samples of silence; what exceeds the end is cut."""
    whole = np.zeros((samples.shape[0], length), np.float32)
    part = samples[:, : max(0, length - start)]
    whole[:, start : start + part.shape[1]] = part
    return whole


def quantised(samples: Waveform) -> Quantised:
    """Quantize the waveform to 24-bit steps, rounded to the nearest and clipped at full scale."""
    steps = np.rint(samples.astype(np.float64) * FULL_SCALE)
    return np.clip(steps, -FULL_SCALE, FULL_SCALE - 1).astype(np.int32)


def as_float(steps: Quantised) -> Waveform:
    """Convert 24-bit steps to float32; exact, since float32 holds 24 bits."""
    return np.asarray(steps / np.float64(FULL_SCALE), np.float32)


def _safe_gain_db(waveforms: Sequence[Waveform]) -> float:
    if not waveforms:
        return 0.0
    total = np.sum(np.stack(waveforms).astype(np.float64), axis=0).astype(np.float32)
    peak = true_peak_dbtp(total)
    over = peak - MIX_CEILING_DBTP if math.isfinite(peak) else 0.0
    return -over if over > 0 else 0.0
