"""The pool: each part is loaded once, whoever asks at the same time; what is in use stays, the rest makes room."""

import random
import threading
import weakref
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial

import pytest
import torch

from engine.errors import BadInput
from engine.models.memory import bytes_of, lacks_memory, memory_budget
from engine.models.pool import ModelPool, PartKey

PATIENCE = 10.0


class Weights:
    """A part of a size, made by a loader that counts."""

    def __init__(self, size: int) -> None:
        self.size = size


class Loaders:
    """Loads parts of a size, and counts how often."""

    def __init__(self) -> None:
        self.loads: Counter[str] = Counter()

    def of(self, name: str, size: int = 1) -> Callable[[], Weights]:
        def load() -> Weights:
            self.loads[name] += 1
            return Weights(size)

        return load


def key(part: str, device: str = "cpu", model: str = "m", dtype: str = "float32") -> PartKey:
    return PartKey(model, part, device, dtype)


def pool_of(budget: int) -> ModelPool:
    return ModelPool(lambda _: budget, lambda part: part.size)


@pytest.fixture
def loaders() -> Loaders:
    return Loaders()


def touch(pool: ModelPool, loaders: Loaders, name: str, size: int = 1) -> None:
    with pool.use(key(name), loaders.of(name, size)):
        pass


def test_a_part_is_loaded_once_and_then_shared(loaders: Loaders) -> None:
    pool = pool_of(10)
    with pool.use(key("eyes"), loaders.of("eyes")) as first:
        pass
    with pool.use(key("eyes"), loaders.of("eyes")) as second:
        assert second is first
    assert loaders.loads == {"eyes": 1}
    assert pool.loaded == (key("eyes"),)


def test_another_model_device_or_dtype_is_another_part(loaders: Loaders) -> None:
    pool = pool_of(10)
    keys = [key("eyes"), key("eyes", device="cuda:0"), key("eyes", model="n"), key("eyes", dtype="float16")]
    for one in keys:
        with pool.use(one, loaders.of("eyes")):
            pass
    assert loaders.loads["eyes"] == 4
    assert set(pool.loaded) == set(keys)


def test_threads_that_ask_at_the_same_time_wait_for_one_loader() -> None:
    pool, begun, go = pool_of(10), threading.Event(), threading.Event()
    loads: list[int] = []

    def slow() -> Weights:
        loads.append(threading.get_ident())
        begun.set()
        assert go.wait(PATIENCE)
        return Weights(1)

    def ask() -> Weights:
        with pool.use(key("eyes"), slow) as part:
            return part

    with ThreadPoolExecutor(4) as people:
        asked = [people.submit(ask) for _ in range(4)]
        assert begun.wait(PATIENCE)
        go.set()
        assert len({id(one.result(PATIENCE)) for one in asked}) == 1
    assert len(loads) == 1


def test_a_slow_loader_holds_up_nobody_who_wants_another_part(loaders: Loaders) -> None:
    pool, begun, go = pool_of(10), threading.Event(), threading.Event()

    def slow() -> Weights:
        begun.set()
        assert go.wait(PATIENCE)
        return Weights(1)

    with ThreadPoolExecutor(1) as people:
        asked = people.submit(lambda: pool.use(key("slow"), slow).__enter__())
        assert begun.wait(PATIENCE)
        touch(pool, loaders, "quick")
        assert pool.loaded == (key("quick"),)
        go.set()
        asked.result(PATIENCE)


def test_over_the_budget_the_least_recently_used_goes_first(loaders: Loaders) -> None:
    pool = pool_of(3)
    for name in ("a", "b", "c", "a", "d"):
        touch(pool, loaders, name)
    assert [one.part for one in pool.loaded] == ["c", "a", "d"]
    touch(pool, loaders, "large", 2)
    assert [one.part for one in pool.loaded] == ["d", "large"]
    assert pool.bytes_on("cpu") == 3
    assert pool.bytes_on("cuda:0") == 0


def test_a_part_in_use_is_never_unloaded(loaders: Loaders) -> None:
    pool = pool_of(1)
    with pool.use(key("a"), loaders.of("a")) as part:
        touch(pool, loaders, "b")
        touch(pool, loaders, "c")
        assert key("a") in pool.loaded
        with pool.use(key("a"), loaders.of("a")) as again:
            assert again is part
    assert loaders.loads["a"] == 1


