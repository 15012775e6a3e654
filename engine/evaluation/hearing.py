"""Measures sound recognition: names of held-out clips, and retrieval of clips by text."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.evaluation.tables import Cell, table

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class HearingReport:
    """Figures over clips; chance is one over the number of concepts.

    Attributes:
        clips: number of clips.
        concepts: ids of the concepts that have clips.
        first: share of clips whose concept has the highest score; mean over concepts.
        third: share of clips whose concept is among the three highest scores; mean over concepts.
        each: the same as ``first`` for every concept.
        retrieval: mean over concepts of the average precision of its clips, ranked by similarity to its name.
        top_five: mean share of right clips among the five most similar to a concept's name, for concepts with
            five clips.
        named: share of clips that get a name at all.
        precision: share of right names among those given.
    """

    clips: int
    concepts: tuple[str, ...]
    first: float
    third: float
    each: Floats
    retrieval: float
    top_five: float
    named: float
    precision: float

    def text(self) -> str:
        """Return the report as lines, the worst concepts last."""
        order = np.argsort(-self.each)
        rows: list[list[Cell]] = [[self.concepts[at], float(self.each[at])] for at in order]
        head = [
            f"{self.clips} clips of {len(self.concepts)} concepts: first {self.first:.3f}, third {self.third:.3f}",
            f"found by words: average precision {self.retrieval:.3f}, right of the first five {self.top_five:.3f}",
            f"named {self.named:.3f} of the clips, {self.precision:.3f} of them rightly",
        ]
        return "\n".join([*head, table(["concept", "first"], rows)])


def measure_hearing(
    concepts: Sequence[str], right: Sequence[int], likeness: Floats, scores: Floats, sure: float
) -> HearingReport:
    """Measure recognition from the similarity of clips to names.

    Args:
        concepts: ids of all concepts.
        right: position of each clip's concept.
        likeness: (clips, concepts), cosines.
        scores: (clips, concepts), probability of each concept.
        sure: minimum score for a name.
    """
    truth = np.asarray(right)
    ranks = (likeness > np.take_along_axis(likeness, truth[:, None], 1)).sum(1)
    there = [place for place in range(len(concepts)) if (truth == place).any()]
    each = np.array([(ranks[truth == place] == 0).mean() for place in there])
    third = np.array([(ranks[truth == place] < 3).mean() for place in there])
    found = [average_precision(likeness[:, place], truth == place) for place in there]
    five = [
        float((truth[np.argsort(-likeness[:, place])[:5]] == place).mean())
        for place in there
        if (truth == place).sum() >= 5
    ]
    said = scores.max(1) >= sure
    names = scores.argmax(1)
    return HearingReport(
        len(truth),
        tuple(concepts[place] for place in there),
        float(each.mean()),
        float(third.mean()),
        each,
        float(np.mean(found)),
        float(np.mean(five)) if five else float("nan"),
        float(said.mean()),
        float((names[said] == truth[said]).mean()) if said.any() else float("nan"),
    )


def average_precision(likeness: Floats, relevant: NDArray[np.bool_]) -> float:
    """Return the average precision of the relevant items, ranked by falling similarity."""
    hits = relevant[np.argsort(-likeness, kind="stable")]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float(precision[hits].mean()) if hits.any() else float("nan")
