"""Sample rate conversion."""

import numpy as np

from engine.sound.waveform import Waveform

QUALITY = "VHQ"


def resample(samples: Waveform, rate: int, to: int) -> Waveform:
    """Resample to another rate, float32 (channels, round(samples * to / rate)).

    Uses the SoX resampler at very high quality (linear phase). Nothing is added above the lower Nyquist
    frequency, so what the model generated at 16 kHz still ends at 8 kHz.
    """
    if rate == to:
        return samples
    import soxr

    length = round(samples.shape[1] * to / rate)
    changed = np.asarray(soxr.resample(samples.T.astype(np.float64), rate, to, quality=QUALITY)).T
    changed = changed[:, :length]
    missing = length - changed.shape[1]
    return np.ascontiguousarray(np.pad(changed, ((0, 0), (0, missing))), np.float32)


class ResampleStream:
    """Resamples a sound that comes in blocks, as ``resample`` does a whole one.

    Args:
        rate: samples per second of the blocks.
        to: samples per second of the result.
        channels: number of channels.
    """

    def __init__(self, rate: int, to: int, channels: int) -> None:
        self._stream = None
        if rate != to:
            import soxr

            self._stream = soxr.ResampleStream(rate, to, channels, dtype="float32", quality=QUALITY)

    def __call__(self, block: Waveform, last: bool) -> Waveform:
        """Return what is ready of the result, float32 (samples, channels), after a block of that form."""
        if self._stream is None:
            return block
        return np.asarray(self._stream.resample_chunk(block, last=last), np.float32)
