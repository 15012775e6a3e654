"""The mix at any speed, forwards and backwards, and at another rate: band-limited, and without a memory of its own.

Each frame is a windowed-sinc sum round its place on the timeline, so a stretch comes out the same whenever and next
to whatever it is asked for. That is what lets what lies ahead be replaced in the middle.
"""

import math
from collections.abc import Callable

import numpy as np

from desktop.playback.playhead_path import Segment
from desktop.playback.ring import Frames
from engine.sound.waveform import Waveform

ReadSamples = Callable[[int, int], Waveform]
"""What sounds from a sample of the timeline to before another, float32 (2, samples)."""

CROSSINGS = 10
"""Zero crossings of the sinc to either side."""


def render_segment(piece: Segment, read: ReadSamples) -> Frames:
    """What sounds along a piece, float32 (frames, 2)."""
    at = round(piece.at)
    if piece.at == at and piece.step == 1.0:
        return read(at, at + piece.frames).T
    if piece.at == at and piece.step == -1.0:
        return read(at - piece.frames + 1, at + 1).T[::-1]
    return _interpolated(piece, read)


def _interpolated(piece: Segment, read: ReadSamples) -> Frames:
    stretch = max(1.0, abs(piece.step))
    reach = math.ceil(CROSSINGS * stretch)
    places = piece.at + piece.step * np.arange(piece.frames)
    whole = np.floor(places).astype(np.int64)
    first = int(whole.min()) - reach + 1
    samples = read(first, int(whole.max()) + reach + 1)
    offsets = np.arange(-reach + 1, reach + 1)
    kernel = _kernel(offsets[None, :] - (places - whole)[:, None], stretch)
    near = whole[:, None] + offsets[None, :] - first
    sides = [np.einsum("fk,fk->f", kernel, samples[side][near]) for side in range(2)]
    return np.stack(sides, axis=1).astype(np.float32)


def _kernel(distances: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]", stretch: float) -> Waveform:
    """A Hann-windowed sinc that passes what is under half the rate / ``stretch``."""
    scaled = distances / stretch
    window = np.where(np.abs(scaled) < CROSSINGS, 0.5 + 0.5 * np.cos(np.pi * scaled / CROSSINGS), 0.0)
    return np.asarray(np.sinc(scaled) * window / stretch, np.float32)
