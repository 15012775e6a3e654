"""Clips are of one length and rate, and a split by fold keeps folds apart."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.evaluation.clip_sets import CLASSES, ESC10, SAMPLES, esc10_files, fitted, load_esc10, read_clip


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    for folder in ESC10.values():
        (tmp_path / folder).mkdir()
        for fold in (1, 4):
            tone = 0.3 * np.sin(np.arange(8000) * 0.1)
            soundfile.write(tmp_path / folder / f"{fold}-1-A.ogg", np.stack([tone, tone], 1), 8000)
    return tmp_path


def test_a_clip_is_mono_at_16_khz_and_padded_to_five_seconds(recordings: Path) -> None:
    clip = read_clip(recordings / "rain" / "1-1-A.ogg")
    assert clip.shape == (SAMPLES,)
    assert clip.dtype == np.float32
    assert np.abs(clip[4000:12000]).max() > 0.2
    assert np.abs(clip[16200:]).max() == 0.0


def test_only_the_folds_asked_for_are_read(recordings: Path) -> None:
    clips = load_esc10(recordings, (4,))
    assert clips.labels.tolist() == list(range(len(CLASSES)))
    assert {path.name[0] for path, _ in esc10_files(recordings, (1,))} == {"1"}


def test_a_folder_without_recordings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="No recordings of folds"):
        load_esc10(tmp_path, (1,))


def test_a_longer_waveform_is_cut() -> None:
    assert len(fitted(np.ones(SAMPLES + 9, np.float32))) == SAMPLES


def test_the_shared_recordings_have_eight_clips_of_each_class_in_fold_four(shared: Path) -> None:
    found = esc10_files(shared / "data" / "esc10", (4,))
    assert np.bincount([label for _, label in found]).tolist() == [8] * len(CLASSES)
