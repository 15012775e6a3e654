"""Rendering of a timeline's stems and mix in blocks, on demand; the mix is bit for bit the float32 sum of its stems.

A sample is the same in every request, whatever else is requested. The mix is cached in blocks of a fixed
grid, and ``Renderer.updated`` keeps all blocks that an edit did not touch. Stems are not cached: rendering
one again costs no more than copying it.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np

from engine.errors import BadInput
from engine.scene.timeline import Timeline, Track
from engine.sound.cache import TakesAtRate, TakeSource, WaveformCache
from engine.sound.dirty_spans import dirty_spans
from engine.sound.fades import Curves
from engine.sound.track_renderer import TrackRenderer
from engine.sound.waveform import Waveform

__all__ = ["BLOCK", "Block", "Renderer", "TakeSource"]

BLOCK = 16_384
"""Samples of a block of the grid: short enough that an edit costs little, long enough that numpy's overhead
does not matter.
"""

TAKE_BYTES = 512 << 20
MIX_BYTES = 256 << 20

Made = TypeVar("Made")


@dataclass(frozen=True)
class Block:
    """A stretch of all stems and the mix.

    Attributes:
        start: first sample on the timeline.
        stems: by track number, for the audible tracks in order; each float32 (2, samples).
        mix: their sum in that order, float32 (2, samples).
    """

    start: int
    stems: dict[int, Waveform]
    mix: Waveform


def sum_stems(start: int, stems: dict[int, Waveform]) -> Block:
    """Return a block of these stems, at least one, with their float32 sum in order."""
    mix = np.zeros_like(next(iter(stems.values())))
    for stem in stems.values():
        mix += stem
    return Block(start, stems, mix)


class Renderer:
    """Renders one timeline; thread-safe.

    Args:
        timeline: the timeline.
        takes: source of its takes, at any rate.
        take_bytes: cache size for takes at the timeline's rate.
        block_bytes: cache size for the mix.
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
        self._source = takes
        self._takes = TakesAtRate(takes, timeline.rate, take_bytes)
        self._take_bytes = take_bytes
        self._blocks: WaveformCache[int] = WaveformCache(block_bytes)
        self._curves = Curves()
        self._lanes = {
            track.id: TrackRenderer(track, timeline.master_gain_db, self._curves) for track in timeline.tracks
        }

    def updated(self, timeline: Timeline) -> "Renderer":
        """Return a renderer of another timeline that keeps every block of the mix that is the same in both.

        This renderer does not change and may still be used for playback; takes are shared.
        """
        before = self.timeline
        if timeline.rate != before.rate:
            return Renderer(
                timeline, self._source, take_bytes=self._take_bytes, block_bytes=self._blocks.most_bytes
            )
        other = copy(self)
        other.timeline = timeline
        other._lanes = {track.id: self._lane(track, timeline.master_gain_db) for track in timeline.tracks}
        spans = dirty_spans(before, timeline)
        touched = {index for start, stop in spans or () for index in _touched(start, stop)}
        other._blocks = self._blocks.where(lambda index: spans is not None and index not in touched)
        return other

    def stem(self, track_id: int, start: int, stop: int) -> Waveform:
        """Render one track from sample ``start`` to before ``stop``, float32 (2, stop - start), muted or not.

        Includes clip, track and master gain. Before 0 and after the last clip there is silence.

        Raises:
            BadInput: there is no such track, or a take has more than two channels.
            FoleyscapeError: whatever the source of the takes raises.
        """
        if track_id not in self._lanes:
            raise BadInput(f"There is no track {track_id} on the timeline.")
        return self._stem(track_id, start, stop)[0]

    def stems(self, start: int, stop: int) -> dict[int, Waveform]:
        """Render every audible track, in order, as ``stem`` does."""
        return {track.id: self.stem(track.id, start, stop) for track in self.timeline.audible()}

    def mix(self, start: int, stop: int, *, threads: int = 1) -> Waveform:
        """Return the sum of ``stems(start, stop)`` in order, float32 (2, stop - start), without keeping any stem."""
        indices = _touched(start, stop)
        if threads > 1:
            with ThreadPoolExecutor(threads) as pool:
                found = list(pool.map(self._mix_block, indices))
        else:
            found = [self._mix_block(index) for index in indices]
        if not found:
            return np.zeros((2, 0), np.float32)
        first = indices[0] * BLOCK
        return np.concatenate(found, axis=1)[:, start - first : stop - first].copy()

    def blocks(self, start: int, stop: int, size: int = BLOCK, *, threads: int = 1) -> Iterator[Block]:
        """Yield stems and mix in consecutive blocks of ``size`` samples (the last may be shorter).

        Memory does not grow with the length. With several threads, as many blocks are rendered ahead.
        """
        return _ahead(self._block, _stretches(start, stop, size), threads)

    def mix_blocks(self, start: int, stop: int, size: int = BLOCK, *, threads: int = 1) -> Iterator[Waveform]:
        """Yield the mix alone in consecutive blocks of ``size`` samples."""
        return _ahead(self.mix, _stretches(start, stop, size), threads)

    def is_rendered(self, start: int, stop: int) -> bool:
        """Return whether the mix from ``start`` to before ``stop`` is cached."""
        return all(index in self._blocks for index in _touched(start, stop))

    def _lane(self, track: Track, master_gain_db: float) -> TrackRenderer:
        """Return the existing renderer of the track at the same gain, or a new one."""
        lane = self._lanes.get(track.id)
        if lane is not None and master_gain_db == self.timeline.master_gain_db and lane.track == track:
            return lane
        return TrackRenderer(track, master_gain_db, self._curves)

    def _stem(self, track_id: int, start: int, stop: int) -> tuple[Waveform, slice]:
        """Return a stem, and the part of it outside which there is only silence."""
        samples = np.empty((2, stop - start), np.float32)
        part = self._lanes[track_id].render(start, self._takes, samples)
        samples[:, : part.start] = 0.0
        samples[:, part.stop :] = 0.0
        return samples, part

    def _block(self, start: int, stop: int) -> Block:
        stems = {}
        mix = np.zeros((2, stop - start), np.float32)
        for track in self.timeline.audible():
            stem, part = self._stem(track.id, start, stop)
            # Adding only where something sounds gives the same bits, since this sum is never -0.
            mix[:, part] += stem[:, part]
            stems[track.id] = stem
        return Block(start, stems, mix)

    def _mix_block(self, index: int) -> Waveform:
        kept = self._blocks.get(index)
        if kept is not None:
            return kept
        mix = np.zeros((2, BLOCK), np.float32)
        stem = np.empty((2, BLOCK), np.float32)
        for track in self.timeline.audible():
            part = self._lanes[track.id].render(index * BLOCK, self._takes, stem)
            mix[:, part] += stem[:, part]
        return self._blocks.put(index, mix)


def _touched(start: int, stop: int) -> range:
    """Return the blocks of the grid that a span overlaps."""
    return range(start // BLOCK, -(-stop // BLOCK))


def _stretches(start: int, stop: int, size: int) -> Iterator[tuple[int, int]]:
    return pairwise([*range(start, stop, size), stop]) if stop > start else iter(())


def _ahead(
    make: Callable[[int, int], Made], stretches: Iterator[tuple[int, int]], threads: int
) -> Iterator[Made]:
    """Yield the results for consecutive spans; with several threads, that many are computed at a time."""
    if threads < 2:
        yield from (make(start, stop) for start, stop in stretches)
        return
    with ThreadPoolExecutor(threads) as pool:
        waiting: deque[Future[Made]] = deque()
        try:
            for start, stop in stretches:
                waiting.append(pool.submit(make, start, stop))
                if len(waiting) > threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
