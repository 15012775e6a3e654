"""The sub-commands that work on stills."""

from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from engine.cli.arguments import Hinted
from engine.cli.bar import spoken
from engine.cli.keeping import keep_takes
from engine.cli.output_folder import output_folder
from engine.cli.project_warnings import project_warnings
from engine.cli.shown_job import run_shown
from engine.cli.streams import print_json
from engine.cli.unsure import Unsure, guess_facts, spoken_guesses, unsure_of, without_guess
from engine.errors import BadInput
from engine.files import check_target, staged_folder, write_file
from engine.generation.add_to_project import AddedTakes
from engine.generation.curve_file import read_curve_file
from engine.generation.delivery import FIXED_NAMES, SOUND_KIND, Delivery, target_stem
from engine.generation.generator import GeneratorInfo, Option, check_duration
from engine.generation.object_finder import check_hints
from engine.generation.prompt_check import unanswered_sentence
from engine.generation.request_limits import check_count, check_level, check_name, check_words
from engine.generation.requests import DRAFT, FINAL, GenerationRequest, Quality, Settings, Target
from engine.progress import IsCancelled, Progress
from engine.scene.masks import area, bounds, inner_point
from engine.scene.objects import SoundingObject
from engine.scene.sound_controls import FREE, SoundControls
from engine.studio import GenerationResult, Studio
from engine.vision.overlay import OverlayObject, mask_png, overlay_png
from engine.vision.still import Still, load_still

OBJECTS_KIND = "objects"
FOUND_BY_ITSELF = 4
"""Number of objects that sound when a still is given without hints."""


def sound(arguments: Namespace, is_cancelled: IsCancelled) -> int:
    """Run ``foleyscape sound``."""
    check_sound(arguments)
    with output_folder(arguments, FIXED_NAMES, SOUND_KIND):
        _check_project(arguments)
        sounds, unsure, (delivery, added) = run_shown(arguments, _sound, is_cancelled)
    _tell(delivery, sounds, unsure, added, as_json=arguments.json)
    return 0


def _sound(
    arguments: Namespace, progress: Progress
) -> tuple[GenerationResult, list[Unsure], tuple[Delivery, AddedTakes | None]]:
    settings = settings_of(arguments)
    progress.report(0.0, "Starting")
    studio = Studio(arguments.model, arguments.device)
    if arguments.recipe is None:
        check_options(studio.generator(arguments.generator), arguments, settings)
    sounds = _make(studio, arguments, settings, progress)
    kept = keep_takes(studio, sounds, arguments, progress.part(0.95, 1.0))
    unsure = unsure_of(studio, sounds) if arguments.recipe is None else []
    return sounds, unsure, kept


def _check_project(arguments: Namespace) -> None:
    """Check, before long work, that the project can be written.

    Raises:
        BadInput: it belongs to another still, is not a project, or is inside the folder that ``--out``
            replaces.
        Failed: it is open in another program, or cannot be written.
    """
    if arguments.project is None:
        return
    from engine.generation.add_to_project import open_or_create

    if not arguments.project.exists():
        check_target(arguments.project)
        return
    still = None if arguments.still is None else load_still(arguments.still)
    open_or_create(arguments.project, still, None, quick=True).project.close()


def check_sound(arguments: Namespace) -> None:
    """Check that the options make sense together.

    Raises:
        BadInput: options contradict each other, or are missing.
    """
    pointed = bool(arguments.hinted)
    if arguments.recipe is not None:
        said = [pointed, arguments.prompt, arguments.negative, arguments.together, arguments.draft]
        said += [arguments.final, arguments.generator, arguments.curve, arguments.loop, arguments.parameters]
        numbers = (
            arguments.duration,
            arguments.seed,
            arguments.takes,
            arguments.steps,
            arguments.guidance,
            arguments.candidates,
        )
        if any(said) or any(number is not None for number in (*numbers, arguments.lufs)):
            raise BadInput("A recipe already says everything: with --recipe give only the still and --out.")
        return
    check_count(len(arguments.hinted or ()))
    for thing in arguments.hinted or ():
        if thing.name is not None:
            check_name(thing.name)
    check_words("A prompt", arguments.prompt or "")
    check_words("What it should not sound like", arguments.negative or "")
    settings_of(arguments)
    if arguments.lufs is not None:
        check_level(arguments.lufs)
    if arguments.still is None and pointed:
        raise BadInput("--object and --box need the still they are in: foleyscape sound STILL ...")
    if arguments.still is None and arguments.together:
        raise BadInput("--together needs a still with objects in it.")
    if arguments.still is None and not (arguments.prompt or "").strip():
        raise BadInput("There is nothing to make a sound of: give a still, or --prompt.")


