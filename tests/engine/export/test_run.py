"""A whole export, read back by tools that were not written here."""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pymediainfo
import pytest
import soundfile
import wavinfo

from engine.errors import BadInput, Cancelled, Failed
from engine.export import plan as planning
from engine.export import run
from engine.export.plan import ExportSettings
from engine.export.run import Exported, export
from engine.export.ucs import UcsBlocks, check_name, load_cat_ids
from engine.files.manifest import MANIFEST_FILE
from engine.progress import Progress
from engine.scene.scene import Scene
from engine.scene.takes import Waveform
from engine.scene.timeline import Fade, Timeline
from engine.sound.loudness import loudness_report
from engine.sound.render import Renderer
from tests.engine.export.toy_scene import MADE, RATE, Toy, at_ten_hours_of_drop_frame, document, noise, toy


@pytest.fixture(scope="module")
def small() -> Toy:
    return toy()


def read(path: Path, dtype: str = "int32") -> Any:
    """(channels, samples)"""
    return soundfile.read(path, dtype=dtype, always_2d=True)[0].T


def by_kind(done: Exported, ending: str = "wav") -> tuple[list[Path], Path]:
    """The stems and the mix."""
    files = [file for file in done.files if file.format == ending]
    return [file.path for file in files if file.kind == "stem"], files[-1].path


def everything_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.name != MANIFEST_FILE}


@pytest.mark.parametrize("bits", [16, 24])
@pytest.mark.parametrize(
    ("rate", "level", "preset"), [(48_000, 0.05, "none"), (44_100, 0.4, "none"), (96_000, 0.4, "r128")]
)
def test_the_stems_files_add_up_to_the_mix_file_step_for_step(
    bits: int, rate: int, level: float, preset: Any, tmp_path: Path
) -> None:
    loud = toy(level=level)
    done = export(
        loud.scene, loud.takes, tmp_path / "out", ExportSettings(rate, bits, preset=preset), made=MADE
    )
    stems, mix = by_kind(done)
    steps = [read(path).astype(np.int64) >> (32 - bits) for path in stems]
    assert len(steps) == 3
    assert (sum(steps) == read(mix).astype(np.int64) >> (32 - bits)).all()
    assert all(step.any() for step in steps)
    assert {soundfile.info(path).subtype for path in [*stems, mix]} == {f"PCM_{bits}"}


@pytest.mark.parametrize("level", [0.05, 0.9])
def test_in_floating_point_the_stems_add_up_to_the_last_bit(level: float, tmp_path: Path) -> None:
    made = toy(level=level)
    done = export(made.scene, made.takes, tmp_path / "out", ExportSettings(bits=32), made=MADE)
    stems, mix = by_kind(done)
    total = np.zeros((2, done.plan.samples), np.float32)
    for path in stems:
        total += read(path, "float32")
    assert (total == read(mix, "float32")).all()
    assert done.limited == (level == 0.9)


def test_as_mixed_in_floating_point_is_what_the_renderer_gives(small: Toy, tmp_path: Path) -> None:
    done = export(
        small.scene, small.takes, tmp_path / "out", ExportSettings(bits=32, handles=0.25), made=MADE
    )
    whole = Renderer(small.scene.timeline, small.takes).mix(-12_000, 96_000 + 12_000)
    assert (read(by_kind(done)[1], "float32") == whole).all()
    assert (done.gain_db, done.limited) == (0.0, False)


def test_rounding_moves_a_sample_by_no_more_than_dither_does(small: Toy, tmp_path: Path) -> None:
    done = export(small.scene, small.takes, tmp_path / "out", ExportSettings(bits=16), made=MADE)
    whole = Renderer(small.scene.timeline, small.takes).mix(0, 96_000)
    error = read(by_kind(done)[1], "float64") - whole
    assert np.abs(error).max() <= 3 * 1.5 / 32_768 + 1e-6
    # Only where nothing sounds is there no noise at all.
    assert error[:, :24_000].any()


