"""The sound tower's recipe at its toy setting."""

import numpy as np
import pytest
import torch

from engine.diffusion.text_tower import TextTower
from engine.models.concepts import load_concepts
from engine.models.resources import resource
from engine.progress import no_progress
from engine.training.examples import ExampleSource
from engine.training.recordings import RATE, Recording
from engine.training.sound_tower import SoundTowerConfig, train_sound_tower

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
def source() -> ExampleSource:
    rng = np.random.default_rng(0)
    return ExampleSource(
        [
            (kind, Recording(f"{kind}{n}", f"toy/{kind}", 0, toy_sound(kind, rng)))
            for kind in KINDS
            for n in range(6)
        ]
    )


def test_the_loss_falls_and_sounds_find_their_words(source: ExampleSource) -> None:
    words = TextTower.from_pretrained(resource("models", "pocket", "text_encoder")).float().eval()
    tower, losses = train_sound_tower(source, load_concepts(), words, SoundTowerConfig.toy(), no_progress())
    assert np.mean(losses[-10:]) < 0.6 * np.mean(losses[:5])
    rng = np.random.default_rng(5)
    waves = torch.from_numpy(np.stack([toy_sound(kind, rng) for kind in KINDS]))
    near = tower.encode(waves) @ words.encode(["rain falling", "a bell ringing", "a clock ticking"]).T
    assert near.argmax(1).tolist() == [0, 1, 2]
