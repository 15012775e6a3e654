"""Recursive filters as matrix products: many samples at once where a recursion would take them one by one.

A cascade of second-order sections is linear. The outputs of a block of samples are therefore one product of its inputs
and of the state before it with a fixed matrix, and so is the state after it. The states of many blocks follow from
each other by one and the same linear step, and are found in the same way, group by group.
"""

import math
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]
Sections = tuple[tuple[tuple[float, ...], tuple[float, ...]], ...]
"""Numerator and denominator of each section, three factors each, the first of the denominator 1."""

BLOCK = 32
"""Samples of a block: the longer, the more multiplications per sample; the shorter, the more states."""

GROUP = 8
"""States found by one product."""

CHUNK = 65_536
"""Samples of all rows filtered at a time, so that the working memory stays in the processor's cache."""

PRODUCT = 1 << 18
"""Multiplications of one product: for more, BLAS starts threads, which wait for each other for longer."""

TINY = 1e-30
"""Smaller states are set to 0: after long silence they would be denormal numbers, which are slow."""


class BlockFilter:
    """Filter rows of samples that are fed block by block; every row has a state of its own.

    The output equals that of ``scipy.signal.sosfilt`` within 1e-8 of the outermost sample.

    Args:
        sections: of the cascade, in order.
        rows: number of rows.
    """

    def __init__(self, sections: Sections, rows: int) -> None:
        self._matrices = _matrices(sections)
        self._memory: Samples = np.empty(0)
        self.state: Samples = np.zeros((rows, 2 * len(sections)))

    def feed(
        self,
        samples: NDArray[np.floating],
        rows: NDArray[np.intp] | slice = slice(None),
        out: Samples | None = None,
    ) -> Samples:
        """Return the next block filtered, (rows, n).

        Args:
            samples: the next n of each row, or of each of the rows that are named.
            rows: which rows they are of; all others stay as they were.
            out: where to write the result; otherwise new memory.
        """
        state = self.state[rows].copy()
        output = np.empty(samples.shape) if out is None else out
        step = max(CHUNK // max(len(samples), 1) // BLOCK, 1) * BLOCK
        for start in range(0, samples.shape[1], step):
            part = slice(start, start + step)
            self._feed(samples[:, part], state, output[:, part])
        state[np.abs(state) < TINY] = 0.0
        self.state[rows] = state
        return output

    def _feed(self, samples: NDArray[np.floating], state: Samples, output: Samples) -> None:
        """Filter ``samples`` into ``output``, and advance ``state``."""
        made, (rows, order) = self._matrices, state.shape
        count, rest = divmod(samples.shape[1], BLOCK)
        if count:
            # Behind the samples of each block stands the state before it.
            blocks = self._scratch(rows, count, BLOCK + order)
            blocks[:, :, :BLOCK] = samples[:, : count * BLOCK].reshape(rows, count, BLOCK)
            added = _product(blocks.reshape(-1, BLOCK + order)[:, :BLOCK], made.to_state)
            blocks[:, :, BLOCK:] = made.step.states(added.reshape(rows, count, order), state)
            place = output[:, : count * BLOCK].reshape(rows * count, BLOCK)
            _product(blocks.reshape(-1, BLOCK + order), made.to_output, place)
            if not np.may_share_memory(place, output):
                output[:, : count * BLOCK] = place.reshape(rows, -1)
        if rest:
            last = samples[:, count * BLOCK :]
            output[:, count * BLOCK :] = (
                last @ made.to_output[:rest, :rest] + state @ made.to_output[BLOCK:, :rest]
            )
            state[:] = state @ made.powers[rest] + last @ made.to_state[BLOCK - rest :]

    def _scratch(self, *shape: int) -> Samples:
        """Return memory of this shape, the same each time: new pages would cost more than the filter."""
        size = math.prod(shape)
        if len(self._memory) < size:
            self._memory = np.empty(size)
        return self._memory[:size].reshape(shape)


class _Step:
    """A linear step of a state, s' = s @ step + added, taken many times."""

    def __init__(self, step: Samples) -> None:
        order = len(step)
        powers = [np.linalg.matrix_power(step, count) for count in range(GROUP + 1)]
        self._step, self._group = step, powers[GROUP]
        self._from_group = np.concatenate(powers[:GROUP], axis=1)
        self._within = np.zeros((GROUP * order, GROUP * order))
        for place in range(GROUP):
            later = np.concatenate(powers[: GROUP - place], axis=1)
            self._within[place * order : (place + 1) * order, place * order :] = later

    @cached_property
    def _next(self) -> "_Step":
        """The step over a whole group."""
        return _Step(self._group)

    def states(self, added: Samples, state: Samples) -> Samples:
        """Return the states before each of n steps, (rows, n, order), and advance ``state`` over all of them."""
        rows, count, order = added.shape
        if count <= GROUP // 2:
            return self._one_by_one(added, state)
        groups = -(-count // GROUP)
        filled = np.zeros((rows, groups * GROUP, order))
        filled[:, :count] = added
        # From a state of 0 before each group: the states after each step.
        after = _product(filled.reshape(rows * groups, -1), self._within)
        after = after.reshape(rows, groups, GROUP * order)
        last = state.copy()
        before = self._next.states(after[:, :, -order:], last)
        found = np.empty((rows, groups, GROUP * order))
        np.matmul(before, self._from_group, out=found)
        found[:, :, order:] += after[:, :, :-order]
        every = found.reshape(rows, -1, order)
        state[:] = last if count == groups * GROUP else every[:, count]
        return every[:, :count]

    def _one_by_one(self, added: Samples, state: Samples) -> Samples:
        before = np.empty_like(added)
        for place in range(added.shape[1]):
            before[:, place] = state
            state[:] = state @ self._step + added[:, place]
        return before


class _Matrices:
    """What turns samples and states of a cascade into outputs and states, all for row vectors.

    Attributes:
        to_output: (BLOCK + order, BLOCK), from a block and the state before it to its output.
        to_state: (BLOCK, order), from a block to what it adds to the state after it.
        powers: (BLOCK + 1, order, order), from a state to the one this many samples later.
        step: the step over a whole block.
    """

    def __init__(self, sections: Sections) -> None:
        order = 2 * len(sections)
        # Row 0 follows one impulse, the others a state each.
        state = np.concatenate([np.zeros((1, order)), np.eye(order)])
        impulse = np.array([1.0] + [0.0] * order)
        response, states = np.zeros((BLOCK, order + 1)), np.zeros((BLOCK + 1, order + 1, order))
        states[0] = state
        for n in range(BLOCK):
            response[n] = _advance(sections, impulse if n == 0 else np.zeros(order + 1), state)
            states[n + 1] = state
        self.to_output = np.zeros((BLOCK + order, BLOCK))
        for n in range(BLOCK):
            self.to_output[n, n:] = response[: BLOCK - n, 0]
        self.to_output[BLOCK:] = response[:, 1:].T
        self.to_state = states[:0:-1, 0].copy()
        self.powers = states[:, 1:]
        self.step = _Step(self.powers[BLOCK])


def _product(rows: Samples, matrix: Samples, out: Samples | None = None) -> Samples:
    """Return the matrix product, worked out a few rows at a time."""
    found = np.empty((len(rows), matrix.shape[1])) if out is None else out
    step = PRODUCT // matrix.size
    for first in range(0, len(rows), step):
        part = slice(first, first + step)
        np.matmul(rows[part], matrix, out=found[part])
    return found


def _advance(sections: Sections, sample: Samples, state: Samples) -> Samples:
    """Return the output for one sample of each row, and advance the states, (rows, order)."""
    # Transposed direct form II, as scipy's.
    for number, (b, a) in enumerate(sections):
        first, second = state[:, 2 * number], state[:, 2 * number + 1]
        output = b[0] * sample + first
        first[:] = b[1] * sample - a[1] * output + second
        second[:] = b[2] * sample - a[2] * output
        sample = output
    return sample


@lru_cache(maxsize=8)
def _matrices(sections: Sections) -> _Matrices:
    return _Matrices(sections)
