"""Quantization with TPDF dither, which turns rounding distortion into steady noise.

TPDF dither (Lipshitz, Wannamaker and Vanderkooy, *Quantization and Dither*, JAES 40, 1992) is the sum of two
uniform noises of one quantization step each; it makes mean and power of the rounding error independent of the
signal.
"""

import numpy as np

from engine.export.riff import Steps
from engine.sound.waveform import Waveform

MOST_ERROR = 1.5
"""Maximum difference of a dithered sample in quantization steps: 1 of noise and 1/2 of rounding."""


def dithered(samples: Waveform, bits: int, random: np.random.Generator) -> Steps:
    """Quantize a waveform to 16 or 24 bits with dither; full scale is 2**(bits - 1).

    A silent block stays silent: no noise is added to it.

    Args:
        samples: float32 (channels, samples), far enough below full scale for ``MOST_ERROR``.
        bits: 16 or 24.
        random: source of the noise; the same generator state gives the same result.

    Raises:
        ValueError: a sample would clip, or is not finite.
    """
    full = 1 << (bits - 1)
    if not samples.any():
        return np.zeros(samples.shape, np.int32)
    steps = np.multiply(samples, float(full), dtype=np.float64)
    noise = random.random(samples.shape)
    steps += noise
    steps -= random.random(out=noise)
    np.rint(steps, out=steps)
    if not -full <= float(steps.min()) <= float(steps.max()) <= full - 1:
        raise ValueError(f"samples clip at {bits} bits, or are no numbers")
    return steps.astype(np.int32)


def headroom(stems: int, bits: int) -> float:
    """Return the largest amplitude that the dither of ``stems`` stems can add to their sum; 0 for floating point."""
    return 0.0 if bits == 32 else stems * MOST_ERROR / (1 << (bits - 1))
