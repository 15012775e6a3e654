"""Fills rings ahead of the device with what is wished for, and replaces what lies ahead when the wish changes."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from desktop.playback.callback_reader import Tap
from desktop.playback.playhead_path import Path, Piece, Span
from desktop.playback.ring import CAPACITY, CHUNK, Chunk, Frames, Ring, silent
from desktop.playback.varispeed import Read, heard

READY = 4
"""Chunks that must lie ahead before a ring is offered: 43 ms at 48 kHz."""

SAFE = 12
"""Chunks that must lie ahead before the next change is looked at, so that a dragged fader starves nobody."""

AHEAD = CAPACITY - 8
"""Chunks to lie ahead at most; those just heard stay, for a crossfade from them."""


class Sound(Protocol):
    """Something that can be heard. Both are called in the feeder's thread only."""

    def open(self) -> Read:
        """Makes it ready. May read files."""

    def warm(self, at: int) -> bool:
        """Renders a little of what will be wanted after ``at``; False when there is nothing to do."""


@dataclass(frozen=True)
class Wish:
    """What is to be heard, as one value: the newest takes the place of those before.

    Attributes:
        sound: what; None is nothing.
        jump: with another number than before, it begins anew at ``start``; else it goes on where it is.
        start: the sample of the timeline to begin at.
        speed: 1 is as it is, less than 0 backwards, 0 is not at all.
        loop: goes round in here, once it is in.
        seconds: to end after so long, at any speed.
    """

    sound: Sound | None = None
    jump: int = 0
    start: int = 0
    speed: float = 0.0
    loop: Span | None = None
    seconds: float | None = None


class Feeder:
    """Works in small steps, so that whoever calls it can do other things in between.

    Args:
        tap: gets the rings.
        ratio: samples of the timeline to a frame of the device.
        failed: is told of what goes wrong, once for each jump; silence is heard then.
    """

    def __init__(self, tap: Tap, ratio: float, failed: Callable[[Exception], None]) -> None:
        self._tap = tap
        self._ratio = ratio
        self._failed = failed
        self._wish = Wish()
        self._sound: Sound | None = None
        self._read: Read = _nothing
        self._told = False
        self._limit: int | None = None
        self._ring = silent(-1)
        self._path = Path(0.0, 1.0)

    def feed(self, wish: Wish) -> bool:
        """Does the next bit of work for this wish; False when there is nothing to do for now."""
        if wish is not self._wish and (wish.jump != self._wish.jump or self._may_change()):
            self._follow(wish)
            return True
        if self._room():
            self._put()
            return True
        return self._warm()

    def _follow(self, wish: Wish) -> None:
        before, self._wish = self._wish, wish
        self._told = self._told and wish.jump == before.jump
        self._limit = None if wish.seconds is None else round(wish.seconds * self._tap.rate)
        self._open(wish.sound)
        if wish.speed == 0.0 or wish.sound is None:
            self._ring = silent(wish.jump)
            self._path = Path(float(wish.start), self._ratio)
        else:
            self._ring, at = self._begin(wish) if wish.jump != before.jump else self._branch()
            # On whole samples, where the device lets it be, nothing is interpolated.
            at = float(round(at)) if self._ratio == 1.0 else at
            self._path = Path(at, wish.speed * self._ratio, wish.loop)
            while self._room() and self._ahead() < READY:
                self._put()
        self._tap.offered = self._ring

    def _begin(self, wish: Wish) -> tuple[Ring, float]:
        return Ring(wish.jump), float(wish.start)

    def _branch(self) -> tuple[Ring, float]:
        """A ring that takes this one's place from the first chunk that is not being heard yet, and where that is."""
        old = self._ring
        first = max(old.first, min(self._next_index(), old.written))
        chunk = old.get(first)
        return Ring(old.jump, first), self._path.at if chunk is None else chunk.pieces[0].at

    def _open(self, sound: Sound | None) -> None:
        if sound is self._sound:
            return
        self._sound, self._read = sound, _nothing
        try:
            self._read = _nothing if sound is None else sound.open()
        except Exception as error:  # noqa: BLE001 - an edge: the feeder's thread must go on, and it is told
            self._tell(error)

    def _next_index(self) -> int:
        """The first chunk that is not being heard yet."""
        jump, index = self._tap.turn
        return index + 1 if jump == self._ring.jump else 0

    def _ahead(self) -> int:
        return self._ring.written - self._next_index()

    def _may_change(self) -> bool:
        """Whether enough lies ahead to follow a change that is not a jump."""
        return self._ring.ends is not None or self._ahead() >= SAFE

    def _room(self) -> bool:
        return self._ring.ends is None and self._ahead() < AHEAD

    def _put(self) -> None:
        index = self._ring.written
        wanted = CHUNK if self._limit is None else min(CHUNK, self._limit - index * CHUNK)
        pieces, self._path = self._path.advance(wanted)
        if pieces:
            self._ring.put(Chunk(index, self._render(pieces), pieces))
        if sum(piece.frames for piece in pieces) < CHUNK:
            self._ring.ends = self._ring.written

    def _render(self, pieces: tuple[Piece, ...]) -> Frames:
        frames = np.zeros((CHUNK, 2), np.float32)
        at = 0
        try:
            for piece in pieces:
                frames[at : at + piece.frames] = heard(piece, self._read)
                at += piece.frames
        except Exception as error:  # noqa: BLE001 - as above
            self._tell(error)
        return frames

    def _warm(self) -> bool:
        if self._sound is None or self._wish.speed < 0:
            return False
        try:
            return self._sound.warm(math.floor(self._path.at))
        except Exception as error:  # noqa: BLE001 - as above
            self._tell(error)
            return False

    def _tell(self, error: Exception) -> None:
        if not self._told:
            self._told = True
            self._failed(error)


def _nothing(start: int, stop: int) -> Frames:
    return np.zeros((2, stop - start), np.float32)
