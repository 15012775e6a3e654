"""Builds requests from objects of a scene. Needs no models."""

from collections.abc import Sequence
from dataclasses import replace

from engine.generation.generator import GeneratorInfo
from engine.generation.prompt_check import is_answered
from engine.generation.requests import GenerationRequest, Settings, Target, TargetPart
from engine.scene.limits import MOST_NAME, normalize_whitespace, writable
from engine.scene.masks import pack
from engine.scene.objects import SoundingObject
from engine.scene.sound_controls import FREE, SoundControls


def targets_of(objects: Sequence[SoundingObject]) -> tuple[Target, ...]:
    """Return one target per object."""
    return tuple(
        Target((o.index,), o.name, o.prompt, pack(o.mask), o.level_lufs, controls=o.controls) for o in objects
    )


def together_target(objects: Sequence[SoundingObject], name: str = "together") -> Target:
    """Return one target of several objects together, with the level of the loudest.

    Args:
        objects: at least one, with masks of one size.
        name: name of its takes.
    """
    numbers = tuple(o.index for o in objects)
    parts = tuple(TargetPart(pack(o.mask), o.prompt) for o in objects)
    return Target(numbers, name, None, None, max(o.level_lufs for o in objects), parts)


def text_target(prompt: str, level_lufs: float, controls: SoundControls = FREE) -> Target:
    """Return a target of words alone, without a picture."""
    name = normalize_whitespace(writable(prompt))[:MOST_NAME].strip()
    return Target((), name, prompt, None, level_lufs, controls=controls)


def request_for(
    generator: GeneratorInfo, still: str | None, targets: Sequence[Target], settings: Settings | None = None
) -> GenerationRequest:
    """Return the request for takes of targets, without controls that the generator does not take.

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
        targets=tuple(_for_generator(generator, it) for it in targets),
        takes=tuple(range(1, chosen.takes + 1)),
        seed=chosen.seed,
        duration=chosen.duration,
        settings=generator.choose(chosen),
        generator=generator.id,
    )


def _for_generator(generator: GeneratorInfo, target: Target) -> Target:
    """Return the target with what the generator takes, and with the prompts marked for which it has no sound."""
    target = replace(target, controls=taken_controls(generator, target.controls))
    if generator.capabilities.sounds is None or not target.masks:
        return target
    parts = tuple(replace(part, unanswered=_has_no_answer(part.prompt)) for part in target.parts)
    return replace(target, unanswered=_has_no_answer(target.prompt), parts=parts)


def _has_no_answer(prompt: str | None) -> bool:
    return bool(prompt) and not is_answered(prompt or "")


def taken_controls(generator: GeneratorInfo, controls: SoundControls) -> SoundControls:
    """Return the controls that a generator takes; the others are left free."""
    can = generator.capabilities
    names = {parameter.name for parameter in can.parameters}
    return replace(
        controls if can.takes("curves") else controls.without_curve(),
        loop=controls.loop and can.takes("loop"),
        parameters=tuple(pair for pair in controls.parameters if pair[0] in names),
    )
