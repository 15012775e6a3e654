"""Whether a model knows what a prompt asks for, and the one sentence to say where it does not.

A prompt is known if it names something of the concept table, in the table's words or as a kind of its things, and if
the text encoder puts it near what it names. Which concepts a model has learnt the sounds of stands in its folder.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from engine.models.free_words import FreeWords, bundled_free_words

if TYPE_CHECKING:
    from torch import Tensor

NEAR = 0.7
"""Least cosine between a prompt and what it may mean, or else the encoder takes it for nothing that it knows."""
TOGETHER = 3
"""Most things that a prompt is taken to name together."""


class TextSpace(Protocol):
    """What is needed of ``engine.diffusion.pipeline.ObjectDiffusion``."""

    def encode_text(self, texts: Sequence[str]) -> "Tensor":
        """Return conditions (B, L), unit length."""


@dataclass(frozen=True)
class PromptCheck:
    """What a model makes of a prompt.

    Attributes:
        prompt: what was asked.
        concepts: ids of the things it names, in its order.
        nearest: name of the concept that the encoder puts nearest.
        score: cosine to the nearest concept, or to several together; below ``NEAR`` it is not known.
        unlearnt: names of the things whose sounds the model has not learnt.
    """

    prompt: str
    concepts: tuple[str, ...]
    nearest: str
    score: float
    unlearnt: tuple[str, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether the prompt means something to the model."""
        return bool(self.concepts) and self.score >= NEAR

    @property
    def sentence(self) -> str | None:
        """The message for the user; None if there is nothing to say."""
        if not self.is_known:
            return f"No sound known for “{self.prompt}”: it tries something like “{self.nearest}”."
        return unlearnt_sentence(self.unlearnt) if self.unlearnt else None


def unanswered_sentence(prompt: str) -> str:
    """Return what the user is told of a prompt that no concept answers, where there is a picture."""
    return f"No sound known for “{prompt}”: the picture decides."


def unlearnt_sentence(names: Sequence[str]) -> str:
    """Return what the user is told of things whose sounds the model has not learnt."""
    things = " and ".join(f"“{name}”" for name in names)
    return f"This model has not learnt the sound of {things}; the take may be of something else."


def is_answered(prompt: str, words: FreeWords | None = None) -> bool:
    """Return whether a prompt names anything of the concept table."""
    return bool((words or bundled_free_words()).read(prompt).concepts)


def prompt_remark(prompt: str | None, sounds: frozenset[str] | None) -> str | None:
    """Return what to say of a prompt before takes are made with a picture; None if there is nothing to say.

    Args:
        prompt: the words, or None.
        sounds: ids of the concepts whose sounds the model has learnt; None if that is not known.
    """
    if not prompt or sounds is None:
        return None
    concepts = bundled_free_words().read(prompt).concepts
    if not concepts:
        return unanswered_sentence(prompt)
    missing = [concept.name for concept in concepts if concept.id not in sounds]
    return unlearnt_sentence(missing) if missing else None


class PromptChecker:
    """Checks prompts for one model.

    Args:
        space: encodes texts.
        sounds: ids of the concepts whose sounds the model has learnt.
        words: reads prompts; None takes the bundled tables.
    """

    def __init__(self, space: TextSpace, sounds: frozenset[str], words: FreeWords | None = None) -> None:
        self._space, self._sounds = space, sounds
        self._words = words or bundled_free_words()

    def check(self, prompt: str) -> PromptCheck:
        """Check one prompt."""
        reading = self._words.read(prompt)
        near = self._space.encode_text([prompt])[0] @ self._names.T
        table = self._words.index.concepts
        nearest = int(near.argmax())
        missing = tuple(c.name for c in reading.concepts if c.id not in self._sounds)
        named = tuple(concept.id for concept in reading.concepts)
        return PromptCheck(prompt, named, table[nearest].name, self._score(near), missing)

    def _score(self, near: "Tensor") -> float:
        """Return the cosine to the nearest concept, or to the mean of the nearest two or three."""
        order = near.argsort(descending=True)[:TOGETHER]
        between = [self._names[order[: k + 1]].sum(0).norm() for k in range(TOGETHER)]
        return max(float(near[order[: k + 1]].sum() / between[k]) for k in range(TOGETHER))

    @cached_property
    def _names(self) -> "Tensor":
        return self._space.encode_text([concept.name for concept in self._words.index.concepts])
