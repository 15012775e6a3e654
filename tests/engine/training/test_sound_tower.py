"""The sound tower's recipe at its toy setting."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.diffusion.text_tower import TextTower
from engine.models.concepts import load_concepts
from engine.models.resources import resource
from engine.progress import no_progress
from engine.training.loop import Schedule
from engine.training.recordings import RATE
from engine.training.sound_tower import SoundTowerConfig, masked, nothings, train_sound_tower
from engine.training.transformer_examples import Sound

KINDS = ("rain", "bell", "clock")


def toy_sound(concept: str, rng: np.random.Generator) -> np.ndarray:
    """Noise for rain, a decaying tone for a bell, clicks for a clock; 5.12 s."""
    time = np.arange(int(5.12 * RATE)) / RATE
    if concept == "rain":
        return rng.normal(0, 0.1, len(time)).astype(np.float32)
    if concept == "bell":
        tone = np.sin(2 * np.pi * rng.uniform(400, 700) * time) * np.exp(-time % 1.0 * 3)
        return (0.3 * tone).astype(np.float32)
    return (0.5 * ((time * rng.uniform(3, 5)) % 1.0 < 0.01)).astype(np.float32)


@pytest.fixture(scope="module")
def sounds() -> list[Sound]:
    rng = np.random.default_rng(0)
    rows = {concept.id: row for row, concept in enumerate(load_concepts())}
    return [
        Sound(np.round(toy_sound(kind, rng) * 32_767).clip(-32_768, 32_767).astype(np.int16), rows[kind], 1.0)
        for kind in KINDS
        for _ in range(6)
    ]


def test_the_loss_falls_and_sounds_find_their_words(sounds: list[Sound]) -> None:
    words = TextTower.from_pretrained(resource("models", "pocket", "text_encoder")).float().eval()
    tower, losses = train_sound_tower(sounds, load_concepts(), words, SoundTowerConfig.toy(), no_progress())
    assert np.mean(losses[-10:]) < 0.6 * np.mean(losses[:5])
    rng = np.random.default_rng(5)
    waves = torch.from_numpy(np.stack([toy_sound(kind, rng) for kind in KINDS]))
    near = tower.encode(waves) @ words.encode(["rain falling", "a bell ringing", "a clock ticking"]).T
    assert near.argmax(1).tolist() == [0, 1, 2]


def test_a_teacher_is_imitated_on_the_side(sounds: list[Sound]) -> None:
    words = TextTower.from_pretrained(resource("models", "pocket", "text_encoder")).float().eval()
    heard: list[tuple[int, ...]] = []

    def teacher(waveform: torch.Tensor) -> torch.Tensor:
        heard.append(tuple(waveform.shape))
        return waveform.square().mean(-1, keepdim=True) * torch.linspace(1, 2, 512)

    config = replace(SoundTowerConfig.toy(), schedule=Schedule(3, 1e-2, warmup_steps=1), taught=0.25)
    train_sound_tower(sounds, load_concepts(), words, config, no_progress(), teacher=teacher)
    assert len(heard) == 3
    assert all(shape[0] == config.batch // 4 for shape in heard)


def test_sounds_of_nothing_are_finite_and_masks_take_away() -> None:
    torch.manual_seed(0)
    assert nothings(16, 8_000, "cpu").isfinite().all()
    mel = torch.zeros(16, 50, 64)
    mel[:, 0, 0] = -4
    assert 0.5 < float((masked(mel) == 0).float().mean()) < 1
