"""A saved project to begin with: made once, for every sync of the disk takes its time, and copied for each test."""

import shutil
from pathlib import Path

import pytest

from engine.scene.scene import Scene
from tests.engine.project.toy_project import toy_project


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Scene]:
    project, scene = toy_project(tmp_path_factory.mktemp("template"))
    project.close()
    return project.path, scene


@pytest.fixture
def toy(template: tuple[Path, Scene], tmp_path: Path) -> tuple[Path, Scene]:
    """A project folder and the scene in it."""
    folder, scene = template
    return Path(shutil.copytree(folder, tmp_path / "Toy.foley")), scene
