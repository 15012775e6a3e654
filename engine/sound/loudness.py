"""How loud a whole waveform is: loudness and true peak after ITU-R BS.1770-4. ``meters`` measures streams.

Written out rather than taken from pyloudnorm, whose high-pass is only right at 48 kHz (0.09 dB loud at the
model's 16 kHz) and which counts a last, partly filled block; at 48 kHz the two agree, and a test says so.
"""

import numpy as np
from numpy.typing import NDArray

from engine.sound.bs1770 import (
    ABSOLUTE_GATE_LUFS,
    RELATIVE_GATE_LU,
    LoudnessReport,
    channel_weights,
    energy_of_lufs,
    k_weighting,
    lufs_of_energy,
)
from engine.sound.waveform import Waveform

BLOCK_SECONDS = 0.4
STEP_SECONDS = 0.1


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
