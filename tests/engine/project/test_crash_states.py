"""Whatever a power failure leaves of a save, an autosave, an import or a recovery opens as before or as after.

All states that the calls of each can leave are tried: every prefix, and of what was not synced by then every part in
every order (``crash_states``). ``tests/benchmarks/failing_disk.py`` says how many.
"""

import os
from pathlib import Path

import pytest

from tests.engine.project.disk_scenarios import Scenario
from tests.engine.project.disk_trials import CRASHES, in_memory_folder, tried


@pytest.mark.parametrize("scenario", CRASHES, ids=lambda scenario: scenario.name)
def test_every_state_that_a_crash_can_leave_opens_as_before_or_as_after(scenario: Scenario) -> None:
    with in_memory_folder() as memory:
        calls, states = tried(scenario, memory)
    assert states > calls > 5


def _write_before(place: Path) -> None:
    (place / "file").write_bytes(b"before")


def test_a_write_that_is_not_synced_is_seen_to_lose_something() -> None:
    """The model finds the fault that it is for."""

    def save(place: Path) -> None:
        handle = os.open(place / "new", os.O_WRONLY | os.O_CREAT)
        os.write(handle, b"after")
        os.close(handle)
        os.replace(place / "new", place / "file")  # noqa: PTH105 - watched

    careless = Scenario(
        "careless", _write_before, save,
        lambda place: (place / "file").read_bytes(),
    )  # fmt: skip
    with in_memory_folder() as memory, pytest.raises(AssertionError):
        tried(careless, memory)
