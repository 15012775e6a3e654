"""What an export holds: ranges, chosen stems, one channel, single clips and takes; read back by other programs."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import aaf2
import numpy as np
import pymediainfo
import pytest
import soundfile
import wavinfo

from engine.errors import BadInput
from engine.export.aswg import generated_words
from engine.export.licences import TakeUsed
from engine.export.plan import ExportSettings, plan
from engine.export.run import export
from engine.export.span import frame_span, position
from engine.export.ucs import UcsBlocks, check_name, load_cat_ids
from engine.scene.timecode import RATES, from_text, to_text
from engine.scene.timeline import Marker, Timeline
from tests.engine.export.toy_scene import MADE, RATE, Toy, document, toy

FLOAT = ExportSettings(bits=32, preset="none")


@pytest.fixture(scope="module")
def small() -> Toy:
    return toy()


def read(path: Path) -> Any:
    return soundfile.read(path, dtype="float32", always_2d=True)[0].T


def marked(line: Timeline) -> Timeline:
    markers = (Marker(900, 24_000, "Gate slams"), Marker(901, 60_000, "Größe"))
    return replace(line, markers=markers, frame_rate=RATES["25"], start_frame=90_000)


def test_a_range_holds_exactly_those_samples_at_their_own_time(small: Toy, tmp_path: Path) -> None:
    whole = export(small.scene, small.takes, tmp_path / "whole", FLOAT, made=MADE)
    frame = RATE // 25
    settings = replace(FLOAT, span=(10 * frame + 7, 20 * frame - 7))
    scene = small.with_timeline(marked)
    part = export(scene, small.takes, tmp_path / "part", settings, made=MADE)
    for before, after in zip(whole.files, part.files, strict=True):
        assert np.array_equal(read(before.path)[:, 10 * frame : 20 * frame], read(after.path))
    info = wavinfo.WavInfoReader(str(part.files[-1].path))
    assert info.bext.time_reference == 3600 * RATE + 10 * frame
    assert part.plan.start_timecode == "01:00:00:10"


def test_handles_of_a_range_are_what_lies_beside_it(small: Toy, tmp_path: Path) -> None:
    whole = export(small.scene, small.takes, tmp_path / "whole", FLOAT, made=MADE)
    frame = RATE // 25
    scene = small.with_timeline(marked)
    settings = replace(FLOAT, span=(10 * frame, 20 * frame), handles=0.1)
    part = export(scene, small.takes, tmp_path / "part", settings, made=MADE)
    lead = RATE // 10
    wanted = read(whole.files[-1].path)[:, 10 * frame - lead : 20 * frame + lead]
    assert np.array_equal(read(part.files[-1].path), wanted)


def test_files_for_other_programs_hold_the_range_alone(small: Toy, tmp_path: Path) -> None:
    import opentimelineio as otio

    frame = RATE // 25
    settings = ExportSettings(formats=("otio",), span=(30 * frame, 40 * frame))
    export(small.with_timeline(marked), small.takes, tmp_path / "out", settings, made=MADE)
    timeline: Any = otio.adapters.read_from_file(str(tmp_path / "out" / "night-street.otio"))
    assert timeline.global_start_time.value == 90_030
    ends = [track.range_in_parent().end_time_exclusive().value for track in timeline.tracks]
    assert max(ends) == 10 * frame


@pytest.mark.parametrize("span", [(5, 5), (10, 2), (10**9, 10**9 + 5), (-5, 0)])
def test_a_range_with_nothing_in_it_is_a_sentence(small: Toy, span: tuple[int, int]) -> None:
    with pytest.raises(BadInput, match="nothing to export in that range"):
        plan(small.scene, ExportSettings(span=span))


def test_places_are_timecodes_or_seconds(small: Toy) -> None:
    line = marked(small.scene.timeline)
    assert position("01:00:01:00", line) == RATE
    assert position("0.5", line) == RATE // 2
    assert frame_span(line, None) == (0, line.length)
    for words in ("soon", "-1", "nan", "1e99", "00:59:59:00", "99:00:00:00"):
        with pytest.raises(BadInput):
            position(words, line)


def test_chosen_stems_and_no_mix_are_all_that_is_written(small: Toy, tmp_path: Path) -> None:
    whole = export(small.scene, small.takes, tmp_path / "whole", ExportSettings(preset="none"), made=MADE)
    settings = ExportSettings(preset="none", stems=(2,), mix=False)
    done = export(small.scene, small.takes, tmp_path / "rain", settings, made=MADE)
    assert [file.path.name for file in done.files] == ["02_rain.wav"]
    assert np.array_equal(read(done.files[0].path), read(whole.files[1].path))
    both = export(small.scene, small.takes, tmp_path / "mix", replace(settings, mix=True), made=MADE)
    assert np.array_equal(read(both.files[1].path), read(whole.files[-1].path))
    for nothing in (ExportSettings(stems=(), mix=False), ExportSettings(stems=(77,))):
        with pytest.raises(BadInput):
            plan(small.scene, nothing)


def test_mono_stems_add_up_to_a_mono_mix(small: Toy, tmp_path: Path) -> None:
    done = export(
        small.scene, small.takes, tmp_path / "out", ExportSettings(preset="none", mono=True), made=MADE
    )
    *stems, mix = [soundfile.read(file.path, dtype="int32", always_2d=True)[0].T for file in done.files]
    assert mix.shape[0] == 1
    assert np.array_equal(sum(stem.astype(np.int64) for stem in stems), mix)


def test_muted_tracks_are_named_and_a_silent_scene_is_refused_before_the_work(
    small: Toy, tmp_path: Path
) -> None:
    def mute(*numbers: int) -> Any:
        return small.with_timeline(
            lambda line: replace(line, tracks=tuple(replace(t, muted=t.id in numbers) for t in line.tracks))
        )

    assert plan(mute(1, 3), ExportSettings()).left_out == ("Dog", "Größe <&> Thing")
    with pytest.raises(BadInput, match="every track or clip is muted"):
        plan(mute(1, 2, 3), ExportSettings())
    clips = small.with_timeline(
        lambda line: replace(
            line,
            tracks=tuple(
                replace(t, clips=tuple(replace(c, muted=True) for c in t.clips)) for t in line.tracks
            ),
        )
    )
    with pytest.raises(BadInput, match="every track or clip is muted"):
        plan(clips, ExportSettings())


@pytest.mark.parametrize(("content", "kind"), [("clips", "clip"), ("takes", "take")])
def test_a_library_has_a_file_of_each_sound_with_its_name_and_facts(
    small: Toy, tmp_path: Path, content: Any, kind: str
) -> None:
    blocks = UcsBlocks("ANNA", "STREET", user_category="Night")
    settings = ExportSettings(content=content, ucs=blocks, library="Own Foley", formats=("wav", "flac"))
    done = export(small.scene, small.takes, tmp_path / "out", settings, made=MADE)
    waves = [file for file in done.files if file.format == "wav"]
    assert len(waves) == 3
    assert {file.kind for file in done.files} == {kind}
    for file in done.files:
        check_name(file.path.stem, load_cat_ids())
        assert file.path.is_file()
    dog = wavinfo.WavInfoReader(str(waves[0].path))
    assert waves[0].path.name == "ANMLDog-Night_Dog 2_ANNA_STREET.wav"
    found = {field.tag: field.text for field in document(dog.ixml.source).find("ASWG") or []}
    assert found["catId"] == "ANMLDog"
    assert (found["category"], found["subCategory"]) == ("ANIMALS", "DOG")
    assert found["userCategory"] == "Night"
    assert found["library"] == "Own Foley"
    assert (found["creatorId"], found["sourceId"]) == ("ANNA", "STREET")
    assert (found["fxName"] or "").startswith("Dog")
    assert abs(soundfile.info(waves[0].path).duration - 1.0) < 0.05


def test_every_file_says_what_it_is_in_the_words_of_aswg_info_and_cues(small: Toy, tmp_path: Path) -> None:
    scene = small.with_timeline(marked)
    done = export(scene, small.takes, tmp_path / "out", ExportSettings(preset="none", handles=0.5), made=MADE)
    for facts in done.files:
        info = wavinfo.WavInfoReader(str(facts.path))
        [described] = document(info.ixml.source).findall("ASWG")
        found = {field.tag: field.text or "" for field in described}
        assert float(found["loudness"]) == pytest.approx(facts.lufs, abs=0.01)
        assert float(found["maxPeak"]) == pytest.approx(facts.true_peak_dbtp, abs=0.01)
        assert found["contentType"] == ("mixed" if facts.kind == "mix" else "sfx")
        assert found["isGenerated"] == found["isDesigned"] == "true"
        assert found["channelConfig"] == "Stereo"
        assert found["originationDate"] == "2026-03-09"
        assert list(found)[-1] == "schemaVersion"
        assert "generated by Foleyscape with pocket-0123456789ab" in found["notes"]
        assert "generated by Foleyscape with pocket-0123456789ab" in info.info.comment
        assert info.info.software == "Foleyscape"
        assert [place for _, place in info.cues.each_cue()] == [48_000, 84_000]
        assert info.cues.label_and_note(1)[0] == "Gate slams"
        media = pymediainfo.MediaInfo.parse(facts.path).general_tracks[0]
        assert "generated by Foleyscape" in media.comment


def test_what_was_recorded_is_not_said_to_be_generated() -> None:
    made = TakeUsed("dog", 1, "", "pocket-1", "CC0-1.0", "")
    own = replace(made, kind="recording", model="", name="door")
    assert generated_words([made]) == "This sound was generated by Foleyscape with pocket-1."
    assert generated_words([own]) == "This sound was recorded."
    assert generated_words([made, own]).endswith("with pocket-1; recorded: door.")
    assert generated_words([]) == ""


def test_timecode_beyond_a_day_is_told_apart_and_refused_where_it_would_be_written(small: Toy) -> None:
    rate = RATES["25"]
    assert to_text(25 * 3600 * 25, rate) == "25:00:00:00"
    late = small.with_timeline(
        lambda line: replace(line, start_frame=from_text("23:59:59:20", line.frame_rate))
    )
    with pytest.raises(BadInput, match="past midnight"):
        plan(late, ExportSettings())


@pytest.mark.parametrize("embed", [False, True])
def test_an_aaf_has_one_composition_and_everything_is_reached_through_it(
    small: Toy, tmp_path: Path, embed: bool
) -> None:
    """Pro Tools and Avid import nothing else; the sound is beside the file, or inside it."""
    settings = ExportSettings(formats=("aaf",), embed=embed)
    export(small.scene, small.takes, tmp_path / "out", settings, made=MADE)
    with aaf2.open(str(tmp_path / "out" / "night-street.aaf"), "r") as file:
        compositions = list(file.content.compositionmobs())
        assert compositions == list(file.content.toplevel())
        assert len(compositions) == 1
        reached, ahead = set(), [compositions[0]]
        while ahead:
            mob = ahead.pop()
            reached.add(mob.mob_id)
            ahead += [m for m in sources_of(mob) if m.mob_id not in reached]
        assert reached == {mob.mob_id for mob in file.content.mobs}
        kinds = sorted(type(mob).__name__ for mob in file.content.mobs)
        assert kinds == ["CompositionMob", *["MasterMob"] * 3, *["SourceMob"] * 3]
        essence = {data.mob_id: data for data in file.content.essencedata}
        assert len(essence) == (3 if embed else 0)
        for mob in file.content.sourcemobs():
            assert len(mob.descriptor["Locator"].value or []) == (0 if embed else 1)
            if embed:
                [wave] = [w for w in (tmp_path / "out" / "media").iterdir() if w.name == mob.name]
                stored = essence[mob.mob_id].open("r").read()
                assert stored == soundfile_bytes(wave)


def sources_of(mob: Any) -> list[Any]:
    """Return the mobs that the source clips of a mob name, through operations, sequences and transitions."""
    found, ahead = [], [slot.segment for slot in mob.slots]
    while ahead:
        segment = ahead.pop()
        if isinstance(segment, aaf2.components.SourceClip):
            found += [segment.mob] if segment.mob is not None else []
        elif isinstance(segment, aaf2.components.Sequence):
            ahead += list(segment.components)
        elif isinstance(segment, aaf2.components.OperationGroup):
            ahead += list(segment.segments)
    return found


def soundfile_bytes(path: Path) -> bytes:
    """Return the samples of a 24-bit file as they are stored."""
    steps = soundfile.read(path, dtype="int32", always_2d=True)[0]
    return np.ascontiguousarray(steps).view(np.uint8).reshape(-1, 4)[:, 1:].tobytes()
