"""Curves, loops and parameters of a take: files, recordings, requests, recipes, and what they do to the samples."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from engine.errors import BadInput
from engine.generation.curve_file import read_curve_file, write_curve_file
from engine.generation.curve_values import controls_of_sound, levels_in_time, take_curves
from engine.generation.generator import LOOP_OVERLAP
from engine.generation.object_aware import object_aware_info
from engine.generation.recipe import read_recipe_text, request_facts, request_text
from engine.generation.request_builder import request_for, text_target
from engine.generation.requests import Settings
from engine.scene.sound_controls import FREE, SoundControls, control_problems
from engine.studio import Studio
from tests.engine.generation.fakes import FakeParts

CURVE = SoundControls(((0.0, -60.0), (0.5, 0.0), (1.0, -20.0)), (0.5, 0.75))


def test_a_curve_file_comes_back_the_same(tmp_path: Path) -> None:
    for curve in (CURVE, SoundControls(hits=(0.1,)), SoundControls(((0.0, -3.0),))):
        write_curve_file(curve, tmp_path / "curve.json")
        assert read_curve_file(tmp_path / "curve.json") == curve


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[1]",
        "{}",
        '{"hits": null}',
        '{"levels": []}',
        '{"levels": [[0, 1]]}',
        '{"levels": [[1, -3], [1, -4]]}',
        '{"levels": [[0]]}',
        '{"levels": 7}',
        '{"hits": [2, 1]}',
        '{"hits": [31]}',
        '{"hits": ["a"]}',
        '{"hits": [NaN]}',
    ],
)
def test_a_file_that_is_no_curve_is_refused_in_a_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "curve.json"
    path.write_text(text)
    with pytest.raises(BadInput, match=r"\.$"):
        read_curve_file(path)


def test_a_curve_that_is_not_there_is_refused_in_a_sentence(tmp_path: Path) -> None:
    for name in ("none.json", "none.wav"):
        with pytest.raises(BadInput, match="There is no"):
            read_curve_file(tmp_path / name)


def tapped(seconds: tuple[float, ...], rate: int = 44_100) -> np.ndarray[Any, np.dtype[np.float32]]:
    wave = np.zeros((2, 2 * rate), np.float32)
    noise = np.random.default_rng(1).normal(0, 0.3, rate // 20)
    for second in seconds:
        start = round(second * rate)
        wave[:, start : start + len(noise)] += noise * np.exp(-np.arange(len(noise)) / (0.01 * rate))
    return wave


def test_taps_in_a_recording_become_hit_points_and_its_loudness_the_curve(tmp_path: Path) -> None:
    asked = (0.3, 0.8, 1.45)
    soundfile.write(tmp_path / "taps.wav", tapped(asked).T, 44_100)
    found = read_curve_file(tmp_path / "taps.wav")
    assert found.hits is not None
    assert found.hits == pytest.approx(asked, abs=0.03)
    assert not list(control_problems("It", found))
    levels = dict(found.levels)
    assert max(levels.values()) == 0.0
    assert levels[0.12] == -60.0


def test_a_silent_recording_is_refused_in_a_sentence() -> None:
    with pytest.raises(BadInput, match="Nothing can be heard"):
        controls_of_sound(np.zeros((1, 48_000), np.float32), 48_000)


def test_levels_are_joined_by_lines_and_stay_after_the_last() -> None:
    levels = levels_in_time(CURVE, 2.0, 2.0)
    assert levels is not None
    assert len(levels) == 200
    assert levels[25] == pytest.approx(-30.0)
    assert levels[199] == -20.0


def test_a_loop_s_curve_begins_again_in_what_is_laid_over_the_start() -> None:
    curves = take_curves(replace(CURVE, hits=(0.1, 0.75)), 1.0, 1.25)
    assert curves is not None
    assert curves.hits == (0.1, 0.75, 1.1)
    assert curves.loudness is not None
    assert curves.loudness[110] == pytest.approx(curves.loudness[10])


def request_of(controls: SoundControls, **chosen: Any) -> Any:
    parts = FakeParts()
    info = object_aware_info(parts.fingerprint, over_time=chosen.pop("over_time", True))
    return request_for(info, None, [text_target("rain", -23.0, controls)], Settings(**chosen))


def test_a_request_with_controls_survives_its_recipe_and_one_without_is_written_as_before() -> None:
    full = replace(CURVE, loop=True, unknown_fields=(("newer", "[1]"),))
    request = request_of(full)
    again = read_recipe_text(request_text(request))
    assert again == request
    assert again.targets[0].controls.unknown_fields == full.unknown_fields
    assert "controls" not in request_facts(request_of(FREE))["targets"][0]


def test_a_damaged_curve_in_a_recipe_is_refused_in_a_sentence() -> None:
    facts = json.loads(request_text(request_of(CURVE)))
    facts["targets"][0]["controls"]["hits"] = [3, 2]
    with pytest.raises(BadInput, match="damaged"):
        read_recipe_text(json.dumps(facts))


def test_a_generator_that_follows_no_curve_is_not_given_one() -> None:
    kept = request_of(replace(CURVE, loop=True, parameters=(("pace", 1.0),)), over_time=False)
    assert kept.targets[0].controls == SoundControls(loop=True)


def test_the_curve_reaches_the_model_and_nothing_is_said_of_curves_without_one() -> None:
    parts = FakeParts()
    studio = Studio(parts=parts, generators=())
    settings = Settings(duration=1.0, candidates=1)
    studio.generate(studio.request_words("rain", settings, controls=CURVE))
    studio.generate(studio.request_words("rain", settings))
    given, free = parts.made.curves
    assert free is None
    assert given is not None
    assert given[0] is not None
    assert given[0].hits == (0.5, 0.75)


def test_a_loop_has_the_length_asked_for_and_no_step_at_its_seam() -> None:
    parts = FakeParts()
    studio = Studio(parts=parts, generators=())
    settings = Settings(duration=1.0, candidates=1)
    looped, plain = (
        studio.generate(studio.request_words("rain", settings, controls=controls)).takes[0].samples[0]
        for controls in (SoundControls(loop=True), FREE)
    )
    assert parts.made.settings[0][0] == 1.0 + LOOP_OVERLAP
    assert len(looped) == len(plain) == 16_000
    around = np.concatenate([looped[-800:], looped[:800]])
    assert np.abs(np.diff(around)).max() <= 1.2 * np.abs(np.diff(looped)).max()
    assert np.sqrt(np.mean(looped[-80:] ** 2)) > 0.5 * np.sqrt(np.mean(looped**2))
    assert np.sqrt(np.mean(plain[-80:] ** 2)) < 0.5 * np.sqrt(np.mean(plain**2))
