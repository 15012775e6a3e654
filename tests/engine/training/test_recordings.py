"""Reading recordings from the shared folder's layout and from a pack."""

from pathlib import Path

import numpy as np

from engine.training.recordings import JUDGING_FOLD, TRAINING_FOLDS, read_pack, read_recordings, write_pack
from tests.engine.training.toy_sounds import tone, write_wav


def _shared(folder: Path) -> Path:
    rng = np.random.default_rng(1)
    for fold in range(1, 5):
        write_wav(folder / f"data/esc10/rain/{fold}-77-A.ogg", tone(300, 0.5, rng), 44_100)
    write_wav(folder / "data/foley/door_creak.ogg", tone(500, 0.3, rng))
    return folder


def test_the_fold_kept_for_judging_is_never_read_for_training(tmp_path: Path) -> None:
    found = read_recordings(_shared(tmp_path))
    assert [(r.group, r.fold) for r in found] == [
        ("esc10/rain", 1),
        ("esc10/rain", 2),
        ("esc10/rain", 3),
        ("foley/door_creak", 0),
    ]
    assert JUDGING_FOLD not in TRAINING_FOLDS


def test_recordings_are_mono_at_16_khz_whatever_they_were(tmp_path: Path) -> None:
    rain = read_recordings(_shared(tmp_path))[0]
    # Half a second of samples written at 44.1 kHz lasts 8000 / 44100 s.
    assert abs(len(rain.waveform) - 8_000 * 16_000 / 44_100) < 20
    assert rain.waveform.dtype == np.float32


def test_a_pack_gives_back_what_was_put_in(tmp_path: Path) -> None:
    recordings = read_recordings(_shared(tmp_path))
    write_pack(tmp_path / "pack.zip", recordings)
    again = read_pack(tmp_path / "pack.zip")
    assert [(r.name, r.group, r.fold) for r in again] == [(r.name, r.group, r.fold) for r in recordings]
    for before, after in zip(recordings, again, strict=True):
        assert len(after.waveform) == len(before.waveform)
        error = np.abs(after.waveform - before.waveform).mean()
        assert error < 0.1 * np.abs(before.waveform).mean() + 1e-3


def test_all_training_recordings_fit_a_pack_that_can_travel(shared: Path, tmp_path: Path) -> None:
    some = read_recordings(shared, folds=())[::10]
    write_pack(tmp_path / "pack.zip", some)
    seconds = sum(len(r.waveform) for r in some) / 16_000
    whole = 637 + 240 * 5
    assert (tmp_path / "pack.zip").stat().st_size / seconds * whole < 18 * 2**20
