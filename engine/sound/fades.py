"""Fade curves of clips.

Curves are evaluated at the centre of each sample, so that a fade-out is a reversed fade-in, and two
overlapping clips with equally long fades cross exactly: ``equal_power`` with in^2 + out^2 = 1 (for
uncorrelated sounds), ``linear`` and ``s_curve`` with in + out = 1 (for correlated ones).
"""

import math

import numpy as np
from numpy.typing import NDArray

from engine.scene.timeline import FadeShape
from engine.sound.cache import WaveformCache
from engine.sound.waveform import Waveform

EXPONENTIAL_DB = 60.0
"""Level at which an exponential fade begins."""

PIECE = 1 << 16
"""Samples of a curve computed at a time, at fixed positions, so that a part of a fade has the same bits however
it is cut, and long fades take little memory.
"""

CURVE_BYTES = 16 << 20


class Curves:
    """A cache of fades for the next block or clip with the same fade."""

    def __init__(self) -> None:
        self._kept: WaveformCache[tuple[int, FadeShape, int]] = WaveformCache(CURVE_BYTES)

    def rise(self, samples: int, shape: FadeShape, start: int, stop: int) -> Waveform:
        """Return ``fade_in``, cached."""
        first, last = start // PIECE, (stop - 1) // PIECE
        pieces = [self._piece(samples, shape, index) for index in range(first, last + 1)]
        whole = pieces[0] if len(pieces) == 1 else np.concatenate([np.zeros(0, np.float32), *pieces])
        return whole[start - first * PIECE : stop - first * PIECE]

    def fall(self, samples: int, shape: FadeShape, start: int, stop: int) -> Waveform:
        """Return ``fade_out``, cached."""
        return self.rise(samples, shape, samples - stop, samples - start)[::-1]

    def _piece(self, samples: int, shape: FadeShape, index: int) -> Waveform:
        kept = self._kept.get((samples, shape, index))
        if kept is not None:
            return kept
        piece = fade_in(samples, shape, index * PIECE, min(samples, (index + 1) * PIECE))
        return self._kept.put((samples, shape, index), piece)


def fade_in(samples: int, shape: FadeShape, start: int = 0, stop: int | None = None) -> Waveform:
    """Return the gains of a fade-in over ``samples``, from ``start`` to ``stop``: float32 (stop - start,)."""
    return _curve(_middles(samples, start, samples if stop is None else stop), shape)


def fade_out(samples: int, shape: FadeShape, start: int = 0, stop: int | None = None) -> Waveform:
    """Return the gains of a fade-out: those of the fade-in, reversed."""
    end = samples if stop is None else stop
    return fade_in(samples, shape, samples - end, samples - start)[::-1]


def _middles(samples: int, start: int, stop: int) -> NDArray[np.float64]:
    return (np.arange(start, stop) + 0.5) / max(samples, 1)


def _curve(t: NDArray[np.float64], shape: FadeShape) -> Waveform:
    """Evaluate a shape at the points ``t``, 0..1."""
    if shape == "linear":
        risen = t
    elif shape == "equal_power":
        risen = np.sin(math.pi / 2.0 * t)
    elif shape == "s_curve":
        risen = np.sin(math.pi / 2.0 * t) ** 2
    else:
        steep = EXPONENTIAL_DB * math.log(10.0) / 20.0
        risen = np.expm1(steep * t) / math.expm1(steep)
    return risen.astype(np.float32)
