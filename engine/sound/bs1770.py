"""Loudness as ITU-R BS.1770-4 defines it: its filters, weights and gates, and the report of a measurement."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadInput
from engine.sound.block_filter import Sections
from engine.sound.layout import layout_of

ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0


@dataclass(frozen=True)
class LoudnessReport:
    """Loudness measurements for delivery; None where the standard gives no value (too short, or silent).

    Attributes:
        integrated_lufs: gated loudness of the whole (BS.1770-4, annex 1).
        range_lu: loudness range (EBU Tech 3342).
        max_momentary_lufs: loudest 400 ms (EBU Tech 3341).
        max_short_term_lufs: loudest 3 s (EBU Tech 3341).
        true_peak_dbtp: highest point at and between samples (annex 2); -inf for silence.
    """

    integrated_lufs: float | None
    range_lu: float | None
    max_momentary_lufs: float | None
    max_short_term_lufs: float | None
    true_peak_dbtp: float


def lufs_of_energy(energy: float) -> float:
    """Return a mean K-weighted energy, summed over weighted channels and over 0, in LUFS (annex 1, equation 2)."""
    return -0.691 + 10.0 * math.log10(energy)


def energy_of_lufs(lufs: float) -> float:
    """Return the mean K-weighted energy of a loudness in LUFS."""
    return float(10.0 ** ((lufs + 0.691) / 10.0))


def k_weighting(rate: int) -> Sections:
    """Return the two filters of annex 1: a high shelf for the head, then a high-pass.

    The standard prints coefficients for 48 kHz only; these are their analogue prototypes, transformed for
    ``rate``, with the gain of the high-pass' pass band that the printed one has.

    Args:
        rate: samples per second.
    """
    k = math.tan(math.pi * 1681.974450955533 / rate)
    q, high = 0.7071752369554196, 10.0 ** (3.999843853973347 / 20.0)
    middle = high**0.4996667741545416
    norm = 1.0 + k / q + k * k
    poles = (1.0, 2.0 * (k * k - 1.0) / norm, (1.0 - k / q + k * k) / norm)
    zeros = (high + middle * k / q + k * k, 2.0 * (k * k - high), high - middle * k / q + k * k)
    shelf = (tuple(zero / norm for zero in zeros), poles)

    k, q = math.tan(math.pi * 38.13547087602444 / rate), 0.5003270373238773
    norm = 1.0 + k / q + k * k
    printed = math.tan(math.pi * 38.13547087602444 / 48_000)
    gain = (1.0 + printed / q + printed * printed) / norm
    poles = (1.0, 2.0 * (k * k - 1.0) / norm, (1.0 - k / q + k * k) / norm)
    return (shelf, ((gain, -2.0 * gain, gain), poles))


def channel_weights(channels: int) -> NDArray[np.float64]:
    """Return the factors on the channels' energies in the sum (BS.1770-4, table 3), (channels,).

    Those of the loudspeaker layout with this many channels; 1 each where there is none.
    """
    try:
        return layout_of(channels).loudness_weights
    except BadInput:
        return np.ones(channels)
