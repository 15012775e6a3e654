"""The trials of failing calls and of crash states, shared by tests and benchmark."""

import errno
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.errors import FoleyscapeError
from tests.engine.project.crash_states import Model, crash_states, write_tree
from tests.engine.project.disk_scenarios import SCENARIOS, Scenario, copied
from tests.engine.project.toy_project import in_memory
from tests.engine.project.watched_disk import WatchedDisk, watched

ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EMFILE)
CRASHES = [one for one in SCENARIOS if one.name not in {"create", "export", "recover without a scene"}]


@contextmanager
def in_memory_folder() -> Iterator[Path]:
    """A folder where syncing takes no time."""
    with tempfile.TemporaryDirectory(dir=in_memory()) as place:
        yield Path(place).resolve()


def calls_of(scenario: Scenario, template: Path, place: Path) -> dict[str, int]:
    """How often a scenario makes each call, in a fresh copy, where nothing fails."""
    with watched(WatchedDisk(copied(template, place))) as disk:
        scenario.act(place)
    return disk.counts


def outcome(scenario: Scenario, template: Path, place: Path, disk: WatchedDisk) -> str:
    """Runs a scenario on a failing disk and tells how it ended; raises if anything but a sentence comes of it."""
    copied(template, place)
    try:
        with watched(disk):
            scenario.act(place)
    except FoleyscapeError as error:
        assert error.message.endswith("."), error.message
        assert ".partial" not in error.message, error.message
        return "refused"
    return "done"


def every_failure(
    counts: dict[str, int], errors: Iterator[tuple[int, ...]], every: int
) -> Iterator[tuple[str, int, int]]:
    """Each call by name and number, with the errors that it fails with."""
    for name, count in sorted(counts.items()):
        for number in range(1, count + 1, every):
            for error in next(errors):
                yield name, number, error


def tries(
    scenario: Scenario, memory: Path, errors: Iterator[tuple[int, ...]], every: int = 1
) -> dict[str, int]:
    """Let each call fail; return how many tries ended in which way.

    Raises:
        AssertionError: something is on disk that was neither before nor should be after.
    """
    template, place = memory / "template", memory / "place"
    template.mkdir()
    scenario.prepare(template)
    counts = calls_of(scenario, template, place)
    after = scenario.state(place)
    before = scenario.state(copied(template, place))
    ended = {"done": 0, "refused": 0}
    for name, number, error in every_failure(counts, errors, every):
        told = outcome(scenario, template, place, WatchedDisk(place, (name, number), error))
        found = scenario.state(place)
        assert found in (before, after), (name, number, errno.errorcode[error], told, found)
        # What is reported done is done, unless all that failed was an attempt that has another way.
        assert told != "done" or found == after, (name, number, errno.errorcode[error])
        ended[told] += 1
    return ended


def tried(scenario: Scenario, memory: Path) -> tuple[int, int]:
    """Try every state; return the number of calls recorded and of states.

    Raises:
        AssertionError: a state opens as neither before nor after, or as before although the scenario had ended.
    """
    template, place = memory / "template", memory / "place"
    template.mkdir()
    scenario.prepare(template)
    before = scenario.state(copied(template, place))
    copied(template, place)
    model = Model.of(place)
    with watched(WatchedDisk(place)) as disk:
        scenario.act(place)
    after = scenario.state(place)
    count = 0
    for length, tree in crash_states(model, disk.record, place):
        count += 1
        shutil.rmtree(place)
        place.mkdir()
        write_tree(tree, place)
        found = scenario.state(place)
        assert found in (before, after), (length, disk.record[length - 1], found)
        done = length == len(disk.record)
        assert not done or found == after, (length, found)
    return len(disk.record), count
