"""Drawing examples by concept, real and synthesised."""

from pathlib import Path

import numpy as np
import pytest

from engine.training.examples import EXAMPLE_SAMPLES, ExampleSource, SynthesisBank, make_bank
from tests.engine.training.toy_sounds import toy_recordings, toy_source


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> SynthesisBank:
    folder = tmp_path_factory.mktemp("bank")
    make_bank(folder, ["rain", "clock"], each=2, seed=4)
    return SynthesisBank.load(folder)


def test_a_bank_holds_every_concept_as_often_as_asked(bank: SynthesisBank) -> None:
    assert bank.concepts == ("rain", "rain", "clock", "clock")
    assert bank.waveforms.shape == (4, EXAMPLE_SAMPLES)
    assert (np.abs(bank.waveforms).max(axis=1) > 20_000).all()
    assert not np.array_equal(bank.waveforms[0], bank.waveforms[1])


def test_a_bank_is_the_same_when_made_again(bank: SynthesisBank, tmp_path: Path) -> None:
    make_bank(tmp_path, ["rain"], each=1, seed=4)
    np.testing.assert_array_equal(SynthesisBank.load(tmp_path).waveforms[0], bank.waveforms[0])


def test_examples_have_one_length_and_one_peak(bank: SynthesisBank) -> None:
    source = ExampleSource(toy_recordings(), bank)
    assert source.concepts == ("bell", "clock", "rain")
    rng = np.random.default_rng(0)
    for concept in source.concepts:
        wave = source.draw(concept, rng)
        assert wave.shape == (EXAMPLE_SAMPLES,)
        assert abs(np.abs(wave).max() - 0.5) < 1e-3


def test_a_concept_with_few_recordings_leans_on_synthesis(bank: SynthesisBank) -> None:
    source = ExampleSource(toy_recordings(), bank)
    rng = np.random.default_rng(0)
    # A toy tick is silent nearly all the time; a synthesised clock in a room is not.
    silent = [float((np.abs(source.draw("clock", rng)) < 1e-6).mean()) for _ in range(40)]
    assert sum(share > 0.3 for share in silent) < 30


def test_batches_are_stretches_of_the_length_asked() -> None:
    batches = toy_source().batches(3, 8_000, np.random.default_rng(0))
    first, second = next(batches), next(batches)
    assert first.shape == (3, 8_000)
    assert not bool((first == second).all())
