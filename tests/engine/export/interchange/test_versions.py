"""Clips that play a version of their take: REAPER stretches itself, for the others the media are rendered."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.export.file_names import session_name
from engine.export.interchange.export import media_keys, plan_interchange, write_interchange
from engine.export.interchange.model import InterchangeClip, build_interchange
from engine.export.media import write_media
from engine.progress import no_progress
from engine.scene.scene import Scene
from engine.scene.take_version import version_key
from engine.scene.timeline import Clip, Timeline, Track
from engine.sound.take_versions import TakeVersions
from tests.engine.export.toy_scene import RATE, Toy, noise

DIGEST = f"{0:064x}"


@pytest.fixture
def toy() -> Toy:
    return Toy({"Door": (noise(1, 0.25, RATE, 0.1), RATE)})


def with_clips(toy: Toy, *clips: Clip) -> Scene:
    return replace(toy.scene, timeline=Timeline(rate=RATE, tracks=(Track(1, "Door", clips=clips),)))


REVERSED = Clip(10, DIGEST, 0, 1_000, 5_000, reversed=True)
SLOW = Clip(11, DIGEST, 12_000, 2_000, 20_000, speed=0.5, pitch=-3.0, reversed=True)


def clips_for(toy: Toy, folder: Path, form: str, *, stretches: bool) -> list[InterchangeClip]:
    scene, takes = with_clips(toy, REVERSED, SLOW), TakeVersions(lambda digest: toy.samples[digest])
    media = write_media(scene, takes, folder, keys=media_keys(scene, [form]))
    return list(build_interchange(scene, media, folder=folder, stretches=stretches).tracks[0].clips)


def test_reaper_is_told_rate_and_pitch_and_where_in_the_reversed_file(toy: Toy, tmp_path: Path) -> None:
    plain, slow = clips_for(toy, tmp_path, "rpp", stretches=True)
    assert plain.media == slow.media
    assert (plain.speed, plain.pitch, plain.offset, plain.length) == (1.0, 0.0, 1_000, 5_000)
    assert (slow.speed, slow.pitch, slow.offset, slow.length) == (0.5, -3.0, 1_000, 20_000)
    whole, _ = soundfile.read(plain.media.path, dtype="float32")
    assert np.abs(whole - toy.samples[DIGEST][0][0, ::-1]).max() < 2e-7


def test_other_programs_get_the_sound_as_it_is_heard_here(toy: Toy, tmp_path: Path) -> None:
    plain, slow = clips_for(toy, tmp_path, "otio", stretches=False)
    assert plain.media != slow.media
    assert (slow.speed, slow.pitch, slow.offset, slow.length) == (1.0, 0.0, 2_000, 20_000)
    assert slow.media.samples == 24_000
    heard, _ = TakeVersions(lambda digest: toy.samples[digest])(SLOW.sound)
    written, _ = soundfile.read(slow.media.path, dtype="float32")
    over = 10 ** (slow.media.lowered_db / 20)
    assert np.abs(written * over - heard[0]).max() < 1e-6


def test_an_export_of_several_formats_writes_what_each_needs_and_plans_it(toy: Toy, tmp_path: Path) -> None:
    scene, takes = with_clips(toy, REVERSED, SLOW), TakeVersions(lambda digest: toy.samples[digest])
    formats = ["rpp", "aaf", "otio", "fcpxml", "edl", "csv"]
    write_interchange(
        scene, takes, tmp_path, tmp_path, formats, rate=RATE, licences={}, progress=no_progress()
    )
    names = sorted(path.name for path in (tmp_path / "media").iterdir())
    assert names == ["01_door_take2_reversed_0.5x_-3st.wav", "02_door_take2_reversed.wav"]
    planned = {file.path for file in plan_interchange(scene, formats, RATE)}
    assert planned == {
        path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()
    }
    rpp = (tmp_path / f"{session_name(scene, None)}.rpp").read_text()
    assert "PLAYRATE 0.5 1 -3 -1 0 0.0025" in rpp
    assert "PLAYRATE 1 1 0 -1 0 0.0025" in rpp
    assert "0.5x" not in rpp


@pytest.mark.parametrize("rate", [44_100, 96_000])
@pytest.mark.parametrize("stretches", [True, False])
def test_at_another_rate_clips_stay_inside_their_files(
    toy: Toy, tmp_path: Path, rate: int, stretches: bool
) -> None:
    whole = Clip(10, DIGEST, 0, 0, toy.scene.takes[0].length_at(RATE, 0.3), speed=0.3)
    scene, takes = with_clips(toy, whole), TakeVersions(lambda digest: toy.samples[digest])
    keys = [version_key(DIGEST, speed=1.0 if stretches else 0.3)]
    media = write_media(scene, takes, tmp_path, keys=keys, rate=rate)
    [clip] = build_interchange(scene, media, folder=tmp_path, rate=rate, stretches=stretches).tracks[0].clips
    assert clip.offset + clip.length * clip.speed <= clip.media.samples
    assert abs(clip.length - whole.length * rate / RATE) <= 4
