"""One sound on its way to the disk: written and measured as it passes."""

from dataclasses import replace

import numpy as np

from engine.export.bext import Bext, bext_chunk
from engine.export.riff import Samples, WaveFormat, WaveWriter
from engine.sound.bs1770 import LoudnessReport
from engine.sound.meters import LoudnessMeter
from engine.sound.waveform import Waveform


class MeasuredWaveWriter:
    """A WAVE file that measures what goes into it, and says so in its ``bext`` when it ends.

    Args:
        wave: the file, which has been given ``bext`` as a chunk.
        form: of its samples.
        bext: what it says, without levels.
    """

    def __init__(self, wave: WaveWriter, form: WaveFormat, bext: Bext) -> None:
        self._wave, self._form, self._bext = wave, form, bext
        self._meter = LoudnessMeter(form.rate, form.channels)

    def put(self, samples: Samples) -> None:
        """Takes the next stretch: int32 steps for 16 and 24 bits, float32 for 32."""
        if samples.any():
            self._wave.write(samples)
        else:
            self._wave.skip(samples.shape[1])
        self._meter.feed(_as_float(samples, self._form.bits))

    def finish(self) -> LoudnessReport:
        """Writes the levels into the file, and tells them."""
        levels = self._meter.report()
        self._wave.replace(b"bext", bext_chunk(replace(self._bext, levels=levels)))
        return levels


def _as_float(samples: Samples, bits: int) -> Waveform:
    """Steps as float32, full scale 1.0; exact, for float32 holds 24 bits."""
    if bits == 32:
        return np.asarray(samples, np.float32)
    return samples.astype(np.float32) * np.float32(1.0 / (1 << (bits - 1)))
