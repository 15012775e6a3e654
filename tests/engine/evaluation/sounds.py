"""Ten made-up classes of sound that are quick to tell apart, in place of recordings."""

import numpy as np
from numpy.typing import NDArray

from engine.evaluation.clip_sets import CLASSES, RATE, SAMPLES, Clips


def made_up(each: int, seed: int, classes: int = len(CLASSES)) -> Clips:
    """``each`` clips of every class: steady, pulsing or rough, at its own pitch and pace."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(classes), each)
    return Clips(np.stack([_sound(int(label), rng) for label in labels]), labels.astype(np.int64))


def _sound(label: int, rng: np.random.Generator) -> NDArray[np.float32]:
    time = np.arange(SAMPLES) / RATE
    pitch = 150.0 * 1.45**label * rng.uniform(0.95, 1.05)
    tone = np.sin(2 * np.pi * pitch * time)
    beating = 0.5 + 0.5 * np.sin(2 * np.pi * (2 + label) * (time + rng.random()))
    noise = rng.standard_normal(SAMPLES)
    kind = (tone + 0.05 * noise, beating**8 * tone + 0.02 * noise, beating * (0.3 * noise + 0.5 * tone))
    return np.asarray(0.3 * rng.uniform(0.3, 1.0) * kind[label % 3], dtype=np.float32)
