"""Small made-up recordings and a source of examples, for the recipes' tests."""

from pathlib import Path

import numpy as np

from engine.training.augment import RATE, Wave
from engine.training.examples import ExampleSource
from engine.training.recordings import Recording


def tone(hertz: float, seconds: float, rng: np.random.Generator) -> Wave:
    """A decaying tone with a little noise."""
    at = np.arange(int(seconds * RATE)) / RATE
    wave = np.sin(2 * np.pi * hertz * at) * np.exp(-3 * at) + 0.01 * rng.standard_normal(len(at))
    return (0.4 * wave).astype(np.float32)


def toy_recordings() -> list[tuple[str, Recording]]:
    """Four recordings of two concepts: low bells and high ticks."""
    rng = np.random.default_rng(0)
    return [
        ("bell", Recording(f"bell-{n}", "foley/bell", 0, tone(220 + 30 * n, 1.5, rng))) for n in range(2)
    ] + [
        ("clock", Recording(f"tick-{n}", "foley/tick", 0, tone(2_000 + 300 * n, 0.1, rng))) for n in range(2)
    ]


def toy_source() -> ExampleSource:
    """Examples of bells and ticks."""
    return ExampleSource(toy_recordings())


def write_wav(path: Path, wave: Wave, rate: int = RATE) -> None:
    """A sound file for the readers."""
    import soundfile

    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, wave, rate)
