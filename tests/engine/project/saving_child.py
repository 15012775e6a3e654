"""A program that saves, to be killed: python -m tests.engine.project.saving_child FOLDER.

For each line on its standard input it forks a child, which opens the project and adds takes, saves and autosaves
until it dies. What a child has done is told on standard output, each thing after it was done: ``took DIGEST``,
``saved NUMBER``, ``autosaved NUMBER``. Its death is told as ``ended SIGNAL``. Forking spares the start of Python.
"""

import os
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.project.folder import Project
from engine.scene.masks import Mask
from engine.scene.objects import SoundingObject
from engine.scene.scene import Scene, TakeRecord
from engine.scene.timeline import Clip, Track
from tests.engine.project.toy_project import SIZE, toy_project, toy_take

KEPT_TAKES = 4


def state_of(scene: Scene) -> int:
    """The number that the child gave this scene."""
    return int(scene.name.removeprefix("State "))


def main() -> None:
    folder = Path(sys.argv[1])
    _warm_up(folder)
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                _work(folder)
            finally:
                os._exit(1)
        _tell(f"pid {child}")
        _tell(f"ended {os.waitpid(child, 0)[1] & 0x7F}")


def _warm_up(folder: Path) -> None:
    """Imports, before there are children, what each of them would otherwise spend its life on."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as place:
        _, scene = toy_project(Path(place))
        with Project.open(Path(place) / "Toy.foley", writing=False).project as project:
            project.still(scene)


def _work(folder: Path) -> None:
    opened = Project.open(folder)
    project, scene = opened.project, opened.scene
    if opened.recoverable:
        scene = project.recover(opened.recoverable[0]).scene
    while True:
        number = state_of(scene) + 1
        record = project.add_take(toy_take(number), (0,))
        _tell(f"took {record.digest}")
        scene = _next(scene, number, record)
        if number % 3:
            project.save(scene)
            _tell(f"saved {number}")
        else:
            project.autosave(scene)
            _tell(f"autosaved {number}")


def _next(scene: Scene, number: int, record: TakeRecord) -> Scene:
    takes = (*scene.takes, record)[-KEPT_TAKES:]
    clips = tuple(Clip(2 + place, take.digest, 0, 0, 100) for place, take in enumerate(takes))
    return replace(
        scene,
        name=f"State {number}",
        objects=(SoundingObject(0, _mask(number), "Dog"),),
        takes=takes,
        timeline=replace(scene.timeline, tracks=(Track(1, "Dog", 0, clips),)),
        next_id=2 + KEPT_TAKES,
        next_object=1,
    )


def _mask(number: int) -> Mask:
    """A mask of its own for each number."""
    bits = np.unpackbits(np.frombuffer(number.to_bytes(8, "big"), np.uint8)).astype(np.bool_)
    mask = np.zeros((SIZE[1], SIZE[0]), np.bool_)
    mask[0, : len(bits) % SIZE[0]] = bits[: len(bits) % SIZE[0]]
    mask[1, : SIZE[0]] = True
    mask[2, : len(bits) - SIZE[0]] = bits[SIZE[0] :]
    mask.setflags(write=False)
    return mask


def _tell(line: str) -> None:
    # One write, which a kill cannot cut in two.
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    main()
