"""Failing calls, all of them, and crash states, counted: python -m tests.benchmarks.failing_disk

Each call to the disk of each scenario fails once with each error; every state that a power failure can leave of each
is opened. Stops at the first that loses something.
"""

import itertools
import sys
import time

from tests.engine.project.disk_scenarios import SCENARIOS
from tests.engine.project.disk_trials import CRASHES, ERRORS, in_memory_folder, tried, tries


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    begun, total = time.monotonic(), 0
    for scenario in SCENARIOS:
        with in_memory_folder() as place:
            ended = tries(scenario, place, itertools.repeat(ERRORS))
        total += sum(ended.values())
        say(
            f"{scenario.name}: {sum(ended.values())} failures, {ended['refused']} told, {ended['done']} survived"
        )
    say(f"{total} failing calls, nothing lost")
    states = 0
    for scenario in CRASHES:
        with in_memory_folder() as place:
            calls, count = tried(scenario, place)
        states += count
        say(f"{scenario.name}: {calls} calls, {count} states")
    say(f"{states} crash states, each as before or as after, in {time.monotonic() - begun:.0f} s in all")


if __name__ == "__main__":
    main()
