"""Every call to the disk that saving, autosaving, importing, recovering, creating and exporting make fails once.

Then a sentence says so, and what is on disk is what was there before or what should be there after. Continuous
integration tries each call once (of an export, which makes hundreds, every seventh), with one error after the other;
``tests/benchmarks/failing_disk.py`` tries each call with each error.
"""

import itertools

import pytest

from tests.engine.project.disk_scenarios import SCENARIOS, Scenario
from tests.engine.project.disk_trials import ERRORS, in_memory_folder, tries


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_whatever_call_fails_nothing_is_lost_and_a_sentence_says_so(scenario: Scenario) -> None:
    with in_memory_folder() as memory:
        every = 7 if scenario.name == "export" else 1
        ended = tries(scenario, memory, itertools.cycle((error,) for error in ERRORS), every)
    assert ended["refused"] > 10
