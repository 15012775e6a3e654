"""Both kinds of judge learn to tell sounds apart, hear nothing of level, and come back from disk the same."""

from pathlib import Path

import numpy as np
import pytest
import torch

from engine.evaluation import svm
from engine.evaluation.clip_sets import Clips
from engine.evaluation.cnn import Judge, JudgeConfig, train
from engine.evaluation.features import all_mfcc_statistics, log_mel, mfcc_statistics
from engine.evaluation.judges import Judges, recall
from tests.engine.evaluation.sounds import made_up

CLASSES = 3
QUICK = JudgeConfig(epochs=25, batch=8, channels=(6, 12, 12, 16))


def shortened(clips: Clips) -> Clips:
    """The first second and a half: judges take any length, and the test less time."""
    return Clips(clips.waveforms[:, :24_000], clips.labels)


@pytest.fixture(scope="module")
def judges() -> Judges:
    clips = shortened(made_up(each=8, seed=0, classes=CLASSES))
    torch.set_num_threads(1)
    machine = svm.fit(all_mfcc_statistics(clips.waveforms), clips.labels)
    return Judges(train(clips.waveforms, clips.labels, seed=0, config=QUICK), machine)


@pytest.fixture(scope="module")
def unheard() -> Clips:
    return shortened(made_up(each=4, seed=1, classes=CLASSES))


def test_both_judges_recognise_sounds_that_they_never_heard(judges: Judges, unheard: Clips) -> None:
    for name, verdicts in judges.verdicts(unheard).items():
        assert recall(unheard.labels, verdicts, CLASSES).mean() >= 0.75, name


def test_judges_give_the_same_scores_after_a_trip_to_disk(
    judges: Judges, unheard: Clips, tmp_path: Path
) -> None:
    judges.save(tmp_path)
    before, after = judges.scores(unheard.waveforms), Judges.load(tmp_path).scores(unheard.waveforms)
    for name, scores in before.items():
        np.testing.assert_allclose(scores, after[name], atol=1e-6)


def test_probabilities_sum_to_one(judges: Judges, unheard: Clips) -> None:
    np.testing.assert_allclose(judges.cnn.probabilities(unheard.waveforms).sum(axis=1), 1.0, atol=1e-5)


def test_a_quieter_sound_with_an_offset_is_judged_alike(unheard: Clips) -> None:
    wave = unheard.waveforms[0]
    np.testing.assert_allclose(log_mel(wave), log_mel(wave * 0.1 + 0.05), atol=1e-2)


def test_statistics_have_one_size_whatever_the_length(unheard: Clips) -> None:
    wave = unheard.waveforms[0]
    assert mfcc_statistics(wave).shape == mfcc_statistics(wave[:20_000]).shape == (120,)


def test_training_leaves_the_global_generator_alone() -> None:
    clips = made_up(each=2, seed=0, classes=2)
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    train(clips.waveforms, clips.labels, seed=1, config=JudgeConfig(epochs=1, batch=4))
    assert torch.equal(torch.rand(1), expected)


def test_the_machine_separates_what_no_line_can() -> None:
    rng = np.random.default_rng(0)
    points = rng.uniform(-1, 1, (200, 2))
    labels = (points[:, 0] * points[:, 1] > 0).astype(np.int64) + 3
    machine = svm.fit(points[:150], labels[:150])
    assert (machine.predict(points[150:]) == labels[150:]).mean() > 0.85


def test_the_machine_agrees_with_the_reference() -> None:
    from sklearn import svm as reference

    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(4), 30)
    points = rng.normal(size=(120, 6)) + 1.2 * rng.normal(size=(4, 6))[labels]
    scaled = (points - points.mean(axis=0)) / points.std(axis=0)
    theirs = reference.SVC(C=10.0, gamma=1 / 6).fit(scaled, labels).predict(scaled)
    assert (svm.fit(points, labels).predict(points) == theirs).mean() > 0.93


def test_one_class_alone_is_refused() -> None:
    with pytest.raises(ValueError, match="at least two classes"):
        svm.fit(np.ones((4, 2)), np.zeros(4, np.int64))


def test_recall_is_per_class_and_empty_classes_have_none() -> None:
    found = recall(np.array([0, 0, 2]), np.array([0, 2, 2]), classes=3)
    assert found[0] == 0.5
    assert np.isnan(found[1])
    assert found[2] == 1.0


def test_an_embedding_has_twice_the_last_channels() -> None:
    judge = Judge(classes=2, channels=(4, 4, 4, 6)).eval()
    with torch.no_grad():
        assert judge.embed(torch.zeros(3, 64, 251)).shape == (3, 12)