def test_another_rate_sounds_the_same_at_the_same_time(tmp_path: Path) -> None:
    tone = np.sin(2 * np.pi * 997 * np.arange(RATE * 2) / RATE)[None].astype(np.float32) * np.float32(0.1)
    made = Toy({"tone": (tone, RATE)})
    for rate in (44_100, 96_000):
        out = tmp_path / str(rate)
        settings = ExportSettings(rate, 32, handles=1)
        mix = read(by_kind(export(made.scene, made.takes, out, settings, made=MADE))[1], "float64")
        times = np.arange(mix.shape[1]) / rate - 1
        inside = (times > 0.1) & (times < 1.9)
        wanted = 0.1 * np.sin(2 * np.pi * 997 * times[inside])
        # A mono clip panned half left; the shape and the place are what is checked.
        assert np.abs(mix[0, inside] / mix[0, inside].std() * wanted.std() - wanted).max() < 1e-4
        assert np.abs(mix[:, times < -0.01]).max() < 1e-4
        assert mix.shape[1] == 4 * rate


def test_every_field_is_read_back_from_a_file_that_starts_after_ten_hours(tmp_path: Path) -> None:
    made = toy()
    scene = made.with_timeline(at_ten_hours_of_drop_frame)
    done = export(scene, made.takes, tmp_path / "out", ExportSettings(handles=2, preset="r128"), made=MADE)
    start = 1_727_998_272 - 2 * RATE
    for facts in done.files:
        found = wavinfo.WavInfoReader(facts.path)
        assert facts.levels is not None
        assert facts.levels.integrated_lufs is not None
        bext = found.bext.to_dict()
        assert bext["time_reference"] == start
        assert (bext["originator"], bext["version"]) == ("Foleyscape", 2)
        assert (bext["originator_date"], bext["originator_time"]) == ("2026-03-09", "14:05:07")
        assert bext["coding_history"] == (
            "A=PCM,F=48000,W=24,M=stereo,T=Foleyscape; TPDF dither; EBU R 128\r\n"
        )
        measured = loudness_report(read(facts.path, "float32"), RATE)
        assert bext["loudness_value"] == pytest.approx(measured.integrated_lufs, abs=0.006)
        assert bext["loudness_range"] == pytest.approx(measured.range_lu, abs=0.006)
        assert bext["max_true_peak"] == pytest.approx(measured.true_peak_dbtp, abs=0.006)
        assert bext["max_momentary_loudness"] == pytest.approx(measured.max_momentary_lufs, abs=0.006)
        assert bext["max_shortterm_loudness"] == pytest.approx(measured.max_short_term_lufs, abs=0.006)
        assert facts.lufs == pytest.approx(measured.integrated_lufs, abs=1e-3)
        assert (found.fmt.sample_rate, found.fmt.bits_per_sample) == (RATE, 24)
        assert found.data.frame_count == facts.samples == 6 * RATE
        assert found.ixml.project == "Night Street"
        assert found.ixml.scene == "street.jpg"
        speed = document(found.ixml.source).find("SPEED")
        assert speed is not None
        assert speed.findtext("TIMECODE_RATE") == "30000/1001"
        assert speed.findtext("TIMECODE_FLAG") == "DF"
        assert int(speed.findtext("TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO") or "") == start
    names = [[t.name for t in wavinfo.WavInfoReader(f.path).ixml.track_list] for f in done.files]
    assert names[0] == ["Dog L", "Dog R"]
    assert names[-1] == ["Mix L", "Mix R"]


def test_files_tell_their_own_takes_and_the_mix_tells_all(small: Toy, tmp_path: Path) -> None:
    done = export(small.scene, small.takes, tmp_path / "out", made=MADE)
    found = [wavinfo.WavInfoReader(file.path) for file in done.files]
    assert found[0].bext.description == "Dog - Night Street: Dog take 2 (Apache-2.0)"
    notes = [document(file.ixml.source).findtext("NOTE") or "" for file in found]
    assert [len(note.splitlines()) for note in notes] == [1, 1, 1, 3]
    assert [file.ixml.take for file in found] == ["2", "2", "2", "1"]
    assert len({file.bext.originator_ref for file in found}) == 4
    assert len({file.ixml.family_uid for file in found}) == 1
    audio = pymediainfo.MediaInfo.parse(done.files[-1].path).audio_tracks[0]
    assert (audio.sampling_rate, audio.bit_depth, audio.channel_s) == (48_000, 24, 2)
    assert float(audio.delay) == 3_600_000


