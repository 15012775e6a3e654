"""Defects put into a clean sound are found, and a clean sound has none."""

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.evaluation.defects import count_clicks, count_defects, find_defects, longest_run, loudest_db

RATE = 16_000


@pytest.fixture
def tone() -> NDArray[np.float32]:
    time = np.arange(2 * RATE) / RATE
    rng = np.random.default_rng(0)
    fade = np.minimum(1.0, np.minimum(time, time[::-1]) / 0.01)
    return np.asarray(
        fade * (0.2 * np.sin(2 * np.pi * 440 * time) + 0.002 * rng.standard_normal(len(time))), np.float32
    )


def test_a_clean_sound_has_no_defects(tone: NDArray[np.float32]) -> None:
    assert find_defects(tone, RATE).named() == ()


def test_one_wrong_sample_is_a_click(tone: NDArray[np.float32]) -> None:
    tone[12_345] += 0.15
    assert count_clicks(tone) == 1
    assert find_defects(tone, RATE).named() == ("clicks",)


def test_the_attack_of_a_struck_thing_is_no_click() -> None:
    time = np.arange(RATE) / RATE
    struck = np.where(time > 0.3, np.exp(-9 * (time - 0.3)) * np.sin(2 * np.pi * 900 * (time - 0.3)), 0.0)
    noise = np.random.default_rng(0).normal(0, 1e-3, len(time))
    assert count_clicks(np.asarray(0.5 * struck + noise, np.float32)) == 0


def test_a_run_at_full_scale_is_clipping(tone: NDArray[np.float32]) -> None:
    assert "clipping" in find_defects(np.clip(tone * 10, -1, 1), RATE).named()
    assert longest_run(np.array([True, False, True, True, False])) == 2
    assert longest_run(np.zeros(3, bool)) == 0


def test_silence_direct_current_and_a_cut_edge_are_told_apart(tone: NDArray[np.float32]) -> None:
    assert find_defects(np.zeros(RATE, np.float32), RATE).named() == ("silence",)
    assert find_defects(tone + np.float32(0.01), RATE).named() == ("DC",)
    assert "edge" in find_defects(tone[100:], RATE).named() or abs(tone[100]) <= 0.02
    assert find_defects(tone[RATE // 2 + 9 :], RATE).edge == pytest.approx(abs(float(tone[RATE // 2 + 9])))


def test_a_level_other_than_the_one_asked_for_is_told_in_decibels(tone: NDArray[np.float32]) -> None:
    found = find_defects(tone, RATE, asked_lufs=-30.0)
    assert found.level_error_db is not None
    quieter = find_defects(tone * np.float32(0.5), RATE, asked_lufs=-30.0)
    assert quieter.level_error_db == pytest.approx(found.level_error_db - 6.02, abs=0.05)
    assert "level" in found.named()


def test_defects_are_counted_by_name(tone: NDArray[np.float32]) -> None:
    silent = np.zeros(RATE, np.float32)
    counts = count_defects(find_defects(wave, RATE) for wave in (tone, silent, silent))
    assert counts == {"clicks": 0, "clipping": 0, "silence": 2, "DC": 0, "edge": 0, "level": 0}


def test_the_loudest_stretch_decides_whether_a_take_is_silent(tone: NDArray[np.float32]) -> None:
    mostly_silent = np.concatenate([np.zeros(8 * RATE, np.float32), tone])
    assert loudest_db(mostly_silent, RATE) == pytest.approx(loudest_db(tone, RATE), abs=1.0)
