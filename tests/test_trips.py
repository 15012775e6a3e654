"""The two trips of the window: which files a reader has to open to follow them, and that there are few.

A trip is the files on which what a person asked for, or what came of it, is handed on. Left out are values
(``engine.scene``), views that only show it, and what is behind the door of a generator or of the segmenter.
"""

import ast
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[1]
MOST_FILES = 20

GENERATE_TO_TAKE = (
    "desktop.objects.objects_panel",
    "desktop.objects.part",
    "desktop.generation.requester",
    "desktop.generation.generation_queue",
    "desktop.generation.worker",
    "engine.jobs.queue",
    "engine.jobs.job",
    "engine.studio",
    "engine.generation.model_parts",
    "engine.generation.part_loader",
    "engine.models.pool",
    "engine.generation.registry",
    "engine.generation.request_builder",
    "engine.generation.requests",
    "engine.generation.generator",
    "desktop.generation.take_importer",
    "desktop.threads.background",
    "engine.generation.add_to_project",
    "engine.project.folder",
    "desktop.document.document",
)
CLICK_TO_OBJECT = (
    "desktop.canvas.canvas",
    "desktop.canvas.pointer_input",
    "desktop.canvas.pointer_actions",
    "desktop.canvas.interaction",
    "desktop.canvas.object_draft",
    "desktop.canvas.controller",
    "desktop.vision.worker",
    "desktop.vision.worker_protocol",
    "desktop.threads.latest_queue",
    "desktop.threads.request_thread",
    "desktop.vision.studio_backend",
    "engine.studio",
    "engine.generation.object_finder",
    "engine.generation.model_parts",
    "engine.generation.part_loader",
    "engine.models.pool",
    "engine.vision.click_segmenter",
    "desktop.vision.outline",
    "desktop.document.document",
    "engine.scene.edits.objects",
)
TRIPS = {"Generate to take": GENERATE_TO_TAKE, "click to object": CLICK_TO_OBJECT}

CARRIED = {
    "Generate to take": {
        "PendingRequest",
        "GenerationJob",
        "JobEvent",
        "JobList",
        "GenerationRequest",
        "GenerationResult",
    },
    "click to object": {
        "Hints",
        "ClickAction",
        "ProposeRequest",
        "ProposalResult",
        "LabelRequest",
        "LabelResult",
    },
}
"""What is handed on, by the names of its types."""

BESIDE = {
    "Generate to take": {
        "desktop.objects.panel_states": "shows it",
        "desktop.objects.queue_view": "shows it",
        "engine.cli.commands": "the command line's own trip",
        "engine.cli.keeping": "the command line's own trip",
        "engine.cli.unsure": "the command line's own trip",
        "engine.generation.delivery": "writes it for the command line",
        "engine.generation.library_generator": "behind the door of a generator",
        "engine.generation.object_aware": "behind the door of a generator",
        "engine.generation.procedural": "behind the door of a generator",
        "engine.generation.recipe": "reads and writes it",
    },
    "click to object": {
        "engine.evaluation.clicks": "measures it",
        "engine.generation.found_things": "finds objects without a click",
        "engine.vision.click_candidates": "behind the door of the segmenter",
        "engine.vision.sam_prompter": "behind the door of the segmenter",
        "engine.vision.segmenter": "stands in where the features of the click segmenter are missing",
    },
}
"""Files that handle what is carried, but are not on the way, and why."""


def path_of(module: str) -> Path:
    return HOUSE / f"{module.replace('.', '/')}.py"


def imports(module: str) -> set[str]:
    """What a module imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path_of(module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
            found |= gathered(node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def gathered(package: str) -> set[str]:
    """The modules whose names a package hands on, if it is one."""
    gate = HOUSE / package.replace(".", "/") / "__init__.py"
    tree = ast.parse(gate.read_text(encoding="utf-8") if gate.is_file() else "")
    return {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}


def annotated_with(path: Path) -> set[str]:
    """Every name in the annotations of a file's functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            arguments = [*node.args.args, *node.args.kwonlyargs]
            for annotation in (node.returns, *(argument.annotation for argument in arguments)):
                found |= set() if annotation is None else names_in(annotation)
    return found


def names_in(annotation: ast.expr) -> set[str]:
    words = " ".join(
        node.value
        for node in ast.walk(annotation)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    quoted = {word.strip("[],|\"'") for word in words.replace("[", " ").replace("]", " ").split()}
    return quoted | {node.id for node in ast.walk(annotation) if isinstance(node, ast.Name)}


@pytest.mark.parametrize("trip", TRIPS)
def test_a_trip_has_few_files_and_each_is_reached_from_another(trip: str) -> None:
    modules = TRIPS[trip]
    assert len(modules) == len(set(modules)) <= MOST_FILES
    assert [module for module in modules if not path_of(module).is_file()] == []
    reached = {modules[0]}
    while True:
        # By calling what it imports, or by connecting to the signals of what it imports.
        more = {
            module
            for module in modules
            if imports(module) & reached or any(module in imports(other) for other in reached)
        }
        if more <= reached:
            break
        reached |= more
    assert set(modules) - reached == set()


@pytest.mark.parametrize("trip", TRIPS)
def test_whatever_handles_what_is_carried_is_on_the_trip_or_known_to_stand_beside_it(trip: str) -> None:
    handling = set()
    for path in sorted([*(HOUSE / "engine").rglob("*.py"), *(HOUSE / "desktop").rglob("*.py")]):
        if annotated_with(path) & CARRIED[trip]:
            handling.add(".".join(path.relative_to(HOUSE).with_suffix("").parts))
    assert handling - set(TRIPS[trip]) - set(BESIDE[trip]) == set()
    assert set(BESIDE[trip]) - handling == set()
