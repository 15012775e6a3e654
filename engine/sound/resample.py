"""Sample rate conversion."""

import numpy as np

from engine.sound.waveform import Waveform


def resample(samples: Waveform, rate: int, to: int) -> Waveform:
    """Resample to another rate, float32 (channels, round(samples * to / rate)).

    Uses the SoX resampler at very high quality (linear phase). Nothing is added above the lower Nyquist
    frequency, so what the model generated at 16 kHz still ends at 8 kHz.
    """
    if rate == to:
        return samples
    import soxr

    length = round(samples.shape[1] * to / rate)
    changed = np.asarray(soxr.resample(samples.T.astype(np.float64), rate, to, quality="VHQ")).T
    changed = changed[:, :length]
    missing = length - changed.shape[1]
    return np.ascontiguousarray(np.pad(changed, ((0, 0), (0, missing))), np.float32)
