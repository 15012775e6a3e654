"""Loudness of a whole waveform (ITU-R BS.1770-4); ``meters`` measures streams.

Written out rather than taken from pyloudnorm, whose high-pass is only right at 48 kHz (0.09 dB loud at the
model's 16 kHz) and which counts a last, partly filled block; at 48 kHz the two agree, and a test says so.
"""

import numpy as np
from numpy.typing import NDArray

from engine.sound.block_filter import BlockFilter
from engine.sound.bs1770 import (
    ABSOLUTE_GATE_LUFS,
    RELATIVE_GATE_LU,
    LoudnessReport,
    channel_weights,
    energy_of_lufs,
    k_weighting,
    lufs_of_energy,
)
from engine.sound.layout import layout_of
from engine.sound.meters import LEAST_LUFS, LoudnessMeter
from engine.sound.waveform import Waveform

BLOCK_SECONDS = 0.4
STEP_SECONDS = 0.1


def loudness_report(samples: Waveform, rate: int) -> LoudnessReport:
    """Return everything that ``LoudnessMeter`` measures, of a whole waveform.

    Args:
        samples: float32 (channels, samples) in the loudspeaker layout with this many channels.
        rate: samples per second.

    Raises:
        BadInput: there is no loudness for this many channels, or at this rate.
    """
    meter = LoudnessMeter(rate, layout_of(samples.shape[0]))
    meter.feed(samples)
    return meter.report()


def integrated_lufs(samples: Waveform, rate: int) -> float | None:
    """Return the gated loudness of the whole waveform in LUFS (BS.1770-4, annex 1).

    Returns None where the standard gives no value: under 400 ms, or when every block is below the absolute gate.

    Args:
        samples: float32 (channels, samples).
        rate: samples per second.
    """
    blocks = _block_energies(samples, rate)
    blocks = blocks[blocks > energy_of_lufs(ABSOLUTE_GATE_LUFS)]
    if not len(blocks):
        return None
    gate = energy_of_lufs(lufs_of_energy(float(blocks.mean())) + RELATIVE_GATE_LU)
    return lufs_of_energy(float(blocks[blocks > gate].mean()))


def energy_lufs(samples: Waveform, rate: int) -> float | None:
    """Return the loudness of the whole waveform taken as one ungated block, in LUFS; None for silence.

    For a steady sound it equals the integrated value, and it exists for sounds under 400 ms too.

    Args:
        samples: float32 (channels, samples).
        rate: samples per second.
    """
    if not samples.shape[1]:
        return None
    energy = float(_weighted_squares(samples, rate).mean())
    return lufs_of_energy(energy) if energy > energy_of_lufs(LEAST_LUFS) else None


def level_lufs(samples: Waveform, rate: int) -> float | None:
    """Return the level that sounds are matched by: integrated loudness if there is one, else that of one block.

    Args:
        samples: float32 (channels, samples).
        rate: samples per second.
    """
    value = integrated_lufs(samples, rate)
    return energy_lufs(samples, rate) if value is None else value


def _weighted_squares(samples: Waveform, rate: int) -> NDArray[np.float64]:
    """Return the K-weighted energy of each moment, summed over channels with their weights, (samples,)."""
    weighted = BlockFilter(k_weighting(rate), len(samples)).feed(samples)
    np.multiply(weighted, weighted, out=weighted)
    return np.asarray(channel_weights(len(samples)) @ weighted)


def _block_energies(samples: Waveform, rate: int) -> NDArray[np.float64]:
    """Return the mean weighted energy of every whole 400 ms block, 75 % overlapping."""
    length, step = round(BLOCK_SECONDS * rate), round(STEP_SECONDS * rate)
    if samples.shape[1] < length:
        return np.zeros(0)
    total = np.concatenate([[0.0], np.cumsum(_weighted_squares(samples, rate))])
    starts = np.arange(0, samples.shape[1] - length + 1, step)
    return np.asarray((total[starts + length] - total[starts]) / length)
