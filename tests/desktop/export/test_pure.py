"""Choices, previews, words and pieces: values in, values out."""

import json
import os
import shutil
import time
from dataclasses import fields, replace
from pathlib import Path

import pytest

from desktop.export.categories import completion_lines, parse_category
from desktop.export.categories import with_category as categories_changed
from desktop.export.last_export import (
    LastExport,
    LastExportStore,
    last_export_file,
    read_last_export,
    suggested_folder,
    write_last_export,
)
from desktop.export.preview import ExportPreview, PreviewRequest, preview_of
from desktop.export.single_file import (
    KEPT_SECONDS,
    SingleExport,
    clip_name,
    delete_old,
    single_export,
)
from desktop.export.words import holds_text, level_text, size_text, usual_texts
from desktop.export.worker import throttled
from desktop.settings.store import JsonFile
from engine.errors import BadInput
from engine.export.choices import ExportChoices, choices_file
from engine.export.pieces import clip_scene
from engine.files import FolderSurvey
from engine.files import list_names as listed
from engine.scene.scene import Scene
from engine.scene.timecode import RATES
from engine.scene.timeline import Timeline
from tests.engine.export.toy_scene import at_ten_hours_of_drop_frame, toy

TOY = toy()
USUAL = ExportChoices()
ODD = ExportChoices(
    "film",
    96_000,
    16,
    "24",
    "02:00:00:00",
    1.5,
    ("flac", "edl"),
    True,
    "LM",
    "NS",
    ((2, "RAINWatr"),),
    "takes",
    "loop",
    (2,),
    False,
    True,
    True,
    "Own Foley",
)


def look(folder: Path | str, choices: ExportChoices = USUAL, project: Path | None = None) -> ExportPreview:
    return preview_of(PreviewRequest(1, TOY.scene, choices, str(folder), project))


# Choices


def test_every_choice_reaches_the_settings_and_empty_ones_are_the_timelines() -> None:
    made = ODD.settings(Timeline(), overwrite=True)
    assert (made.preset, made.rate, made.bits, made.frame_rate) == ("film", 96_000, 16, RATES["24"])
    assert (made.start_timecode, made.handles, made.formats) == ("02:00:00:00", 1.5, ("flac", "edl"))
    assert made.overwrite and made.ucs is not None
    assert (made.ucs.creator_id, made.ucs.source_id) == ("LM", "NS")
    usual = ExportChoices().settings(Timeline(rate=44_100))
    assert (usual.rate, usual.preset, usual.frame_rate, usual.start_timecode) == (44_100, None, None, None)
    assert usual.ucs is None and not usual.overwrite


def test_what_is_remembered_comes_back_and_the_usual_takes_no_room() -> None:
    kept = LastExport(ODD, "/films", "/p/Street.foley")
    assert read_last_export(write_last_export(kept)) == kept
    assert write_last_export(LastExport()) == {"choices": {}, "folder": "", "project": ""}


def test_what_does_not_fit_in_a_file_is_the_usual() -> None:
    facts = {
        "choices": {"bits": "24", "rate": True, "formats": ["mp3"], "handles": 2, "extra": 1},
        "folder": 3,
    }
    assert read_last_export(facts) == LastExport(ExportChoices(handles=2.0))
    assert read_last_export({"choices": [1]}) == LastExport()


def test_frame_rate_and_start_belong_to_the_project_that_they_were_chosen_for() -> None:
    kept = LastExport(ODD, "/films", "/p/Street.foley")
    assert kept.for_project("/p/Street.foley") == ODD
    assert kept.for_project("/p/Other.foley") == replace(
        ODD, frame_rate="", start="", categories=(), span="", left_out=()
    )
    assert kept.for_project("").start == ""


def test_each_scene_gets_a_folder_of_its_own_beside_the_last_one() -> None:
    assert suggested_folder(Path("/films"), "Night Street") == Path("/films/night-street-export")
    assert suggested_folder(Path("/films"), "?") == Path("/films/scene-export")


def test_the_memory_is_on_disk_and_leaves_what_it_does_not_know(tmp_path: Path) -> None:
    file = JsonFile(tmp_path / "state" / "export.json")
    file.write({"newer": 1})
    memory = LastExportStore(file)
    assert memory.last == LastExport()
    memory.last = LastExport(ODD, "/films", "x")
    memory.save()
    assert LastExportStore(file).last == memory.last
    assert file.read()["newer"] == 1


