"""Rendering of one track: where its clips sound, and by what their takes are multiplied."""

from bisect import bisect_left, bisect_right
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from engine.scene.timeline import Clip, Track
from engine.sound.cache import TakesAtRate
from engine.sound.fades import Curves
from engine.sound.layout import ChannelLayout
from engine.sound.panning import Matrix, balance_of, source_gains
from engine.sound.waveform import Waveform, from_db


class TrackRenderer:
    """Render a track at a master gain, stretch by stretch.

    Every sample is take x gain x fade in x fade out, in float32 and in this order; gain is that of clip, pans, track
    and master folded into one factor for each pair of a take's channel and a layout's.

    Args:
        track: what to render.
        master_gain_db: gain of all tracks.
        layout: channels of the result.
        curves: fades, shared with other tracks.
    """

    def __init__(self, track: Track, master_gain_db: float, layout: ChannelLayout, curves: Curves) -> None:
        self.track = track
        self._layout, self._curves = layout, curves
        self._master_gain_db = master_gain_db
        self._clips = sorted((clip for clip in track.clips if not clip.muted), key=lambda c: (c.start, c.id))
        self._starts = [clip.start for clip in self._clips]
        self._latest = list(accumulate((clip.end for clip in self._clips), max))
        self._routes: dict[tuple[int, int], _Route] = {}
        self._plain = _NOWHERE

    def between(self, start: int, stop: int) -> list[Clip]:
        """Return the clips that sound somewhere from sample ``start`` to before ``stop``."""
        near = self._clips[bisect_right(self._latest, start) : bisect_left(self._starts, stop)]
        return near if len(near) < 2 else [clip for clip in near if clip.end > start]

    def render(self, start: int, takes: TakesAtRate, out: Waveform) -> slice:
        """Write the track from sample ``start`` into ``out``, float32 (channels, samples).

        Returns:
            what was written; everything outside is silence, but left in ``out`` as it was.

        Raises:
            BadInput: a take has channels that cannot be mixed to the layout.
            FoleyscapeError: whatever the source of the takes raises.
        """
        plain, stop = self._plain, start + out.shape[1]
        if plain.start <= start and stop <= plain.stop:
            source = takes.get(plain.take)[:, start - plain.shift : stop - plain.shift]
            np.multiply(source, plain.factors, out=out)
            return slice(0, out.shape[1])
        clips = self.between(start, stop)
        if not clips:
            return slice(0, 0)
        if len(clips) == 1:
            return self._write(clips[0], start, takes, out)
        low = max(0, min(clip.start for clip in clips) - start)
        high = min(out.shape[1], max(clip.end for clip in clips) - start)
        out[:, low:high] = 0.0
        layer = np.empty_like(out)
        for clip in clips:
            part = self._write(clip, start, takes, layer)
            out[:, part] += layer[:, part]
        return slice(low, high)

    def _write(self, clip: Clip, start: int, takes: TakesAtRate, out: Waveform) -> slice:
        """Write one clip into its place in ``out`` and return that place."""
        take = takes.get(clip.sound)
        # From which sample of the clip to before which.
        first, stop = max(start - clip.start, 0), min(start + out.shape[1] - clip.start, clip.length)
        part = slice(clip.start + first - start, clip.start + stop - start)
        source = take[:, clip.offset + first : clip.offset + stop]
        within = out if stop - first == out.shape[1] else out[:, part]
        if source.shape[1] < stop - first:
            # A take that ends early, by a damaged file or rounding, is followed by silence.
            within[:, source.shape[1] :] = 0.0
            self._route(clip, len(take)).write(source, within[:, : source.shape[1]])
        else:
            self._route(clip, len(take)).write(source, within)
        if first < clip.fade_in.samples or stop > clip.length - clip.fade_out.samples:
            _fade(within, clip, first, self._curves)
        else:
            self._plain = self._plain_stretch(clip, take)
        return part

    def _plain_stretch(self, clip: Clip, take: Waveform) -> "_Plain":
        """Return where nothing but this clip sounds, at one factor a channel; nowhere if there is no such place."""
        factors = self._route(clip, len(take)).factors
        start = clip.start + clip.fade_in.samples
        stop = min(clip.end - clip.fade_out.samples, clip.start - clip.offset + take.shape[1])
        for other in self.between(start, stop):
            if other is not clip and other.start <= start:
                start = max(start, other.end)
            elif other is not clip:
                stop = min(stop, other.start)
        if factors is None or stop <= start:
            return _NOWHERE
        return _Plain(start, stop, clip.start - clip.offset, clip.sound, factors)

    def _route(self, clip: Clip, channels: int) -> "_Route":
        key = clip.id, channels
        route = self._routes.get(key)
        if route is None:
            level = from_db(clip.gain_db + self.track.gain_db + self._master_gain_db)
            balance = balance_of(self._layout, self.track.pan)[:, None]
            gains = source_gains(channels, clip.pan, self._layout) * balance * level
            route = self._routes[key] = _Route(gains)
        return route


class _Plain(NamedTuple):
    """A stretch of the timeline that is one stretch of a take, at one factor a channel.

    Attributes:
        start: first sample on the timeline.
        stop: the sample after the last.
        shift: from a sample of the take to one of the timeline.
        take: its key, as ``Clip.sound`` gives it.
        factors: float32 (channels of the layout, 1).
    """

    start: int
    stop: int
    shift: int
    take: str
    factors: Waveform


_NOWHERE = _Plain(0, -1, 0, "", np.zeros((1, 1), np.float32))


class _Route:
    """The way from the channels of a take to those of a layout."""

    def __init__(self, gains: Matrix) -> None:
        factors = gains.astype(np.float32)
        rows, columns = factors.shape
        straight = rows == columns and not factors[~np.eye(rows, dtype=bool)].any()
        # One factor a channel, where each has one source only and in order: the usual case, and one product.
        self.factors = factors if columns == 1 else factors.diagonal()[:, None].copy() if straight else None
        self._terms = [[(int(at), row[at]) for at in np.flatnonzero(row)] for row in factors]

    def write(self, source: Waveform, out: Waveform) -> None:
        """Write the take's samples, (channels of the take, n), into ``out``, (channels of the layout, n)."""
        if self.factors is not None:
            np.multiply(source, self.factors, out=out)
            return
        for target, terms in zip(out, self._terms, strict=True):
            if not terms:
                target[:] = 0.0
            for count, (channel, factor) in enumerate(terms):
                if count:
                    np.add(target, source[channel] * factor, out=target)
                else:
                    np.multiply(source[channel], factor, out=target)


def _fade(samples: Waveform, clip: Clip, first: int, curves: Curves) -> None:
    """Multiply a stretch of a clip, which begins at the clip's sample ``first``, by the clip's fades."""
    stop = first + samples.shape[1]
    rise, fall = clip.fade_in, clip.fade_out
    if first < rise.samples:
        end = min(stop, rise.samples)
        samples[:, : end - first] *= curves.rise(rise.samples, rise.shape, first, end)
    falls_at = clip.length - fall.samples
    if fall.samples and stop > falls_at:
        begin = max(first, falls_at)
        samples[:, begin - first :] *= curves.fall(
            fall.samples, fall.shape, begin - falls_at, stop - falls_at
        )
