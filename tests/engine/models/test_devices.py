"""The device that runs the networks is the fastest, or the one asked for, or a clear refusal."""

import threading

import pytest

from engine.errors import BadInput
from engine.models.devices import available_devices, choose_device, device_words, use_threads


@pytest.mark.parametrize(
    ("available", "chosen"),
    [(("cuda:0", "cuda:1", "cpu"), "cuda:0"), (("mps", "cpu"), "mps"), (("cpu",), "cpu")],
)
def test_the_fastest_is_chosen_when_nothing_is_asked(available: tuple[str, ...], chosen: str) -> None:
    assert choose_device(available=available) == chosen


def test_what_is_asked_is_chosen() -> None:
    available = ("cuda:0", "cuda:1", "cpu")
    assert choose_device("cpu", available) == "cpu"
    assert choose_device("cuda", available) == "cuda:0"
    assert choose_device(" CUDA:1 ", available) == "cuda:1"


@pytest.mark.parametrize("asked", ["cuda", "cuda:7", "tpu", ""])
def test_a_missing_device_is_refused_with_those_that_exist(asked: str) -> None:
    with pytest.raises(BadInput, match="it has: mps, cpu"):
        choose_device(asked, ("mps", "cpu"))


def test_this_machine_has_a_cpu() -> None:
    assert available_devices()[-1] == "cpu"
    assert choose_device("cpu") == "cpu"


def test_a_device_is_called_what_people_call_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: f"Card {device}")
    assert device_words("cuda:1") == "Card cuda:1"
    for threads, words in ((1, "CPU, 1 thread"), (2, "CPU, 2 threads")):
        monkeypatch.setattr(torch, "get_num_threads", lambda threads=threads: threads)
        assert device_words("cpu") == words
    assert device_words("mps") == "Apple GPU"


def test_each_thread_computes_with_as_many_as_it_was_told_whatever_others_are_told_later() -> None:
    import torch

    use_threads(None)
    usual = torch.get_num_threads()
    told, others_told, found = threading.Event(), threading.Event(), []

    def make() -> None:
        use_threads(3)
        told.set()
        assert others_told.wait(10)
        torch.ones(64, 64) @ torch.ones(64, 64)
        found.append(torch.get_num_threads())

    def see() -> None:
        use_threads(1)
        found.append(torch.get_num_threads())
        use_threads(None)
        found.append(torch.get_num_threads())

    maker, eyes = threading.Thread(target=make), threading.Thread(target=see)
    maker.start()
    assert told.wait(10)
    eyes.start()
    eyes.join()
    others_told.set()
    maker.join()
    use_threads(usual)
    assert found == [1, usual, 3]
