"""The log-mel front end against what AudioLDM's front end is known to do."""

import numpy as np
import torch

from engine.diffusion.mel import FLOOR, HOP, SAMPLE_RATE, LogMel, frames_of, mel_weights, normalize_for_model


def _tone(hertz: float, seconds: float = 1.0) -> torch.Tensor:
    at = torch.arange(int(SAMPLE_RATE * seconds)) / SAMPLE_RATE
    return 0.5 * torch.sin(2 * torch.pi * hertz * at)[None]


def test_one_frame_every_ten_milliseconds_and_64_bands() -> None:
    assert LogMel()(_tone(440)).shape == (1, 100, 64)
    assert frames_of(5.0) == 500


def test_silence_is_the_floor() -> None:
    mel = LogMel()(torch.zeros(1, HOP * 20))
    assert torch.allclose(mel, torch.full_like(mel, float(np.log(FLOOR))))


def test_a_tone_is_loudest_in_the_band_round_it() -> None:
    weights = mel_weights()
    for hertz in (200.0, 1_000.0, 5_000.0):
        loudest = int(LogMel()(_tone(hertz)).mean(dim=1).argmax())
        assert weights[loudest, round(hertz / SAMPLE_RATE * 1024)] > 0


def test_doubling_the_amplitude_adds_log_two() -> None:
    tone = _tone(800)
    difference = LogMel()(tone)[0, 50].max() - LogMel()(tone / 2)[0, 50].max()
    assert abs(float(difference) - np.log(2)) < 1e-3


def test_the_filters_are_slaneys() -> None:
    # With Slaney's norm every triangle has the same area in hertz: about one per hertz of FFT spacing.
    area = mel_weights().sum(dim=1) * SAMPLE_RATE / 1024
    assert torch.allclose(area[20:], torch.ones(44), atol=0.05)


def test_normalising_removes_the_mean_and_sets_the_peak() -> None:
    out = normalize_for_model(_tone(300) * 0.01 + 0.2)
    assert abs(float(out.mean())) < 1e-6
    assert abs(float(out.abs().max()) - 0.5) < 1e-3
    assert float(normalize_for_model(torch.zeros(1, 100)).abs().max()) == 0.0
