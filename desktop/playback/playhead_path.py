"""The way through time: which places on the timeline are heard one after another, at any speed, round a loop."""

import math
from dataclasses import dataclass, replace

Span = tuple[int, int]
"""From a sample to before another."""


@dataclass(frozen=True)
class Segment:
    """A stretch without a jump: this many frames of the device, from this place of the timeline on, by this step."""

    frames: int
    at: float
    step: float

    @property
    def after(self) -> float:
        """Where it would go on."""
        return self.at + self.frames * self.step


@dataclass(frozen=True)
class PlayheadPath:
    """Where playing stands and how it goes on.

    Attributes:
        at: the place on the timeline, in its samples, of the next frame of the device.
        step: samples of the timeline to a frame of the device; less than 0 is backwards.
        loop: goes round in here, once it is in.
    """

    at: float
    step: float
    loop: Span | None = None

    def advance(self, frames: int) -> tuple[tuple[Segment, ...], "PlayheadPath"]:
        """The next pieces, ``frames`` long together, and how it goes on after them.

        Backwards, the way ends before sample 0: then they are shorter.
        """
        pieces: list[Segment] = []
        path, left = self, frames
        while left > 0:
            count = min(left, path._before_turn(left))
            if count <= 0:
                break
            piece = Segment(count, path.at, path.step)
            pieces.append(piece)
            path = replace(path, at=path._turned(piece.after))
            left -= count
        return tuple(pieces), path

    def _before_turn(self, most: int) -> int:
        """How many frames there are until the loop turns, or the beginning is reached."""
        if self.step > 0:
            if self.loop is None or self.at >= self.loop[1]:
                return most
            count = math.ceil((self.loop[1] - self.at) / self.step)
            # The quotient may have been rounded up past a whole number: the last place decides.
            return count - 1 if count > 1 and self.at + (count - 1) * self.step >= self.loop[1] else count
        lowest = self.loop[0] if self.loop is not None and self.at >= self.loop[0] else 0
        count = math.floor((self.at - lowest) / -self.step) + 1
        return count - 1 if count > 1 and self.at + (count - 1) * self.step < lowest else count

    def _turned(self, after: float) -> float:
        """Where it goes on after a piece that ended here."""
        if self.loop is None:
            return after
        start, stop = self.loop
        if self.step > 0 and self.at < stop <= after:
            return start + (after - stop) % (stop - start)
        if self.step < 0 and self.at >= start > after:
            place = stop - (start - after) % (stop - start)
            return place if place < stop else float(start)
        return after
