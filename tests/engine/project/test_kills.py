"""A program killed at any moment loses nothing that it had saved."""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.project.folder import Opened, Project
from tests.engine.project.saving_child import state_of
from tests.engine.project.toy_project import in_memory, toy_still

KILLS = 200
MOST_LINES = 6
LONGEST = 0.01
"""A child is killed so many seconds at most after it has told so many things at most, from opening the project to
some rounds of saving. So the kills hit the same places on a machine that is busy.
"""

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def folder() -> Iterator[Path]:
    """In memory where the machine has such a place: a killed program's writes stay in the kernel either way, and
    a child that does not wait for a disk is hit in many more places of its work.
    """
    with tempfile.TemporaryDirectory(dir=in_memory()) as place:
        Project.create(Path(place) / "Killed.foley", "State 0", toy_still(Path(place))).project.close()
        yield Path(place) / "Killed.foley"


@pytest.fixture
def children(folder: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.engine.project.saving_child", str(folder)]
    # Counting lines would slow a child down, and a killed one reports none.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COVERAGE_")}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        yield program
        if program.stdin is not None:
            program.stdin.close()


def test_200_kills_at_random_moments_lose_nothing_that_was_saved(
    folder: Path, children: subprocess.Popen[str]
) -> None:
    moments = random.Random(1)  # noqa: S311 - moments, not secrets
    told: dict[str, str] = {"saved": "0", "autosaved": "0"}
    torn = 0
    for _ in range(KILLS):
        told |= _killed_after(children, moments.randint(0, MOST_LINES), moments.uniform(0.0, LONGEST))
        partials = list(folder.rglob("*.partial"))
        torn += len(partials)
        _check(folder, told)
        for partial in partials:
            partial.unlink(missing_ok=True)
    # The kills did hit: many states were saved, and some writes were broken off.
    assert int(told["saved"]) > KILLS / 2
    assert torn > 0


def _killed_after(children: subprocess.Popen[str], lines: int, seconds: float) -> dict[str, str]:
    """Has a child save for so long, kills it, and gives the last of each thing that it told."""
    child = _started(children)
    told: dict[str, str] = {}
    for _ in range(lines):
        told |= _line(children)
    time.sleep(seconds)
    return told | _kill(children, child)


def _started(children: subprocess.Popen[str]) -> int:
    assert children.stdin is not None
    children.stdin.write("go\n")
    children.stdin.flush()
    return int(_line(children)["pid"])


def _kill(children: subprocess.Popen[str], child: int) -> dict[str, str]:
    os.kill(child, signal.SIGKILL)
    told: dict[str, str] = {}
    while "ended" not in told:
        told |= _line(children)
    assert told["ended"] == str(int(signal.SIGKILL))
    return told


def _line(children: subprocess.Popen[str]) -> dict[str, str]:
    assert children.stdout is not None
    what, value = children.stdout.readline().split()
    return {what: value}


def _check(folder: Path, told: dict[str, str]) -> None:
    opened = Project.open(folder)
    with opened.project as project:
        assert opened.warnings == ()
        assert state_of(opened.scene) >= int(told["saved"])
        assert _newest_state(opened) >= int(told["autosaved"])
        assert len(opened.scene.takes) == min(4, state_of(opened.scene))
        if "took" in told:
            assert (project.path / "takes" / f"{told['took']}.wav").stat().st_size > 800 * 4


def _newest_state(opened: Opened) -> int:
    """Of what was saved, or can be recovered."""
    states = [state_of(opened.scene)]
    if opened.recoverable:
        recovered = opened.project.recover(opened.recoverable[0])
        assert recovered.warnings == ()
        states.append(state_of(recovered.scene))
    return max(states)
