"""Loudness as ITU-R BS.1770-4 defines it: its filters, weights and gates, and the report of a measurement."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ABSOLUTE_GATE_LUFS = -70.0


RELATIVE_GATE_LU = -10.0


SURROUND_WEIGHTS = (1.0, 1.0, 1.0, 0.0, 1.41, 1.41)
"""For L R C LFE Ls Rs, or without LFE for five channels; with fewer all weigh 1 (BS.1770-4, table 3)."""


@dataclass(frozen=True)
class LoudnessReport:
    """What delivery asks to know of a sound; None where the standard gives no value (too short, or silent).

    Attributes:
        integrated_lufs: gated loudness of the whole (BS.1770-4, annex 1).
        range_lu: loudness range (EBU Tech 3342).
        max_momentary_lufs, max_short_term_lufs: loudest 400 ms and 3 s (EBU Tech 3341).
        true_peak_dbtp: highest point at and between samples (annex 2); of silence, -inf.
    """

    integrated_lufs: float | None
    range_lu: float | None
    max_momentary_lufs: float | None
    max_short_term_lufs: float | None
    true_peak_dbtp: float


def lufs_of_energy(energy: float) -> float:
    """Mean K-weighted energy, summed over weighted channels and over 0, in LUFS (annex 1, equation 2)."""
    return -0.691 + 10.0 * math.log10(energy)


def energy_of_lufs(lufs: float) -> float:
    """The mean K-weighted energy that a loudness stands for."""
    return float(10.0 ** ((lufs + 0.691) / 10.0))


def k_weighting(rate: int) -> list[tuple[list[float], list[float]]]:
    """The two filters of annex 1 as (b, a): a shelf for the head, then a high-pass.

    The standard prints coefficients for 48 kHz only; these are their analogue prototypes, transformed for
    ``rate``, with the high-pass' pass band at the gain that the printed one has.
    """
    k = math.tan(math.pi * 1681.974450955533 / rate)
    q, high = 0.7071752369554196, 10.0 ** (3.999843853973347 / 20.0)
    middle = high**0.4996667741545416
    norm = 1.0 + k / q + k * k
    turn = [1.0, 2.0 * (k * k - 1.0) / norm, (1.0 - k / q + k * k) / norm]
    lift = [(high + middle * k / q + k * k) / norm, 2.0 * (k * k - high) / norm]
    shelf = ([*lift, (high - middle * k / q + k * k) / norm], turn)

    k, q = math.tan(math.pi * 38.13547087602444 / rate), 0.5003270373238773
    norm = 1.0 + k / q + k * k
    printed = math.tan(math.pi * 38.13547087602444 / 48_000)
    gain = (1.0 + printed / q + printed * printed) / norm
    high_pass = ([gain, -2.0 * gain, gain], [1.0, 2.0 * (k * k - 1.0) / norm, (1.0 - k / q + k * k) / norm])
    return [shelf, high_pass]


def channel_weights(channels: int) -> NDArray[np.float64]:
    """What the energy of each channel counts in the sum (BS.1770-4, table 3)."""
    surround = {6: SURROUND_WEIGHTS, 5: (*SURROUND_WEIGHTS[:3], *SURROUND_WEIGHTS[4:])}
    return np.array(surround.get(channels, (1.0,) * channels))
