"""The takes that sound in a file, and their licences."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.models.catalogue import UNKNOWN_LICENCE, Model, licence_of
from engine.scene.recipe_facts import RecipeFacts
from engine.scene.scene import Scene, TakeRecord
from engine.scene.takes import TakeKind
from engine.scene.timeline import Track


@dataclass(frozen=True)
class TakeUsed:
    """A take that sounds in a file.

    Attributes:
        name: name of the sounding object.
        number: number of the take.
        digest: sha256 of the take.
        model: the weights it was made with, or empty.
        licence: licence of the weights as SPDX identifier, or of a recording in the user's words; or "unknown".
        recipe: JSON from which it can be generated again.
        starred: whether the user starred it.
        kind: whether it was generated or recorded.
        source: the file or microphone that a recording came from, or empty.
    """

    name: str
    number: int
    digest: str
    model: str
    licence: str
    recipe: str
    starred: bool = False
    kind: TakeKind = "generated"
    source: str = ""


def licences_of(models: Iterable[Model]) -> dict[str, str]:
    """Return the licence of each model of a catalogue, by the model's id."""
    return {model.id: model.licence for model in models}


def takes_used(scene: Scene, tracks: Iterable[Track], licences: Mapping[str, str]) -> tuple[TakeUsed, ...]:
    """List the takes of all unmuted clips of these tracks, each once, in order of first use."""
    clips = [clip for track in tracks for clip in track.clips if not clip.muted]
    found = []
    for digest in dict.fromkeys(clip.take for clip in clips):
        take = scene.take(digest)
        if take is None:
            continue
        facts, licence = RecipeFacts.of(take.recipe), licence_of_take(take, licences)
        found.append(
            TakeUsed(
                take.name,
                take.number,
                digest,
                facts.model,
                licence,
                take.recipe,
                take.starred,
                take.kind,
                facts.source,
            )
        )
    return tuple(found)


def licence_of_take(take: TakeRecord, licences: Mapping[str, str]) -> str:
    """Return the licence of a take as it says itself, else that of the weights it was made with; or "unknown"."""
    if take.licence or take.kind == "recording":
        return take.licence or UNKNOWN_LICENCE
    return licence_of(model_of(take.recipe), licences)


def model_of(recipe: str) -> str:
    """Return the weights named in a recipe, or an empty string."""
    return RecipeFacts.of(recipe).model
