"""A look-ahead true-peak limiter: one gain for all channels and all stems, 1 wherever nothing is too high.

As every stem is multiplied by the same gain, the limited mix is still the sum of the limited stems.
"""

import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.sound.render import Block, sum_stems
from engine.sound.truepeak import MOST_LIFT, REACH, STRETCH, peaks_between
from engine.sound.waveform import Waveform, from_db

CEILING_DBTP = -1.0
"""EBU R 128 allows no more."""

ATTACK_SECONDS = 0.005
RELEASE_SECONDS = 0.12
MARGIN_DB = 0.05
"""How far under the ceiling a peak that passes it is brought: a moving gain lifts points between samples by a hair."""

FRAME = 4096
"""What is worked on at a time, counted from the start of the stream, so that a gain does not depend on how the stream
was cut up."""

LEAST_REDUCTION = 1e-5
"""Under 0.0001 dB a release has ended: from there the gain is 1 again."""

Factors = NDArray[np.float64]


class Limiter:
    """Works out, for a mix fed block by block, the gain that holds its true peaks under a ceiling.

    For each peak the gain has fallen, along half a cosine of ``attack_seconds``, before it comes, stays for as long
    as the peak can be seen by a true-peak meter, and rises exponentially afterwards.

    Args:
        rate: samples a second.
        ceiling_dbtp: highest true peak to let through.
        attack_seconds: how long the gain takes to fall; the look-ahead is that and 20 samples.
        release_seconds: time constant of its rise.
        channels: of the mix.
    """

    def __init__(
        self,
        rate: int,
        ceiling_dbtp: float = CEILING_DBTP,
        *,
        channels: int = 2,
        attack_seconds: float = ATTACK_SECONDS,
        release_seconds: float = RELEASE_SECONDS,
    ) -> None:
        self._ceiling = from_db(ceiling_dbtp)
        self._target = from_db(ceiling_dbtp - MARGIN_DB)
        attack = max(1, math.ceil(attack_seconds * rate / 2.0))
        self._window = np.hanning(2 * attack + 3)[1:-1] / np.hanning(2 * attack + 3).sum()
        self._hold = attack + REACH
        self.lookahead = REACH + self._hold + attack
        """How many samples must be known after one before its gain is."""
        self._decay = math.exp(-1.0 / (release_seconds * rate))
        self._reduction = 0.0
        self._waiting = np.zeros((channels, 0), np.float32)
        # What precedes the stream is silence: three stages, each with the context that it looks back on.
        self._context = np.zeros((channels, 2 * REACH), np.float32)
        self._needed: Factors = np.zeros(2 * self._hold)
        self._held: Factors = np.zeros(2 * attack)
        self._owed = 0
        self._skip = self.lookahead

    def push(self, mix: Waveform) -> Waveform:
        """Takes the next stretch of the mix and gives the gains that are known by now, float32 (any number,).

        They carry on from where those of the last call ended; ``lookahead`` samples and up to a frame stay behind
        until ``flush``.
        """
        self._owed += mix.shape[1]
        self._waiting = np.concatenate([self._waiting, mix], axis=1)
        whole = self._waiting.shape[1] // FRAME * FRAME
        gains = [self._frame(self._waiting[:, at : at + FRAME]) for at in range(0, whole, FRAME)]
        self._waiting = self._waiting[:, whole:].copy()
        return self._given(gains)

    def flush(self) -> Waveform:
        """The gains of all that is left, as silence follows. Afterwards the limiter is at its end."""
        if not self._owed:
            return np.zeros(0, np.float32)
        missing = self._owed + self._skip
        length = -(-missing // FRAME) * FRAME
        ending = np.pad(self._waiting, ((0, 0), (0, length - self._waiting.shape[1])))
        return self._given([self._frame(ending[:, at : at + FRAME]) for at in range(0, length, FRAME)])

    def _given(self, gains: list[Waveform]) -> Waveform:
        """What may be handed out: without the gains of what preceded the stream, and none for what follows it."""
        whole = np.concatenate([np.zeros(0, np.float32), *gains])
        known = whole[self._skip :][: self._owed]
        self._skip = max(0, self._skip - len(whole))
        self._owed -= len(known)
        return known

    def _frame(self, mix: Waveform) -> Waveform:
        """The next ``FRAME`` gains, which lie ``lookahead`` samples back."""
        whole = np.concatenate([self._context, mix], axis=1)
        self._context = whole[:, -2 * REACH :]
        needed = np.concatenate([self._needed, self._reductions(whole)])
        self._needed = needed[-2 * self._hold :]
        held = np.concatenate([self._held, self._released(_highest_near(needed, self._hold))])
        self._held = held[-(len(self._window) - 1) :]
        if not held.any():
            return np.ones(FRAME, np.float32)
        return (1.0 - np.convolve(held, self._window, mode="valid")).astype(np.float32)

    def _reductions(self, mix: Waveform) -> Factors:
        """1 minus the gain that each sample of ``mix`` but its ends, by itself, needs."""
        needed = np.zeros(mix.shape[1] - 2 * REACH)
        for start in range(0, len(needed), STRETCH):
            part = mix[:, start : start + STRETCH + 2 * REACH]
            if float(np.abs(part).max()) * MOST_LIFT > self._ceiling:
                peaks = peaks_between(part)
                over = peaks > self._ceiling
                needed[start : start + STRETCH][over] = 1.0 - self._target / peaks[over]
        return needed

    def _released(self, reductions: Factors) -> Factors:
        """Reductions that fall no faster than the release: max over the past of each, decayed since."""
        if self._reduction == 0.0 and not reductions.any():
            return reductions
        growth = self._decay ** -np.arange(1.0, len(reductions) + 1.0)
        reached = np.maximum(np.maximum.accumulate(reductions * growth), self._reduction) / growth
        reached[reached < LEAST_REDUCTION] = 0.0
        self._reduction = float(reached[-1])
        return np.asarray(reached)


def limit_blocks(blocks: Iterable[Block], limiter: Limiter, watched: Sequence[int] = ()) -> Iterator[Block]:
    """The blocks with the limiter's gain on every stem, and the mix the sum of those; memory stays flat.

    Blocks come out as they went in, a little later. A stem is bit for bit what it was wherever the gain is 1.

    Args:
        limiter: has the channels of the mix and, after them, those of every watched stem.
        watched: tracks whose stems it holds under the ceiling by themselves, too.
    """
    waiting: deque[Block] = deque()
    known = np.zeros(0, np.float32)
    for block in blocks:
        waiting.append(block)
        heard = np.concatenate([block.mix, *(block.stems[number] for number in watched)])
        known = np.concatenate([known, limiter.push(heard)])
        while waiting and waiting[0].mix.shape[1] <= len(known):
            first = waiting.popleft()
            known, gain = known[first.mix.shape[1] :], known[: first.mix.shape[1]]
            yield _multiplied(first, gain)
    known = np.concatenate([known, limiter.flush()])
    for block in waiting:
        known, gain = known[block.mix.shape[1] :], known[: block.mix.shape[1]]
        yield _multiplied(block, gain)


def _multiplied(block: Block, gain: Waveform) -> Block:
    if gain.min(initial=1.0) == 1.0:
        return block
    return sum_stems(block.start, {number: stem * gain for number, stem in block.stems.items()})


def _highest_near(values: Factors, reach: int) -> Factors:
    """The highest value within ``reach`` of each, for those with as many to either side."""
    from scipy.ndimage import maximum_filter1d

    if not values.any():
        return np.zeros(len(values) - 2 * reach)
    return np.asarray(maximum_filter1d(values, 2 * reach + 1)[reach:-reach])
