"""The playhead's path: which timeline positions are heard in order, at any speed, in a loop or not."""

import math
from dataclasses import dataclass, replace

Span = tuple[int, int]
"""From one sample to before another."""


@dataclass(frozen=True)
class Segment:
    """A stretch without a jump: device frames, the timeline position of the first, and the step between them."""

    frames: int
    at: float
    step: float

    @property
    def after(self) -> float:
        """The position following the segment."""
        return self.at + self.frames * self.step


@dataclass(frozen=True)
class PlayheadPath:
    """Position and direction of playback.

    Attributes:
        at: timeline position of the next device frame, in samples.
        step: timeline samples per device frame; negative is backwards.
        loop: the loop, which takes effect once the position is inside.
    """

    at: float
    step: float
    loop: Span | None = None

    def advance(self, frames: int) -> tuple[tuple[Segment, ...], "PlayheadPath"]:
        """Return the segments of the next ``frames`` frames and the path after them.

        Backwards the path ends before sample 0, so the segments may be shorter.
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
        """Return the number of frames until the loop turns or the start is reached."""
        if self.step > 0:
            if self.loop is None or self.at >= self.loop[1]:
                return most
            count = math.ceil((self.loop[1] - self.at) / self.step)
            # The quotient may have been rounded up to a whole number: check the last position.
            return count - 1 if count > 1 and self.at + (count - 1) * self.step >= self.loop[1] else count
        lowest = self.loop[0] if self.loop is not None and self.at >= self.loop[0] else 0
        count = math.floor((self.at - lowest) / -self.step) + 1
        return count - 1 if count > 1 and self.at + (count - 1) * self.step < lowest else count

    def _turned(self, after: float) -> float:
        """Return the position after a segment that ended here, wrapped by the loop."""
        if self.loop is None:
            return after
        start, stop = self.loop
        if self.step > 0 and self.at < stop <= after:
            return start + (after - stop) % (stop - start)
        if self.step < 0 and self.at >= start > after:
            place = stop - (start - after) % (stop - start)
            return place if place < stop else float(start)
        return after
