"""A class or a module has a name that nothing else in the engine or the desktop has."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[1]
PACKAGES = ("engine", "desktop")

CLASSES_IN_TWO_PLACES = {
    "Segmenter": "the protocol that generation asks for, and the class that is one",
}
MODULES_IN_TWO_PLACES = {
    "__init__": "every package",
    "part": "of each wing of the desktop, how it stands in the window",
    "worker": "of each wing of the desktop, what runs in its thread",
}
MIRRORED_FOLDERS = {
    "engine/scene/edits": "engine/scene",
    "engine/training": "engine/",
    "engine/cli": "engine/",
}
"""Folders whose modules are called after the modules that they edit, train or run."""


def sources() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((HOUSE / package).rglob("*.py"))]


def classes(path: Path) -> Iterator[str]:
    """The classes of a module that others may use."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node.name


def place(path: Path) -> str:
    return path.relative_to(HOUSE).as_posix()


def is_mirror(path: Path, others: list[Path]) -> bool:
    """Whether a module stands in a folder that mirrors the folder of one of the others."""
    folder = next(
        (whole for part, whole in MIRRORED_FOLDERS.items() if place(path).startswith(f"{part}/")), None
    )
    return folder is not None and any(place(other).startswith(folder) for other in others if other != path)


def test_no_two_classes_share_a_name() -> None:
    found = defaultdict(list)
    for path in sources():
        for name in classes(path):
            found[name].append(place(path))
    twice = {name: places for name, places in found.items() if len(places) > 1}
    assert {name: places for name, places in twice.items() if name not in CLASSES_IN_TWO_PLACES} == {}
    assert set(CLASSES_IN_TWO_PLACES) <= set(twice)


def test_no_two_modules_share_a_name() -> None:
    found = defaultdict(list)
    for path in sources():
        found[path.stem].append(path)
    twice = {}
    for name, paths in found.items():
        own = [path for path in paths if not is_mirror(path, paths)]
        if len(own) > 1:
            twice[name] = [place(path) for path in own]
    assert {name: places for name, places in twice.items() if name not in MODULES_IN_TWO_PLACES} == {}
    assert set(MODULES_IN_TWO_PLACES) <= set(twice)
