"""Stems and mix of a timeline, rendered in blocks on demand; the mix is the float32 sum of its stems, to the bit.

Blocks lie on a fixed grid from sample 0 whatever is asked for, so a sample comes out the same in every request. What
was rendered is kept, and ``Renderer.updated`` carries over all that an edit did not touch.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import TypeVar

import numpy as np

from engine.errors import BadInput
from engine.scene.timeline import Timeline, Track
from engine.sound.cache import TakesAtRate, TakeSource, WaveformCache
from engine.sound.changes import changed_spans
from engine.sound.fades import Curves
from engine.sound.lanes import Lane
from engine.sound.loudness import Waveform

__all__ = ["BLOCK", "Block", "Renderer", "TakeSource"]

BLOCK = 16_384
"""Samples of the grid: short enough that an edit costs little, long enough that numpy's calls cost nothing."""

TAKE_BYTES = 512 << 20
BLOCK_BYTES = 256 << 20

Made = TypeVar("Made")
_Place = tuple[int | None, int]
"""A track's number, or None for the mix; and which block of the grid."""


@dataclass(frozen=True)
class Block:
    """A stretch of everything.

    Attributes:
        start: its first sample on the timeline.
        stems: by track number, for the audible tracks in order; each float32 (2, samples).
        mix: their sum in that order, float32 (2, samples).
    """

    start: int
    stems: dict[int, Waveform]
    mix: Waveform


