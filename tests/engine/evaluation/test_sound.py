"""The measures of takes say what they should about takes that are known to be good, copied or all alike."""

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from engine.evaluation import svm
from engine.evaluation.clip_sets import CLASSES, RATE, SAMPLES, Clips, joined
from engine.evaluation.cnn import Judge
from engine.evaluation.features import all_mfcc_statistics
from engine.evaluation.judges import Judges
from engine.evaluation.sampling import SamplingConfig, takes_from_words
from engine.evaluation.sound import Real, diversity, measure, nearest, spread, transfer
from engine.progress import Progress
from tests.engine.evaluation.sounds import made_up


@pytest.fixture(scope="module")
def heard() -> Clips:
    return made_up(each=4, seed=0)


@pytest.fixture(scope="module")
def unheard() -> Clips:
    return made_up(each=2, seed=1)


@pytest.fixture(scope="module")
def judges(heard: Clips) -> Judges:
    """A machine that has learnt, beside a network that has not."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        untrained = Judge(len(CLASSES), channels=(4, 8, 8, 8)).eval()
    return Judges(untrained, svm.fit(all_mfcc_statistics(heard.waveforms), heard.labels))


class PlayerOfRecordings:
    """A model whose takes are recordings: the condition's place says which class, the seed which one."""

    sample_rate = RATE

    def __init__(self, recordings: Clips) -> None:
        self.recordings = recordings
        self.batches: list[int] = []

    def encode_text(self, texts: Sequence[str]) -> torch.Tensor:
        return torch.eye(len(CLASSES))[[CLASSES.index(text) for text in texts]]

    def sample(
        self,
        conditions: torch.Tensor | Sequence[torch.Tensor],
        seeds: Sequence[int],
        *,
        duration: float,
        steps: int,
        guidance: float,
        solver: str,
        negative: str,
        progress: Progress | None,
    ) -> NDArray[np.float32]:
        self.batches.append(len(seeds))
        rows = []
        for condition, seed in zip(conditions, seeds, strict=True):
            mine = self.recordings.of(int(condition.argmax()))
            rows.append(mine[seed % len(mine)][: round(duration * RATE)])
        return np.stack(rows)


def _takes(recordings: Clips, each: int = 2) -> Clips:
    words = {label: (name,) for label, name in enumerate(CLASSES)}
    return takes_from_words(PlayerOfRecordings(recordings), words, each, SamplingConfig(batch=8))


def test_takes_are_sampled_in_batches_and_labelled_in_order(unheard: Clips) -> None:
    model = PlayerOfRecordings(unheard)
    takes = takes_from_words(model, {2: ("rain",), 5: ("baby",)}, 5, SamplingConfig(batch=8))
    assert model.batches == [8, 2]
    assert takes.labels.tolist() == [2] * 5 + [5] * 5
    assert takes.waveforms.shape == (10, SAMPLES)


def test_a_model_of_another_rate_is_refused(unheard: Clips) -> None:
    model = PlayerOfRecordings(unheard)
    model.sample_rate = 48_000
    with pytest.raises(ValueError, match="48000"):
        takes_from_words(model, {0: ("dog",)}, 1, SamplingConfig())


def test_takes_like_real_recordings_measure_like_real_recordings(
    heard: Clips, unheard: Clips, judges: Judges
) -> None:
    report = measure(_takes(unheard), Real(heard, unheard), judges)
    assert report.accuracy["svm"].mean() == report.real_accuracy["svm"].mean() > 0.9
    np.testing.assert_allclose(report.diversity, 1.0, atol=1e-4)
    np.testing.assert_allclose(report.lufs, report.real_lufs)
    assert report.closest == pytest.approx(1.0)
    text = report.text()
    assert "chainsaw" in text
    assert text.splitlines()[-2].startswith("mean")


def test_copies_of_heard_recordings_are_found_out(heard: Clips, unheard: Clips, judges: Judges) -> None:
    report = measure(_takes(heard), Real(heard, unheard), judges)
    assert report.closest < 1e-3
    assert nearest(unheard, heard).min() > 0.05


def test_the_same_take_again_and_again_has_no_diversity(unheard: Clips, judges: Judges) -> None:
    once = Clips(unheard.waveforms[::2], unheard.labels[::2])
    np.testing.assert_allclose(diversity(joined([once, once]), unheard, judges), 0.0, atol=1e-3)


def test_the_spread_of_a_class_does_not_depend_on_how_many_clips_there_are() -> None:
    rng = np.random.default_rng(0)
    few = np.mean([spread(rng.normal(size=(3, 50)), np.zeros(3, np.int64))[0] for _ in range(50)])
    many = spread(rng.normal(size=(500, 50)), np.zeros(500, np.int64))[0]
    assert few == pytest.approx(many, rel=0.05)


def test_noise_under_every_name_teaches_nothing_about_real_sounds(unheard: Clips) -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, unheard.waveforms.shape).astype(np.float32)
    assert transfer(unheard, unheard).mean() > 0.9
    assert transfer(Clips(noise, unheard.labels), unheard).mean() < 0.4
