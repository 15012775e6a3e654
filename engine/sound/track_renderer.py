"""Rendering of one track: the positions of its clips and the gains applied to their takes."""

from bisect import bisect_left, bisect_right
from itertools import accumulate

import numpy as np

from engine.scene.timeline import Clip, Track
from engine.sound.cache import TakesAtRate
from engine.sound.fades import Curves
from engine.sound.panning import balance_gains, source_gains
from engine.sound.waveform import Waveform, from_db


class TrackRenderer:
    """A track at a master gain, ready to be rendered block by block.

    Every sample is take x gain x fade-in x fade-out, in float32 and in this order; gain combines clip gain,
    pans, track gain and master gain into one factor per side.
    """

    def __init__(self, track: Track, master_gain_db: float, curves: Curves) -> None:
        self.track = track
        self._curves = curves
        self._master_gain_db = master_gain_db
        self._clips = sorted((clip for clip in track.clips if not clip.muted), key=lambda c: (c.start, c.id))
        self._starts = [clip.start for clip in self._clips]
        self._latest = list(accumulate((clip.end for clip in self._clips), max))
        self._gains: dict[tuple[int, int], Waveform] = {}

    def between(self, start: int, stop: int) -> list[Clip]:
        """Return the clips that sound somewhere from sample ``start`` to before ``stop``."""
        near = self._clips[bisect_right(self._latest, start) : bisect_left(self._starts, stop)]
        return [clip for clip in near if clip.end > start]

    def render(self, start: int, takes: TakesAtRate, out: Waveform) -> slice:
        """Render the track from sample ``start`` into ``out``, float32 (2, samples).

        Returns:
            The part that was written; outside of it there is silence, but ``out`` is not changed there.
        """
        clips = self.between(start, start + out.shape[1])
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
        """Render one clip into its place in ``out`` and return that place."""
        take = takes.get(clip.take)
        first, stop = max(clip.start, start) - clip.start, min(clip.end, start + out.shape[1]) - clip.start
        part = slice(clip.start + first - start, clip.start + stop - start)
        source = take[:, clip.offset + first : clip.offset + stop]
        within = out[:, part]
        if source.shape[1] < stop - first:
            # A take that ends early, because of a damaged file or rounding, is followed by silence.
            within[:, source.shape[1] :] = 0.0
        np.multiply(source, self._gain(clip, take.shape[0]), out=within[:, : source.shape[1]])
        if first < clip.fade_in.samples or stop > clip.length - clip.fade_out.samples:
            _fade(within, clip, first, self._curves)
        return part

    def _gain(self, clip: Clip, channels: int) -> Waveform:
        key = clip.id, channels
        if key not in self._gains:
            level = from_db(clip.gain_db + self.track.gain_db + self._master_gain_db)
            sides = source_gains(channels, clip.pan) * balance_gains(self.track.pan) * level
            self._gains[key] = sides.astype(np.float32)[:, None]
        return self._gains[key]


def _fade(samples: Waveform, clip: Clip, first: int, curves: Curves) -> None:
    """Apply a clip's fades to a stretch of it that starts at its sample ``first``."""
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
