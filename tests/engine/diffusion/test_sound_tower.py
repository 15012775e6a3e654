"""The sound tower's shape and invariances."""

from pathlib import Path

import pytest
import torch

from engine.diffusion.sound_tower import SoundTower


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
