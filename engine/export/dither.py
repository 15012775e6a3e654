"""From floating point to whole steps, with the distortion of rounding turned into an even noise.

TPDF dither (Lipshitz, Wannamaker and Vanderkooy, *Quantization and Dither*, JAES 40, 1992): the sum of two
uniform noises of one step each makes mean and power of the rounding error independent of the sound.
"""

import numpy as np

from engine.export.riff import Steps
from engine.sound.waveform import Waveform

MOST_ERROR = 1.5
"""Steps by which one dithered sample can differ from what it was: 1 of noise and 1/2 of rounding."""


def dithered(samples: Waveform, bits: int, random: np.random.Generator) -> Steps:
    """The waveform in steps of 16 or 24 bits; full scale is 2**(bits - 1).

    A block that is silent throughout stays so: no noise is written where there is nothing.

    Args:
        samples: float32 (channels, samples), far enough below full scale that ``MOST_ERROR`` fits.
        random: where the noise comes from; the same generator state gives the same steps.

    Raises:
        ValueError: a sample would clip, or is no number.
    """
    full = 1 << (bits - 1)
    if not samples.any():
        return np.zeros(samples.shape, np.int32)
    steps = samples.astype(np.float64) * full
    steps += random.random(samples.shape)
    steps -= random.random(samples.shape)
    np.rint(steps, out=steps)
    if not -full <= float(steps.min()) <= float(steps.max()) <= full - 1:
        raise ValueError(f"samples clip at {bits} bits, or are no numbers")
    return steps.astype(np.int32)


def headroom(stems: int, bits: int) -> float:
    """What dithering so many stems can add to their sum at most, of full scale; 0 for floating point."""
    return 0.0 if bits == 32 else stems * MOST_ERROR / (1 << (bits - 1))
