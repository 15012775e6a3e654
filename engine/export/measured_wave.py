"""A WAVE file that is measured while it is written."""

from collections.abc import Callable

import numpy as np

from engine.export.riff import Chunks, Samples, WaveFormat, WaveWriter
from engine.sound.bs1770 import LoudnessReport
from engine.sound.layout import layout_of
from engine.sound.meters import LoudnessMeter
from engine.sound.waveform import Waveform


class MeasuredWaveWriter:
    """Writes a WAVE file, measures its loudness, and stores it in chunks of the file at the end.

    Args:
        wave: the file.
        form: format of its samples.
        measured: returns the chunks that hold the levels, each as large as it is in the file; None for none.
    """

    def __init__(
        self, wave: WaveWriter, form: WaveFormat, measured: Callable[[LoudnessReport], Chunks] | None
    ) -> None:
        self._wave, self._form, self._measured = wave, form, measured
        self._meter = LoudnessMeter(form.rate, layout_of(form.channels))

    def put(self, samples: Samples) -> None:
        """Write the next block: int32 steps for 16 and 24 bits, float32 for 32."""
        if samples.any():
            self._wave.write(samples)
        else:
            self._wave.skip(samples.shape[1])
        self._meter.feed(_as_float(samples, self._form.bits))

    def finish(self) -> LoudnessReport:
        """Write the levels into the file, if it has chunks for them, and return them."""
        levels = self._meter.report()
        for ident, payload in () if self._measured is None else self._measured(levels):
            self._wave.replace(ident, payload)
        return levels


def _as_float(samples: Samples, bits: int) -> Waveform:
    """Convert integer steps to float32, full scale 1.0; exact, since float32 holds 24 bits."""
    if bits == 32:
        return np.asarray(samples, np.float32)
    return samples.astype(np.float32) * np.float32(1.0 / (1 << (bits - 1)))
