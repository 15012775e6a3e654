"""Loudness and onsets of known sounds, and drawn ones as conditions."""

import pytest
import torch

from engine.diffusion.curves import (
    QUIETEST_DB,
    TakeCurves,
    loudness_of,
    onset_track,
    onsets_at,
    onsets_of,
    scaled_loudness,
)


def _clicks(seconds: tuple[float, ...], length: float = 2.0) -> torch.Tensor:
    """Bursts of noise that die away, on a very quiet ground."""
    generator = torch.Generator().manual_seed(1)
    out = 1e-4 * torch.randn(1, int(length * 16_000), generator=generator)
    burst = torch.randn(1, 1_600, generator=generator) * torch.exp(-torch.arange(1_600) / 300)
    for second in seconds:
        at = int(second * 16_000)
        out[:, at : at + 1_600] += 0.3 * burst
    return out


def test_onsets_are_found_where_bursts_begin() -> None:
    wanted = (0.25, 0.7, 1.4)
    found = torch.nonzero(onsets_of(_clicks(wanted))[0])[:, 0] / 100
    assert len(found) == 3
    assert torch.allclose(found, torch.tensor(wanted), atol=0.03)


def test_a_steady_noise_has_no_onsets() -> None:
    noise = torch.randn(1, 32_000, generator=torch.Generator().manual_seed(2))
    assert int(onsets_of(noise)[:, 5:].sum()) == 0


def test_loudness_is_relative_to_the_loudest_moment() -> None:
    tone = torch.sin(torch.arange(32_000) * 0.3)[None]
    tone[:, 16_000:] *= 0.1
    loudness = loudness_of(tone)
    assert loudness.shape == (1, 200)
    assert float(loudness.max()) == pytest.approx(0, abs=0.1)
    assert float(loudness[0, 150]) == pytest.approx(-20, abs=0.5)
    assert float(loudness_of(torch.zeros(1, 1_600)).min()) >= QUIETEST_DB


def test_an_onset_is_a_bump_of_three_frames() -> None:
    track = onset_track(onsets_at((0.05,), 12)[None])[0]
    assert track.tolist() == pytest.approx([0, 0, 0, 0, 0.4, 1, 0.4, 0, 0, 0, 0, 0])


def test_hits_outside_the_take_are_left_out() -> None:
    assert int(onsets_at((-0.1, 0.5, 9.0), 100).sum()) == 1


def test_a_drawn_curve_says_what_is_given_and_is_silent_after_its_end() -> None:
    only_hits = TakeCurves(hits=(0.1,)).condition(20)
    assert only_hits.shape == (4, 20)
    assert only_hits[2].sum() == 0 and bool((only_hits[3] == 1).all())
    drawn = TakeCurves(loudness=(0.0,) * 10).condition(20)
    assert drawn[0].tolist() == [1.0] * 10 + [-1.0] * 10
    assert bool((drawn[2] == 1).all()) and drawn[3].sum() == 0


def test_loudness_is_scaled_to_one_either_way() -> None:
    assert scaled_loudness(torch.tensor([-90.0, -60.0, -30.0, 0.0])).tolist() == [-1.0, -1.0, 0.0, 1.0]
