"""The look-ahead true-peak limiter: one gain for all channels and all stems, 1 wherever nothing is too high.

As every stem is multiplied by the same gain, the limited mix is still the sum of the limited stems. Takes are limited
by the same class, as streams of one block.
"""

import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.sound.render import Block
from engine.sound.truepeak import MOST_LIFT, REACH, peaks_between, true_peak_dbtp
from engine.sound.waveform import Waveform, from_db

CEILING_DBTP = -1.0
"""EBU R 128 allows no more."""

ATTACK_SECONDS = 0.005
RELEASE_SECONDS = 0.12
MARGIN_DB = 0.05
"""How far under the ceiling a peak that passes it is brought: a moving gain lifts points between samples by a hair."""

FRAME = 8192
"""Samples worked on at a time, counted from the start of the stream, so that a gain does not depend on how the stream
was cut up."""

MOST_TIME_CONSTANTS = 500.0
"""The decay over this many is about the smallest number there is."""

LEAST_REDUCTION = 1e-5
"""Under 0.0001 dB a release has ended: from there the gain is 1 again."""

Factors = NDArray[np.float64]


class Limiter:
    """Work out, for a mix fed block by block, the gain that holds its true peaks under a ceiling.

    For each peak the gain has fallen, along half a cosine of ``attack_seconds``, before it comes, stays for as long
    as the peak can be seen by a true-peak meter, and rises exponentially afterwards.

    Args:
        rate: samples per second.
        ceiling_dbtp: highest true peak to let through.
        channels: channels of the mix, and of what else it watches.
        attack_seconds: how long the gain takes to fall; the look-ahead is that and 20 samples.
        release_seconds: time constant of its rise.
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
        self._smoothing = _Smoothing(attack)
        self._hold = attack + REACH
        self.lookahead = REACH + self._hold + attack
        """How many samples must be known after one before its gain is."""
        # Decay is divided out and put back, over no more time constants than numbers have range for.
        self._stretch = min(FRAME, max(1, int(MOST_TIME_CONSTANTS * release_seconds * rate)))
        self._growth = np.exp(np.arange(1.0, self._stretch + 1.0) / (release_seconds * rate))
        self._reduction = 0.0
        self._waiting = np.zeros((channels, 0), np.float32)
        # Silence precedes the stream: three stages, each with the context that it looks back on.
        self._context = np.zeros((channels, 2 * REACH), np.float32)
        self._needed: Factors = np.zeros(2 * self._hold)
        self._held: Factors = np.zeros(2 * attack)
        self._owed = 0
        self._skip = self.lookahead

    def push(self, mix: Waveform) -> Waveform:
        """Process the next block of the mix and return the gains that are known by now, float32 (any number,).

        They carry on from where those of the last call ended; ``lookahead`` samples and up to a frame stay behind
        until ``flush``.
        """
        self._owed += mix.shape[1]
        self._waiting = np.concatenate([self._waiting, mix], axis=1)
        whole = self._waiting.shape[1] // FRAME * FRAME
        gains = [self._frame(self._waiting[:, at : at + FRAME]) for at in range(0, whole, FRAME)]
        self._waiting = self._waiting[:, whole:].copy()
        return self._known(gains)

    def flush(self) -> Waveform:
        """Return the gains of all that is left, as if silence followed. Afterwards the limiter is at its end."""
        if not self._owed:
            return np.zeros(0, np.float32)
        missing = self._owed + self._skip
        length = -(-missing // FRAME) * FRAME
        ending = np.pad(self._waiting, ((0, 0), (0, length - self._waiting.shape[1])))
        return self._known([self._frame(ending[:, at : at + FRAME]) for at in range(0, length, FRAME)])

    def _known(self, gains: list[Waveform]) -> Waveform:
        """Return what may be handed out: no gains of what preceded the stream, and none of what follows it."""
        whole = np.concatenate([np.zeros(0, np.float32), *gains])
        known = whole[self._skip :][: self._owed]
        self._skip = max(0, self._skip - len(whole))
        self._owed -= len(known)
        return known

    def _frame(self, mix: Waveform) -> Waveform:
        """Return the next ``FRAME`` gains, which lie ``lookahead`` samples back."""
        whole = np.concatenate([self._context, mix], axis=1)
        self._context = whole[:, -2 * REACH :]
        needed = np.concatenate([self._needed, self._reductions(whole)])
        self._needed = needed[-2 * self._hold :]
        held = np.concatenate([self._held, self._released(_highest_near(needed, self._hold))])
        self._held = held[FRAME:]
        if not held.any():
            return np.ones(FRAME, np.float32)
        return (1.0 - self._smoothing.of(held)).astype(np.float32)

    def _reductions(self, mix: Waveform) -> Factors:
        """Return 1 minus the gain that each sample of ``mix`` but its ends, by itself, needs."""
        needed = np.zeros(mix.shape[1] - 2 * REACH)
        loud = np.abs(mix).max(axis=1) * np.float32(MOST_LIFT) > self._ceiling
        if loud.any():
            peaks = peaks_between(mix if loud.all() else mix[loud])
            over = np.flatnonzero(peaks > self._ceiling)
            needed[over] = 1.0 - self._target / peaks[over]
        return needed

    def _released(self, reductions: Factors) -> Factors:
        """Return reductions that fall no faster than the release: the highest so far, each decayed since."""
        if self._reduction == 0.0 and not reductions.any():
            return reductions
        reached = np.empty_like(reductions)
        for start in range(0, len(reductions), self._stretch):
            part = reached[start : start + self._stretch]
            growth = self._growth[: len(part)]
            np.multiply(reductions[start : start + self._stretch], growth, out=part)
            np.maximum(np.maximum.accumulate(part), self._reduction, out=part)
            part /= growth
            self._reduction = float(part[-1])
        reached[reached < LEAST_REDUCTION] = 0.0
        self._reduction = float(reached[-1])
        return reached


class _Smoothing:
    """A moving average over ``attack`` samples to either side, weighted by a Hann window.

    As the window is a constant less a cosine, its sums are differences of running sums of the values, and of the
    values turned by that cosine.
    """

    def __init__(self, attack: int) -> None:
        self._width = 2 * attack + 1
        turns = 2.0 * math.pi / (self._width + 1) * np.arange(FRAME + 2 * attack)
        self._turned = np.stack([np.cos(turns), np.sin(turns)])
        back = turns[:FRAME] - 2.0 * math.pi / (self._width + 1)
        self._back = np.stack([np.cos(back), np.sin(back)])
        self._sums = np.zeros((3, FRAME + 2 * attack + 1))
        self._memory = np.empty((2, FRAME + 2 * attack))

    def of(self, values: Factors) -> Factors:
        """Return the averages, (FRAME,), of (FRAME + 2 * attack,) values."""
        sums = self._sums
        np.cumsum(values, out=sums[0, 1:])
        np.cumsum(np.multiply(self._turned, values, out=self._memory), axis=1, out=sums[1:, 1:])
        average = sums[0, self._width :] - sums[0, : -self._width]
        for turned, back in zip(sums[1:], self._back, strict=True):
            wave = np.subtract(turned[self._width :], turned[: -self._width], out=self._memory[0, :FRAME])
            average -= np.multiply(wave, back, out=wave)
        average /= self._width + 1
        return np.asarray(average)


def limit_peaks(
    samples: Waveform,
    rate: int,
    ceiling_dbtp: float = CEILING_DBTP,
    *,
    attack_seconds: float = ATTACK_SECONDS,
    release_seconds: float = RELEASE_SECONDS,
) -> Waveform:
    """Return a whole waveform with its true peaks held under the ceiling, all channels alike.

    Args:
        samples: float32 (channels, samples).
        rate: samples per second.
        ceiling_dbtp: highest true peak of the result.
        attack_seconds: as in ``Limiter``.
        release_seconds: as in ``Limiter``.
    """
    if true_peak_dbtp(samples) <= ceiling_dbtp:
        return samples
    limiter = Limiter(
        rate,
        ceiling_dbtp,
        channels=samples.shape[0],
        attack_seconds=attack_seconds,
        release_seconds=release_seconds,
    )
    limited = samples * np.concatenate([limiter.push(samples), limiter.flush()])
    # Should a moving gain have lifted a point between samples by more than the margin, a plain gain makes up for it.
    over = true_peak_dbtp(limited) - ceiling_dbtp
    return limited if over <= 0 else np.asarray(limited * np.float32(from_db(-over - 1e-4)), np.float32)


def limit_blocks(
    blocks: Iterable[Block], limiter: Limiter, watched: Sequence[int] = (), *, in_place: bool = False
) -> Iterator[Block]:
    """Yield the blocks with the limiter's gain on every stem, and the mix the sum of those; memory stays flat.

    Blocks come out as they went in, a little later. A stem is bit for bit what it was wherever the gain is 1.

    Args:
        blocks: the stream.
        limiter: has the channels of the mix and, after them, those of every watched stem.
        watched: tracks whose stems it holds under the ceiling by themselves, too.
        in_place: whether the stems may be changed where they lie, which takes less time and memory.
    """
    waiting: deque[Block] = deque()
    known = np.zeros(0, np.float32)
    for block in blocks:
        waiting.append(block)
        heard = np.concatenate([block.mix, *(block.stems[number] for number in watched)])
        known = np.concatenate([known, limiter.push(heard)])
        while waiting and waiting[0].mix.shape[1] <= len(known):
            length = waiting[0].mix.shape[1]
            yield _multiplied(waiting.popleft(), known[:length], in_place=in_place)
            known = known[length:]
    known = np.concatenate([known, limiter.flush()])
    for block in waiting:
        length = block.mix.shape[1]
        yield _multiplied(block, known[:length], in_place=in_place)
        known = known[length:]


def _multiplied(block: Block, gain: Waveform, *, in_place: bool) -> Block:
    if gain.min(initial=1.0) == 1.0:
        return block
    stems, mix = {}, np.zeros_like(block.mix)
    for number, stem in block.stems.items():
        # Summed while it is in the processor's cache.
        stems[number] = limited = np.multiply(stem, gain, out=stem if in_place else None)
        np.add(mix, limited, out=mix)
    return Block(block.start, stems, mix)


def _highest_near(values: Factors, reach: int) -> Factors:
    """Return the highest value within ``reach`` of each, for those with as many to either side."""
    width = 2 * reach + 1
    if not values.any():
        return np.zeros(len(values) - width + 1)
    # The highest of 2, 4, 8 ... values; the last two that overlap make up the width.
    covered, highest = 1, values
    while 2 * covered <= width:
        highest = np.maximum(highest[:-covered], highest[covered:])
        covered *= 2
    return np.maximum(highest[: len(values) - width + 1], highest[width - covered :])