def test_the_same_export_twice_is_the_same_to_the_byte(small: Toy, tmp_path: Path) -> None:
    for name in ("a", "b"):
        export(small.scene, small.takes, tmp_path / name, ExportSettings(bits=16), made=MADE)
    for path in (tmp_path / "a").rglob("*.wav"):
        twin = tmp_path / "b" / path.relative_to(tmp_path / "a")
        assert path.read_bytes() == twin.read_bytes()


def test_a_silent_track_has_a_silent_stem_of_the_same_length(small: Toy, tmp_path: Path) -> None:
    scene = small.with_timeline(
        lambda line: replace(line, tracks=(*line.tracks, replace(line.tracks[0], id=9, name="Cat", clips=())))
    )
    done = export(scene, small.takes, tmp_path / "out", ExportSettings(bits=16), made=MADE)
    cat = done.files[3]
    assert (cat.title, cat.lufs, cat.true_peak_dbtp) == ("Cat", None, None)
    assert read(cat.path).shape == (2, 96_000)
    assert not read(cat.path).any()
    assert wavinfo.WavInfoReader(cat.path).bext.loudness_value == pytest.approx(327.67)


def test_nothing_is_overwritten_without_being_told(small: Toy, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(BadInput, match="not empty"):
        export(small.scene, small.takes, tmp_path, made=MADE)
    assert everything_in(tmp_path) == {"mine.txt"}
    export(small.scene, small.takes, tmp_path, ExportSettings(overwrite=True), made=MADE)
    assert {"mine.txt", "mix.wav", "stems/01_dog.wav"} <= everything_in(tmp_path)


def note(seen: list[float], share: float, _: str) -> None:
    seen.append(share)


def reached(seen: list[float], last: float) -> bool:
    return seen[-1] >= last


@pytest.mark.parametrize("last", [-1.0, 0.0, 0.3, 0.5, 0.79, 0.85, 1.0])
def test_cancelling_at_any_moment_leaves_nothing(last: float, small: Toy, tmp_path: Path) -> None:
    seen = [-1.0]
    progress = Progress(partial(note, seen), partial(reached, seen, last))
    settings = ExportSettings(formats=("wav", "flac", "ogg"), preset="r128")
    with pytest.raises(Cancelled):
        export(small.scene, small.takes, tmp_path / "out", settings, made=MADE, progress=progress)
    assert everything_in(tmp_path) == set()
    assert seen == sorted(seen)


def many(line: Timeline) -> Timeline:
    """64 tracks of three minutes, all of them sounding throughout."""
    clip = replace(line.tracks[0].clips[0], start=0, fade_in=Fade())
    clips = tuple(replace(clip, id=n, start=n * clip.length) for n in range(180))
    return replace(line, tracks=tuple(replace(line.tracks[0], id=n, clips=clips) for n in range(1, 65)))


def test_a_cancel_is_heard_within_a_second_however_much_there_is(small: Toy, tmp_path: Path) -> None:
    asked = time.monotonic() + 1.0
    progress = Progress(is_cancelled=lambda: time.monotonic() > asked)
    with pytest.raises(Cancelled):
        export(small.with_timeline(many), small.takes, tmp_path / "out", made=MADE, progress=progress)
    assert time.monotonic() - asked < 1.0
    assert everything_in(tmp_path) == set()


def damaged(takes: Callable[[str], tuple[Waveform, int]], digest: str) -> tuple[Waveform, int]:
    samples, rate = takes(digest)
    holed = samples.copy()
    holed[:, 100] = np.nan
    return holed, rate


def missing(digest: str) -> tuple[Waveform, int]:
    raise BadInput(f"The take {digest[:8]} is missing.")


def test_a_take_that_is_damaged_or_missing_is_said_and_nothing_is_left(small: Toy, tmp_path: Path) -> None:
    with pytest.raises(Failed, match="'Dog' holds samples that are no numbers"):
        export(small.scene, partial(damaged, small.takes), tmp_path / "out", made=MADE)
    with pytest.raises(BadInput, match="is missing"):
        export(small.scene, missing, tmp_path / "out", made=MADE)
    assert everything_in(tmp_path) == set()


def test_a_disk_that_is_too_full_is_known_before_the_work(
    small: Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning.ExportPlan, "need_bytes", property(lambda _: 10**18))
    monkeypatch.setattr(run, "match_loudness", missing)
    with pytest.raises(Failed, match="too full"):
        export(small.scene, small.takes, tmp_path / "out", made=MADE)
    assert everything_in(tmp_path) == set()


def test_copies_for_listening_are_made_even_where_no_wave_files_are_wanted(
    small: Toy, tmp_path: Path
) -> None:
    done = export(small.scene, small.takes, tmp_path / "a", ExportSettings(formats=("flac",)), made=MADE)
    assert everything_in(tmp_path / "a") == {
        *(
            "listening-copies",
            "listening-copies/mix.flac",
            "listening-copies/stems",
            "listening-copies/stems/01_dog.flac",
        ),
        *("listening-copies/stems/02_rain.flac", "listening-copies/stems/03_grösse-thing.flac"),
    }
    stems, mix = by_kind(done, "flac")
    assert (sum(read(path).astype(np.int64) for path in stems) == read(mix)).all()


def test_the_files_are_what_was_planned(small: Toy, tmp_path: Path) -> None:
    settings = ExportSettings(formats=("wav", "ogg"))
    scene: Scene = small.scene
    done = export(scene, small.takes, tmp_path / "out", settings, made=MADE)
    planned = {file.path for file in planning.plan(scene, settings).files}
    found = {name for name in everything_in(tmp_path / "out") if (tmp_path / "out" / name).is_file()}
    assert found == planned == {f.path.relative_to(tmp_path / "out").as_posix() for f in done.files}
    sizes = sum(file.path.stat().st_size for file in done.files)
    assert sizes <= done.plan.need_bytes


def test_noise_is_not_the_same_on_two_tracks(tmp_path: Path) -> None:
    same = noise(5, 1.0, RATE, 0.001)
    made = Toy({"a": (same, RATE), "b": (same, RATE)})
    scene = made.with_timeline(
        lambda line: replace(
            line,
            tracks=tuple(replace(t, clips=(replace(t.clips[0], start=0, pan=0.0),)) for t in line.tracks),
        )
    )
    done = export(scene, made.takes, tmp_path / "out", ExportSettings(bits=16), made=MADE)
    first, second = (read(path) for path in by_kind(done)[0])
    assert (first != second).any()


def test_other_programs_get_their_files_beside_the_media_they_play(small: Toy, tmp_path: Path) -> None:
    scene = small.with_timeline(at_ten_hours_of_drop_frame)
    settings = ExportSettings(formats=("wav", *planning.INTERCHANGE_FORMATS))
    done = export(scene, small.takes, tmp_path / "out", settings, made=MADE)
    found = {name for name in everything_in(tmp_path / "out") if (tmp_path / "out" / name).is_file()}
    assert found == {file.path for file in done.plan.files}
    assert {"night-street.rpp", "night-street.aaf", "night-street_03-04.edl"} <= found
    assert {"media/01_dog_take2.wav", "stems/01_dog.wav"} <= found
    assert "media/01_dog_take2.wav" in (tmp_path / "out" / "night-street.rpp").read_text()
    for path in (tmp_path / "out").glob("night-street*"):
        # Nothing points to where the files stood while they were made; AAF has its texts in UTF-16.
        for encoding in ("utf-8", "utf-16-le"):
            assert ".foleyscape-".encode(encoding) not in path.read_bytes()
    only = export(scene, small.takes, tmp_path / "b", ExportSettings(formats=("csv",)), made=MADE)
    assert [file.kind for file in only.files] == ["interchange", "media", "media", "media"]


def test_ucs_names_reach_the_media_and_the_files_for_other_programs(small: Toy, tmp_path: Path) -> None:
    settings = ExportSettings(ucs=UcsBlocks("FS", "NS"), formats=("wav", "rpp", "csv"))
    done = export(small.scene, small.takes, tmp_path / "out", settings, made=MADE)
    made = {path for path in everything_in(done.folder) if "." in Path(path).name and path != MANIFEST_FILE}
    for path in made:
        check_name(Path(path).stem, load_cat_ids())
    media = {Path(path).name for path in made if path.startswith("media/")}
    assert media and all(name.isascii() for name in media)
    [session] = done.folder.glob("*.rpp")
    assert session.name == "MIX_Night Street_FS_NS.rpp"
    assert all(name in session.read_text() for name in media)
    assert {file.path for file in done.plan.files} == made
