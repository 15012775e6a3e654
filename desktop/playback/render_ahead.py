"""Renders audio ahead of the output device; re-renders the unplayed part when playback parameters change."""

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from desktop.playback.callback_reader import CallbackReader
from desktop.playback.playhead_path import PlayheadPath, Segment, Span
from desktop.playback.ring import CAPACITY, CHUNK, Chunk, Frames, Ring, silent
from desktop.playback.varispeed import ReadSamples, render_segment
from engine.logs import log_failure

log = logging.getLogger(__name__)

READY_CHUNKS = 4
"""Chunks to render before a ring is offered: 43 ms at 48 kHz."""

SAFE_CHUNKS = 12
"""Chunks buffered before accepting the next change, so that rapid edits cannot cause underruns."""

MAX_AHEAD = CAPACITY - 8
"""Most chunks rendered ahead; the chunks just heard stay in the ring for crossfades."""


class PlaybackSource(Protocol):
    """A playable source. Both methods are called in the render-ahead thread only."""

    def open(self) -> ReadSamples:
        """Prepare the source and return its reading function. May read files."""

    def warm(self, at: int) -> bool:
        """Render a little of what follows ``at``; return False if there is nothing to render."""


@dataclass(frozen=True)
class PlaybackRequest:
    """What to play; a new request replaces the previous one.

    Attributes:
        sound: the source; None is silence.
        seek_id: if it differs from the last request's, playback starts at ``start``; else it continues where it is.
        start: timeline sample to start at.
        speed: 1 is normal, negative is backwards, 0 is stopped.
        loop: the loop, which takes effect once the position is inside.
        seconds: stop after this time, at any speed; None plays on.
    """

    sound: PlaybackSource | None = None
    seek_id: int = 0
    start: int = 0
    speed: float = 0.0
    loop: Span | None = None
    seconds: float | None = None


class RenderAhead:
    """Renders in small steps, so that the caller can do other work in between.

    Args:
        reader: receives the rings.
        ratio: timeline samples per device frame.
        failed: called with an error, once per seek; silence is played then.
    """

    def __init__(self, reader: CallbackReader, ratio: float, failed: Callable[[Exception], None]) -> None:
        self._reader = reader
        self._ratio = ratio
        self._failed = failed
        self._request = PlaybackRequest()
        self._sound: PlaybackSource | None = None
        self._read: ReadSamples = _silence
        self._told = False
        self._limit: int | None = None
        self._ring = silent(-1)
        self._path = PlayheadPath(0.0, 1.0)

    def feed(self, request: PlaybackRequest) -> bool:
        """Do the next step of work for this request; return False if there is nothing to do."""
        if request is not self._request and (request.seek_id != self._request.seek_id or self._may_change()):
            self._follow(request)
            return True
        if self._output_thread():
            self._put()
            return True
        return self._warm()

    def _follow(self, request: PlaybackRequest) -> None:
        before, self._request = self._request, request
        self._told = self._told and request.seek_id == before.seek_id
        self._limit = None if request.seconds is None else round(request.seconds * self._reader.rate)
        self._open(request.sound)
        if request.speed == 0.0 or request.sound is None:
            self._ring = silent(request.seek_id)
            self._path = PlayheadPath(float(request.start), self._ratio)
        else:
            self._ring, at = self._begin(request) if request.seek_id != before.seek_id else self._branch()
            # Start on whole samples: at equal rates nothing is interpolated then.
            at = float(round(at)) if self._ratio == 1.0 else at
            self._path = PlayheadPath(at, request.speed * self._ratio, request.loop)
            while self._output_thread() and self._ahead() < READY_CHUNKS:
                self._put()
        self._reader.offered = self._ring

    def _begin(self, request: PlaybackRequest) -> tuple[Ring, float]:
        return Ring(request.seek_id), float(request.start)

    def _branch(self) -> tuple[Ring, float]:
        """Return a ring that replaces this one from the first chunk not yet being heard, and its position."""
        old = self._ring
        first = max(old.first, min(self._next_index(), old.written))
        chunk = old.get(first)
        return Ring(old.seek_id, first), self._path.at if chunk is None else chunk.pieces[0].at

    def _open(self, sound: PlaybackSource | None) -> None:
        if sound is self._sound:
            return
        self._sound, self._read = sound, _silence
        try:
            self._read = _silence if sound is None else sound.open()
        except Exception as error:  # noqa: BLE001 - an edge: the thread must go on, and the error is reported
            self._tell(error)

    def _next_index(self) -> int:
        """Return the index of the first chunk not yet being heard."""
        seek_id, index = self._reader.turn
        return index + 1 if seek_id == self._ring.seek_id else 0

    def _ahead(self) -> int:
        return self._ring.written - self._next_index()

    def _may_change(self) -> bool:
        """Return whether enough is rendered ahead to accept a change that is not a seek."""
        return self._ring.ends is not None or self._ahead() >= SAFE_CHUNKS

    def _output_thread(self) -> bool:
        return self._ring.ends is None and self._ahead() < MAX_AHEAD

    def _put(self) -> None:
        index = self._ring.written
        wanted = CHUNK if self._limit is None else min(CHUNK, self._limit - index * CHUNK)
        pieces, self._path = self._path.advance(wanted)
        if pieces:
            self._ring.put(Chunk(index, self._render(pieces), pieces))
        if sum(piece.frames for piece in pieces) < CHUNK:
            self._ring.ends = self._ring.written

    def _render(self, pieces: tuple[Segment, ...]) -> Frames:
        frames = np.zeros((CHUNK, len(self._reader.layout)), np.float32)
        at = 0
        try:
            for piece in pieces:
                frames[at : at + piece.frames] = render_segment(piece, self._read)
                at += piece.frames
        except Exception as error:  # noqa: BLE001 - as above
            self._tell(error)
        return frames

    def _warm(self) -> bool:
        if self._sound is None or self._request.speed < 0:
            return False
        try:
            return self._sound.warm(math.floor(self._path.at))
        except Exception as error:  # noqa: BLE001 - as above
            self._tell(error)
            return False

    def _tell(self, error: Exception) -> None:
        if not self._told:
            self._told = True
            log_failure(log, "Rendering for playback", error)
            self._failed(error)


def _silence(start: int, stop: int) -> Frames:
    return np.zeros((1, stop - start), np.float32)
