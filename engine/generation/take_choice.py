"""Selection among candidates of a take by the listener, and remarks on takes that went wrong."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.generation.listener import SURE, Listener, is_silent

if TYPE_CHECKING:
    from torch import Tensor

FAR = 0.01
"""A take went wrong if the listener gives its concepts a lower score than this, and another one ``SURE``."""


def best_candidates(
    listener: Listener | None,
    waves: NDArray[np.float32],
    rate: int,
    conditions: "Sequence[Tensor]",
    each: int,
) -> NDArray[np.float32]:
    """Return the candidate of each take that fits its condition best, (takes, samples).

    Args:
        listener: compares them; None takes the first of each.
        waves: (takes x ``each``, samples), the candidates of each take in succession.
        rate: sample rate in Hz.
        conditions: of each take, (L,) or (K, L) for several objects together.
        each: candidates per take.
    """
    if each == 1:
        return waves
    grouped = waves.reshape(len(conditions), each, -1)
    if listener is None:
        return grouped[:, 0]
    chosen = [
        candidates[_best(listener.fits(candidates, rate, condition.reshape(-1, condition.shape[-1]).mean(0)))]
        for candidates, condition in zip(grouped, conditions, strict=True)
    ]
    return np.stack(chosen)


def _best(fits: NDArray[np.float32]) -> int:
    return int(np.argmax(np.nan_to_num(fits, nan=-2.0)))


def remark(
    listener: Listener | None, wave: NDArray[np.float32], rate: int, name: str, asked: Sequence[str]
) -> str | None:
    """Return a sentence on a take that is silent or sounds like something else, or None.

    Args:
        listener: recognizes the take; None notices silence only.
        wave: float32 (samples,), as generated.
        rate: sample rate in Hz.
        name: name of the take.
        asked: ids of the requested concepts; without any, only silence is noticed.
    """
    if is_silent(wave):
        return f"A take of “{name}” is silent: try another seed."
    if listener is None or not asked:
        return None
    heard = listener.hear(wave, rate, count=len(listener.concepts))
    scores = {guess.concept.id: guess.score for guess in heard.concepts}
    first = heard.concepts[0]
    if first.score >= SURE and first.concept.id not in asked and max(scores[id_] for id_ in asked) < FAR:
        return f"A take of “{name}” sounds more like “{first.concept.name}”: try another seed."
    return None
