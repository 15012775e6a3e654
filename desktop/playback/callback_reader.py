"""The audio callback's side of playback: reads chunks from rings without locks and counts what it has played."""

from collections import deque
from dataclasses import dataclass

import numpy as np

from desktop.playback.playhead_path import Segment
from desktop.playback.ring import CHUNK, Chunk, Frames, silent
from engine.sound.layout import STEREO, ChannelLayout, fold_to_stereo

FADE_IN = 32
"""Frames of the fade from silence: long enough to avoid a click, too short to soften an attack."""

CROSSFADE = 192
"""Frames of the crossfade when the audio changes."""

MARKS = 256
HEARD = 512
"""Most blocks kept for the meters, which fetch them every few hundredths of a second."""


@dataclass(frozen=True)
class HeardMark:
    """When, on the device's clock, a segment began to be heard, and the seek it belongs to."""

    when: float
    piece: Segment
    seek_id: int


class CallbackReader:
    """The device's callback pulls from one end; render-ahead offers rings at the other.

    Lock-free because every attribute has one writer: the callback writes ``turn``, ``underruns`` and the marks,
    render-ahead writes ``offered``.

    Args:
        rate: frames per second of the device.
        layout: channels of what is played. The device has two; other layouts are folded down to them.
    """

    def __init__(self, rate: int, layout: ChannelLayout = STEREO) -> None:
        self.rate, self.layout = rate, layout
        self._fold = None if layout == STEREO else fold_to_stereo(layout).T.astype(np.float32)
        self.turn = (-1, 0)
        """The seek being heard, and the index of the chunk that is next or already begun."""
        self.underruns = 0
        self.finished = -1
        """The last seek that was played to its end."""
        self.offered = silent(-1)
        self.heard: deque[Frames] = deque(maxlen=HEARD)
        self._ring = self.offered
        self._chunk: Chunk | None = None
        self._frames: Frames = np.zeros((CHUNK, len(layout)), np.float32)
        self._within = CHUNK
        self._starving = False
        self._marks: deque[HeardMark] = deque(maxlen=MARKS)
        self._fade_in = np.linspace(0.0, 1.0, FADE_IN, endpoint=False, dtype=np.float32)[:, None]
        self._crossfade = np.linspace(0.0, 1.0, CROSSFADE, endpoint=False, dtype=np.float32)[:, None]

    def pull(self, out: Frames, when: float) -> None:
        """Fill ``out``, float32 (frames, 2), which will be heard from time ``when``. Called by the device only."""
        if self._fold is None:
            self._fill(out, when)
            self.heard.append(out.copy())
        else:
            whole = np.empty((len(out), len(self._fold)), np.float32)
            self._fill(whole, when)
            np.matmul(whole, self._fold, out=out)
            self.heard.append(whole)

    def _fill(self, out: Frames, when: float) -> None:
        filled = 0
        while filled < len(out):
            if self._within == CHUNK and not self._next():
                out[filled:] = 0.0
                break
            count = min(len(out) - filled, CHUNK - self._within)
            out[filled : filled + count] = self._frames[self._within : self._within + count]
            self._mark(count, when + filled / self.rate)
            self._within += count
            filled += count

    def position(self, now: float, seek_id: int) -> float | None:
        """Return the timeline position heard at ``now``, or None if nothing since this seek has been heard."""
        for mark in reversed(tuple(self._marks)):
            if mark.seek_id != seek_id:
                return None
            if mark.when <= now:
                # Times in seconds are rounded: just under a whole frame is that frame.
                frames = min(int((now - mark.when) * self.rate + 0.01), mark.piece.frames)
                return mark.piece.at + frames * mark.piece.step
        return None

    def _next(self) -> bool:
        """Advance to the next chunk; return False if there is none, in which case the position stands still."""
        index = self.turn[1] + (self._chunk is not None)
        leaving = self._ring.get(index)
        index, changed = self._change(index)
        chunk = self._ring.get(index)
        silent_before = self._chunk is None
        self._chunk, self.turn = chunk, (self._ring.seek_id, index)
        if chunk is not None:
            self._starving = False
            self._begin(chunk.frames, self._joined(chunk.frames, leaving, changed, silent_before))
            return True
        self._note_end(index)
        if changed and leaving is not None and not silent_before:
            self._begin(leaving.frames, self._faded_out(leaving.frames))
            return True
        return False

    def _change(self, index: int) -> tuple[int, bool]:
        """Switch to the offered ring if it has the chunk; return the index to continue at, and whether it switched."""
        offered = self.offered
        same = offered.seek_id == self._ring.seek_id
        if offered is self._ring or (same and index < offered.first):
            return index, False
        self._ring = offered
        return (index if same else 0), True

    def _begin(self, plain: Frames, changed: Frames | None) -> None:
        self._frames = plain if changed is None else changed
        self._within = 0

    def _joined(
        self, frames: Frames, leaving: Chunk | None, changed: bool, silent_before: bool
    ) -> Frames | None:
        """Return the frames with a crossfade or fade-in at their start; None if none is needed."""
        if silent_before:
            joined = frames.copy()
            joined[:FADE_IN] *= self._fade_in
            return joined
        if not changed:
            return None
        joined = frames.copy()
        joined[:CROSSFADE] *= self._crossfade
        if leaving is not None:
            joined[:CROSSFADE] += leaving.frames[:CROSSFADE] * (1.0 - self._crossfade)
        return joined

    def _faded_out(self, frames: Frames) -> Frames:
        faded = np.zeros_like(frames)
        faded[:CROSSFADE] = frames[:CROSSFADE] * (1.0 - self._crossfade)
        return faded

    def _note_end(self, index: int) -> None:
        if self._ring.ended(index):
            self.finished = self._ring.seek_id
        elif not self._starving:
            self._starving = True
            self.underruns += 1

    def _mark(self, count: int, when: float) -> None:
        """Record when each segment of the next ``count`` frames of the chunk will be heard."""
        if self._chunk is None:
            return
        begin, end, at = self._within, self._within + count, 0
        for piece in self._chunk.pieces:
            first, last = max(begin, at), min(end, at + piece.frames)
            if first < last:
                part = Segment(last - first, piece.at + (first - at) * piece.step, piece.step)
                self._marks.append(HeardMark(when + (first - begin) / self.rate, part, self.turn[0]))
            at += piece.frames
