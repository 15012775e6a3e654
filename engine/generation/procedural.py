"""The procedural generator: sounds from formulas at 48 kHz, with physical parameters; needs no weights.

A target's words are looked up in the concept table; parameters that are not set, and everything else, follow
from the seed.
"""

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadInput
from engine.generation.curve_values import levels_in_time
from engine.generation.generator import (
    Capabilities,
    GeneratorInfo,
    Option,
    Parameter,
    check_request,
    finished_take,
    sampled_seconds,
)
from engine.generation.requests import GenerationRequest, Settings, Target, take_seed
from engine.generation.settings import ProceduralSettings
from engine.models.free_words import bundled_free_words
from engine.progress import Progress, no_progress
from engine.scene.recipe_facts import PROCEDURAL
from engine.scene.takes import Take
from engine.vision.still import Still

RATE = 48_000
VERSION = "formulas-1"
"""Changes with every change of how a formula sounds: recipes name it."""
OPTIONS: frozenset[Option] = frozenset({"objects", "prompt", "curves", "loop"})

_REPEATED = (
    "dog cat rooster bird crow horse frog elephant big_cat cow voice baby gun camera scissors bell horn door "
    "glass sneeze ball footsteps clock keyboard bicycle telephone sea wind"
)
_ENGINES = "car truck motorcycle airplane helicopter ship train chainsaw siren"
FORMULAS = frozenset(
    (
        "dog cat rooster bird crow horse frog elephant big_cat cow voice footsteps crowd baby car truck motorcycle "
        "airplane helicopter ship train bicycle clock piano guitar saxophone accordion gun telephone camera scissors "
        "keyboard bell siren horn door rain sea stream fire wind thunder chainsaw glass sneeze applause ball insect"
    ).split()
)
"""Ids of the concepts with a formula, ``engine.synthesis.SYNTHESISED``, which is slow to import."""
PARAMETERS: tuple[Parameter, ...] = (
    Parameter("size", "Size", "Small and high, or large and low"),
    Parameter("distance", "Distance", "Near, or far and dull"),
    Parameter("pace", "Pace", "How quickly it repeats", concepts=frozenset(_REPEATED.split())),
    Parameter("speed", "Speed", "How fast it runs", concepts=frozenset(_ENGINES.split())),
    Parameter(
        "surface",
        "Surface",
        "Wood, stone, gravel, snow, earth, metal",
        concepts=frozenset({"footsteps"}),
    ),
    Parameter("weight", "Weight", "Soft or hard steps", concepts=frozenset({"footsteps"})),
    Parameter(
        "density",
        "Density",
        "Few drops, sparks or hands, or many",
        concepts=frozenset({"rain", "stream", "fire", "applause"}),
    ),
    Parameter("flow", "Flow", "How much water rushes", concepts=frozenset({"stream"})),
    Parameter("gust", "Gusts", "Even or gusty", concepts=frozenset({"wind"})),
    Parameter("tone", "Tone", "Deep or whistling", concepts=frozenset({"wind"})),
)
"""Parameters from 0 to 1; those with concepts belong to these alone."""


def choose_nothing(_: Settings) -> ProceduralSettings:
    """Return the settings, whatever the user chose for all takes."""
    return ProceduralSettings()


INFO = GeneratorInfo(
    PROCEDURAL,
    "Procedural",
    VERSION,
    Capabilities(
        options=OPTIONS, most_batch=64, rate=RATE, licence="CC0-1.0", parameters=PARAMETERS, sounds=FORMULAS
    ),
    ProceduralSettings,
    choose_nothing,
)
"""Description of the generator."""


class ProceduralGenerator:
    """Makes takes from formulas."""

    @property
    def info(self) -> GeneratorInfo:
        """Description of this generator."""
        return INFO

    def generate(
        self, request: GenerationRequest, still: Still | None = None, progress: Progress | None = None
    ) -> tuple[Take, ...]:
        """Generate the takes of a request; see ``engine.generation.generator.Generator``."""
        progress = progress or no_progress()
        check_request(INFO, request, still)
        concepts = {target: concept_of(target) for target in request.targets}
        jobs = [(target, number) for target in request.targets for number in request.takes]
        takes = []
        for place, (target, number) in enumerate(jobs):
            progress.report(place / len(jobs), f"take {place + 1} of {len(jobs)}")
            wave = made(request, target, concepts[target], number)
            takes.append(finished_take(request, target, number, wave[None], RATE))
        progress.report(1.0, "Made")
        return tuple(takes)


def concept_of(target: Target) -> str:
    """Return the id of the concept that a target's prompt, or else its name, is about.

    Raises:
        BadInput: there is no formula for it.
    """
    from engine.synthesis import SYNTHESISED

    found = bundled_free_words().read(target.prompt or target.name).concepts
    known = [concept.id for concept in found if concept.id in SYNTHESISED]
    if not known:
        raise BadInput(
            f"There is no formula for “{target.prompt or target.name}”: choose another generator for it."
        )
    return known[0]


def made(request: GenerationRequest, target: Target, concept: str, number: int) -> NDArray[np.float32]:
    """Return the samples of one take, (samples,), a little longer than asked if it is a loop."""
    from engine.synthesis.controlled import Course, synthesise_controlled

    seconds = sampled_seconds(request, target)
    levels = levels_in_time(target.controls, request.duration, seconds)
    points = () if levels is None else tuple((place / 100, level) for place, level in enumerate(levels))
    rng = np.random.default_rng(take_seed(request.seed, target.seed_number, number))
    return synthesise_controlled(
        concept,
        rng,
        seconds,
        RATE,
        dict(target.controls.parameters),
        Course(points, target.controls.hits),
    )
