"""Which takes sound in a file, and under what licence they leave."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.models.catalogue import Model, licence_of
from engine.scene.recipe_facts import RecipeFacts
from engine.scene.scene import Scene
from engine.scene.timeline import Track


@dataclass(frozen=True)
class TakeUsed:
    """A take that sounds in a file.

    Attributes:
        name: of what it is a take. number: which one.
        digest: sha256 of it.
        model: the weights it was made with, or empty. licence: theirs, as an SPDX identifier, or "unknown".
        recipe: JSON from which it can be made again.
        starred: whether a person starred it.
    """

    name: str
    number: int
    digest: str
    model: str
    licence: str
    recipe: str
    starred: bool = False


def licences_of(models: Iterable[Model]) -> dict[str, str]:
    """The licence of each model of a catalogue, by the model's id."""
    return {model.id: model.licence for model in models}


def takes_used(scene: Scene, tracks: Iterable[Track], licences: Mapping[str, str]) -> tuple[TakeUsed, ...]:
    """The takes of all clips of these tracks that sound, each once, in the order in which they first stand."""
    clips = [clip for track in tracks for clip in track.clips if not clip.muted]
    found = []
    for digest in dict.fromkeys(clip.take for clip in clips):
        take = scene.take(digest)
        if take is None:
            continue
        model = model_of(take.recipe)
        licence = licence_of(model, licences)
        found.append(TakeUsed(take.name, take.number, digest, model, licence, take.recipe, take.starred))
    return tuple(found)


def model_of(recipe: str) -> str:
    """The weights that a recipe names; empty where it names none."""
    return RecipeFacts.of(recipe).model
