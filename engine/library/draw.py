"""Draw a recording among those that fit: Algorithm 1 of *Seeing Sound* (arXiv 2501.05413, section 3.3).

Scores are flattened by a signed square root, and all above the mean of the best K form the pool. The paper's K and the
weights of the draw are not in its text: both are ours, K a setting, and the draw in proportion to the flattened score.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

POOL_SIZE = 20
"""K: at most this many recordings form the pool, and those that are equal to the last of them."""

Floats = NDArray[np.float64]


def signed_square_root(scores: ArrayLike) -> Floats:
    """Return the square roots of the magnitudes of scores, with their signs."""
    values = np.asarray(scores, np.float64)
    return np.asarray(np.sign(values) * np.sqrt(np.abs(values)))


def pool_of(scores: ArrayLike, size: int = POOL_SIZE, *, flatten: bool = True) -> NDArray[np.intp]:
    """Return the indices of the scores that are at least the mean of the best ``size``, best first.

    Args:
        scores: (N,), in any order; at least one.
        size: K, at least 1.
        flatten: whether to take the signed square root first, as the paper does.
    """
    values = signed_square_root(scores) if flatten else np.asarray(scores, np.float64)
    order = np.argsort(-values, kind="stable")
    # A mean of equal numbers may come out above them by a rounding.
    mean = values[order[:size]].mean()
    threshold = mean - 1e-12 * abs(mean)
    return np.asarray(order[values[order] >= threshold])


def draw_order(
    scores: ArrayLike, seed: int, size: int = POOL_SIZE, *, flatten: bool = True
) -> NDArray[np.intp]:
    """Return the indices of the pool in the order in which they are drawn: none twice until all were.

    Args:
        scores: (N,); at least one.
        seed: of the draw.
        size: K, at least 1.
        flatten: whether to take the signed square root first, as the paper does.
    """
    pool = pool_of(scores, size, flatten=flatten)
    values = signed_square_root(scores) if flatten else np.asarray(scores, np.float64)
    weights = np.maximum(values[pool], 1e-6)
    # Exponential times divided by the weights fall in the order of draws without replacement in proportion to them.
    times = np.random.default_rng(seed).exponential(size=len(pool)) / weights
    return np.asarray(pool[np.argsort(times)])
