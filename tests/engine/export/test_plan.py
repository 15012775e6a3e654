"""What will be written is known beforehand, and so is what cannot be."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BadInput
from engine.export.plan import ExportSettings, plan
from engine.export.presets import PRESETS
from engine.export.ucs import UcsBlocks
from engine.scene.scene import Scene
from engine.scene.timecode import RATES, from_text, sample_of
from engine.scene.timeline import LOUDNESS_PRESETS, PROJECT_RATES, Timeline, Track
from tests.engine.export.toy_scene import at_ten_hours_of_drop_frame, toy


def test_the_dialog_sees_every_file_beforehand() -> None:
    planned = plan(toy().scene, ExportSettings(formats=("ogg", "wav", "flac")))
    assert [file.path for file in planned.files] == [
        *("stems/01_dog.wav", "stems/02_rain.wav", "stems/03_grösse-thing.wav", "mix.wav"),
        *("listening-copies/stems/01_dog.flac", "listening-copies/stems/02_rain.flac"),
        *("listening-copies/stems/03_grösse-thing.flac", "listening-copies/mix.flac"),
        *("listening-copies/stems/01_dog.ogg", "listening-copies/stems/02_rain.ogg"),
        *("listening-copies/stems/03_grösse-thing.ogg", "listening-copies/mix.ogg"),
    ]
    assert [file.track for file in planned.files[:4]] == [1, 2, 3, None]
    assert planned.samples == 96_000
    assert planned.start_timecode == "01:00:00:00"
    assert planned.need_bytes > 8 * 96_000 * 6


def test_ucs_names_stand_in_the_plan() -> None:
    planned = plan(toy().scene, ExportSettings(ucs=UcsBlocks("FS", "NS")))
    assert [file.path for file in planned.files] == [
        *("stems/ANMLDog_Dog_FS_NS.wav", "stems/RAIN_rain_FS_NS.wav"),
        *("stems/OBJMisc_Größe Thing_FS_NS.wav", "MIX_Night Street_FS_NS.wav"),
    ]


def test_only_tracks_that_sound_are_written() -> None:
    scene = toy().with_timeline(
        lambda line: replace(line, tracks=(*line.tracks[:2], replace(line.tracks[2], muted=True)))
    )
    assert [file.track for file in plan(scene, ExportSettings()).files] == [1, 2, None]


@pytest.mark.parametrize("rate", PROJECT_RATES)
def test_ten_hours_of_drop_frame_land_on_the_right_sample_at_every_rate(rate: int) -> None:
    scene = toy().with_timeline(at_ten_hours_of_drop_frame)
    # 10 h of 29.97 drop-frame are 1,078,920 frames of 1001/30000 s: 35,999.964 s.
    exact = {44_100: 1_587_598_412.4, 48_000: 1_727_998_272, 96_000: 3_455_996_544}[rate]
    first = -int(-exact // 1)
    assert plan(scene, ExportSettings(rate=rate)).time_reference == first
    assert plan(scene, ExportSettings(rate=rate, handles=5)).time_reference == first - 5 * rate


def test_another_frame_rate_keeps_the_numbers_of_the_timecode() -> None:
    scene = toy().scene
    planned = plan(scene, ExportSettings(frame_rate=RATES["23.976"]))
    assert planned.start_timecode == "01:00:00:00"
    assert planned.time_reference == 3600 * 48_000 * 1001 // 1000
    planned = plan(scene, ExportSettings(frame_rate=RATES["29.97df"], start_timecode="10:00:00;00"))
    assert planned.time_reference == 1_727_998_272


@given(
    st.sampled_from(PROJECT_RATES),
    st.sampled_from(PROJECT_RATES),
    st.floats(0, 20),
    st.integers(1, 10**7),
    st.sampled_from(list(RATES.values())),
)
def test_handles_move_the_first_sample_and_no_other(
    rate: int, made_at: int, handles: float, length: int, frame_rate: object
) -> None:
    toys = toy(0.1).with_timeline(
        lambda line: replace(
            line,
            rate=made_at,
            tracks=(
                replace(line.tracks[0], clips=(replace(line.tracks[0].clips[0], start=0, length=length),)),
            ),
        )
    )
    settings = ExportSettings(rate=rate, handles=handles, frame_rate=frame_rate)  # type: ignore[arg-type]
    planned = plan(toys, settings)
    start = sample_of(from_text("01:00:00:00", planned.frame_rate), planned.frame_rate, rate)
    assert planned.time_reference + planned.lead == start
    # Handles are whole at both rates, so that the timeline's start stays on a sample.
    assert planned.lead * made_at % rate == 0
    assert abs(planned.lead / rate - handles) <= 1 / 600
    assert 0 <= planned.samples - 2 * planned.lead - length * rate / made_at < 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"rate": 22_050}, "44100, 48000, 96000"),
        ({"bits": 20}, "16, 24 or 32"),
        ({"preset": "loud"}, "no loudness preset"),
        ({"handles": -1.0}, "Handles"),
        ({"handles": float("nan")}, "Handles"),
        ({"handles": 1e9}, "Handles"),
        ({"formats": ("mp3",)}, "no format 'mp3'"),
        ({"formats": ()}, "at least one format"),
    ],
)
def test_settings_that_cannot_be_are_refused_at_once(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        ExportSettings(**wrong)  # type: ignore[arg-type]


def test_what_cannot_be_exported_is_said_before_anything_is_rendered() -> None:
    scene = toy().scene
    silent = Scene(timeline=Timeline(tracks=(Track(1, "empty"),)))
    muted = replace(scene.timeline, tracks=tuple(replace(t, muted=True) for t in scene.timeline.tracks))
    for nothing in (Scene(), silent, replace(scene, timeline=muted)):
        with pytest.raises(BadInput, match="nothing to export"):
            plan(nothing, ExportSettings())
    with pytest.raises(BadInput, match="before midnight"):
        plan(scene, ExportSettings(start_timecode="00:00:04:24", handles=5))
    with pytest.raises(BadInput, match="leaves out"):
        plan(scene, ExportSettings(start_timecode="00:01:00;00", frame_rate=RATES["29.97df"]))
    with pytest.raises(BadInput, match="creator ID"):
        plan(scene, ExportSettings(ucs=UcsBlocks("", "NS")))


def test_the_preset_is_the_timelines_unless_another_is_chosen() -> None:
    scene = toy().with_timeline(lambda line: replace(line, loudness="netflix"))
    assert plan(scene, ExportSettings()).preset.target_lufs == -27.0
    assert plan(scene, ExportSettings(preset="r128")).preset.target_lufs == -23.0
    assert tuple(PRESETS) == LOUDNESS_PRESETS
