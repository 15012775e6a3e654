"""What a take was generated with, as a request for another of its kind."""

from collections.abc import Sequence
from dataclasses import replace

from engine.generation.requests import Quality, Settings
from engine.scene.limits import LEAST_SECONDS, MOST_SECONDS
from engine.scene.objects import SoundingObject
from engine.scene.recipe_facts import RecipeFacts
from engine.scene.scene import TakeRecord


def objects_like(take: TakeRecord, things: Sequence[SoundingObject]) -> tuple[SoundingObject, ...]:
    """Return the objects of a take with the prompts that its recipe has; without one they keep their own."""
    prompt = RecipeFacts.of(take.recipe).prompt
    if prompt is None:
        return tuple(things)
    prompts = prompt.split(" + ") if len(things) > 1 else [prompt]
    if len(prompts) != len(things):
        return tuple(things)
    return tuple(replace(thing, prompt=words or None) for thing, words in zip(things, prompts, strict=True))


def settings_like(take: TakeRecord, thing: SoundingObject, usual: Quality, seed: int) -> Settings:
    """Return the settings for one more take like this one; what its recipe does not say is the object's.

    Args:
        take: the take.
        thing: its object, or the first of several.
        usual: the quality if the recipe has none.
        seed: seed of the new take.
    """
    facts = RecipeFacts.of(take.recipe)
    negative, steps, solver = facts.setting("negative"), facts.setting("steps"), facts.setting("solver")
    quality = usual
    if isinstance(steps, int) and steps >= 1 and solver in ("multistep", "ddim"):
        quality = Quality("ddim" if solver == "ddim" else "multistep", steps)
    seconds = min(max(round(take.samples / take.rate, 2), LEAST_SECONDS), MOST_SECONDS)
    words = negative if isinstance(negative, str) else thing.negative
    return Settings(1, seed, seconds, quality, negative=words)