# Previews


def test_a_new_folder_is_ready_and_is_not_made_by_looking(tmp_path: Path) -> None:
    found = look(tmp_path / "a" / "b")
    assert found.ready and not found.holds
    assert found.plan is not None and found.plan.files[0].path == "stems/01_dog.wav"
    assert list(tmp_path.iterdir()) == []


def test_what_would_be_replaced_is_told_and_what_stays_is_not(tmp_path: Path) -> None:
    (tmp_path / "stems").mkdir()
    for name in ("mix.wav", "notes.txt"):
        (tmp_path / name).write_text("x")
    found = look(tmp_path)
    assert found.ready and found.holds
    assert found.found.in_the_way == ("mix.wav",)
    assert found.found.foreign == ("notes.txt",)
    assert look(tmp_path, ExportChoices(formats=("csv",))).found.foreign == ("mix.wav", "notes.txt", "stems/")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "Choose a folder"),
        ("  ", "Choose a folder"),
        ("films/out", "whole path"),
        ("{}/file", "is a file"),
    ],
)
def test_a_folder_that_cannot_be_is_said_in_a_sentence(words: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    found = look(words.format(tmp_path))
    assert not found.ready
    assert len(found.problems) == 1 and said in found.problems[0]


def test_a_folder_below_a_file_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert not look(tmp_path / "file" / "below").ready


def test_nothing_is_exported_into_the_projects_own_folder(tmp_path: Path) -> None:
    project = tmp_path / "Street.foley"
    project.mkdir()
    assert "project's own folder" in look(project / "takes", project=project).problems[0]
    assert look(tmp_path / "out", project=project).ready


def test_a_disk_without_room_is_told_before_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: type("Use", (), {"free": 1000}))
    assert "too full" in look(tmp_path / "out").problems[0]


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    found = look("", ExportChoices(start="99"))
    assert len(found.problems) == 2
    assert "no timecode" in found.problems[0] and "folder" in found.problems[1]
    assert look(tmp_path, ExportChoices(formats=())).plan is None
    assert (
        "nothing to export"
        in preview_of(PreviewRequest(1, Scene(), ExportChoices(), str(tmp_path))).problems[0]
    )


# Words


def test_sizes_levels_and_names_read_as_people_write_them() -> None:
    assert [size_text(size) for size in (999, 1000, 14_500, 999_600, 2**40)] == [
        "999 B", "1.0 kB", "14 kB", "1.0 MB", "1100 GB",
    ]  # fmt: skip
    assert [level_text(level) for level in (-23.04, 0.0, None)] == ["\N{MINUS SIGN}23.0", "0.0", "–"]
    assert [listed(tuple("abcde"[:count])) for count in (1, 2, 5)] == ["a", "a and b", "a, b, c and 2 more"]
    assert "stay" in holds_text(FolderSurvey()) and "not replaced" in holds_text(
        FolderSurvey(in_the_way=("mix.wav",))
    )
    assert "mix.wav" in holds_text(FolderSurvey(replaced=("mix.wav",)))
    assert usual_texts(Timeline(loudness="r128"))["preset"] == "As the timeline: EBU R 128"


def test_reports_are_thinned_but_the_first_is_heard_at_once() -> None:
    heard: list[float] = []
    report = throttled(lambda fraction, _: heard.append(fraction), 0.05)
    for number in range(1000):
        report(number / 1000, "")
    assert heard[0] == 0.0 and len(heard) < 50
    time.sleep(0.06)
    report(1.0, "")
    assert heard[-1] == 1.0


# Pieces


def test_a_clip_alone_begins_at_its_own_frame_with_less_than_a_frame_before_it() -> None:
    scene = TOY.with_timeline(at_ten_hours_of_drop_frame)
    line = clip_scene(scene, 101).timeline
    (track,) = line.tracks
    assert track.name == "rain" and len(track.clips) == 1
    assert 0 <= track.clips[0].start < 1602
    assert line.start_frame == scene.timeline.start_frame + 14
    with pytest.raises(BadInput):
        clip_scene(scene, 7)


