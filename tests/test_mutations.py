"""Changed files are read or refused in a sentence. A run of 10,000 is tests/benchmarks/hostile_files.py."""

import time

import numpy as np
import pytest

from tests.mutations import kinds, mutated


@pytest.mark.parametrize("name", list(kinds()))
def test_a_changed_file_of_any_kind_is_read_or_refused_in_a_sentence(name: str) -> None:
    kind = kinds()[name]
    assert kind.outcome(kind.whole) == "read"
    random = np.random.default_rng(3)
    for _ in range(12):
        begun = time.perf_counter()
        assert kind.outcome(mutated(kind.whole, random)) in {"read", "refused"}
        assert time.perf_counter() - begun < 5
