"""The versions that the checks run with: all locked but PyTorch's pair, and each one allowed."""

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HOUSE = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DECLARED = [
    requirement
    for part in (PROJECT["dependencies"], *PROJECT["optional-dependencies"].values())
    for requirement in map(Requirement, part)
    if requirement.name not in ("foleyscape", "torch", "torchvision")
]


@pytest.fixture(scope="module")
def versions() -> dict[str, str]:
    """The locked versions by name."""
    lines = (HOUSE / "packaging/constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("==") for line in lines if not line.startswith("#"))
    return {str(canonicalize_name(name)): version for name, version in pairs}


@pytest.mark.parametrize("requirement", DECLARED, ids=lambda requirement: requirement.name)
def test_what_is_declared_is_locked_at_a_version_that_is_allowed(
    requirement: Requirement, versions: dict[str, str]
) -> None:
    name = str(canonicalize_name(requirement.name))
    assert name in versions, f"{name} is not locked: packaging/lock.py"
    assert requirement.specifier.contains(versions[name])


def test_the_coverage_and_the_types_of_the_checks_are_locked_too(versions: dict[str, str]) -> None:
    assert {"coverage", "mypy-extensions", "pluggy", "execnet", "grimp", "shiboken6"} <= versions.keys()


def test_pytorch_is_free_to_be_the_pair_that_fits_the_machine(versions: dict[str, str]) -> None:
    assert not {"torch", "torchvision"} & versions.keys()
