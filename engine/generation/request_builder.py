"""From objects of a scene to a request: what is asked for, as one frozen value. Needs no models."""

from collections.abc import Sequence

from engine.generation.requests import (
    TOGETHER_INDEX,
    GenerationRequest,
    Settings,
    Target,
    TargetPart,
)
from engine.scene.masks import pack, union
from engine.scene.objects import SoundingObject


def targets_of(objects: Sequence[SoundingObject]) -> tuple[Target, ...]:
    """Each object on its own, to have takes of its own."""
    return tuple(Target(o.index, o.name, o.prompt, pack(o.mask), o.level_lufs) for o in objects)


def together_target(objects: Sequence[SoundingObject], name: str = "together") -> Target:
    """Several objects as one thing that sounds: the union of their masks, as loud as the loudest.

    Args:
        objects: at least one, with masks of one size.
        name: what its takes are called.
    """
    parts = tuple(TargetPart(pack(o.mask), o.prompt) for o in objects)
    mask = pack(union(o.mask for o in objects))
    return Target(TOGETHER_INDEX, name, None, mask, max(o.level_lufs for o in objects), parts)


def request_for(
    model: str, still: str | None, subjects: Sequence[Target], settings: Settings | None = None
) -> GenerationRequest:
    """The request for takes of these subjects.

    Args:
        model: which weights, as ``Studio.model`` says it.
        still: digest of the still that the masks belong to; None without masks.
        subjects: what to make takes of, all in one batch.
        settings: what a person chose for all of them.

    Raises:
        BadInput: there is nothing to sound, or too much.
    """
    chosen = settings or Settings()
    return GenerationRequest(
        model=model,
        still=still,
        subjects=tuple(subjects),
        takes=tuple(range(1, chosen.takes + 1)),
        seed=chosen.seed,
        duration=chosen.duration,
        steps=chosen.quality.steps,
        solver=chosen.quality.solver,
        guidance=chosen.guidance,
        negative=chosen.negative,
    )
