"""The randomness of synthesized sounds: one generator with a few common distributions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
        chosen: positions of named draws in their ranges, 0 to 1, instead of random ones.
    """

    rng: np.random.Generator
    rate: int
    chosen: Mapping[str, float] = field(default_factory=dict)

    def between(self, low: float, high: float, name: str = "") -> float:
        """Draw uniformly from low to high; a draw with a name may be chosen."""
        drawn = float(self.rng.uniform(low, high))
        share = self.share(name)
        return drawn if share is None else low + (high - low) * share

    def log_between(self, low: float, high: float, name: str = "") -> float:
        """Draw uniformly on a log scale, as is right for frequencies, times and rates; may be chosen by name."""
        drawn = float(np.exp(self.rng.uniform(np.log(low), np.log(high))))
        share = self.share(name)
        return drawn if share is None else float(low * (high / low) ** share)

    def share(self, name: str) -> float | None:
        """Return the position that was chosen for a name, from its other end after a minus, or None."""
        share = self.chosen.get(name.removeprefix("-"))
        return 1.0 - share if share is not None and name.startswith("-") else share

    def is_chosen(self, *names: str) -> bool:
        """Return whether one of these names was chosen."""
        return any(name in self.chosen for name in names)

    def chance(self, probability: float) -> bool:
        """Return True with this probability."""
        return bool(self.rng.random() < probability)

    def whole(self, low: int, high: int) -> int:
        """Draw an integer from low to high, both included."""
        return int(self.rng.integers(low, high + 1))

    def pick(self, options: Sequence[T], name: str = "") -> T:
        """Pick one of the options; may be chosen by name, by its position."""
        drawn = int(self.rng.integers(len(options)))
        share = self.share(name)
        return options[drawn if share is None else min(len(options) - 1, int(share * len(options)))]

    def spread(self, low: float, high: float, count: int) -> Wave:
        """Return ``count`` values evenly spaced on a log scale."""
        return np.exp(self.rng.uniform(np.log(low), np.log(high), count))

    def near(self, value: float, share: float) -> float:
        """Draw ``value`` plus or minus a relative deviation of ``share``."""
        return value * self.between(1.0 - share, 1.0 + share)

    def samples(self, seconds: float) -> int:
        """Convert seconds to samples, at least 1."""
        return max(1, round(seconds * self.rate))
