"""What hostile project files do: python -m tests.benchmarks.hostile_files [--examples 10000].

Each example damages one file of a sound project (its scene.json by value or by bytes, an autosave, a WAV, a mask or the
still as PNG, or a link in their place) and then does everything with it that can be done: open, still, takes, recover,
autosave, save, collect. Counts what came of them; ends with a traceback at the first that raises anything but a
sentence, takes over ten seconds, or touches anything outside its folder.

With --inputs N, N changed recipes, pictures, sounds and model files (tests.mutations), and settings, are read too;
none may take over five seconds.
"""

import argparse
import collections
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

from engine.evaluation.tables import Cell, table
from tests.engine.project.hostile import KINDS, Ground, Hostile, hostile
from tests.engine.project.toy_project import in_memory, toy_project
from tests.mutations import kinds, mutated

LONGEST = 10.0
"""Seconds after which it counts as hanging."""

Counts = collections.Counter[tuple[str, str]]
OUTCOMES = ("refused", "opened with warnings", "opened")


def main() -> None:
    options = argparse.ArgumentParser(description=str(__doc__))
    options.add_argument("--examples", type=int, default=10_000)
    options.add_argument("--inputs", type=int, default=0)
    arguments = options.parse_args()
    if arguments.inputs:
        _run_inputs(arguments.inputs)
    with tempfile.TemporaryDirectory(dir=in_memory()) as place:
        _run(Path(place), arguments.examples)


def _run_inputs(examples: int) -> None:
    """Read changed files of every kind, and report what came of them."""
    each = -(-examples // len(kinds()))
    random = np.random.default_rng(9)
    rows: list[list[Cell]] = []
    slowest = 0.0
    for name, kind in kinds().items():
        counts: collections.Counter[str] = collections.Counter()
        kind.outcome(kind.whole)  # loads what reads it
        for _ in range(each):
            data = mutated(kind.whole, random)
            start = time.perf_counter()
            counts[kind.outcome(data)] += 1
            slowest = max(slowest, time.perf_counter() - start)
            if slowest > 5.0:
                raise TimeoutError(f"{name} took {slowest:.1f} s")
        rows.append([name, counts["refused"], counts["read"], each])
        sys.stderr.write(f"{name}: {each} done\n")
    sys.stdout.write(table(["what was changed", "refused", "read", "in all"], rows) + "\n")
    sys.stdout.write(f"{each * len(kinds())} files, no traceback; the slowest {slowest * 1000:.0f} ms\n")


def _run(base: Path, examples: int) -> None:
    (base / "made").mkdir()
    (base / "ground").mkdir()
    project, _ = toy_project(base / "made")
    project.close()
    ground = Ground(base / "ground", project.path)
    counts: Counts = collections.Counter()
    seconds: list[float] = []
    for kind in KINDS:
        # Each by itself: left to choose, hypothesis stays with a few of them.
        _run_kind(ground, hostile(project.path, (kind,)), -(-examples // len(KINDS)), counts, seconds)
        sys.stderr.write(f"{kind}: {len(seconds)} done\n")
    _report(counts, seconds)


def _run_kind(
    ground: Ground, cases: SearchStrategy[Hostile], examples: int, counts: Counts, seconds: list[float]
) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(cases)
    def one(case: Hostile) -> None:
        ground.put(case)
        start = time.perf_counter()
        counts[case.kind, ground.use()] += 1
        seconds.append(time.perf_counter() - start)
        if seconds[-1] > LONGEST:
            raise TimeoutError(f"{case.kind} took {seconds[-1]:.1f} s")
        if ground.harm():
            raise PermissionError(f"{case.kind}: {ground.harm()}")

    one()


def _report(counts: Counts, seconds: list[float]) -> None:
    rows: list[list[Cell]] = [
        [kind, *(counts[kind, outcome] for outcome in OUTCOMES), sum(counts[kind, o] for o in OUTCOMES)]
        for kind in KINDS
    ]
    sys.stdout.write(table(["what was damaged", *OUTCOMES, "in all"], rows) + "\n")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(
        f"{len(seconds)} projects, no traceback, nothing outside; the slowest {max(seconds) * 1000:.0f} ms, "
        f"the middle one {sorted(seconds)[len(seconds) // 2] * 1000:.1f} ms; {peak:.0f} MiB at most\n"
    )


if __name__ == "__main__":
    main()
