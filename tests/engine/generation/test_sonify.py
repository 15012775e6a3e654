"""Soundscapes: levels, sums, records that make the same samples again."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from engine.errors import BadInput
from engine.generation.sonify import (
    RATE,
    ConceptVector,
    SonifySettings,
    mix_of,
    read_record,
    record_of,
    sonify,
)
from engine.library.library import Library
from engine.library.search import LibrarySearch
from engine.sound.loudness import level_lufs
from tests.engine.library.tones import RATE as TONE_RATE
from tests.engine.library.tones import BandEmbedder, tone, updated, write_tone


@pytest.fixture
def search(tmp_path: Path) -> LibrarySearch:
    """A library of four tones."""
    for name, hertz in {"low": 110.0, "middle": 440.0, "high": 1_760.0, "shrill": 5_000.0}.items():
        write_tone(tmp_path / "sounds" / f"{name}.wav", hertz, 2.0)
    library = Library(tmp_path / "index")
    library.add_folder(tmp_path / "sounds")
    updated(library)
    return LibrarySearch(library)


def concept(name: str, hertz: float) -> ConceptVector:
    return ConceptVector(name, 0.9, BandEmbedder().embed(tone(hertz, 2.0)[None], TONE_RATE)[0])


def test_each_sound_has_its_drawn_loudness_and_the_mix_is_their_sum(search: LibrarySearch) -> None:
    settings = SonifySettings(seconds=6.0, least_lufs=-30, most_lufs=-28)
    made = sonify(search, [concept("low", 110.0), concept("high", 1_760.0)], settings, "ab" * 32)
    assert {Path(one.file).stem for one in made.sounds} == {"low", "high"}
    alone = [mix_of([one], 6.0) for one in made.sounds]
    assert np.abs(sum(alone) - made.samples).max() <= 2
    for one, steps in zip(made.sounds, alone, strict=True):
        assert -30 <= one.lufs <= -28
        first = round(one.at * RATE)
        part = np.asarray(steps[:, first : first + round(one.seconds * RATE)] / 2**23, np.float32)
        assert level_lufs(part, RATE) == pytest.approx(one.lufs, abs=0.1)


def test_a_record_makes_the_same_samples_again(search: LibrarySearch) -> None:
    made = sonify(search, [concept("low", 110.0), concept("shrill", 5_000.0)], SonifySettings(4.0), "cd" * 32)
    record = json.loads(json.dumps(record_of(made, 4.0)))
    assert np.array_equal(mix_of(*read_record(record)), made.samples)


def test_the_seed_and_the_still_decide_the_draw(search: LibrarySearch) -> None:
    def lufs(seed: int, still: str) -> float:
        return (
            sonify(search, [concept("low", 110.0)], SonifySettings(2.0, -40, -20, seed=seed), still)
            .sounds[0]
            .lufs
        )

    assert lufs(0, "ab" * 32) == lufs(0, "ab" * 32)
    assert len({lufs(0, "ab" * 32), lufs(1, "ab" * 32), lufs(0, "cd" * 32)}) == 3


def test_loud_sums_are_lowered_as_a_whole(search: LibrarySearch) -> None:
    many = [concept(name, hertz) for name, hertz in (("low", 110.0), ("middle", 440.0), ("high", 1_760.0))]
    made = sonify(search, many, SonifySettings(2.0, -3, -3), "ab" * 32)
    assert np.abs(made.samples).max() / 2**23 == pytest.approx(10 ** (-1 / 20), abs=1e-3)


def test_a_concept_that_nothing_fits_stays_silent_and_nothing_at_all_is_said(search: LibrarySearch) -> None:
    strange = ConceptVector("zebra", 0.9, -concept("low", 110.0).vector)
    made = sonify(search, [strange, concept("low", 110.0)], SonifySettings(2.0), "ab" * 32)
    assert [one.concept for one in made.sounds] == ["low"]
    with pytest.raises(BadInput, match="zebra"):
        sonify(search, [strange], SonifySettings(2.0), "ab" * 32)


@pytest.mark.parametrize(
    "settings", [(0.1, -24, -22), (601, -24, -22), (5, -22, -24), (5, -70, -22), (5, -24, 3)]
)
def test_settings_out_of_range_are_refused(settings: tuple[float, float, float]) -> None:
    with pytest.raises(BadInput, match=r"\.$"):
        SonifySettings(*settings)


def damaged(record: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**record, **changes}


def test_a_damaged_record_is_refused_in_a_sentence(search: LibrarySearch) -> None:
    made = sonify(search, [concept("low", 110.0)], SonifySettings(2.0), "ab" * 32)
    record, one = record_of(made, 2.0), asdict(made.sounds[0])
    broken: list[Any] = [
        3,
        {},
        damaged(record, schema=2),
        damaged(record, rate=1),
        damaged(record, sounds=[]),
    ]
    broken += [damaged(record, seconds="x"), damaged(record, sounds=[3])]
    broken += [damaged(record, sounds=[{k: v for k, v in one.items() if k != key}]) for key in one]
    broken += [damaged(record, sounds=[{**one, key: [1]}]) for key in one]
    for facts in broken:
        with pytest.raises(BadInput, match=r"\.$"):
            read_record(facts)


def test_a_recording_that_is_gone_is_named(search: LibrarySearch) -> None:
    made = sonify(search, [concept("low", 110.0)], SonifySettings(2.0), "ab" * 32)
    Path(made.sounds[0].file).unlink()
    with pytest.raises(BadInput, match=r"low\.wav"):
        mix_of(made.sounds, 2.0)


def test_stereo_recordings_stay_stereo(tmp_path: Path) -> None:
    sound = np.stack([tone(300, 2.0), 0.1 * tone(300, 2.0)], axis=1)
    (tmp_path / "s").mkdir()
    soundfile.write(tmp_path / "s" / "wide.wav", sound, TONE_RATE)
    library = Library(tmp_path / "index")
    library.add_folder(tmp_path / "s")
    updated(library)
    made = sonify(LibrarySearch(library), [concept("wide", 300.0)], SonifySettings(2.0), "ab" * 32)
    left, right = np.abs(made.samples).max(axis=1)
    assert left == pytest.approx(10 * right, rel=0.1)
