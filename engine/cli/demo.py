"""``foleyscape demo``: the main workflow on the sample pictures that ship with scikit-image."""

import importlib.util
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from engine.cli.arguments import Hinted
from engine.cli.output_folder import output_folder
from engine.cli.shown_job import run_shown
from engine.cli.streams import print_json
from engine.errors import Failed
from engine.files import staged_folder
from engine.generation.delivery import Delivery
from engine.generation.requests import Settings
from engine.progress import Progress
from engine.scene.hints import Box, Click, Hints
from engine.studio import Studio

SEED = 7
KIND = "demo"


@dataclass(frozen=True)
class Sample:
    """A sample picture and the objects in it.

    Attributes:
        file: the picture, among scikit-image's; None for text alone.
        folder: name of its folder of sounds within the demo's folder.
        hinted: the objects, as ``--object`` and ``--box`` would give them.
        words: prompt if there is no picture.
    """

    file: str | None
    folder: str
    hinted: tuple[Hinted, ...] = ()
    words: str = ""


SAMPLES = (
    Sample("chelsea.png", "cat", (Hinted("cat", Hints((Click(230, 80), Click(120, 180), Click(265, 200)))),)),
    Sample("motorcycle_left.png", "motorcycle", (Hinted(None, Hints(box=Box(90, 75, 700, 465))),)),
    Sample(
        "camera.png",
        "photographer",
        (
            Hinted("camera", Hints((Click(287, 150),))),
            Hinted("footsteps", Hints((Click(110, 330),))),
        ),
    ),
    Sample("horse.png", "horse", (Hinted("horse", Hints((Click(187, 133),))),)),
    Sample(None, "rain", words="rain"),
)


def run_demo(arguments: Namespace, is_cancelled: Callable[[], bool]) -> int:
    """Generate the sounds of every sample, one folder each: all of them or, if cancelled, none."""
    with output_folder(arguments, (), KIND):
        done = run_shown(arguments, _make_samples, is_cancelled)
    _tell(done, as_json=arguments.json)
    return 0


def _make_samples(arguments: Namespace, progress: Progress) -> list[tuple[Sample, Delivery]]:
    pictures = pictures_folder()
    done: list[tuple[Sample, Delivery]] = []
    studio = Studio(arguments.model, arguments.device)
    with staged_folder(arguments.out, overwrite=arguments.overwrite, kind=KIND, rescue=True) as folder:
        for number, sample in enumerate(SAMPLES):
            part = progress.part(number / len(SAMPLES), (number + 1) / len(SAMPLES))
            delivery = make_sample(studio, sample, pictures, folder / sample.folder, part)
            done.append((sample, replace(delivery, folder=arguments.out / sample.folder)))
    return done


def make_sample(studio: Studio, sample: Sample, pictures: Path, target: Path, progress: Progress) -> Delivery:
    """Generate and write the sounds of one sample, including a take of all its objects together if it has several."""
    settings = Settings(seed=SEED)
    progress.report(0.0, f"{sample.folder.capitalize()}: looking")
    if sample.file is None:
        sounds = studio.generate_from_text(sample.words, settings, progress.part(0.05, 0.95))
    else:
        still = studio.open(pictures / sample.file)
        objects = [
            studio.object_at(still, thing.hints, thing.name, index)
            for index, thing in enumerate(sample.hinted)
        ]
        together = len(objects) > 1
        sounds = studio.generate_for_objects(
            still, objects, settings, together=together, progress=progress.part(0.2, 0.95)
        )
    return studio.export(sounds, target, progress=progress.part(0.95, 1.0))


def pictures_folder() -> Path:
    """Return the folder of scikit-image's sample pictures, without importing it.

    Raises:
        Failed: scikit-image or its pictures are not installed.
    """
    spec = importlib.util.find_spec("skimage")
    for root in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(root) / "data"
        if all((folder / sample.file).is_file() for sample in SAMPLES if sample.file):
            return folder
    raise Failed("The sample pictures of scikit-image are missing; install scikit-image again.")


def _tell(done: list[tuple[Sample, Delivery]], *, as_json: bool) -> None:
    if as_json:
        facts: list[dict[str, Any]] = [{"sample": s.folder, **delivery.summary()} for s, delivery in done]
        print_json(facts)
        return
    for sample, delivery in done:
        names = ", ".join(dict.fromkeys(stem.name for stem in delivery.stems))
        print(f"  {delivery.folder}  {names}  (from {sample.file or 'words alone'})")
    print("Each folder has the stems, mix.wav, the masks, overlay.png, spectrogram.png and recipe.json.")