def test_a_muted_clip_of_a_muted_track_can_be_dragged_all_the_same() -> None:
    track = TOY.scene.timeline.tracks[0]
    quiet = replace(track, muted=True, clips=(replace(track.clips[0], muted=True),))
    scene = TOY.with_timeline(lambda line: replace(line, tracks=(quiet, *line.tracks[1:])))
    (lone,) = clip_scene(scene, 100).timeline.audible()
    assert not lone.clips[0].muted


def test_a_clip_is_named_after_its_stem_and_its_take() -> None:
    assert clip_name(TOY.scene, 101, ExportChoices().settings(Timeline())) == "02_rain_take2"
    ucs = ExportChoices(ucs=True, creator="LM", source="NS").settings(Timeline())
    assert clip_name(TOY.scene, 100, ucs) == "ANMLDog_Dog 2_LM_NS"


def test_stems_and_mix_share_a_rendering_and_clips_have_their_own() -> None:
    stem, mix = single_export(TOY.scene, ODD, 1), single_export(TOY.scene, ODD)
    assert stem.batch == mix.batch
    assert single_export(TOY.scene, replace(ODD, bits=24), 1).batch != mix.batch
    assert single_export(TOY.scene, ODD, clip=100).batch != single_export(TOY.scene, ODD, clip=101).batch
    renamed = replace(TOY.scene, name="Day")
    assert single_export(renamed, ODD, 1).batch != stem.batch


def test_a_clip_keeps_its_own_level_and_time_whatever_the_mix_is_brought_to() -> None:
    made: SingleExport = single_export(TOY.scene, ODD, clip=100)
    assert (made.settings.preset, made.settings.handles, made.settings.start_timecode) == ("none", 0.0, None)
    assert (made.settings.bits, made.settings.formats) == (16, ("wav",))


def test_only_what_was_dragged_long_ago_is_swept_away(tmp_path: Path) -> None:
    for name in ("drag-old", "drag-new", "mine-old"):
        (tmp_path / name).mkdir()
        if name.endswith("old"):
            then = time.time() - KEPT_SECONDS - 60
            os.utime(tmp_path / name, (then, then))
    delete_old(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["drag-new", "mine-old"]
    delete_old(tmp_path / "none")


def test_no_choice_is_left_out_of_what_is_remembered() -> None:
    changed = [entry.name for entry in fields(ExportChoices) if getattr(ODD, entry.name) != entry.default]
    assert changed == [entry.name for entry in fields(ExportChoices)]


# UCS categories


CAT_IDS = {"ANMLDog": ("ANIMALS", "DOG"), "RAINGlas": ("RAIN", "GLASS"), "GEOGeyser": ("GEO", "GEYSER")}


@pytest.mark.parametrize(
    ("words", "cat_id"),
    [
        ("ANMLDog", "ANMLDog"),
        (" anmldog ", "ANMLDog"),
        ("RAINGlas  ·  Rain, glass", "RAINGlas"),
        ("", ""),
        ("dog", None),
    ],
)
def test_a_category_is_meant_by_its_id_in_any_case_or_by_its_line_in_the_list(
    words: str, cat_id: str | None
) -> None:
    assert parse_category(words, CAT_IDS) == cat_id
    assert all(parse_category(line, CAT_IDS) for line in completion_lines(CAT_IDS))


def test_one_choice_replaces_another_of_its_track_and_none_leaves_it_to_the_suggestion() -> None:
    one = categories_changed((), 3, "ANMLDog")
    two = categories_changed(one, 1, "RAINGlas")
    assert two == ((1, "RAINGlas"), (3, "ANMLDog"))
    assert categories_changed(two, 3, "") == ((1, "RAINGlas"),)


def test_categories_are_of_one_project_and_broken_ones_are_left_out() -> None:
    kept = LastExport(ExportChoices(categories=((2, "ANMLDog"),)), "", "/a")
    again = read_last_export(json.loads(json.dumps(write_last_export(kept))))
    assert again == kept
    assert again.for_project("/b").categories == ()
    broken = {"choices": {"categories": [[1], ["x", "y"], [True, "z"], 5, [4, "ANMLDog"]]}}
    assert read_last_export(broken).choices.categories == ((4, "ANMLDog"),)


def test_the_window_and_the_command_keep_choices_in_one_file() -> None:
    assert Path(last_export_file().path) == choices_file()
