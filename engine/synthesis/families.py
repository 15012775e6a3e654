"""The synthesizer of each concept, and the single function that runs any of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadInput
from engine.synthesis import (
    animals,
    bells,
    birds,
    engines,
    fire,
    horns,
    impacts,
    insects,
    instruments,
    voices,
    water,
    weather,
)
from engine.synthesis.random_draws import Draw, Wave
from engine.synthesis.space import finished, recorded


@dataclass(frozen=True)
class Family:
    """The synthesizer of one concept.

    Args:
        make: (draw, seconds) -> the dry sound.
        background: 0..1, probability that the surroundings are audible too.
    """

    make: Callable[[Draw, float], Wave]
    background: float = 0.6


FAMILIES: Mapping[str, Family] = {
    "dog": Family(animals.dog),
    "cat": Family(animals.cat),
    "rooster": Family(birds.rooster, 0.4),
    "bird": Family(birds.bird, 0.8),
    "crow": Family(birds.crow, 0.8),
    "horse": Family(animals.horse),
    "frog": Family(animals.frog, 0.8),
    "elephant": Family(animals.elephant),
    "big_cat": Family(animals.big_cat),
    "cow": Family(animals.cow),
    "voice": Family(voices.voice),
    "footsteps": Family(impacts.footsteps),
    "crowd": Family(voices.crowd, 0.3),
    "baby": Family(voices.baby),
    "car": Family(engines.car, 0.3),
    "truck": Family(engines.truck, 0.3),
    "motorcycle": Family(engines.motorcycle, 0.3),
    "airplane": Family(engines.airplane, 0.3),
    "helicopter": Family(engines.helicopter, 0.2),
    "ship": Family(engines.ship),
    "train": Family(engines.train, 0.3),
    "bicycle": Family(bells.bicycle),
    "clock": Family(bells.clock, 0.8),
    "piano": Family(instruments.piano, 0.4),
    "guitar": Family(instruments.guitar, 0.4),
    "saxophone": Family(instruments.saxophone, 0.4),
    "accordion": Family(instruments.accordion, 0.4),
    "gun": Family(impacts.gun),
    "telephone": Family(bells.telephone),
    "camera": Family(impacts.camera),
    "scissors": Family(impacts.scissors),
    "keyboard": Family(impacts.keyboard),
    "bell": Family(bells.bell),
    "siren": Family(horns.siren),
    "horn": Family(horns.horn),
    "door": Family(impacts.door),
    "rain": Family(weather.rain, 0.1),
    "sea": Family(water.sea, 0.1),
    "stream": Family(water.stream, 0.1),
    "fire": Family(fire.fire, 0.3),
    "wind": Family(weather.wind, 0.1),
    "thunder": Family(weather.thunder, 0.4),
    "chainsaw": Family(engines.chainsaw, 0.2),
    "glass": Family(bells.glass),
    "sneeze": Family(voices.sneeze, 0.4),
    "applause": Family(impacts.applause, 0.4),
    "ball": Family(impacts.ball),
    "insect": Family(insects.insect, 0.6),
}

SYNTHESISED: frozenset[str] = frozenset(FAMILIES)
"""The concepts that ``synthesise`` supports."""


def synthesise(
    concept_id: str, rng: np.random.Generator, seconds: float, rate: int = 16000
) -> NDArray[np.float32]:
    """Synthesize one sound of a concept; no two calls give the same.

    Args:
        concept_id: one of ``SYNTHESISED``.
        rng: the only source of randomness: the same state gives the same sound.
        seconds: duration, 0.5 or more.
        rate: samples per second, 8000 or more.

    Returns:
        float32 (round(seconds * rate),), mono, peak at most 0.9, no DC offset, quiet at both ends.

    Raises:
        BadInput: the concept is unknown, or a duration or rate is too small.
    """
    family = FAMILIES.get(concept_id)
    if family is None:
        raise BadInput(f"No synthesis is known for the concept '{concept_id}'.")
    if seconds < 0.5 or rate < 8000:
        raise BadInput("A synthesised sound lasts 0.5 seconds or more, at 8000 samples a second or more.")
    draw = Draw(rng, rate)
    dry = family.make(draw, seconds)
    return finished(draw, recorded(draw, dry, family.background)).astype(np.float32)
