"""Any speed: exact where it can be, clean where it cannot, and the same however it is cut up."""

import numpy as np
import pytest

from desktop.playback.playhead_path import Segment
from desktop.playback.varispeed import render_segment
from engine.sound.waveform import Waveform

RATE = 48_000


def sine(hertz: float) -> Waveform:
    return np.tile(np.sin(2 * np.pi * hertz * np.arange(RATE) / RATE), (2, 1)).astype(np.float32)


class Sound:
    """Reads from a waveform; silence lies before and after it."""

    def __init__(self, samples: Waveform) -> None:
        self.samples = samples

    def __call__(self, start: int, stop: int) -> Waveform:
        out = np.zeros((2, stop - start), np.float32)
        low, high = max(0, start), min(self.samples.shape[1], stop)
        out[:, low - start : high - start] = self.samples[:, low:high]
        return out


def test_at_speed_1_every_sample_is_itself() -> None:
    wave = sine(997)
    assert np.array_equal(render_segment(Segment(300, 50.0, 1.0), Sound(wave)), wave[:, 50:350].T)


def test_backwards_every_sample_is_itself_the_other_way_round() -> None:
    wave = sine(997)
    assert np.array_equal(render_segment(Segment(300, 400.0, -1.0), Sound(wave)), wave[:, 101:401].T[::-1])


@pytest.mark.parametrize("step", [2.0, 4.0, -2.0, -4.0, 48_000 / 44_100])
def test_a_tone_comes_out_at_its_speed_without_noise(step: float) -> None:
    found = render_segment(Segment(2000, 20_000.0, step), Sound(sine(500)))[:, 0]
    places = 20_000.0 + step * np.arange(2000)
    assert np.abs(found - np.sin(2 * np.pi * 500 * places / RATE)).max() < 0.01


@pytest.mark.parametrize("step", [2.0, 4.0])
def test_what_would_fold_back_is_taken_out(step: float) -> None:
    found = render_segment(Segment(4000, 20_000.0, step), Sound(sine(16_000)))
    assert np.abs(found).max() < 0.01


def test_how_it_is_cut_up_changes_nothing() -> None:
    sound, step = Sound(sine(500)), 1.0884353741496597
    whole = render_segment(Segment(600, 1000.0, step), sound)
    parts = [render_segment(Segment(200, 1000.0 + at * step, step), sound) for at in (0, 200, 400)]
    assert np.abs(whole - np.concatenate(parts)).max() < 1e-6
