"""The sound tower's shape and invariances."""

from pathlib import Path

import numpy as np
import pytest
import soxr
import torch

from engine.diffusion.sound_tower import PIECE_SECONDS, SoundTower, log_mel


@pytest.fixture
def tower() -> SoundTower:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return SoundTower(widths=(8, 16, 16)).eval()


def noise(seconds: float) -> torch.Tensor:
    return 0.1 * torch.randn(2, int(16_000 * seconds), generator=torch.Generator().manual_seed(0))


def test_sounds_of_any_length_become_unit_vectors(tower: SoundTower) -> None:
    for seconds in (0.4, 1.0, 5.12):
        found = tower.encode(noise(seconds))
        assert found.shape == (2, 512)
        torch.testing.assert_close(found.norm(dim=-1), torch.ones(2))


def test_level_and_offset_do_not_matter(tower: SoundTower) -> None:
    torch.testing.assert_close(
        tower.encode(0.2 * noise(1) + 0.05), tower.encode(noise(1)), atol=1e-3, rtol=1e-3
    )


def test_a_saved_tower_hears_as_before(tower: SoundTower, tmp_path: Path) -> None:
    tower.save_pretrained(tmp_path, safe_serialization=True)
    torch.testing.assert_close(
        SoundTower.from_pretrained(tmp_path).eval().encode(noise(1)), tower.encode(noise(1))
    )


@pytest.mark.parametrize("rate", [22_050, 44_100, 48_000, 96_000])
def test_the_same_sound_looks_the_same_at_every_rate(rate: int) -> None:
    low = noise(1.5)
    high = torch.from_numpy(soxr.resample(low.numpy().T, 16_000, rate).T.copy())
    seen, wanted = log_mel(high, rate), log_mel(low)
    frames = min(seen.shape[1], wanted.shape[1])
    assert abs(seen.shape[1] - wanted.shape[1]) <= 1
    difference = (seen[:, 1 : frames - 2, :58] - wanted[:, 1 : frames - 2, :58]).abs()
    assert (
        difference.mean() < 0.02
    )  # below what resampling itself takes away; of a scale on which 20 dB are 1
    assert difference.quantile(0.99) < 0.1


def test_what_is_above_8_khz_is_not_folded_onto_what_is_below() -> None:
    time = torch.arange(48_000, dtype=torch.float64) / 48_000
    low, high = (torch.sin(2 * torch.pi * hertz * time).float() for hertz in (1_000, 17_000))
    torch.testing.assert_close(
        log_mel((low + high)[None], 48_000)[:, 2:-2], log_mel(low[None], 48_000)[:, 2:-2], atol=0.2, rtol=0
    )


def test_silence_and_the_shortest_sounds_are_heard_without_complaint(tower: SoundTower) -> None:
    for sound in (torch.zeros(1, 16_000), torch.zeros(1, 1), torch.full((1, 40), 0.5)):
        assert tower.encode(sound, 48_000).isfinite().all()


def test_a_long_sound_is_heard_in_pieces_the_loud_ones_counting_more(tower: SoundTower) -> None:
    rng = np.random.default_rng(0)
    length = int(PIECE_SECONDS * 16_000)
    loud = torch.from_numpy(rng.normal(0, 0.3, (1, length)).astype(np.float32))
    tone = 1e-4 * torch.sin(torch.arange(length) / 3)[None]
    both = tower.encode(torch.cat([tone, loud], dim=-1))
    torch.testing.assert_close(both, tower.encode(loud), atol=1e-3, rtol=0)
