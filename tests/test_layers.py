"""The rules of the house that import-linter cannot say: what loads when, and who needs what."""

import ast
import functools
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).resolve().parents[1]
HEAVY = ("torch", "torchvision", "diffusers", "transformers", "segment_anything", "open_clip", "PySide6")
# What a part may use beyond the dependencies that everybody gets.
EXTRAS = {
    "engine/evaluation/": ("evaluation",),
    "tests/": ("dev", "evaluation"),
}
# Distributions that are not called like what they bring.
DISTRIBUTIONS = {
    "faiss": "faiss-cpu",
    "aaf2": "pyaaf2",
    "cv2": "opencv-python-headless",
    "open_clip": "open-clip-torch",
    "PIL": "pillow",
    "pytestqt": "pytest-qt",
    "PySide6": "pyside6-essentials",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
}
# segment_anything imports torchvision and does not declare it.
NEEDED_BY_OTHERS = {"torchvision"}
# Run as programs, or found as plugins by pytest and OpenTimelineIO.
TOOLS = {
    "build",
    "import-linter",
    "mypy",
    "otio-aaf-adapter",
    "otio-cmx3600-adapter",
    "otio-fcpx-xml-adapter",
    "pytest-cov",
    "pytest-qt",
    "pytest-xdist",
    "ruff",
    "setuptools",
}
# Everything that stands between typing a command and its first words.
LIGHT = ("*.py", "cli/*.py", "scene/*.py", "models/*.py", "sound/*.py", "jobs/*.py", "generation/requests.py")


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (HOUSE / folder).rglob("*.py"))


def module_name(path: Path) -> str:
    parts = path.relative_to(HOUSE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@functools.cache
def imported(path: Path) -> frozenset[str]:
    """The top names that a file imports anywhere, inside functions too."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None and node.level == 0:
            names.add(node.module)
    return frozenset(name.split(".")[0] for name in names)


def test_light_modules_load_neither_torch_nor_a_window() -> None:
    paths = [path for pattern in LIGHT for path in sorted((HOUSE / "engine").glob(pattern))]
    names = [module_name(path) for path in paths if path.name != "__main__.py"]
    program = f"""
import importlib, json, sys
loaded = {{}}
for name in {names!r}:
    importlib.import_module(name)
    loaded[name] = [heavy for heavy in {HEAVY!r} if heavy in sys.modules]
    if loaded[name]:
        break
print(json.dumps(loaded))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=HOUSE, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    loaded = json.loads(done.stdout)
    assert len(loaded) >= 10
    assert {name: heavy for name, heavy in loaded.items() if heavy} == {}


def test_a_scene_needs_only_the_standard_library_and_numpy() -> None:
    allowed = sys.stdlib_module_names | {"numpy", "engine"}
    strangers = {(path.name, name) for path in sources("engine/scene") for name in imported(path)}
    assert {(file, name) for file, name in strangers if name not in allowed} == set()


def test_laion_clap_is_reached_through_at_most_one_adapter() -> None:
    users = [path for path in sources("engine", "desktop") if "laion_clap" in imported(path)]
    assert len(users) <= 1


def test_no_test_module_imports_another_test_module() -> None:
    """What tests share lives in fixtures or in modules that hold no tests."""
    importing = set()
    for path in sources("tests"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = (
                [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            )
            if isinstance(node, ast.ImportFrom) and node.module is not None:
                names = [node.module, *(f"{node.module}.{name}" for name in names)]
            own = [name for name in names if name.startswith("tests.")]
            importing |= {(module_name(path), name) for name in own if ".test_" in name}
    assert importing == set()


def test_names_of_tests_are_sentences() -> None:
    """At least three words, and no number at the end to tell one test from the next."""
    functions = {
        node.name
        for path in sources("tests")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if path.name.startswith("test_")
        and isinstance(node, ast.FunctionDef)
        and node.name.startswith("test_")
    }
    assert len(functions) > 1000
    short = {name for name in functions if len(name.split("_")) < 4}
    numbered = {name for name in functions if name.split("_")[-1].isdigit()}
    assert (short, numbered) == (set(), set())


def test_whatever_is_declared_for_use_is_imported_at_use() -> None:
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    used = {distribution(name) for path in sources("engine", "desktop") for name in imported(path)}
    declared = {named(requirement) for requirement in project["dependencies"]}
    assert declared - used - NEEDED_BY_OTHERS == set()
    assert declared >= NEEDED_BY_OTHERS


def test_whatever_is_declared_for_contributors_is_imported_or_run() -> None:
    extras = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    folders = sources("engine", "desktop", "tests", "packaging")
    used = {distribution(name) for path in folders for name in imported(path)}
    declared = {named(entry) for extra in extras["optional-dependencies"].values() for entry in extra}
    assert declared - used - TOOLS - {canonical(extras["name"])} == set()
    assert TOOLS - used == TOOLS & declared - used


def test_whatever_is_imported_is_declared() -> None:
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    own = sys.stdlib_module_names | {"engine", "desktop", "tests"}
    undeclared = set()
    for folder in ("engine", "desktop", "tests"):
        for path in sources(folder):
            foreign = imported(path) - own
            promised = declared_for(path, project)
            undeclared |= {
                (module_name(path), name) for name in foreign if distribution(name) not in promised
            }
    assert undeclared == set()


def declared_for(path: Path, project: dict[str, Any]) -> set[str]:
    """The distributions that the project promises to this file."""
    place = path.relative_to(HOUSE).as_posix()
    extras = next((names for start, names in EXTRAS.items() if place.startswith(start)), ())
    requirements = [*project["dependencies"]]
    for extra in extras:
        requirements += project["optional-dependencies"][extra]
    return {named(requirement) for requirement in requirements}


def named(requirement: str) -> str:
    return canonical(re.split(r"[\[<>=~!; ]", requirement)[0])


def distribution(name: str) -> str:
    return canonical(DISTRIBUTIONS.get(name, name))


def canonical(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()
