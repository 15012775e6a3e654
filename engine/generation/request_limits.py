"""Limits of what can be asked for, checked before any work."""

from typing import Literal

from engine.errors import BadInput
from engine.scene import limits
from engine.scene.limits import (
    LEAST_LEVEL_LUFS,
    LEAST_SECONDS,
    MOST_LEVEL_LUFS,
    MOST_SECONDS,
    MOST_SEED,
    MOST_TEXT,
)
from engine.scene.recipe_facts import MOST_CHARACTERS

MOST_TAKES = 20
MOST_OBJECTS = 32
MOST_STEPS = 1000
MOST_CANDIDATES = 8
LEAST_GUIDANCE, MOST_GUIDANCE = 1.0, 20.0
MOST_MASK_CHARACTERS = MOST_CHARACTERS - 1_000_000
"""Characters of the masks of one take, so that its recipe, which carries them, can be read again."""

SolverName = Literal["ddim", "multistep"]
SOLVERS: tuple[SolverName, ...] = ("ddim", "multistep")


def check_level(level_lufs: float) -> None:
    """Check the loudness that takes are to have.

    Raises:
        BadInput: it is out of range.
    """
    if not limits.real(level_lufs, LEAST_LEVEL_LUFS, MOST_LEVEL_LUFS):
        raise BadInput(
            f"A level is from {LEAST_LEVEL_LUFS:g} to {MOST_LEVEL_LUFS:g} LUFS, not {limits.format_value(level_lufs)}."
        )


def check_words(what: str, words: str) -> None:
    """Check a prompt, or negative words.

    Args:
        what: the words' purpose, to begin a sentence with.
        words: the words.

    Raises:
        BadInput: they are too long, or hold what is no text.
    """
    if not limits.text(words, MOST_TEXT):
        raise BadInput(f"{what} is said in at most {MOST_TEXT} plain letters on one line{_found(words)}.")


def check_name(words: str) -> None:
    """Check the name of what sounds.

    Raises:
        BadInput: it is empty or too long, or holds what is no text.
    """
    if not limits.name(words):
        most = limits.MOST_NAME
        raise BadInput(f"A name has 1 to {most} plain letters on one line{_found(words)}.")


def _found(words: str) -> str:
    return f", not {len(words)}" if len(words) > limits.MOST_NAME else f", not {limits.format_value(words)}"


def check_count(objects: int) -> None:
    """Check how many objects sound in one request.

    Raises:
        BadInput: there are too many.
    """
    if objects > MOST_OBJECTS:
        raise BadInput(f"At most {MOST_OBJECTS} objects can sound at once, not {objects}.")


def check_candidates(candidates: int) -> None:
    """Check the number of candidates of a take.

    Raises:
        BadInput: one is out of range.
    """
    if not limits.whole(candidates, 1, MOST_CANDIDATES):
        raise BadInput(
            f"A take is chosen from 1 to {MOST_CANDIDATES} candidates, not {limits.format_value(candidates)}."
        )


def check_takes(takes: tuple[int, ...]) -> None:
    """Check the numbers of takes.

    Raises:
        BadInput: one is out of range.
    """
    if not takes or min(takes) < 1 or len(set(takes)) != len(takes):
        raise BadInput("There must be at least one take; takes are numbered from 1, each once.")
    if len(takes) > MOST_TAKES:
        raise BadInput(f"At most {MOST_TAKES} takes can be made at once, not {len(takes)}.")


def check_numbers(seed: int, duration: float) -> None:
    """Check a seed and a duration in seconds.

    Raises:
        BadInput: one is out of range.
    """
    if not limits.real(duration, LEAST_SECONDS, MOST_SECONDS):
        raise BadInput(
            f"A take lasts {LEAST_SECONDS:g} to {MOST_SECONDS:g} seconds, not {limits.format_value(duration)}."
        )
    if not limits.whole(seed, 0, MOST_SEED):
        raise BadInput(f"A seed is a whole number from 0 to {MOST_SEED}, not {limits.format_value(seed)}.")


def check_sampling(guidance: float, solver: str, steps: int) -> None:
    """Check the settings of a solver.

    Raises:
        BadInput: one is out of range.
    """
    if not limits.whole(steps, 1, MOST_STEPS):
        raise BadInput(f"Steps are from 1 to {MOST_STEPS}, not {limits.format_value(steps)}.")
    if solver not in SOLVERS:
        raise BadInput(f"There is no solver {solver!r}; there are {' and '.join(SOLVERS)}.")
    if not limits.real(guidance, LEAST_GUIDANCE, MOST_GUIDANCE):
        raise BadInput(
            f"Guidance is from {LEAST_GUIDANCE:g} (none) to {MOST_GUIDANCE:g}, not {limits.format_value(guidance)}."
        )