FLAGS: Mapping[Option, tuple[tuple[str, str], ...]] = {
    "objects": (("hinted", "--object or --box"), ("still", "still")),
    "prompt": (("prompt", "--prompt"),),
    "negative": (("negative", "--negative"),),
    "together": (("together", "--together"),),
    "quality": (("draft", "--draft"), ("final", "--final"), ("steps", "--steps")),
    "guidance": (("guidance", "--guidance"),),
    "candidates": (("candidates", "--candidates"),),
    "curves": (("curve", "--curve"),),
    "loop": (("loop", "--loop"),),
}
"""By what a generator may take: where that is in the parsed arguments, and how it is written."""


def check_options(generator: GeneratorInfo, arguments: Namespace, settings: Settings) -> None:
    """Check the options of the command against what the generator can do.

    Raises:
        BadInput: it does not take an option, or cannot make takes of the duration.
    """
    check_duration(generator, settings.duration)
    known = [parameter.name for parameter in generator.capabilities.parameters]
    for name, _ in arguments.parameters:
        if name not in known:
            has = f"it has {', '.join(known)}" if known else "it has none"
            raise BadInput(f"The generator {generator.id} has no parameter {name}; {has}.")
    for option, flags in FLAGS.items():
        for name, words in flags:
            if getattr(arguments, name) and not generator.capabilities.takes(option):
                raise BadInput(f"The generator {generator.id} takes no {words}: leave that out.")


def settings_of(arguments: Namespace) -> Settings:
    """Return the generation settings from the options.

    Raises:
        BadInput: a number is out of range.
    """
    quality = FINAL if arguments.final else DRAFT
    if arguments.steps is not None:
        quality = Quality(quality.solver, arguments.steps)
    usual = Settings(quality=quality)
    given = {
        name: getattr(arguments, name)
        for name in ("takes", "seed", "duration", "guidance", "negative", "candidates")
    }
    return replace(usual, **{name: value for name, value in given.items() if value is not None})


def controls_of(arguments: Namespace) -> SoundControls:
    """Return the controls from the options.

    Raises:
        BadInput: the curve cannot be read.
    """
    curve = FREE if arguments.curve is None else read_curve_file(arguments.curve)
    return replace(curve, loop=arguments.loop, parameters=tuple(sorted(dict(arguments.parameters).items())))


def _make(studio: Studio, arguments: Namespace, settings: Settings, progress: Progress) -> GenerationResult:
    making = progress.part(0.15, 0.95)
    if arguments.recipe is not None:
        still = None if arguments.still is None else studio.open(arguments.still)
        return studio.reproduce(arguments.recipe, still, making)
    if arguments.still is None:
        controls = controls_of(arguments)
        request = studio.request_words(
            arguments.prompt, settings, arguments.lufs, arguments.generator, controls
        )
        return studio.generate(request, None, making)
    still = studio.open(arguments.still)
    objects = _objects(studio, still, arguments, progress.part(0.02, 0.15))
    if arguments.lufs is not None:
        objects = [replace(thing, level_lufs=arguments.lufs) for thing in objects]
    objects = [replace(thing, controls=controls_of(arguments)) for thing in objects]
    together, generator = arguments.together, arguments.generator
    return studio.generate_for_objects(
        still, objects, settings, together=together, generator=generator, progress=making
    )


def _objects(studio: Studio, still: Still, arguments: Namespace, progress: Progress) -> list[SoundingObject]:
    """Return the objects to sound: those given by hints, the whole still if there is a prompt, else found ones."""
    hinted: Sequence[Hinted] = arguments.hinted or ()
    for thing in hinted:
        check_hints(thing.hints, still)
    progress.report(0.0, "Looking at the still")
    if hinted:
        objects = []
        for index, thing in enumerate(hinted):
            objects.append(without_guess(studio.object_at(still, thing.hints, thing.name, index)))
            progress.report((index + 1) / len(hinted), "Looking at the still")
        return [_steered(thing, arguments.prompt) for thing in objects]
    if arguments.prompt:
        everything = np.ones((still.height, still.width), np.bool_)
        return [studio.object_of(still, everything, arguments.prompt)]
    found = list(studio.find_objects(still, FOUND_BY_ITSELF))
    if not found:
        raise BadInput("Nothing that could sound was found in the still: click it, with --object.")
    return [without_guess(thing) for thing in found]


def _steered(thing: SoundingObject, prompt: str | None) -> SoundingObject:
    """Return the object with the ``--prompt`` text added to its prompt."""
    if not prompt:
        return thing
    return replace(thing, prompt=f"{thing.prompt}, {prompt}" if thing.prompt else prompt)