class Renderer:
    """Renders one timeline; safe to use from several threads.

    Args:
        timeline: what to render.
        takes: where its takes come from, at any rate.
        take_bytes: most to keep of takes at the timeline's rate.
        block_bytes: most to keep of what was rendered.
    """

    def __init__(
        self,
        timeline: Timeline,
        takes: TakeSource,
        *,
        take_bytes: int = TAKE_BYTES,
        block_bytes: int = BLOCK_BYTES,
    ) -> None:
        self.timeline = timeline
        self._source = takes
        self._takes = TakesAtRate(takes, timeline.rate, take_bytes)
        self._take_bytes = take_bytes
        self._blocks: WaveformCache[_Place] = WaveformCache(block_bytes)
        self._curves = Curves()
        self._lanes = {
            track.id: Lane(track, timeline.master_gain_db, self._curves) for track in timeline.tracks
        }

    def updated(self, timeline: Timeline) -> "Renderer":
        """A renderer of another timeline that keeps every block which sounds the same in both.

        This one stays as it is, for whoever still plays from it; takes are shared.
        """
        before = self.timeline
        if timeline.rate != before.rate:
            return Renderer(
                timeline, self._source, take_bytes=self._take_bytes, block_bytes=self._blocks.most_bytes
            )
        other = copy(self)
        other.timeline = timeline
        other._lanes = {track.id: self._lane(track, timeline.master_gain_db) for track in timeline.tracks}
        dropped = {key: _grid(spans) for key, spans in changed_spans(before, timeline).items()}
        other._blocks = self._blocks.where(
            lambda place: (gone := dropped.get(place[0], frozenset())) is not None and place[1] not in gone
        )
        return other

    def stem(self, track_id: int, start: int, stop: int) -> Waveform:
        """One track from sample ``start`` to before ``stop``, float32 (2, stop - start), muted or not.

        Track, clip and master gain are in it. Before 0 and after the last clip there is silence.

        Raises:
            BadInput: there is no such track, or a take has more than two channels.
            Whatever the source of the takes raises.
        """
        if track_id not in self._lanes:
            raise BadInput(f"There is no track {track_id} on the timeline.")
        return _assembled(partial(self._stem_block, track_id), start, stop)

    def stems(self, start: int, stop: int) -> dict[int, Waveform]:
        """Every audible track, in order, as ``stem`` gives it."""
        return {track.id: self.stem(track.id, start, stop) for track in self.timeline.audible()}

    def mix(self, start: int, stop: int, *, threads: int = 1) -> Waveform:
        """The sum of ``stems(start, stop)`` in order, float32 (2, stop - start), without keeping any stem."""
        if threads > 1:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(self._mix_block, _touched(start, stop)))
        return _assembled(self._mix_block, start, stop)

    def blocks(self, start: int, stop: int, size: int = BLOCK, *, threads: int = 1) -> Iterator[Block]:
        """Stems and mix in stretches of ``size`` samples (the last may be shorter), in order of time.

        Memory does not grow with the length. With more threads, as many blocks are rendered ahead.
        """
        return _ahead(self._block, _stretches(start, stop, size), threads)

    def mix_blocks(self, start: int, stop: int, size: int = BLOCK, *, threads: int = 1) -> Iterator[Waveform]:
        """The mix alone in stretches of ``size`` samples, in order of time."""
        return _ahead(self.mix, _stretches(start, stop, size), threads)

    def is_rendered(self, start: int, stop: int) -> bool:
        """Whether the mix from ``start`` to before ``stop`` is all there already."""
        return all((None, index) in self._blocks for index in _touched(start, stop))

    def _lane(self, track: Track, master_gain_db: float) -> Lane:
        """The lane that is there already, if it is of the same track at the same gain, else a new one."""
        lane = self._lanes.get(track.id)
        if lane is not None and master_gain_db == self.timeline.master_gain_db and lane.track == track:
            return lane
        return Lane(track, master_gain_db, self._curves)

    def _block(self, start: int, stop: int) -> Block:
        stems = self.stems(start, stop)
        mix = np.zeros((2, stop - start), np.float32)
        for stem in stems.values():
            mix += stem
        return Block(start, stems, mix)

    def _stem_block(self, track_id: int, index: int) -> Waveform | None:
        kept = self._blocks.get((track_id, index))
        if kept is not None:
            return kept
        lane = self._lanes[track_id]
        if not lane.between(index * BLOCK, (index + 1) * BLOCK):
            return None
        samples = np.zeros((2, BLOCK), np.float32)
        lane.render(index * BLOCK, self._takes, samples)
        return self._blocks.put((track_id, index), samples)

    def _mix_block(self, index: int) -> Waveform:
        kept = self._blocks.get((None, index))
        if kept is not None:
            return kept
        mix = np.zeros((2, BLOCK), np.float32)
        stem = np.empty((2, BLOCK), np.float32)
        for track in self.timeline.audible():
            # Adding only where something sounds leaves the same bits: this sum is never -0.
            part = self._lanes[track.id].render(index * BLOCK, self._takes, stem)
            mix[:, part] += stem[:, part]
        return self._blocks.put((None, index), mix)


def _assembled(block: Callable[[int], Waveform | None], start: int, stop: int) -> Waveform:
    """A stretch put together from blocks of the grid; None is silence. The caller may write in it."""
    samples = np.zeros((2, stop - start), np.float32)
    for index in _touched(start, stop):
        found = block(index)
        if found is not None:
            low, high = max(start, index * BLOCK), min(stop, (index + 1) * BLOCK)
            samples[:, low - start : high - start] = found[:, low - index * BLOCK : high - index * BLOCK]
    return samples


def _touched(start: int, stop: int) -> range:
    """The blocks of the grid that a stretch reaches into."""
    return range(start // BLOCK, -(-stop // BLOCK))


def _grid(spans: list[tuple[int, int]] | None) -> frozenset[int] | None:
    """The blocks that spans touch; of None, which is everything, None."""
    if spans is None:
        return None
    return frozenset(index for start, stop in spans for index in _touched(start, stop))


def _stretches(start: int, stop: int, size: int) -> Iterator[tuple[int, int]]:
    return pairwise([*range(start, stop, size), stop]) if stop > start else iter(())


def _ahead(
    make: Callable[[int, int], Made], stretches: Iterator[tuple[int, int]], threads: int
) -> Iterator[Made]:
    """What is made of each stretch, in order; with several threads, that many at a time and no more wait."""
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
