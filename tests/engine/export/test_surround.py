"""A timeline in 5.1 from its takes to its files: stems, mix, limiter, meters, channel mask, null test."""

import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.export.plan import ExportSettings
from engine.export.run import Exported, export
from engine.scene.timeline import LayoutId, Timeline
from engine.sound.layout import SURROUND_5_1, layout_named
from engine.sound.loudness import loudness_report
from engine.sound.render import Renderer
from engine.sound.waveform import Waveform, to_db
from tests.engine.export.toy_scene import MADE, RATE, Toy, noise


def surround(level: float = 0.05, layout: LayoutId = "5.1") -> tuple[Toy, Timeline]:
    """A mono, a stereo and a six-channel take, each on a track."""
    toy = Toy(
        {
            "Dog": (noise(1, 2.0, 16_000, level), 16_000),
            "rain": (noise(2, 2.0, 44_100, level, 2), 44_100),
            "Hall": (noise(3, 2.0, RATE, level, 6), RATE),
        }
    )
    return toy, replace(toy.scene.timeline, layout=layout)


def exported(folder: Path, level: float = 0.05, **settings: object) -> Exported:
    toy, timeline = surround(level)
    scene = toy.with_timeline(lambda _: timeline)
    return export(scene, toy.takes, folder, ExportSettings(**settings), made=MADE)  # type: ignore[arg-type]


def samples_of(path: Path, dtype: str = "int32") -> Waveform:
    return np.asarray(soundfile.read(path, dtype=dtype, always_2d=True)[0].T)


def mask_of(path: Path) -> tuple[int, int, int]:
    """Format tag, channels and channel mask of a WAVE file."""
    data = path.read_bytes()
    at = data.index(b"fmt ") + 8
    tag, channels = struct.unpack("<HH", data[at : at + 4])
    return tag, channels, struct.unpack("<I", data[at + 20 : at + 24])[0]


def test_stems_have_six_channels_and_the_mix_is_their_sum_to_the_bit() -> None:
    toy, timeline = surround()
    renderer = Renderer(timeline, toy.takes)
    stems = renderer.stems(0, timeline.length)
    total = np.zeros((6, timeline.length), np.float32)
    for stem in stems.values():
        total += stem
    assert np.array_equal(renderer.mix(0, timeline.length), total)
    assert {stem.shape[0] for stem in stems.values()} == {6}


def test_each_take_sounds_in_the_channels_that_are_its_own() -> None:
    toy, timeline = surround()
    stems = Renderer(timeline, toy.takes).stems(0, timeline.length)
    assert [stem.any(axis=1).tolist() for stem in stems.values()] == [
        [True, True, False, False, False, False],
        [True, True, False, False, False, False],
        [True] * 6,
    ]


def test_left_and_right_of_a_surround_mix_are_those_of_a_stereo_one() -> None:
    toy, timeline = surround()
    few = replace(timeline, tracks=timeline.tracks[:2])
    wide = Renderer(few, toy.takes).mix(0, few.length)
    narrow = Renderer(replace(few, layout="stereo"), toy.takes).mix(0, few.length)
    assert np.array_equal(wide[:2], narrow)


@pytest.mark.parametrize("bits", [16, 24, 32])
@pytest.mark.parametrize("level", [0.05, 0.8])
def test_the_files_null_in_every_channel_with_and_without_a_limiter(
    tmp_path: Path, bits: int, level: float
) -> None:
    result = exported(tmp_path / "out", level, bits=bits, preset="film")
    assert result.limited == (level > 0.5)
    dtype = "float32" if bits == 32 else "int32"
    *stems, mix = (samples_of(file.path, dtype) for file in result.files)
    total = np.zeros_like(mix)
    for stem in stems:
        total += stem
    assert mix.shape[0] == 6 and mix.any(axis=1).all()
    assert np.array_equal(mix, total)


def test_the_channel_mask_says_which_loudspeaker_each_channel_is_for(tmp_path: Path) -> None:
    for file in exported(tmp_path / "out").files:
        assert mask_of(file.path) == (0xFFFE, 6, SURROUND_5_1.wave_mask)


def test_levels_are_those_of_all_channels_with_their_weights(tmp_path: Path) -> None:
    mix = exported(tmp_path / "out", bits=32).files[-1]
    measured = loudness_report(samples_of(mix.path, "float32"), RATE)
    assert mix.lufs == pytest.approx(measured.integrated_lufs, abs=1e-6)
    assert mix.true_peak_dbtp == pytest.approx(measured.true_peak_dbtp, abs=1e-6)


def test_the_mix_meets_a_preset_and_no_channel_passes_the_ceiling(tmp_path: Path) -> None:
    result = exported(tmp_path / "out", 0.5, preset="r128")
    mix = result.files[-1]
    assert result.on_target and mix.lufs == pytest.approx(-23.0, abs=0.5)
    highest = np.abs(samples_of(mix.path).astype(np.float64)).max() / 2**31
    assert to_db(highest) <= -1.0


def test_another_rate_keeps_all_channels(tmp_path: Path) -> None:
    result = exported(tmp_path / "out", rate=96_000, bits=32)
    *stems, mix = (samples_of(file.path, "float32") for file in result.files)
    total = np.zeros_like(mix)
    for stem in stems:
        total += stem
    assert np.array_equal(mix, total) and mix.any(axis=1).all()


@pytest.mark.parametrize("layout", ["mono", "stereo", "7.1"])
def test_other_layouts_are_exported_with_their_channels(tmp_path: Path, layout: LayoutId) -> None:
    toy, timeline = surround(layout=layout)
    scene = toy.with_timeline(lambda _: replace(timeline, tracks=timeline.tracks[:2]))
    result = export(scene, toy.takes, tmp_path / "out", ExportSettings(), made=MADE)
    assert {samples_of(file.path).shape[0] for file in result.files} == {len(layout_named(layout))}
