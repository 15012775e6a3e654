"""How loud a whole waveform is: loudness and true peak after ITU-R BS.1770-4. ``meters`` measures streams.

Written out rather than taken from pyloudnorm, whose high-pass is only right at 48 kHz (0.09 dB loud at the
model's 16 kHz) and which counts a last, partly filled block; at 48 kHz the two agree, and a test says so.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Waveform = NDArray[np.float32]
"""float32 (channels, samples), full scale 1.0."""

BLOCK_SECONDS = 0.4
STEP_SECONDS = 0.1
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
OVERSAMPLING = 4
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


def loudness_report(samples: Waveform, rate: int) -> LoudnessReport:
    """Everything that is measured of a whole waveform, as ``engine.sound.meters.LoudnessMeter`` measures it."""
    from engine.sound.meters import LoudnessMeter

    meter = LoudnessMeter(rate, samples.shape[0])
    meter.feed(samples)
    return meter.report()


def integrated_lufs(samples: Waveform, rate: int) -> float | None:
    """Gated loudness of the whole waveform in LUFS (BS.1770-4, annex 1).

    None where the standard gives no value: under 400 ms, or when every block is below the absolute gate.
    """
    blocks = _block_energies(samples, rate)
    blocks = blocks[blocks > energy_of_lufs(ABSOLUTE_GATE_LUFS)]
    if not len(blocks):
        return None
    gate = energy_of_lufs(lufs_of_energy(float(blocks.mean())) + RELATIVE_GATE_LU)
    return lufs_of_energy(float(blocks[blocks > gate].mean()))


def energy_lufs(samples: Waveform, rate: int) -> float | None:
    """Loudness of the whole waveform taken as one ungated block, in LUFS; None for silence.

    For a steady sound it equals the integrated value, and it exists for sounds under 400 ms too.
    """
    if not samples.shape[1]:
        return None
    energy = float(_weighted_squares(samples, rate).mean())
    return lufs_of_energy(energy) if energy > energy_of_lufs(-120.0) else None


def level_lufs(samples: Waveform, rate: int) -> float | None:
    """The level that sounds are brought to: integrated loudness if there is one, else that of one block."""
    value = integrated_lufs(samples, rate)
    return energy_lufs(samples, rate) if value is None else value


def oversampled(samples: Waveform) -> NDArray[np.float64]:
    """The waveform at four times its rate, (channels, 4 * samples): peaks between samples show."""
    from scipy.signal import resample_poly

    return np.asarray(
        resample_poly(samples.astype(np.float64), OVERSAMPLING, 1, axis=1, window=_interpolator())
    )


@lru_cache(maxsize=1)
def _interpolator() -> NDArray[np.float64]:
    """The low-pass that finds what lies between samples: 20 samples long, flat within 0.02 dB to a quarter of the rate.

    It is the one that ``resample_poly`` would design anew on every call.
    """
    from scipy.signal import firwin

    return np.asarray(firwin(20 * OVERSAMPLING + 1, 1.0 / OVERSAMPLING, window=("kaiser", 5.0)))


def true_peak_dbtp(samples: Waveform) -> float:
    """The highest point at and between the samples, in dB of full scale (annex 2); of silence, -inf."""
    if not samples.size:
        return -math.inf
    return to_db(max(float(np.abs(oversampled(samples)).max()), float(np.abs(samples).max())))


def to_db(gain: float) -> float:
    """A factor on amplitude in decibels; 0 is -inf."""
    return 20.0 * math.log10(gain) if gain > 0 else -math.inf


def from_db(gain_db: float) -> float:
    """Decibels as a factor on amplitude."""
    return float(10.0 ** (gain_db / 20.0))


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


def _weighted_squares(samples: Waveform, rate: int) -> NDArray[np.float64]:
    """K-weighted energy of each moment, summed over channels with their weights: (samples,)."""
    from scipy.signal import lfilter

    weighted = samples.astype(np.float64)
    for b, a in k_weighting(rate):
        weighted = lfilter(b, a, weighted, axis=1)
    return np.asarray(np.tensordot(channel_weights(len(samples)), weighted * weighted, 1))


def _block_energies(samples: Waveform, rate: int) -> NDArray[np.float64]:
    """Mean weighted energy of every whole 400 ms block, 75 % overlapping."""
    length, step = round(BLOCK_SECONDS * rate), round(STEP_SECONDS * rate)
    if samples.shape[1] < length:
        return np.zeros(0)
    total = np.concatenate([[0.0], np.cumsum(_weighted_squares(samples, rate))])
    starts = np.arange(0, samples.shape[1] - length + 1, step)
    return np.asarray((total[starts + length] - total[starts]) / length)
