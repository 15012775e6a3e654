"""A small project with one of everything, for the tests of the project folder."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.project.folder import Project
from engine.scene.masks import Mask
from engine.scene.objects import SoundingObject
from engine.scene.scene import Scene
from engine.scene.sound_controls import SoundControls
from engine.scene.takes import Take
from engine.scene.timecode import RATES
from engine.scene.timeline import Clip, Fade, Marker, Timeline, Track

RATE = 16_000
FULL = SoundControls(((0.0, -60.0), (0.5, 0.0)), (0.5, 1.25), True, (("pace", 2.0),), (("newer", "[1]"),))
"""Controls with everything in them."""
SIZE = (48, 40)
"""Width and height of the still."""


def in_memory() -> Path | None:
    """A place for temporary folders where syncing takes no time; None where the machine has none."""
    memory = Path("/dev/shm")  # noqa: S108 - only ever a folder of its own is made in there
    return memory if os.access(memory, os.W_OK) else None


def toy_samples(seed: int, channels: int = 1, samples: int = 800) -> NDArray[np.float32]:
    """Noise, float32 (channels, samples)."""
    noise = np.random.default_rng(seed).uniform(-1.0, 1.0, (channels, samples))
    return noise.astype(np.float32)


def toy_take(seed: int, objects: tuple[int, ...] = (0,), *, channels: int = 1, samples: int = 800) -> Take:
    """A take of noise."""
    return Take(toy_samples(seed, channels, samples), RATE, "Dog", objects, seed + 1, f'{{"seed": {seed}}}')


def toy_mask(left: int) -> Mask:
    """A mask of the still's size: a block that begins at this column."""
    mask = np.zeros((SIZE[1], SIZE[0]), np.bool_)
    mask[5:20, left : left + 9] = True
    mask.setflags(write=False)
    return mask


def toy_still(folder: Path) -> Path:
    """A picture file."""
    path = folder / "Street at Night.PNG"
    noise = np.random.default_rng(5).integers(0, 255, (SIZE[1], SIZE[0], 3), np.uint8)
    Image.fromarray(noise).save(path)
    return path


def toy_objects() -> tuple[SoundingObject, ...]:
    return (
        SoundingObject(
            0, toy_mask(2), "Dog", "a dog barks", -20.5, (1, 2, 3), seed=7, seed_locked=True, controls=FULL
        ),
        SoundingObject(1, toy_mask(30), "Tür", unknown_fields=(("smell", '{"wet":[1,2.5,null]}'),)),
    )


def toy_timeline(first: str, second: str) -> Timeline:
    """Two tracks with clips of two takes, which are 2400 samples long here."""
    clips = (
        Clip(2, first, 100, 0, 2400, -3.25, -0.5, Fade(10, "linear"), Fade(20, "s_curve")),
        Clip(3, second, 900, 100, 1500, muted=True, unknown_fields=(("echo", "true"),)),
    )
    tracks = (
        Track(1, "Dog", 0, clips, -1.5, 0.25, unknown_fields=(("colour", '"red"'),)),
        Track(4, "Door", None, soloed=True),
    )
    markers = (Marker(5, 4800, "slam", hit=True), Marker(6, 9600, "cut", unknown_fields=(("note", '"x"'),)))
    return Timeline(48_000, RATES["29.97df"], 107892, tracks, markers, -2.0, "r128", (("tempo", "120"),))


def toy_project(folder: Path) -> tuple[Project, Scene]:
    """A project in ``folder/Toy.foley``, saved and open, and the scene in it."""
    opened = Project.create(folder / "Toy.foley", "Toy", toy_still(folder))
    project = opened.project
    records = [project.add_take(toy_take(number), (0,)) for number in range(2)]
    records[1] = replace(records[1], starred=True, unknown_fields=(("heard", "3"),))
    scene = replace(
        opened.scene,
        objects=toy_objects(),
        takes=tuple(records),
        chosen=((0, records[1].digest),),
        timeline=toy_timeline(records[0].digest, records[1].digest),
        next_id=7,
        next_object=2,
        unknown_fields=(("weather", '["rain"]'),),
    )
    project.save(scene)
    return project, scene
