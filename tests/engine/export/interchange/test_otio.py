"""OpenTimelineIO files, read back by OpenTimelineIO."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from engine.export.interchange.lanes import lanes
from engine.export.interchange.model import InterchangeTimeline
from engine.export.interchange.otio import write
from engine.scene.timeline import ClipMarker
from tests.engine.export.interchange.sample import HOSTILE, clip, hostile, interchange, track, usual


def written(scene: InterchangeTimeline, folder: Path) -> Any:
    write(scene, folder / "scene.otio")
    return otio.adapters.read_from_file(str(folder / "scene.otio"))


def test_clips_lie_exactly_where_they_lay(tmp_path: Path) -> None:
    scene, found = usual(), {}
    timeline = written(scene, tmp_path)
    for made in timeline.find_clips():
        place = made.trimmed_range_in_parent()
        assert place.start_time.rate == made.source_range.start_time.rate == 48_000
        found[made.metadata["foleyscape"]["clip"]] = (
            place.start_time.value, place.duration.value, made.source_range.start_time.value,
        )  # fmt: skip
    wanted = {c.id: (c.start, c.length, c.offset) for track in scene.tracks for c in track.clips}
    assert found == wanted


def test_clips_that_overlap_stand_on_tracks_of_their_own(tmp_path: Path) -> None:
    timeline = written(usual(), tmp_path)
    tracks = timeline.audio_tracks()
    assert [track.name for track in tracks] == ["Cat", "Cat (2)", "Dog & <door>"]
    assert [len(track.find_clips()) for track in tracks] == [2, 1, 1]
    assert [track.enabled for track in tracks] == [True, True, False]


def test_as_few_lanes_are_made_as_will_do() -> None:
    clips = [clip(1, 0, 100), clip(2, 50, 100), clip(3, 100, 100), clip(4, 120, 10), clip(5, 150, 100)]
    assert [[c.id for c in lane] for lane in lanes(clips)] == [[1, 3], [2, 5], [4]]


def test_the_media_are_named_with_the_range_that_is_there(tmp_path: Path) -> None:
    reference = written(usual(), tmp_path).find_clips()[0].media_reference
    assert reference.target_url == "media/10_cat_take1.wav"
    assert reference.available_range.duration == otio.opentime.RationalTime(480_000, 48_000)


def test_solo_silences_the_other_tracks(tmp_path: Path) -> None:
    scene = interchange(track(1, clip(1, 0)), replace(track(2, clip(2, 0)), soloed=True))
    assert [track.enabled for track in written(scene, tmp_path).audio_tracks()] == [False, True]


@pytest.mark.parametrize(
    ("fps", "start"), [("25", "01:00:00:00"), ("29.97df", "10:00:00;00"), ("23.976", "09:59:59:23")]
)
def test_the_start_is_the_timecode_itself(fps: str, start: str, tmp_path: Path) -> None:
    first = written(interchange(fps=fps, start=start), tmp_path).global_start_time
    assert otio.opentime.to_timecode(first, first.rate, drop_frame=fps.endswith("df")) == start


def test_markers_gain_pan_fades_and_the_take_are_kept(tmp_path: Path) -> None:
    timeline = written(usual(), tmp_path)
    slam, end = timeline.tracks.markers
    assert (slam.name, slam.marked_range.start_time.value, slam.color) == ("slam", 12_345, "RED")
    assert (end.name, end.marked_range.start_time.value) == ("end", 99_999)
    facts = timeline.find_clips()[0].metadata["foleyscape"]
    assert (facts["gain_db"], facts["pan"]) == (-3.5, 0.25)
    assert dict(facts["fade_out"]) == {"samples": 961, "shape": "s_curve"}
    assert (facts["take"]["seed"], facts["take"]["licence"]) == ("7", "CC-BY-4.0")


def test_hostile_names_survive_as_far_as_they_are_text(tmp_path: Path) -> None:
    [made] = written(hostile(HOSTILE), tmp_path).find_clips()
    assert "שלום" in made.name
    assert "🐕" in made.name
    assert "\n" not in made.name


def test_markers_and_group_of_a_clip_are_carried(tmp_path: Path) -> None:
    one = replace(clip(1, 0), group=3, markers=(ClipMarker(24_000, "paw"),))
    [made] = written(interchange(track(1, one)), tmp_path).find_clips()
    assert [(mark.name, mark.marked_range.start_time.value) for mark in made.markers] == [("paw", 24_000)]
    assert made.metadata["foleyscape"]["group"] == 3
