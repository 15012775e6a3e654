"""Objects whose names the model only guesses: what the command line says of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.generation.requests import LEVEL_LUFS, Target
from engine.models.concepts import Concept
from engine.scene.masks import unpack
from engine.scene.objects import SoundingObject, unnamed
from engine.studio import GenerationResult, Studio

Guesses = Sequence[tuple[Concept, float]]


@dataclass(frozen=True)
class Unsure:
    """An object without a sure name: what it is called instead, and the model's guesses, best first."""

    name: str
    guesses: Guesses


def without_guess(thing: SoundingObject) -> SoundingObject:
    """Return an object with a number for a name and the usual level if its name is a guess, which has no prompt."""
    if thing.prompt is not None:
        return thing
    return replace(thing, name=unnamed(thing.index), level_lufs=LEVEL_LUFS)


def unsure_of(studio: Studio, sounds: GenerationResult) -> list[Unsure]:
    """Return the objects among the targets that neither the model nor the user has named."""
    still = sounds.provenance.still
    if still is None:
        return []
    asked = [target for target in sounds.request.targets if _is_unnamed(target)]
    return [Unsure(it.name, studio.suggest(still, unpack(it.masks[0]))) for it in asked]


def _is_unnamed(target: Target) -> bool:
    return len(target.masks) == 1 and not target.prompt


def guess_facts(guesses: Guesses) -> list[dict[str, object]]:
    """Return names and scores as written in JSON."""
    return [{"name": concept.name, "score": round(score, 3)} for concept, score in guesses]


def spoken_guesses(guesses: Guesses) -> str:
    """Return guesses as text, such as ``dog 20%, cat 4%, frog 1%``."""
    return ", ".join(f"{concept.name} {score:.0%}" for concept, score in guesses)
