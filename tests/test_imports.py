"""Import rules that hold for every import: at module level, inside functions and under ``TYPE_CHECKING`` alike.

import-linter leaves out imports under ``TYPE_CHECKING``; a circle made of them still ties two modules together.
"""

import ast
import functools
import graphlib
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[1]
PACKAGES = ("engine", "desktop")
MOST_AT_DESKTOPS_ROOT = 17

Graph = Mapping[str, frozenset[str]]


@functools.cache
def modules() -> Mapping[str, Path]:
    """Every module of the engine and the desktop, with its file."""
    paths = [path for package in PACKAGES for path in (HOUSE / package).rglob("*.py")]
    return {_name(path): path for path in paths}


def _name(path: Path) -> str:
    parts = path.relative_to(HOUSE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@functools.cache
def graph() -> Graph:
    """For each module, the modules of ours that it imports anywhere."""
    known = modules()
    return {name: frozenset(_imports(path, known)) - {name} for name, path in known.items()}


def _imports(path: Path, known: Mapping[str, Path]) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            for alias in node.names:
                found = f"{node.module}.{alias.name}"
                yield from (name for name in (found if found in known else node.module,) if name in known)


def circle_in(imports: Graph) -> list[str]:
    """One circle of imports, or nothing."""
    try:
        graphlib.TopologicalSorter(imports).prepare()
    except graphlib.CycleError as error:
        return list(error.args[1])
    return []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_import_goes_in_a_circle(package: str) -> None:
    own = {name: targets for name, targets in graph().items() if name.split(".")[0] == package}
    assert len(own) > 50
    assert circle_in(own) == []


def test_a_circle_would_be_found() -> None:
    assert circle_in({"a": frozenset({"b"}), "b": frozenset({"c"}), "c": frozenset({"a"})}) != []
    assert circle_in({"a": frozenset({"b", "c"}), "b": frozenset({"c"}), "c": frozenset()}) == []


def layers_of(container: str) -> list[frozenset[str]]:
    """The layers of a package as pyproject.toml has them, the highest first."""
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    [found] = [one for one in contracts if one.get("containers") == [container] and one["type"] == "layers"]
    return [frozenset(name.strip(" ()") for name in layer.split("|")) for layer in found["layers"]]


def test_wings_of_the_desktop_import_downwards_only() -> None:
    heights = {name: -place for place, layer in enumerate(layers_of("desktop")) for name in layer}
    upward = set()
    for module, targets in graph().items():
        for target in targets:
            if module.startswith("desktop.") and target.startswith("desktop."):
                wing, other = module.split(".")[1], target.split(".")[1]
                if wing != other and heights[other] >= heights[wing]:
                    upward.add((module, target))
    assert upward == set()


def test_the_desktop_is_drawn_as_wings() -> None:
    root = [path for path in (HOUSE / "desktop").iterdir() if path.suffix == ".py" or path.is_dir()]
    shown = {path.stem for path in root if path.name not in {"__init__.py", "__pycache__"}}
    assert len(shown) <= MOST_AT_DESKTOPS_ROOT
    assert shown == {name for layer in layers_of("desktop") for name in layer}
