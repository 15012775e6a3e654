"""What is about to be heard, in chunks: written ahead by one thread, read by one callback, without locks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop.playback.playhead_path import Segment

CHUNK = 512
"""Frames of a chunk, at the device's rate: 11 ms at 48 kHz. Changes are heard from one chunk to the next."""

CAPACITY = 128
"""Chunks of a ring."""

Frames = NDArray[np.float32]
"""float32 (frames, 2): left and right of each moment together, as a device takes them."""


@dataclass(frozen=True)
class Chunk:
    """A stretch to be heard.

    Attributes:
        index: how many chunks stand before it, since the jump that began it.
        frames: what sounds; (``CHUNK``, 2).
        pieces: from which places on the timeline it is, in order; together as long as ``frames``.
    """

    index: int
    frames: Frames
    pieces: tuple[Segment, ...]


class Ring:
    """Chunks of one way to go on, in order.

    Rings of one jump count alike: each but the first takes another's place from its chunk ``first`` on. Storing a
    chunk and then counting it are two single steps, so whoever reads sees it whole or not at all.

    Args:
        jump: the jump since which chunks are counted.
        first: the chunk that it begins with.
    """

    def __init__(self, seek_id: int, first: int = 0) -> None:
        self.seek_id = seek_id
        self.first = first
        self.written = first
        """One more than the index of the last chunk that is there."""
        self.ends: int | None = None
        """Where set, no chunk from this index on will come."""
        self._slots: list[Chunk | None] = [None] * CAPACITY

    def put(self, chunk: Chunk) -> None:
        """Adds the next chunk, in the place of the one ``CAPACITY`` before it."""
        self._slots[chunk.index % CAPACITY] = chunk
        self.written = chunk.index + 1

    def get(self, index: int) -> Chunk | None:
        """The chunk of this index, or None when it is not there, or not any more."""
        chunk = self._slots[index % CAPACITY]
        return chunk if chunk is not None and chunk.index == index else None

    def ended(self, index: int) -> bool:
        """Whether this chunk lies past the end."""
        return self.ends is not None and index >= self.ends


def silent(seek_id: int) -> Ring:
    """A ring in which nothing comes."""
    ring = Ring(seek_id)
    ring.ends = 0
    return ring
