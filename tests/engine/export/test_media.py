"""Copies of takes that interchange files refer to, read back by soundfile."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rpp
import soundfile

from engine.errors import BadInput, Cancelled
from engine.export.interchange import FORMATS
from engine.export.interchange.model import build_interchange
from engine.export.media import write_media
from engine.progress import Progress
from engine.scene.scene import Scene
from engine.scene.takes import Waveform
from tests.engine.export.toy_scene import Toy, noise


def toy() -> Toy:
    return Toy(
        {"Cat: Tür/..": (noise(1, 0.5, 16_000, 0.1), 16_000), "狗": (noise(2, 0.5, 48_000, 0.1, 2), 48_000)}
    )


def test_each_take_is_copied_at_the_timelines_rate_under_a_plain_name(tmp_path: Path) -> None:
    made = toy()
    files = list(write_media(made.scene, made.takes, tmp_path).values())
    assert [file.path.name for file in files] == ["01_cat-tur_take2.wav", "02_take_take2.wav"]
    for file in files:
        facts = soundfile.info(file.path)
        assert (facts.samplerate, facts.channels, facts.frames) == (file.rate, file.channels, file.samples)
        assert facts.subtype == "PCM_24"
        assert (file.rate, file.samples) == (48_000, 24_000)


def test_a_take_at_the_right_rate_is_copied_to_the_bit(tmp_path: Path) -> None:
    made = toy()
    file = list(write_media(made.scene, made.takes, tmp_path).values())[1]
    read, _ = soundfile.read(file.path, dtype="float64")
    wanted = made.takes(f"{1:064x}")[0]
    assert np.abs(read.T - wanted).max() <= 2**-24


def test_a_take_that_would_clip_is_lowered_and_the_clip_is_raised_by_as_much(tmp_path: Path) -> None:
    loud = np.array([[0.0, 2.0, -1.5, 0.25] * 6_000], np.float32)
    made = Toy({"loud": (loud, 48_000)})
    files = write_media(made.scene, made.takes, tmp_path)
    [file] = files.values()
    read, _ = soundfile.read(file.path, dtype="float64")
    [clip] = build_interchange(made.scene, files, folder=tmp_path).tracks[0].clips
    assert file.lowered_db == pytest.approx(6.0206, abs=1e-3)
    assert np.abs(read * 10 ** (clip.gain_db / 20) - loud[0]).max() < 1e-6


def test_only_takes_that_clips_play_are_copied(tmp_path: Path) -> None:
    made = toy()
    first = replace(made.scene.timeline, tracks=made.scene.timeline.tracks[:1])
    files = write_media(replace(made.scene, timeline=first), made.takes, tmp_path)
    assert len(files) == len(list((tmp_path / "media").iterdir())) == 1


def test_a_scene_without_clips_has_an_empty_media_folder(tmp_path: Path) -> None:
    assert write_media(Scene(), toy().takes, tmp_path) == {}


def test_a_folder_that_holds_something_is_kept(tmp_path: Path) -> None:
    made = toy()
    write_media(made.scene, made.takes, tmp_path)
    with pytest.raises(BadInput, match="not empty"):
        write_media(made.scene, made.takes, tmp_path)


def test_cancelling_or_failing_leaves_nothing_behind(tmp_path: Path) -> None:
    made, asked = toy(), iter([False, True])
    with pytest.raises(Cancelled):
        write_media(made.scene, made.takes, tmp_path, progress=Progress(is_cancelled=lambda: next(asked)))

    def missing(digest: str) -> tuple[Waveform, int]:
        raise BadInput(f"There is no take {digest}.")

    with pytest.raises(BadInput, match="There is no take"):
        write_media(made.scene, missing, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_handed_over_folder_stands_on_its_own_when_it_is_moved(tmp_path: Path) -> None:
    made, out = toy(), tmp_path / "out"
    staging = tmp_path / "staging"
    staging.mkdir()
    files = write_media(made.scene, made.takes, staging, home=out)
    given = build_interchange(made.scene, files, folder=out)
    for name in ("rpp", "otio"):
        FORMATS[name](given, staging / f"scene.{name}")
    staging.rename(tmp_path / "elsewhere")
    moved = tmp_path / "elsewhere"

    named = [source[1] for source in rpp.loads((moved / "scene.rpp").read_text()).findall(".//SOURCE/FILE")]
    tracks = json.loads((moved / "scene.otio").read_text())["tracks"]["children"]
    clips = [thing for track in tracks for thing in track["children"] if "media_references" in thing]
    named += [clip["media_references"]["DEFAULT_MEDIA"]["target_url"] for clip in clips]
    assert len(named) == 4
    assert all((moved / name).is_file() for name in named)
    assert all(file.path.is_relative_to(out) for file in files.values())
