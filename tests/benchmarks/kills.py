"""Kills of programs that save, autosave, import takes, recover and export: python -m tests.benchmarks.kills [COUNT]

Each child does one thing to one project or its export and is killed at a random moment of it, by SIGKILL. What it had
reported as done must be there afterwards, whatever was there before must be as before or as after, and the project must
open without a warning. The recovery of what a kill left is killed as well.
"""

import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from engine.export.plan import ExportSettings
from engine.export.run import export
from engine.files.manifest import MANIFEST_FILE
from engine.project.folder import Project
from tests.engine.project.disk_scenarios import sounding
from tests.engine.project.toy_project import in_memory, toy_project, toy_take

COUNT = 300
MADE = datetime(2026, 11, 27, tzinfo=UTC)
MOST_SECONDS = 1.1
"""Of the time that an undisturbed child takes; beyond 1 it has ended by itself."""


@dataclass
class Told:
    """What children have reported as done.

    Attributes:
        saved: number of the last saved state.
        autosaved: number of the last autosaved one.
        takes: takes that were stored.
    """

    saved: int = 0
    autosaved: int = 0
    takes: set[str] = field(default_factory=set)


Say = Callable[[str], None]


def save(place: Path, number: int, say: Say) -> None:
    opened = Project.open(place / "Toy.foley")
    with opened.project as project:
        record = project.add_take(toy_take(10 + number), (0,))
        say(f"took {record.digest}")
        project.save(replace(opened.scene, name=f"{number}", takes=(*opened.scene.takes, record)))
        say(f"saved {number}")


def autosave(place: Path, number: int, say: Say) -> None:
    opened = Project.open(place / "Toy.foley")
    with opened.project as project:
        for state in (number, number + 1, number + 2):
            project.autosave(replace(opened.scene, name=f"{state}"))
            say(f"autosaved {state}")


def recover(place: Path, number: int, say: Say) -> None:
    opened = Project.open(place / "Toy.foley")
    with opened.project as project:
        if opened.recoverable:
            found = project.recover(opened.recoverable[0]).scene
            takes = [take for take in opened.scene.takes if found.take(take.digest) is None]
            project.save(replace(found, name=f"{number}", takes=(*found.takes, *takes)))
            say(f"saved {number}")


def write_export(place: Path, number: int, say: Say) -> None:
    opened = Project.open(place / "Toy.foley", writing=False)
    settings = ExportSettings(formats=("wav", "csv"), overwrite=True)
    scene = sounding(opened.scene, f"{number}")
    export(scene, opened.project.takes, place / "out", settings, made=MADE)
    say("exported 1")


JOBS = (save, autosave, recover, write_export)


def run_child(job: Callable[[Path, int, Say], None], place: Path, number: int) -> tuple[int, int]:
    """Fork a child that does the job; return its process and the pipe that it reports on."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            job(place, number, lambda line: void(os.write(writing, f"{line}\n".encode())))
            os._exit(0)
        finally:
            os._exit(1)
    os.close(writing)
    return child, reading


def void(_count: int) -> None:
    """Nothing."""


def take_in(told: Told, reading: int) -> None:
    """Add what a child has reported."""
    with os.fdopen(reading) as lines:
        for line in lines:
            what, value = line.split()
            if what == "took":
                told.takes.add(value)
            elif what == "saved":
                told.saved = max(told.saved, int(value))
            elif what == "autosaved":
                told.autosaved = max(told.autosaved, int(value))


def check(place: Path, told: Told) -> None:
    """Check that nothing is lost.

    Raises:
        AssertionError: something is.
    """
    opened = Project.open(place / "Toy.foley", writing=False)
    assert opened.warnings == (), opened.warnings
    name = int(opened.scene.name) if opened.scene.name.isdigit() else 0
    assert name >= told.saved, (name, told)
    offered = [int(opened.project.recover(one).scene.name) for one in opened.recoverable]
    assert max([name, *offered]) >= told.autosaved, (name, offered, told)
    there = {path.stem for path in (place / "Toy.foley" / "takes").iterdir() if path.suffix == ".wav"}
    assert told.takes <= there
    assert (place / "out" / "stems" / "dialogue.wav").read_bytes() == b"precious"


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    moments, told, ended = random.Random(3), Told(), {job.__name__: [0, 0] for job in JOBS}  # noqa: S311
    with tempfile.TemporaryDirectory(dir=in_memory()) as folder:
        place = Path(folder).resolve()
        toy_project(place)[0].close()
        (place / "out" / "stems").mkdir(parents=True)
        (place / "out" / "stems" / "dialogue.wav").write_bytes(b"precious")
        write_export(place, 0, lambda _: None)
        seconds = {job.__name__: timed(job, place) for job in JOBS}
        check(place, told)
        number = 100
        while sum(killed for _, killed in ended.values()) < count:
            number += 10
            job = moments.choice(JOBS)
            child, reading = run_child(job, place, number)
            time.sleep(moments.uniform(0.0, MOST_SECONDS) * seconds[job.__name__])
            os.kill(child, signal.SIGKILL)
            ended[job.__name__][int(os.WIFSIGNALED(os.waitpid(child, 0)[1]))] += 1
            take_in(told, reading)
            check(place, told)
        left = [path.name for path in place.rglob(".foleyscape-*.*") if path.name != MANIFEST_FILE]
        write_export(place, 1, lambda _: None)
        kept = [path.name for path in place.rglob(".foleyscape-*.*") if path.name != MANIFEST_FILE]
    for name, (whole, killed) in ended.items():
        sys.stdout.write(f"{name}: {killed} killed, {whole} had ended\n")
    total = sum(killed for _, killed in ended.values())
    sys.stdout.write(f"{total} kills, nothing lost; {told}\n".replace(f"{told.takes}", f"{len(told.takes)}"))
    sys.stdout.write(f"{len(left)} leftovers at the end, {len(kept)} after one more export\n")


def timed(job: Callable[[Path, int, Say], None], place: Path) -> float:
    """Seconds that a child takes for a job undisturbed."""
    begun = time.monotonic()
    child, reading = run_child(job, place, 1)
    os.waitpid(child, 0)
    os.close(reading)
    return time.monotonic() - begun


if __name__ == "__main__":
    main()
