"""Resampled playback at any speed, forwards and backwards: band-limited and stateless.

Each frame is a windowed-sinc sum around its timeline position, so a stretch is the same whenever it is rendered. That
allows rendered audio to be replaced in the middle.
"""

import math
from collections.abc import Callable

import numpy as np

from desktop.playback.playhead_path import Segment
from desktop.playback.ring import Frames
from engine.sound.waveform import Waveform

ReadSamples = Callable[[int, int], Waveform]
"""Returns the audio from one timeline sample to before another, float32 (channels, samples)."""

CROSSINGS = 10
"""Zero crossings of the sinc on either side."""


def render_segment(piece: Segment, read: ReadSamples) -> Frames:
    """Render a segment, float32 (frames, channels)."""
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
    channels = [np.einsum("fk,fk->f", kernel, channel[near]) for channel in samples]
    return np.stack(channels, axis=1).astype(np.float32)


def _kernel(distances: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]", stretch: float) -> Waveform:
    """Return a Hann-windowed sinc low-pass with its cutoff at half the rate divided by ``stretch``."""
    scaled = distances / stretch
    window = np.where(np.abs(scaled) < CROSSINGS, 0.5 + 0.5 * np.cos(np.pi * scaled / CROSSINGS), 0.0)
    return np.asarray(np.sinc(scaled) * window / stretch, np.float32)
