"""A take's spectrogram as coloured tiles, at several resolutions in time."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from desktop.timeline.painting.peak_pyramid import Floats
from engine.sound.spectrogram_image import HEAT

Bytes = NDArray[np.uint8]
Colours = NDArray[np.uint32]

ROWS = 128
TILE = 512
WINDOW_SECONDS, HOP_SECONDS = 0.032, 0.005
LOWEST_HZ = 40.0
RANGE_DB = 72.0
BLOCK = 1024


@dataclass(frozen=True)
class Spectrogram:
    """The spectrogram of one take.

    Attributes:
        seconds: length of the take.
        hop: seconds per column at level 0; doubles with each level.
        levels: each a row of tiles, uint32 0xffRRGGBB (``ROWS``, at most ``TILE``), high frequencies at the top.
    """

    seconds: float
    hop: float
    levels: tuple[tuple[Colours, ...], ...] = field(repr=False, compare=False)

    def level_for(self, seconds_per_pixel: float) -> int:
        """Return the finest level with at most two columns per pixel."""
        level = 0
        while level + 1 < len(self.levels) and self.hop * 2**level * 2 < seconds_per_pixel:
            level += 1
        return level

    def tiles(self, level: int, start: float, stop: float) -> Iterator[tuple[int, float, float]]:
        """Yield (index, start, end in seconds) of the tiles that overlap a stretch of the take."""
        column = self.hop * 2**level
        for number, tile in enumerate(self.levels[level]):
            begin = number * TILE * column
            end = begin + tile.shape[1] * column
            if begin < stop and end > start:
                yield number, begin, end


def build_spectrogram(waveform: Floats, rate: int) -> Spectrogram:
    """Build the spectrogram of float32 (channels, samples): mel scale from 40 Hz, 72 dB below the take's maximum."""
    share = _shares(waveform.mean(axis=0), rate)
    levels = []
    while True:
        levels.append(tuple(_coloured(part) for part in _cut(share)))
        if share.shape[1] <= 64:
            break
        share = np.pad(share, ((0, 0), (0, share.shape[1] % 2)), mode="edge")
        share = np.maximum(share[:, ::2], share[:, 1::2])
    return Spectrogram(waveform.shape[1] / rate, max(1, round(HOP_SECONDS * rate)) / rate, tuple(levels))


def _shares(mono: Floats, rate: int) -> Bytes:
    """Return levels from 0 (silence) to 255 (maximum), (``ROWS``, columns)."""
    length, hop = 1 << round(np.log2(WINDOW_SECONDS * rate)), max(1, round(HOP_SECONDS * rate))
    count = max(1, -(-len(mono) // hop))
    padded = np.pad(mono, (length // 2, length + hop))
    frames = np.lib.stride_tricks.sliding_window_view(padded, length)[::hop][:count]
    window, low, part = np.hanning(length).astype(np.float32), *_bins(length, rate)
    power = np.empty((count, ROWS), np.float32)
    for first in range(0, count, BLOCK):
        spectrum = np.abs(np.fft.rfft(frames[first : first + BLOCK] * window, axis=1)) ** 2
        power[first : first + BLOCK] = spectrum[:, low] * (1 - part) + spectrum[:, low + 1] * part
    loudest = max(float(power.max()), 1e-9)
    decibels = 10.0 * np.log10(np.maximum(power, 1e-20) / loudest)
    return np.clip((1.0 + decibels / RANGE_DB) * 255.0, 0, 255).astype(np.uint8).T


def _bins(length: int, rate: int) -> tuple[NDArray[np.int64], Floats]:
    """Return for each row the FFT bin below its frequency and the fraction towards the next bin."""
    mels = np.linspace(_mel(rate / 2), _mel(LOWEST_HZ), ROWS)
    place = 700.0 * (10.0 ** (mels / 2595.0) - 1.0) * length / rate
    low = np.clip(place.astype(np.int64), 0, length // 2 - 1)
    return low, np.clip(place - low, 0.0, 1.0).astype(np.float32)


def _mel(hz: float) -> float:
    return float(2595.0 * np.log10(1.0 + hz / 700.0))


def _cut(share: Bytes) -> list[Bytes]:
    return [share[:, first : first + TILE] for first in range(0, share.shape[1], TILE)]


def _coloured(share: Bytes) -> Colours:
    stops = np.linspace(0, 255, len(HEAT))
    red, green, blue = (np.interp(np.arange(256), stops, [c[i] for c in HEAT]) for i in range(3))
    table = [c.astype(np.uint32) for c in (red, green, blue)]
    colours = np.uint32(0xFF000000) | table[0] << np.uint32(16) | table[1] << np.uint32(8) | table[2]
    return np.ascontiguousarray(colours[share])
