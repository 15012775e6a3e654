"""The randomness of synthesized sounds: one generator with a few common distributions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Wave = NDArray[np.float64]
"""Mono samples (n,), nominally within +-1; also curves sampled at the audio rate."""

Range = tuple[float, float]
T = TypeVar("T")


@dataclass(frozen=True)
class Draw:
    """A random generator together with the sample rate of the sounds.

    Args:
        rng: the only source of randomness.
        rate: samples per second.
    """

    rng: np.random.Generator
    rate: int

    def between(self, low: float, high: float) -> float:
        """Draw uniformly from low to high."""
        return float(self.rng.uniform(low, high))

    def log_between(self, low: float, high: float) -> float:
        """Draw uniformly on a log scale, as is right for frequencies, times and rates."""
        return float(np.exp(self.rng.uniform(np.log(low), np.log(high))))

    def chance(self, probability: float) -> bool:
        """Return True with this probability."""
        return bool(self.rng.random() < probability)

    def whole(self, low: int, high: int) -> int:
        """Draw an integer from low to high, both included."""
        return int(self.rng.integers(low, high + 1))

    def pick(self, options: Sequence[T]) -> T:
        """Pick one of the options."""
        return options[int(self.rng.integers(len(options)))]

    def spread(self, low: float, high: float, count: int) -> Wave:
        """Return ``count`` values evenly spaced on a log scale."""
        return np.exp(self.rng.uniform(np.log(low), np.log(high), count))

    def near(self, value: float, share: float) -> float:
        """Draw ``value`` plus or minus a relative deviation of ``share``."""
        return value * self.between(1.0 - share, 1.0 + share)

    def samples(self, seconds: float) -> int:
        """Convert seconds to samples, at least 1."""
        return max(1, round(seconds * self.rate))
