"""Sound files of tones, and an embedder of them that needs no model."""

from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from engine.library.indexer import Indexer, UpdateReport
from engine.library.library import Library

RATE = 16_000
PITCHES = {"low": 110.0, "middle": 440.0, "high": 1_760.0, "shrill": 5_000.0}


TURN = np.linalg.qr(np.random.default_rng(0).standard_normal((512, 512)))[0]


class BandEmbedder:
    """Embeds a sound by its spectrum in 512 bands: equal pitches lie near one another."""

    def __init__(self, fingerprint: str = "bands-1") -> None:
        self.fingerprint = fingerprint
        self.embedded = 0

    def embed(self, samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
        self.embedded += len(samples)
        spectrum = np.abs(np.fft.rfft(samples[:, : rate // 2], n=16_384, axis=1))[:, :8_192]
        bands = spectrum.reshape(len(samples), 512, 16).sum(axis=2) + 1e-9
        # Turned, so that all entries are small, as those of the sound encoder are.
        return np.asarray(bands / np.linalg.norm(bands, axis=1, keepdims=True) @ TURN, np.float32)


def tone(hertz: float, seconds: float = 1.0, level: float = 0.3, rate: int = RATE) -> NDArray[np.float32]:
    """A sine with a little noise, so that no two are the same."""
    moments = np.arange(round(seconds * rate)) / rate
    noise = np.random.default_rng(round(hertz * 7 + seconds * 13)).standard_normal(len(moments))
    return (level * np.sin(2 * np.pi * hertz * moments) + 0.002 * noise).astype(np.float32)


def write_tone(path: Path, hertz: float, seconds: float = 1.0, level: float = 0.3, rate: int = RATE) -> Path:
    """Write a tone as a sound file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, tone(hertz, seconds, level, rate), rate)
    return path


def updated(library: Library, embedder: BandEmbedder | None = None) -> UpdateReport:
    """Update a library."""
    return Indexer(library, embedder or BandEmbedder(), threads=2).update()
