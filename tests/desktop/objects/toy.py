"""A small project with objects, a maker of takes that waits to be told, and a panel over them."""

import json
import threading
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from desktop.document.document import Document
from desktop.document.messages import Message, Messages
from desktop.generation.generation_queue import GenerationQueue
from desktop.generation.requester import GenerationOptions, GenerationRequester
from desktop.generation.take_importer import TakeImporter
from desktop.generation.worker import GenerationWorker
from desktop.objects.objects_panel import ObjectsPanel
from desktop.objects.previews import Previews
from desktop.threads.background import Background
from engine.generation.add_to_project import attach
from engine.generation.delivery import Provenance
from engine.generation.object_aware import object_aware_info
from engine.generation.requests import GenerationRequest, take_seed
from engine.progress import Progress, no_progress
from engine.project.folder import Project
from engine.scene.edits import add_object
from engine.scene.masks import Mask
from engine.scene.scene import Scene
from engine.scene.takes import Take
from engine.studio import GenerationResult
from engine.vision.still import Still
from tests.engine.generation.fakes import sampling

RATE = 16_000
SIZE = (80, 60)
PATIENCE = 10_000


def toy_mask(left: int) -> Mask:
    mask = np.zeros((SIZE[1], SIZE[0]), np.bool_)
    mask[10:40, left : left + 20] = True
    return mask


def toy_take(name: str, objects: tuple[int, ...], number: int, seed: int = 0) -> Take:
    noise = np.random.default_rng(take_seed(seed, sum(objects), number)).normal(0, 0.1, (1, 1600))
    recipe = json.dumps({"seed": seed, "steps": 4, "number": number})
    return Take(noise.astype(np.float32), RATE, name, objects, number, recipe)


class FakeGenerationBackend:
    """Takes steps when it is let; counts what is asked of it and can be told to fail."""

    model = "fake-000000000000"
    generators = (object_aware_info(model),)
    device_name = "Toy GPU"

    def __init__(self) -> None:
        self.requests: list[GenerationRequest] = []
        self.threads: set[int] = set()
        self.failures: list[BaseException] = []
        self.go = threading.Event()
        self.go.set()
        self.begun = threading.Event()
        self.warmed = 0

    def warm_up(self) -> None:
        self.warmed += 1

    def generate(
        self, request: GenerationRequest, still: Still | None = None, progress: Progress | None = None
    ) -> GenerationResult:
        progress = progress or no_progress()
        self.requests.append(request)
        self.threads.add(threading.get_ident())
        if self.failures:
            raise self.failures.pop(0)
        settings = sampling(request)
        for step in range(settings.steps):
            progress.report(step / settings.steps, f"step {step + 1} of {settings.steps}")
            self.begun.set()
            while not self.go.wait(0.002):
                progress.raise_if_cancelled()
        takes = [
            toy_take(target.name, target.objects, number, request.seed)
            for target in request.targets
            for number in request.takes
        ]
        return GenerationResult(request, tuple(takes), Provenance(still))


def toy_project(
    folder: Path, names: tuple[str, ...] = ("Dog", "Bird", "Car")
) -> tuple[Project, Scene, Still]:
    """A saved project with an object of each name."""
    picture = folder / "still.png"
    noise = np.random.default_rng(3).integers(0, 255, (SIZE[1], SIZE[0], 3), np.uint8)
    Image.fromarray(noise).save(picture)
    opened = Project.create(folder / "Street.foley", "Street", picture)
    scene = opened.scene
    for place, name in enumerate(names):
        scene = add_object(scene, toy_mask(place * 25), name, prompt=name.lower(), seed=100)
    opened.project.save(scene)
    still = opened.project.still(scene)
    assert still is not None
    return opened.project, scene, still


def with_takes(project: Project, scene: Scene, number: int, count: int) -> Scene:
    """The scene with so many takes of an object."""
    thing = scene.object(number)
    assert thing is not None
    for take in range(1, count + 1):
        record = project.add_take(toy_take(thing.name, (number,), take), (number,))
        scene = attach(scene, replace(record, number=take))
    return scene


@dataclass
class Bench:
    """Everything of the panel, over a toy project."""

    document: Document
    project: Project
    maker: FakeGenerationBackend
    worker: GenerationWorker
    queue: GenerationQueue
    ordering: GenerationRequester
    panel: ObjectsPanel
    background: Background
    said: list[Message]

    def close(self) -> None:
        self.maker.go.set()
        self.worker.close()
        self.background.close()
        self.project.close()


def bench(folder: Path, takes: int = 0) -> Bench:
    project, scene, still = toy_project(folder)
    if takes:
        scene = with_takes(project, scene, 0, takes)
        project.save(scene)
    messages = Messages()
    document = Document(messages)
    document.replace(scene, still, project)
    maker, background = FakeGenerationBackend(), Background(document)
    worker = GenerationWorker(lambda _: maker, document)
    queue = GenerationQueue(worker, document)
    TakeImporter(document, queue, background, messages, document)
    panel = ObjectsPanel(
        document, queue, Previews(document, background, document), lambda: 77, None, messages
    )

    def choice() -> GenerationOptions:
        return panel.footer.choice

    seeds = iter(range(500, 600))
    ordering = GenerationRequester(
        document, queue, messages, choice, new_seed=lambda: next(seeds), parent=document
    )
    panel.generate_requested.connect(ordering.generate)
    panel.regenerate_requested.connect(ordering.regenerate)
    said: list[Message] = []
    messages.shown.connect(said.append)
    return Bench(document, project, maker, worker, queue, ordering, panel, background, said)
