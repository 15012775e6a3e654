"""Hostile projects do no harm. A run of 10,000 is tests/benchmarks/hostile_files.py."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.scene.scene import Scene
from tests.engine.project.hostile import Ground, hostile
from tests.engine.project.toy_project import in_memory


@pytest.fixture(scope="module")
def ground(template: tuple[Path, Scene]) -> Iterator[Ground]:
    with tempfile.TemporaryDirectory(dir=in_memory()) as place:
        yield Ground(Path(place), template[0])


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(st.data())
def test_a_hostile_project_is_refused_or_opened_and_touches_nothing_outside(
    ground: Ground, template: tuple[Path, Scene], data: st.DataObject
) -> None:
    case = data.draw(hostile(template[0]))
    ground.put(case)
    assert ground.use() in {"refused", "opened", "opened with warnings"}
    assert ground.harm() == []
