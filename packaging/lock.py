"""Writes packaging/constraints.txt: the versions, as they are installed here, of what the checks need.

    .venv/bin/python -m pip install --upgrade --upgrade-strategy eager -e '.[dev]' && .venv/bin/python packaging/lock.py

On the oldest Python that is allowed, since newer ones can have these versions too.
"""

import tomllib
from collections.abc import Iterable
from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HOUSE = Path(__file__).resolve().parents[1]
LOCK = HOUSE / "packaging/constraints.txt"
FREE = {"torch", "torchvision"}
"""Taken together from one index they are a matching pair; what only they need follows them."""

HEAD = """\
# Versions that ./packaging/test installs, so that the checks say the same next year; ./packaging/run takes the newest.
# Written by packaging/lock.py. Moved upward on purpose, in a commit of its own.
"""


def main() -> None:
    """Write the file anew."""
    LOCK.write_text(HEAD + "".join(f"{line}\n" for line in locked()), encoding="utf-8")


def locked() -> list[str]:
    """Return ``name==version`` of everything that is declared, and of what that needs in turn."""
    installed = {str(canonicalize_name(found.name)): found for found in distributions()}
    todo, seen = declared(), set[str]()
    while todo:
        requirement = todo.pop()
        name = str(canonicalize_name(requirement.name))
        key = f"{name}[{','.join(sorted(requirement.extras))}]"
        if key in seen or name in FREE or name not in installed:
            continue
        seen.add(key)
        todo += applying(installed[name].requires or (), requirement.extras)
    return [f"{name}=={installed[name].version}" for name in sorted({key.split("[")[0] for key in seen})]


def declared() -> list[Requirement]:
    """Return what pyproject.toml declares, all extras included."""
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = (text for extra in project["optional-dependencies"].values() for text in extra)
    found = map(Requirement, (*project["dependencies"], *extras))
    return [requirement for requirement in found if requirement.name != project["name"]]


def applying(texts: Iterable[str], extras: Iterable[str]) -> list[Requirement]:
    """Return the requirements that count here, with one of the extras or without any."""
    asked = ("", *extras)
    return [
        requirement
        for requirement in map(Requirement, texts)
        if requirement.marker is None or any(requirement.marker.evaluate({"extra": extra}) for extra in asked)
    ]


if __name__ == "__main__":
    main()
