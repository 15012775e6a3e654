"""Targets are met, ceilings are kept, and every stem gets the same."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import Failed
from engine.export.loudness_matching import MOST_GAIN_DB, match_loudness
from engine.export.plan import ExportPlan, ExportSettings, plan
from engine.export.presets import PRESETS
from engine.export.run import export
from engine.export.stream import MixGain, stem_blocks
from engine.progress import no_progress
from engine.scene.takes import Waveform
from engine.scene.timeline import LoudnessPreset
from engine.sound.loudness import loudness_report
from engine.sound.render import Renderer
from engine.sound.truepeak import true_peak_dbtp
from tests.engine.export.toy_scene import MADE, RATE, Toy, noise, toy


def clicks(seconds: float, level: float) -> Waveform:
    """Quiet noise with a loud click ten times a second, which no gain alone can bring to a target."""
    samples = noise(4, seconds, RATE, 0.01)
    samples[:, ::4800] = level
    return samples


def together(
    made: Toy, preset: LoudnessPreset, bits: int = 24
) -> tuple[MixGain, Waveform, dict[int, Waveform]]:
    """How a scene is levelled, its mix and its stems."""
    planned = plan(made.scene, ExportSettings(bits=bits, preset=preset))
    renderer = Renderer(made.scene.timeline, made.takes)
    gain = match_loudness(renderer, planned, no_progress())
    blocks = list(stem_blocks(renderer, planned, gain, no_progress()))
    stems = {n: np.concatenate([block.stems[n] for block in blocks], axis=1) for n in blocks[0].stems}
    return gain, np.concatenate([block.mix for block in blocks], axis=1), stems


@pytest.mark.parametrize("preset", ["r128", "netflix"])
@pytest.mark.parametrize("level", [0.002, 0.05])
def test_a_mix_comes_to_its_target_by_gain_alone_where_that_will_do(preset: Any, level: float) -> None:
    gain, mix, _ = together(toy(level=level), preset)
    assert loudness_report(mix, RATE).integrated_lufs == pytest.approx(PRESETS[preset].target_lufs, abs=0.05)
    assert gain.ceiling_dbtp is None


def test_what_the_limiter_takes_is_made_up_for() -> None:
    made = Toy({"clicks": (clicks(4.0, 0.7), RATE)})
    gain, mix, _ = together(made, "r128")
    report = loudness_report(mix, RATE)
    assert gain.ceiling_dbtp is not None
    assert report.integrated_lufs == pytest.approx(-23.0, abs=0.1)
    assert report.true_peak_dbtp <= -1.0


@settings(max_examples=8, deadline=None)
@given(
    st.sampled_from(["r128", "netflix", "film", "none"]),
    st.sampled_from([16, 24, 32]),
    st.floats(0.001, 2.0),
    st.integers(1, 5),
)
def test_no_file_ever_passes_the_ceiling_of_its_preset(
    preset: LoudnessPreset, bits: int, level: float, stems: int
) -> None:
    made = Toy({f"sound {n}": (noise(n, 0.6, RATE, level), RATE) for n in range(stems)})
    _, mix, parts = together(made, preset, bits)
    for samples in (mix, *parts.values()):
        assert true_peak_dbtp(samples) <= PRESETS[preset].ceiling_dbtp + 1e-3


def test_stems_that_cancel_out_in_the_mix_are_held_by_themselves() -> None:
    loud = noise(7, 1.0, RATE, 0.8)
    made = Toy({"one": (loud, RATE), "other": (-loud, RATE)})
    line = made.scene.timeline
    aligned = tuple(replace(t, clips=(replace(t.clips[0], start=0, pan=0.0),)) for t in line.tracks)
    made.scene = replace(made.scene, timeline=replace(line, tracks=aligned))
    gain, mix, stems = together(made, "none", 16)
    assert gain.loud == {1, 2}
    assert not mix.any()
    assert max(true_peak_dbtp(stem) for stem in stems.values()) <= -0.1
    assert stems[1].any()


def test_every_stem_is_turned_down_by_the_same_at_the_same_time() -> None:
    made = toy(2.0, level=0.6)
    planned = plan(made.scene, ExportSettings(preset="none"))
    renderer = Renderer(made.scene.timeline, made.takes)
    gain = match_loudness(renderer, planned, no_progress())
    assert gain.ceiling_dbtp is not None
    gains = []
    for before, after in zip(
        stem_blocks(renderer, planned, MixGain(), no_progress()),
        stem_blocks(renderer, planned, gain, no_progress()),
        strict=True,
    ):
        pairs = [(before.stems[n], after.stems[n]) for n in before.stems]
        heard = np.all([np.abs(b) > 1e-3 for b, _ in pairs], axis=0)
        gains += [np.stack([(a[heard] / b[heard]) for b, a in pairs])]
    ratios = np.concatenate(gains, axis=1)
    assert ratios.shape[1] > 1000
    assert np.abs(ratios - ratios[0]).max() < 1e-5
    assert ratios.min() < 0.9
    assert ratios.max() <= 1.0


def test_silence_and_blinks_have_no_loudness_to_bring_anywhere(tmp_path: Path) -> None:
    for number, (seconds, level) in enumerate(((1.0, 0.0), (0.2, 0.1))):
        made = Toy({"sound": (noise(1, seconds, RATE, level), RATE)})
        settings = ExportSettings(preset="r128")
        done = export(made.scene, made.takes, tmp_path / str(number), settings, made=MADE)
        assert done.gain_db == 0.0
        assert not done.on_target
        assert done.files[-1].lufs is None


def test_what_is_next_to_nothing_is_not_raised_without_end() -> None:
    gain, _, _ = together(Toy({"hiss": (noise(1, 1.0, RATE, 0.0006), RATE)}), "r128")
    assert 0 < gain.gain_db <= MOST_GAIN_DB
    gain, _, _ = together(Toy({"click": (clicks(2.0, 0.99) * np.float32(0.05), RATE)}), "r128")
    assert gain.gain_db <= MOST_GAIN_DB


def test_where_no_target_is_set_a_quiet_mix_is_left_alone() -> None:
    for preset in ("film", "none"):
        assert together(toy(), preset)[0] == MixGain()


def test_the_export_says_whether_the_target_was_met(tmp_path: Path) -> None:
    made = toy()
    done = export(made.scene, made.takes, tmp_path / "out", ExportSettings(preset="netflix"), made=MADE)
    assert done.on_target
    assert done.files[-1].lufs == pytest.approx(-27.0, abs=0.05)
    mix = soundfile.read(done.files[-1].path, dtype="float32")[0].T
    assert loudness_report(mix, RATE).integrated_lufs == pytest.approx(-27.0, abs=0.05)


def test_measuring_needs_as_many_blocks_as_there_are_and_all_of_one_plan() -> None:
    made = toy()
    planned: ExportPlan = plan(made.scene, ExportSettings(44_100, handles=0.5))
    renderer = Renderer(made.scene.timeline, made.takes)
    blocks = list(stem_blocks(renderer, planned, MixGain(), no_progress()))
    assert sum(block.mix.shape[1] for block in blocks) == planned.samples
    starts = np.cumsum([0, *(block.mix.shape[1] for block in blocks)])
    assert [block.start for block in blocks] == starts[:-1].tolist()


def test_a_limiter_that_hardly_acts_needs_no_second_gain() -> None:
    samples = noise(4, 4.0, RATE, 0.05)
    samples[:, RATE] = 0.99
    gain, mix, _ = together(Toy({"one click": (samples, RATE)}), "r128")
    report = loudness_report(mix, RATE)
    assert gain.ceiling_dbtp is not None
    assert report.integrated_lufs == pytest.approx(-23.0, abs=0.05)


def test_a_plan_gets_its_samples_to_the_last_however_many_the_resampler_gives() -> None:
    short = Toy({"blink": (noise(1, 0.001, RATE, 0.1), RATE)})
    long = Toy({"noise": (noise(1, 1.0, RATE, 0.1), RATE)})
    for made, samples in ((short, 45), (long, 100)):
        planned = replace(plan(made.scene, ExportSettings(44_100)), samples=samples)
        renderer = Renderer(made.scene.timeline, made.takes)
        blocks = list(stem_blocks(renderer, planned, MixGain(), no_progress()))
        assert sum(block.mix.shape[1] for block in blocks) == planned.samples
        assert blocks[0].mix.any()


@pytest.mark.parametrize("rate", [RATE, 44_100])
def test_samples_that_are_no_numbers_are_refused_at_any_rate(rate: int) -> None:
    damaged = noise(2, 0.5, RATE, 0.1)
    damaged[0, 700] = np.nan
    huge = np.zeros((1, RATE // 2), np.float32)
    huge[0, 900] = 2e38
    for sounds, words in (
        ({"whole": noise(1, 0.5, RATE, 0.1), "broken": damaged}, "Track 'broken' holds samples"),
        ({"one": huge, "other": huge}, "louder than any number"),
    ):
        made = Toy({name: (samples, RATE) for name, samples in sounds.items()})
        line = made.scene.timeline
        aligned = tuple(replace(t, clips=(replace(t.clips[0], start=0, pan=0.0),)) for t in line.tracks)
        made.scene = replace(made.scene, timeline=replace(line, tracks=aligned))
        planned = plan(made.scene, ExportSettings(rate))
        renderer = Renderer(made.scene.timeline, made.takes)
        with pytest.raises(Failed, match=words):
            list(stem_blocks(renderer, planned, MixGain(), no_progress()))
