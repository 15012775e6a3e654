"""Builds requests from objects of a scene. Needs no models."""

from collections.abc import Sequence

from engine.generation.generator import GeneratorInfo
from engine.generation.requests import GenerationRequest, Settings, Target, TargetPart
from engine.scene.masks import pack
from engine.scene.objects import SoundingObject


def targets_of(objects: Sequence[SoundingObject]) -> tuple[Target, ...]:
    """Return one target per object."""
    return tuple(Target((o.index,), o.name, o.prompt, pack(o.mask), o.level_lufs) for o in objects)


def together_target(objects: Sequence[SoundingObject], name: str = "together") -> Target:
    """Return one target of several objects together, with the level of the loudest.

    Args:
        objects: at least one, with masks of one size.
        name: name of its takes.
    """
    numbers = tuple(o.index for o in objects)
    parts = tuple(TargetPart(pack(o.mask), o.prompt) for o in objects)
    return Target(numbers, name, None, None, max(o.level_lufs for o in objects), parts)


def text_target(prompt: str, level_lufs: float) -> Target:
    """Return a target of words alone, without a picture."""
    return Target((), prompt, prompt, None, level_lufs)


def request_for(
    generator: GeneratorInfo, still: str | None, targets: Sequence[Target], settings: Settings | None = None
) -> GenerationRequest:
    """Return the request for takes of targets.

    Args:
        generator: the generator to use.
        still: digest of the still of the masks; None without masks.
        targets: what to generate.
        settings: what the user chose for all targets; None takes the defaults.

    Raises:
        BadInput: there are no targets, or too many.
    """
    chosen = settings or Settings()
    return GenerationRequest(
        model=generator.model,
        still=still,
        targets=tuple(targets),
        takes=tuple(range(1, chosen.takes + 1)),
        seed=chosen.seed,
        duration=chosen.duration,
        settings=generator.choose(chosen),
        generator=generator.id,
    )
