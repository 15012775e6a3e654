"""Stems and mix of a timeline, rendered in blocks on demand; the mix is the float32 sum of its stems, to the bit.

A sample comes out the same in every request, whatever is asked for around it. The mix is kept, block by block of a
fixed grid, and ``Renderer.updated`` carries over all that an edit did not touch. Stems are not kept: rendering one
again costs no more than copying it.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from engine.errors import BadInput
from engine.scene.automatic_fades import FadedTracks
from engine.scene.timeline import Clip, Timeline, Track
from engine.sound.cache import TakesAtRate, TakeSource, WaveformCache
from engine.sound.dirty_spans import dirty_spans
from engine.sound.fades import Curves
from engine.sound.layout import layout_named
from engine.sound.track_renderer import TrackRenderer
from engine.sound.waveform import Waveform

__all__ = ["BLOCK", "Block", "Renderer", "TakeSource"]

BLOCK = 16_384
"""Samples of the mix's grid: short enough that an edit costs little, long enough that numpy's calls cost nothing."""

TAKE_BYTES = 512 << 20
MIX_BYTES = 256 << 20

Stretch = tuple[int, int]
"""From a sample to before another."""


@dataclass(frozen=True)
class Block:
    """A stretch of everything.

    Attributes:
        start: its first sample on the timeline.
        stems: by track number, for the audible tracks in order; each float32 (channels, samples).
        mix: their sum in that order, float32 (channels, samples).
    """

    start: int
    stems: dict[int, Waveform]
    mix: Waveform


def sum_stems(start: int, stems: dict[int, Waveform]) -> Block:
    """Return a block of these stems, at least one, with their float32 sum in their order."""
    mix = np.zeros_like(next(iter(stems.values())))
    for stem in stems.values():
        mix += stem
    return Block(start, stems, mix)


class Renderer:
    """Render one timeline in its channel layout; safe to use from several threads.

    Args:
        timeline: what to render, with its automatic fades.
        takes: where its takes come from, at any rate.
        take_bytes: most to keep of takes at the timeline's rate.
        block_bytes: most to keep of the mix.
    """

    def __init__(
        self,
        timeline: Timeline,
        takes: TakeSource,
        *,
        take_bytes: int = TAKE_BYTES,
        block_bytes: int = MIX_BYTES,
    ) -> None:
        self.timeline = timeline
        self.layout = layout_named(timeline.layout)
        self._source = takes
        self._takes = TakesAtRate(takes, timeline.rate, take_bytes)
        self._take_bytes = take_bytes
        self._blocks: WaveformCache[int] = WaveformCache(block_bytes)
        self._curves = Curves()
        self._faded_tracks = FadedTracks()
        self._faded = self._faded_tracks.timeline(timeline)
        self._tracks = {track.id: self._track(track, timeline.master_gain_db) for track in self._faded.tracks}

    def updated(self, timeline: Timeline) -> "Renderer":
        """Return a renderer of another timeline that keeps every block of the mix that sounds the same in both.

        This one stays as it is, for whoever still plays from it; takes are shared.
        """
        before = self.timeline
        if (timeline.rate, timeline.layout) != (before.rate, before.layout):
            return Renderer(
                timeline, self._source, take_bytes=self._take_bytes, block_bytes=self._blocks.most_bytes
            )
        other = copy(self)
        other.timeline = timeline
        other._faded = self._faded_tracks.timeline(timeline)
        other._tracks = {t.id: self._same_track(t, timeline.master_gain_db) for t in other._faded.tracks}
        spans = dirty_spans(self._faded, other._faded)
        touched = {index for start, stop in spans or () for index in _touched(start, stop)}
        other._blocks = self._blocks.where(lambda index: spans is not None and index not in touched)
        return other

    def raised(self, gain_db: float) -> "Renderer":
        """Return a renderer of the same timeline with so much more master gain."""
        master = self.timeline.master_gain_db + gain_db
        return self if gain_db == 0.0 else self.updated(replace(self.timeline, master_gain_db=master))

    def stem(self, track_id: int, start: int, stop: int) -> Waveform:
        """Return one track from sample ``start`` to before ``stop``, muted or not: float32 (channels, stop - start).

        Track, clip and master gain are in it. Before 0 and after the last clip there is silence.

        Raises:
            BadInput: there is no such track, or a take has channels that cannot be mixed to the layout.
            FoleyscapeError: whatever the source of the takes raises.
        """
        if track_id not in self._tracks:
            raise BadInput(f"There is no track {track_id} on the timeline.")
        samples = np.empty((len(self.layout), stop - start), np.float32)
        self._render(track_id, start, samples)
        return samples

    def stems(self, start: int, stop: int) -> dict[int, Waveform]:
        """Return every audible track, in order, as ``stem`` gives it."""
        return {track.id: self.stem(track.id, start, stop) for track in self.timeline.audible()}

    def mix(self, start: int, stop: int, *, threads: int = 1) -> Waveform:
        """Return the sum of ``stems(start, stop)`` in order, float32 (channels, stop - start), without keeping stems.

        Args:
            start: first sample of the timeline.
            stop: the sample after the last.
            threads: how many takes may be read and resampled at a time. Rendering itself takes one thread: its steps
                are so short that several would spend more time waiting for each other than they save.
        """
        indices = _touched(start, stop)
        if not indices:
            return np.zeros((len(self.layout), 0), np.float32)
        if threads > 1:
            self._read_takes((clip.sound for clip in self._sounding(start, stop)), threads)
        found = [self._mix_block(index) for index in indices]
        first = indices[0] * BLOCK
        whole = found[0] if len(found) == 1 else np.concatenate(found, axis=1)
        return whole[:, start - first : stop - first].copy()

    def blocks(self, start: int, stop: int, size: int = BLOCK, *, threads: int = 1) -> Iterator[Block]:
        """Yield stems and mix in stretches of ``size`` samples (the last may be shorter), in order of time.

        Memory does not grow with the length. ``threads`` is as in ``mix``.
        """
        for stretch in self._read_ahead(start, stop, size, threads):
            yield self.block(*stretch)

    def mix_blocks(self, start: int, stop: int, size: int = BLOCK, *, threads: int = 1) -> Iterator[Waveform]:
        """Yield the mix alone in stretches of ``size`` samples, in order of time."""
        return (self.mix(*stretch) for stretch in self._read_ahead(start, stop, size, threads))

    def block(self, start: int, stop: int) -> Block:
        """Return stems and mix from sample ``start`` to before ``stop``. The stems are the caller's to change."""
        audible = self.timeline.audible()
        memory = np.empty((len(audible), len(self.layout), stop - start), np.float32)
        mix = np.zeros(memory.shape[1:], np.float32)
        stems = {}
        for track, stem in zip(audible, memory, strict=True):
            part = self._render(track.id, start, stem)
            # Adding only where something sounds leaves the same bits: this sum is never -0.
            if part == slice(0, stop - start):
                np.add(mix, stem, out=mix)
            else:
                mix[:, part] += stem[:, part]
            stems[track.id] = stem
        return Block(start, stems, mix)

    def track_peak(self, track_id: int, start: int, stop: int) -> float | None:
        """Return the highest absolute sample of a stem in a stretch; None where a take would have to be read first.

        Raises:
            BadInput: there is no such track, or a take has channels that cannot be mixed to the layout.
        """
        if track_id not in self._tracks:
            raise BadInput(f"There is no track {track_id} on the timeline.")
        clips = self._tracks[track_id].between(start, stop)
        if not all(self._takes.has(clip.sound) for clip in clips):
            return None
        return float(np.abs(self.stem(track_id, start, stop)).max(initial=0.0)) if clips else 0.0

    def is_rendered(self, start: int, stop: int) -> bool:
        """Return whether the mix from ``start`` to before ``stop`` is all there already."""
        return all(index in self._blocks for index in _touched(start, stop))

    def _track(self, track: Track, master_gain_db: float) -> TrackRenderer:
        return TrackRenderer(track, master_gain_db, self.layout, self._curves)

    def _same_track(self, track: Track, master_gain_db: float) -> TrackRenderer:
        """Return the track that is there already, if it is the same at the same gain, otherwise a new one."""
        there = self._tracks.get(track.id)
        if there is not None and master_gain_db == self.timeline.master_gain_db and there.track == track:
            return there
        return self._track(track, master_gain_db)

    def _render(self, track_id: int, start: int, out: Waveform) -> slice:
        """Fill ``out`` with a stem, and return outside which part of it there is only silence."""
        part = self._tracks[track_id].render(start, self._takes, out)
        if part.start > 0:
            out[:, : part.start] = 0.0
        if part.stop < out.shape[1]:
            out[:, part.stop :] = 0.0
        return part

    def _mix_block(self, index: int) -> Waveform:
        kept = self._blocks.get(index)
        if kept is not None:
            return kept
        mix = np.zeros((len(self.layout), BLOCK), np.float32)
        stem = np.empty_like(mix)
        for track in self.timeline.audible():
            part = self._tracks[track.id].render(index * BLOCK, self._takes, stem)
            if part == slice(0, BLOCK):
                np.add(mix, stem, out=mix)
            else:
                mix[:, part] += stem[:, part]
        return self._blocks.put(index, mix)

    def _sounding(self, start: int, stop: int) -> list[Clip]:
        """Return every clip that sounds somewhere from sample ``start`` to before ``stop``."""
        return [clip for t in self.timeline.audible() for clip in self._tracks[t.id].between(start, stop)]

    def _read_ahead(self, start: int, stop: int, size: int, threads: int) -> Iterator[Stretch]:
        """Yield stretches of ``size`` samples, each once the takes of the clips that begin in it have been read."""
        clips = sorted(self._sounding(start, stop), key=lambda clip: clip.start) if threads > 1 else []
        begun = 0
        for stretch in stretches(start, stop, size):
            ended = bisect_left(clips, stretch[1], lo=begun, key=lambda clip: clip.start)
            self._read_takes((clip.sound for clip in clips[begun:ended]), threads)
            begun = ended
            yield stretch

    def _read_takes(self, takes: Iterable[str], threads: int) -> None:
        """Have takes read and resampled, several at a time."""
        missing = [digest for digest in dict.fromkeys(takes) if not self._takes.has(digest)]
        if len(missing) > 1:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(self._takes.get, missing))


def stretches(start: int, stop: int, size: int) -> Iterable[Stretch]:
    """Return the stretches of ``size`` samples from ``start`` to ``stop``; the last may be shorter."""
    return pairwise([*range(start, stop, size), stop]) if stop > start else ()


def _touched(start: int, stop: int) -> range:
    """Return the blocks of the grid that a stretch reaches into."""
    return range(start // BLOCK, -(-stop // BLOCK))
