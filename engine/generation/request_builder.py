"""From objects of a scene to a request: what is asked for, as one frozen value. Needs no models."""

from collections.abc import Sequence

from engine.generation.generator import GeneratorInfo
from engine.generation.requests import GenerationRequest, Settings, Target, TargetPart
from engine.scene.masks import pack
from engine.scene.objects import SoundingObject


def targets_of(objects: Sequence[SoundingObject]) -> tuple[Target, ...]:
    """A target for each object, to have takes of its own."""
    return tuple(Target((o.index,), o.name, o.prompt, pack(o.mask), o.level_lufs) for o in objects)


def together_target(objects: Sequence[SoundingObject], name: str = "together") -> Target:
    """Several objects as one target, as loud as the loudest.

    Args:
        objects: at least one, with masks of one size.
        name: what its takes are called.
    """
    numbers = tuple(o.index for o in objects)
    parts = tuple(TargetPart(pack(o.mask), o.prompt) for o in objects)
    return Target(numbers, name, None, None, max(o.level_lufs for o in objects), parts)


def text_target(prompt: str, level_lufs: float) -> Target:
    """Words alone as a target, without a picture."""
    return Target((), prompt, prompt, None, level_lufs)


def request_for(
    generator: GeneratorInfo, still: str | None, targets: Sequence[Target], settings: Settings | None = None
) -> GenerationRequest:
    """The request for takes of these targets.

    Args:
        generator: what is to make them.
        still: digest of the still that the masks belong to; None without masks.
        targets: what to make takes of, all in one batch.
        settings: what a person chose for all of them.

    Raises:
        BadInput: there is nothing to sound, or too much.
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
