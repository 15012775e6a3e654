"""Reading recordings from the shared folder's layout and from a pack."""

from pathlib import Path

import numpy as np

from engine.models.concepts import load_concepts
from engine.training.pocket import concept_of
from engine.training.recordings import (
    JUDGING_FOLD,
    TRAINING_FOLDS,
    RecordingClip,
    list_clips,
    read_clips,
    read_pack,
    read_recordings,
    write_pack,
)
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


def _pack(folder: Path, rows: list[tuple[str, str, str]]) -> None:
    """A pack of pigs: (file, group, tags) each."""
    pack = folder / "data/packs/esc50-40"
    lines = ["file,concept,label,source,licence,attribution,group,seconds,sample_rate,tags"]
    for number, (name, group, tags) in enumerate(rows):
        write_wav(pack / name, tone(200 + 10 * number, 0.2, np.random.default_rng(number)))
        lines.append(f"{name},pig,Pig,somewhere,CC0 1.0,somebody,{group},0.2,16000,{tags}")
    (pack / "manifest.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_clips_of_all_collections_know_their_concept_and_whom_to_thank(tmp_path: Path) -> None:
    _pack(_shared(tmp_path), [("pig/a.ogg", "1-1", "fold1"), ("pig/b.ogg", "1-2", "short")])
    (tmp_path / "data/foley/ATTRIBUTION.csv").write_text(
        "file,author,licence\ndoor_creak.ogg,somebody,CC0\n", encoding="utf-8"
    )
    clips = list_clips(tmp_path, load_concepts())
    assert [clip.concept for clip in clips] == ["rain"] * 4 + ["door", "pig", "pig"]
    assert [clip.held_out for clip in clips] == [False, False, False, True, False, False, False]
    assert (clips[4].licence, clips[4].attribution) == ("CC0", "somebody")
    assert clips[6].weight < clips[5].weight == 1.0
    assert all(clip.path.exists() for clip in clips)


def test_a_recording_is_never_on_both_sides_of_the_split(tmp_path: Path) -> None:
    _pack(tmp_path, [(f"pig/{n}.ogg", f"1-{n // 2}", "") for n in range(20)])
    clips = list_clips(tmp_path, load_concepts())
    apart = {clip.group for clip in clips if clip.held_out}
    assert not apart & {clip.group for clip in clips if not clip.held_out}
    assert 4 <= sum(clip.held_out for clip in clips) <= 6
    assert list_clips(tmp_path, load_concepts()) == clips


def test_read_clips_travel_in_a_pack_and_keep_their_concept(tmp_path: Path) -> None:
    _pack(_shared(tmp_path), [("pig/a.ogg", "1-1", "")])
    clips = list_clips(tmp_path, load_concepts())
    write_pack(tmp_path / "pack.zip", read_clips(clips))
    again = read_pack(tmp_path / "pack.zip")
    assert [concept_of(r, load_concepts()) for r in again] == [clip.concept for clip in clips]
    assert [r.fold for r in again] == [1, 2, 3, 4, 0, 0]


def test_every_shared_clip_has_a_licence_and_three_score_concepts_have_many(shared: Path) -> None:
    clips: list[RecordingClip] = list_clips(shared, load_concepts())
    assert all(clip.licence and clip.path.is_file() for clip in clips)
    counts = [sum(clip.concept == c.id for clip in clips) for c in load_concepts()]
    assert sum(count >= 20 for count in counts) >= 59
    assert 0.18 < sum(clip.held_out for clip in clips) / len(clips) < 0.26