def _tell(
    delivery: Delivery,
    sounds: GenerationResult,
    unsure: Sequence[Unsure],
    added: AddedTakes | None,
    *,
    as_json: bool,
) -> None:
    warnings = () if added is None else project_warnings(added.warnings, added.unsaved, added.path)
    if as_json:
        facts = {**delivery.summary(), "model": sounds.request.model, "seed": sounds.request.seed}
        facts["unsure"] = [{"name": it.name, "guesses": guess_facts(it.guesses)} for it in unsure]
        facts["notes"] = [unanswered_sentence(prompt) for prompt in unanswered_prompts(sounds.request)]
        if added is not None:
            facts["project"] = str(added.path.resolve())
            facts["warnings"] = list(warnings)
        print_json(facts)
        return
    for stem in delivery.stems:
        level = "silent" if stem.lufs is None else f"{stem.lufs:.1f} LUFS"
        print(f"  {delivery.folder / stem.file}  {level}")
    print(f"  {delivery.folder / 'mix.wav'}  {spoken(delivery.seconds)}, 48 kHz, 24 bit")
    if added is not None:
        print(f"  {added.path}  the project that the takes were added to")
    for warning in warnings:
        print(f"  warning: {warning}")
    if delivery.gain_db:
        print(f"  All stems were lowered by {-delivery.gain_db:.1f} dB so that the mix does not clip.")
    for prompt in unanswered_prompts(sounds.request):
        print(f"  {unanswered_sentence(prompt)}")
    for it in unsure:
        print(f"  Not sure what “{it.name}” is: {spoken_guesses(it.guesses)}. Its name steers it: NAME@X,Y")


def unanswered_prompts(request: GenerationRequest) -> tuple[str, ...]:
    """Return the prompts for which the model has no sound, each once."""
    return tuple(dict.fromkeys(prompt for it in request.targets for prompt in it.unanswered_prompts))


def objects(arguments: Namespace, is_cancelled: IsCancelled) -> int:
    """Run ``foleyscape objects``."""
    if not 1 <= arguments.limit <= 32:
        raise BadInput(f"--limit is from 1 to 32, not {arguments.limit}.")
    with output_folder(arguments, ("overlay.png",), OBJECTS_KIND):
        still, found, facts = run_shown(arguments, _find, is_cancelled)
        if arguments.out is not None:
            _write_objects(still, found, arguments.out, overwrite=arguments.overwrite)
    _tell_objects(facts, still, arguments)
    return 0


def _find(
    arguments: Namespace, progress: Progress
) -> tuple[Still, tuple[SoundingObject, ...], list[dict[str, Any]]]:
    progress.report(0.0, "Looking at the still")
    studio = Studio(arguments.model, arguments.device)
    still = studio.open(arguments.still)
    found = tuple(without_guess(thing) for thing in studio.find_objects(still, arguments.limit))
    facts = [_found_facts(studio, still, thing) for thing in found]
    progress.report(1.0, "Looking at the still")
    return still, found, facts


def _found_facts(studio: Studio, still: Still, thing: SoundingObject) -> dict[str, Any]:
    x, y = inner_point(thing.mask)
    sure = thing.prompt is not None
    return {
        "number": thing.index + 1,
        "name": thing.name if sure else None,
        "sure": sure,
        "names": guess_facts(studio.suggest(still, thing.mask)),
        "click": [x, y],
        "box": list(bounds(thing.mask)),
        "share": round(area(thing.mask) / thing.mask.size, 4),
    }


def _tell_objects(facts: Sequence[dict[str, Any]], still: Still, arguments: Namespace) -> None:
    if arguments.json:
        size = [still.width, still.height]
        print_json({"still": str(arguments.still), "size": size, "objects": facts})
        return
    if not facts:
        print("Nothing that could sound was found in the still.")
    for fact in facts:
        x, y = fact["click"]
        names = ", ".join(f"{entry['name']} {entry['score']:.0%}" for entry in fact["names"])
        known = names if fact["sure"] else f"not sure: {names}"
        hint = f"{fact['name'] or ''}@{x},{y}"
        print(f'{fact["number"]:>3}  --object "{hint}"  {fact["share"]:.0%} of the still; {known}')


def _write_objects(still: Still, found: Sequence[SoundingObject], out: Path, *, overwrite: bool) -> None:
    need = still.pixels.size
    with staged_folder(out, overwrite=overwrite, need_bytes=need, kind=OBJECTS_KIND, rescue=True) as folder:
        (folder / "masks").mkdir()
        for number, thing in enumerate(found, 1):
            stem = target_stem(number, Target((thing.index,), thing.name, None, None, thing.level_lufs))
            write_file(folder / "masks" / f"{stem}.png", mask_png(thing.mask))
        marked = [OverlayObject(thing.mask, thing.name, thing.colour) for thing in found]
        write_file(folder / "overlay.png", overlay_png(still, marked))
