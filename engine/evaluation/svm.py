"""A small support vector machine, solved to a tolerance and stored as plain arrays.

One against one, with a Gaussian kernel. Each pair is solved in the dual by coordinate descent (Hsieh et al.,
"A dual coordinate descent method for large-scale linear SVM", ICML 2008, section 3, with kernel values
instead of inner products); the bias is a constant added to the kernel, which leaves box constraints only. A
few hundred clips take a second, and storing needs no pickle.
"""

from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SupportVectorMachine:
    """A fitted machine.

    Attributes:
        mean: (D,), mean of each feature.
        scale: (D,), standard deviation of each feature.
        support: (N, D), the standardized training vectors.
        weights: (pairs, N), signed dual weights of each pair of classes.
        classes: (C,) labels in ascending order; pairs are their combinations.
        width: factor of the squared distance in the kernel.
    """

    mean: Floats
    scale: Floats
    support: Floats
    weights: Floats
    classes: NDArray[np.int64]
    width: float

    def votes(self, features: NDArray[np.floating]) -> Floats:
        """Return a score of each class for vectors (N, D): (N, C), the highest wins.

        Won pairs count 1; the margins, scaled to less than 1/2 in total, break ties.
        """
        kernel = _kernel((features - self.mean) / self.scale, self.support, self.width)
        margins = kernel @ self.weights.T
        votes = np.zeros((len(features), len(self.classes)))
        share = 0.5 / len(self.classes)
        for pair, (first, second) in enumerate(combinations(range(len(self.classes)), 2)):
            sure = np.tanh(margins[:, pair])
            votes[:, first] += (sure > 0) + share * sure
            votes[:, second] += (sure <= 0) - share * sure
        return votes

    def predict(self, features: NDArray[np.floating]) -> NDArray[np.int64]:
        """Return the label of each vector (N, D): int64 (N,)."""
        return np.asarray(self.classes[self.votes(features).argmax(axis=1)])

    def save(self, path: Path) -> None:
        """Write plain arrays to ``path`` (``.npz``)."""
        np.savez(
            path,
            mean=self.mean,
            scale=self.scale,
            support=self.support,
            weights=self.weights,
            classes=self.classes,
            width=np.float64(self.width),
        )

    @classmethod
    def load(cls, path: Path) -> "SupportVectorMachine":
        """Read what ``save`` wrote, without executing anything."""
        with np.load(path, allow_pickle=False) as arrays:
            values = {name: arrays[name] for name in arrays.files}
        return cls(**{**values, "width": float(values["width"])})


def fit(
    features: NDArray[np.floating],
    labels: NDArray[np.int64],
    *,
    penalty: float = 10.0,
    tolerance: float = 1e-3,
) -> SupportVectorMachine:
    """Fit a machine to labelled vectors.

    Args:
        features: (N, D).
        labels: (N,), at least two different ones.
        penalty: C, the cost of a margin violation.
        tolerance: largest remaining violation of the optimality conditions.
    """
    mean = features.mean(axis=0, dtype=np.float64)
    scale = np.maximum(features.std(axis=0, dtype=np.float64), 1e-6)
    support = (features - mean) / scale
    width = 1.0 / support.shape[1]
    kernel = _kernel(support, support, width)
    classes = np.unique(labels)
    if len(classes) < 2:
        raise ValueError("A support vector machine needs at least two classes.")
    weights = np.zeros((len(classes) * (len(classes) - 1) // 2, len(labels)))
    for pair, (first, second) in enumerate(combinations(classes, 2)):
        rows = np.flatnonzero((labels == first) | (labels == second))
        signs = np.where(labels[rows] == first, 1.0, -1.0)
        weights[pair, rows] = signs * _dual(kernel[np.ix_(rows, rows)], signs, penalty, tolerance)
    return SupportVectorMachine(mean, scale, support, weights, classes, width)


def _kernel(left: NDArray[np.floating], right: Floats, width: float) -> Floats:
    squares = (left**2).sum(axis=1)[:, None] + (right**2).sum(axis=1)[None] - 2.0 * left @ right.T
    return np.asarray(np.exp(-width * np.maximum(squares, 0.0)) + 1.0, dtype=np.float64)


def _dual(kernel: Floats, signs: Floats, penalty: float, tolerance: float) -> Floats:
    """Minimize 1/2 a'Qa - sum(a) with 0 <= a <= penalty, Q = signs signs' kernel."""
    hessian = kernel * signs[:, None] * signs[None]
    alphas = np.zeros(len(signs))
    slope = np.full(len(signs), -1.0)
    for _ in range(200):
        worst = 0.0
        for row in range(len(signs)):
            moved = float(np.clip(alphas[row] - slope[row] / hessian[row, row], 0.0, penalty))
            step = moved - alphas[row]
            if step:
                alphas[row] = moved
                slope += step * hessian[row]
                worst = max(worst, abs(step))
        if worst < tolerance:
            break
    return alphas
