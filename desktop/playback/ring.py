"""Rendered audio in chunks: written ahead by one thread, read by the audio callback, without locks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop.playback.playhead_path import Segment

CHUNK = 512
"""Frames per chunk, at the device's rate: 11 ms at 48 kHz. Changes take effect at chunk borders."""

CAPACITY = 128
"""Chunks in a ring."""

Frames = NDArray[np.float32]
"""float32 (frames, channels), interleaved as a device takes them."""


@dataclass(frozen=True)
class Chunk:
    """A rendered stretch.

    Attributes:
        index: number of chunks before it since the seek.
        frames: the audio, (``CHUNK``, channels).
        pieces: the timeline segments it was rendered from, in order; together as long as ``frames``.
    """

    index: int
    frames: Frames
    pieces: tuple[Segment, ...]


class Ring:
    """A ring buffer of consecutive chunks.

    Rings of one seek share the numbering of chunks: each but the first replaces another from its chunk ``first`` on. A
    chunk is stored before it is counted, so a reader sees it whole or not at all.

    Args:
        seek_id: the seek since which chunks are counted.
        first: index of the first chunk.
    """

    def __init__(self, seek_id: int, first: int = 0) -> None:
        self.seek_id = seek_id
        self.first = first
        self.written = first
        """Index of the last chunk plus one."""
        self.ends: int | None = None
        """If set, no chunk from this index on will follow."""
        self._slots: list[Chunk | None] = [None] * CAPACITY

    def put(self, chunk: Chunk) -> None:
        """Append a chunk, replacing the one ``CAPACITY`` before it."""
        self._slots[chunk.index % CAPACITY] = chunk
        self.written = chunk.index + 1

    def get(self, index: int) -> Chunk | None:
        """Return the chunk of this index, or None if it is not written yet or overwritten."""
        chunk = self._slots[index % CAPACITY]
        return chunk if chunk is not None and chunk.index == index else None

    def ended(self, index: int) -> bool:
        """Return whether this index is past the end."""
        return self.ends is not None and index >= self.ends


def silent(seek_id: int) -> Ring:
    """Return an empty ring that has ended."""
    ring = Ring(seek_id)
    ring.ends = 0
    return ring
