"""Samples in 24-bit steps, and the ceiling of a mix."""

import numpy as np
from numpy.typing import NDArray

from engine.sound.waveform import Waveform

Quantised = NDArray[np.int32]
"""int32 (channels, samples), 24-bit steps: full scale is 2**23."""

FULL_SCALE = 1 << 23
MIX_CEILING_DBTP = -0.1
"""Only a mix that would clip is lowered, since lowering moves stems away from their requested loudness."""


def quantised(samples: Waveform) -> Quantised:
    """Quantize the waveform to 24-bit steps, rounded to the nearest and clipped at full scale."""
    steps = np.rint(samples.astype(np.float64) * FULL_SCALE)
    return np.clip(steps, -FULL_SCALE, FULL_SCALE - 1).astype(np.int32)