def test_what_was_unloaded_is_freed(loaders: Loaders) -> None:
    pool = pool_of(1)
    with pool.use(key("a"), loaders.of("a")) as part:
        gone = weakref.ref(part)
    del part
    touch(pool, loaders, "b")
    assert gone() is None


def test_a_loader_that_fails_leaves_nothing_behind_and_the_next_tries_again(loaders: Loaders) -> None:
    pool = pool_of(3)

    def broken() -> Weights:
        raise BadInput("The model is damaged.")

    with pytest.raises(BadInput, match="damaged"), pool.use(key("a"), broken):
        pytest.fail("there is nothing to use")
    assert list(pool.loaded) == []
    touch(pool, loaders, "a")
    assert list(pool.loaded) == [key("a")]


@pytest.mark.parametrize(
    "error", [MemoryError(), RuntimeError("CUDA out of memory."), torch.OutOfMemoryError("no")]
)
def test_where_loading_runs_out_of_memory_what_is_not_used_goes_and_loading_is_tried_again(
    loaders: Loaders, error: Exception
) -> None:
    pool, tries = pool_of(10), []

    def short() -> Weights:
        tries.append(len(pool.loaded))
        if len(tries) == 1:
            raise error
        return Weights(1)

    touch(pool, loaders, "idle")
    with pool.use(key("used"), loaders.of("used")), pool.use(key("a"), short):
        assert {one.part for one in pool.loaded} == {"used", "a"}
    assert tries == [2, 1]


def test_unloading_everything_waits_for_who_still_uses_a_part(loaders: Loaders) -> None:
    pool = pool_of(10)
    touch(pool, loaders, "idle")
    with pool.use(key("a"), loaders.of("a")) as old:
        pool.unload()
        assert key("idle") not in pool.loaded
        with pool.use(key("a"), loaders.of("a")) as new:
            assert new is not old
    assert loaders.loads["a"] == 2
    assert pool.loaded == (key("a"),)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_threads_use_all_who_use_a_part_at_once_have_the_same_one(seed: int) -> None:
    pool, guard = pool_of(3), threading.Lock()
    used: dict[str, list[Weights]] = {name: [] for name in "abcdef"}

    def live(number: int) -> None:
        dice = random.Random(seed * 100 + number)  # noqa: S311 - which way a test goes
        for _ in range(60):
            names = sorted(dice.sample("abcdef", dice.randint(1, 3)))
            with ExitStack() as stack:
                parts = [stack.enter_context(pool.use(key(name), partial(Weights, 1))) for name in names]
                with guard:
                    for name, part in zip(names, parts, strict=True):
                        used[name].append(part)
                        assert len(set(used[name])) == 1
                assert {key(name) for name in names} <= set(pool.loaded)
                with guard:
                    for name, part in zip(names, parts, strict=True):
                        used[name].remove(part)

    with ThreadPoolExecutor(4) as people:
        for done in [people.submit(live, number) for number in range(4)]:
            done.result(PATIENCE * 3)
    assert pool.bytes_on("cpu") <= 3


def test_the_bytes_of_networks_are_counted_wherever_they_are_held_and_shared_ones_once() -> None:
    network = torch.nn.Linear(10, 4)

    class Holder:
        def __init__(self) -> None:
            self.network = network
            self.same = network
            self.words = "no weights"

    assert bytes_of(network) == 4 * (40 + 4)
    assert bytes_of(Holder()) == bytes_of(network)
    assert bytes_of(network.half()) == 2 * (40 + 4)
    assert bytes_of("nothing") == 0


def test_there_is_a_budget_for_this_machine() -> None:
    assert memory_budget("cpu") > 2**28


@pytest.mark.parametrize(
    ("error", "short"),
    [
        (MemoryError(), True),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"), True),
        (RuntimeError("MPS backend out of memory"), True),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), False),
        (ValueError("out of memory"), False),
    ],
)
def test_a_lack_of_memory_is_told_from_other_errors(error: Exception, short: bool) -> None:
    assert lacks_memory(error) is short
