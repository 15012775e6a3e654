"""A track's waveforms reduced to pixel columns: all clips at once, in a few numpy calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from desktop.timeline.layout.time_scale import TimeScale
from desktop.timeline.layout.track_layout import ClipIndex
from desktop.timeline.painting.peak_pyramid import FACTOR, Floats, PeakPyramid, level_for
from engine.scene.timeline import FADE_SHAPES, FadeShape
from engine.sound.fades import fade_in

Ints = NDArray[np.int64]
Doubles = NDArray[np.float64]

TABLE = 128
MUTED = 0.35


@dataclass(frozen=True)
class WaveformColumns:
    """For each column: minimum and maximum after gain and fades, and opacity, 0 to 1."""

    low: Floats
    high: Floats
    weight: Floats

    @property
    def over(self) -> NDArray[np.bool_]:
        """Where the sound goes over full scale."""
        return (np.maximum(self.high, -self.low) > 1.0) & (self.weight > 0.0)


def waveform_columns(
    lane: ClipIndex, pyramids: Mapping[str, PeakPyramid], scale: TimeScale, width: int, rate: int
) -> WaveformColumns:
    """Return the columns 0 to ``width`` of a track at the timeline's ``rate``.

    Overlapping clips are drawn over each other. Clips of takes without a pyramid are left out.
    """
    out = WaveformColumns(*(np.full(width, empty, np.float32) for empty in (np.inf, -np.inf, 0.0)))
    seen = lane.between(scale.start, scale.sample_at(width))
    known = seen[np.array([digest in pyramids for digest in lane.digests], np.bool_)[lane.take[seen]]]
    levels = np.zeros(len(lane.digests), np.int64)
    of_rate: dict[int, int] = {}
    for take in np.unique(lane.take[known]).tolist():
        own = pyramids[lane.digests[take]].rate
        if own not in of_rate:
            of_rate[own] = level_for(scale.per_pixel * own / rate)
        levels[take] = of_rate[own]
    of_clip = levels[lane.take[known]]
    for level in np.unique(of_clip):
        clips = known[of_clip == level]
        bank = _Bank(lane, clips, pyramids, int(level), rate)
        _add(out, lane, clips, bank, scale)
    for edge in (out.low, out.high):
        edge[out.weight == 0.0] = 0.0
    return out


def _add(out: WaveformColumns, lane: ClipIndex, clips: Ints, bank: "_Bank", scale: TimeScale) -> None:
    """Add the clips that are read from one level."""
    width = len(out.low)
    left = np.clip(np.floor((lane.start[clips] - scale.start) / scale.per_pixel), 0, width).astype(np.int64)
    right = np.clip(np.ceil((lane.end[clips] - scale.start) / scale.per_pixel), 0, width).astype(np.int64)
    count = right - left
    which = np.repeat(clips, count)
    if not len(which):
        return
    x = np.arange(len(which)) + np.repeat(left - (np.cumsum(count) - count), count)
    # Partial columns beyond the clip's drawn edges are merged into its outermost columns.
    near = np.round((lane.start[clips] - scale.start) / scale.per_pixel)
    far = np.maximum(np.floor((lane.end[clips] - scale.start) / scale.per_pixel - 0.1) - 1, near)
    low_x, high_x = (np.repeat(np.clip(edge, 0, width - 1).astype(np.int64), count) for edge in (near, far))
    place = np.minimum(np.maximum(x, low_x), high_x)
    start, stop = lane.start[which], lane.end[which]
    first = np.maximum(scale.start + x * scale.per_pixel, start) - start
    last = np.minimum(scale.start + (x + 1) * scale.per_pixel, stop) - start
    low, high = bank.extremes(
        np.repeat(bank.of_clip, count), first + lane.offset[which], last + lane.offset[which]
    )
    factor = lane.level[which] * _faded(lane, which, (first + last) / 2)
    np.minimum.at(out.low, place, (low * factor).astype(np.float32))
    np.maximum.at(out.high, place, (high * factor).astype(np.float32))
    np.maximum.at(out.weight, place, np.where(lane.muted[which], MUTED, 1.0).astype(np.float32))


class _Bank:
    """One level of several takes, concatenated."""

    def __init__(
        self, lane: ClipIndex, clips: Ints, pyramids: Mapping[str, PeakPyramid], level: int, rate: int
    ) -> None:
        used, self.of_clip = np.unique(lane.take[clips], return_inverse=True)
        chosen = [pyramids[lane.digests[take]] for take in used]
        tops = [min(level, len(one.levels) - 1) for one in chosen]
        pairs = [one.levels[top] for one, top in zip(chosen, tops, strict=True)]
        self._low = pairs[0][0] if len(pairs) == 1 else np.concatenate([low for low, _ in pairs])
        self._high = pairs[0][1] if len(pairs) == 1 else np.concatenate([high for _, high in pairs])
        self._size = np.array([len(low) for low, _ in pairs], np.int64)
        self._base = np.cumsum(self._size) - self._size
        self._bins = np.array(
            [one.rate / rate / FACTOR**top for one, top in zip(chosen, tops, strict=True)], np.float64
        )

    def extremes(self, take: Ints, start: Doubles, stop: Doubles) -> tuple[Floats, Floats]:
        """Return minimum and maximum from ``start`` to before ``stop``, in timeline samples of each take."""
        bins, most, base = self._bins[take], self._size[take] - 1, self._base[take]
        first = np.clip(np.floor(start * bins), 0, most).astype(np.int64)
        last = np.clip(np.ceil(stop * bins) - 1, first, most).astype(np.int64)
        low, high = self._low[base + first], self._high[base + first]
        for more in range(1, int((last - first).max()) + 1):
            here = base + np.minimum(first + more, last)
            low, high = np.minimum(low, self._low[here]), np.maximum(high, self._high[here])
        return low, high


def _faded(lane: ClipIndex, which: Ints, middle: Doubles) -> Doubles:
    """Return the fade factor at the middle of each column, counted from its clip's start."""
    factor = np.ones(len(which))
    left = (lane.end - lane.start)[which] - middle
    for samples, shapes, within in (
        (lane.rise[which], lane.rise_shape[which], middle),
        (lane.fall[which], lane.fall_shape[which], left),
    ):
        inside = within < samples
        for number, shape in enumerate(FADE_SHAPES):
            here = inside & (shapes == number)
            if here.any():
                factor[here] *= fade_factor(within[here] / samples[here], shape)
    return factor


def fade_factor(share: Doubles, shape: FadeShape) -> Doubles:
    """Return the gain of a fade after this share of its length, 0 to 1."""
    return np.asarray(np.interp(share, (np.arange(TABLE) + 0.5) / TABLE, _table(shape)), np.float64)


@cache
def _table(shape: FadeShape) -> Floats:
    return fade_in(TABLE, shape)
