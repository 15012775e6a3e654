"""Stems outside the mix, stems that are lowered instead of limited, and plain files without metadata."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from engine.export.plan import ExportPlan, ExportSettings, plan
from engine.export.run import export, write_sounds
from engine.scene.scene import Scene
from engine.scene.timeline import Timeline
from engine.sound.truepeak import true_peak_dbtp
from tests.engine.export.toy_scene import MADE, Toy, toy

ALTERNATES = ExportSettings(alternates=True)


@pytest.fixture
def made() -> Toy:
    return toy()


def muted(made: Toy, number: int) -> Scene:
    """The scene with this track muted."""

    def change(line: Timeline) -> Timeline:
        return replace(line, tracks=tuple(replace(t, muted=t.id == number) for t in line.tracks))

    return made.with_timeline(change)


def read(path: Path, dtype: str = "int32") -> Any:
    """(channels, samples)"""
    return soundfile.read(path, dtype=dtype, always_2d=True)[0].T


def test_a_muted_track_is_a_stem_outside_the_mix(made: Toy, tmp_path: Path) -> None:
    done = export(muted(made, 2), made.takes, tmp_path / "out", ALTERNATES, made=MADE)
    assert [(file.kind, file.track) for file in done.files] == [
        *(("stem", 1), ("stem", 3), ("alternate", 2), ("mix", None))
    ]
    steps = {file.track: read(file.path).astype(np.int64) >> 8 for file in done.files}
    assert (steps[1] + steps[3] == steps[None]).all()
    assert steps[2].any()
    assert steps[2].shape == steps[None].shape
    assert all(file.lufs is not None for file in done.files)


def test_an_alternate_is_what_its_stem_would_be(made: Toy, tmp_path: Path) -> None:
    export(muted(made, 2), made.takes, tmp_path / "a", ALTERNATES, made=MADE)
    export(made.scene, made.takes, tmp_path / "b", made=MADE)
    [alternate] = (tmp_path / "a").rglob("*_rain.wav")
    [stem] = (tmp_path / "b").rglob("*_rain.wav")
    assert (read(alternate) == read(stem)).all()


def test_without_asking_a_muted_track_is_no_file(made: Toy, tmp_path: Path) -> None:
    done = export(muted(made, 2), made.takes, tmp_path / "out", made=MADE)
    assert {file.track for file in done.files} == {1, 3, None}


def test_an_alternate_that_is_too_loud_is_limited(tmp_path: Path) -> None:
    loud = toy(level=0.9)
    done = export(muted(loud, 2), loud.takes, tmp_path / "out", ALTERNATES, made=MADE)
    [alternate] = [file for file in done.files if file.kind == "alternate"]
    assert alternate.true_peak_dbtp is not None
    assert alternate.true_peak_dbtp < 0


def test_a_mix_that_would_clip_is_lowered_where_that_is_asked(tmp_path: Path) -> None:
    loud = toy(level=0.4)
    quiet = ExportSettings(peaks="lower", bits=32)
    done = export(loud.scene, loud.takes, tmp_path / "a", quiet, made=MADE)
    assert done.gain_db < -1
    assert not done.limited
    mix = read(tmp_path / "a" / "mix.wav", "float32")
    assert true_peak_dbtp(mix) <= 0
    plain = export(loud.scene, loud.takes, tmp_path / "b", ExportSettings(bits=32), made=MADE)
    assert plain.gain_db == 0
    assert plain.limited


def planned(made: Toy) -> ExportPlan:
    return plan(made.scene, ExportSettings())


def test_plain_files_are_the_same_bytes_each_time_and_say_nothing(made: Toy, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        gain, levels = write_sounds(made.scene, made.takes, planned(made), tmp_path / name)
        assert gain.gain_db == 0
        assert set(levels) == {1, 2, 3, None}
    for path in (tmp_path / "a").rglob("*.wav"):
        data = path.read_bytes()
        assert data == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes()
        assert b"bext" not in data[:4096]
        assert b"BWFXML" not in data


def test_a_mono_timeline_is_mono_files(made: Toy, tmp_path: Path) -> None:
    mono = made.with_timeline(lambda line: replace(line, layout="mono"))
    done = export(mono, made.takes, tmp_path / "out", made=MADE)
    assert {soundfile.info(file.path).channels for file in done.files} == {1}
