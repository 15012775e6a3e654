"""Recognition of sounds: their concepts, and how well they fit a condition.

Texts, objects and sounds share one embedding space, so a take is compared with its condition by one product
of vectors.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.models.concepts import Concept
from engine.progress import Progress, no_progress
from engine.sound.audio_files import open_sound

if TYPE_CHECKING:
    from torch import Tensor

SURE = 0.5
"""A concept with at least this score is considered recognized."""
SILENT = 1e-4
"""A sound whose peak amplitude is below this counts as silent."""
MOST_SECONDS = 600.0
"""Longer files are processed up to here."""


def is_silent(samples: NDArray[np.float32]) -> bool:
    """Return whether a sound has no samples, or none that is heard."""
    return not samples.size or float(np.abs(samples).max()) < SILENT


class SoundEncoder(Protocol):
    """Protocol of ``engine.diffusion.sound_tower.SoundTower``."""

    def encode(self, waveforms: "Tensor", rate: int) -> "Tensor":
        """Return embeddings (B, L), unit length."""

    def scores(self, found: "Tensor", words: "Tensor") -> "Tensor":
        """Return probabilities (B, N), summing to 1."""


class TextEncoder(Protocol):
    """Protocol of ``engine.diffusion.text_tower.TextTower``."""

    def encode(self, texts: Sequence[str]) -> "Tensor":
        """Return embeddings (B, L), unit length."""


@dataclass(frozen=True)
class HeardConcept:
    """A concept that a sound may be of, with its probability, 0 to 1."""

    concept: Concept
    score: float


@dataclass(frozen=True)
class Heard:
    """The result of recognizing a sound.

    Attributes:
        concepts: most likely first; their scores sum to at most 1, the rest is "not in the table".
        is_silent: whether the sound is silent.
    """

    concepts: tuple[HeardConcept, ...]
    is_silent: bool = False

    @property
    def best(self) -> HeardConcept | None:
        """The most likely concept if it is likely enough; else None."""
        first = self.concepts[0] if self.concepts else None
        return first if first is not None and first.score >= SURE else None

    @property
    def name(self) -> str | None:
        """A name for the sound, or None if the recognition is uncertain."""
        return None if self.best is None else self.best.concept.name

    @property
    def ucs(self) -> str | None:
        """CatID for the sound in the Universal Category System, or None if the recognition is uncertain."""
        return None if self.best is None else self.best.concept.ucs


class Listener:
    """Recognizes sounds.

    Args:
        encoder: the sound tower.
        concepts: the concept table.
        words: unit vectors of the concepts' names and, last, of the empty text: (concepts + 1, L).
        text: encodes texts into the same space; None knows only the concepts.
        fingerprint: identifier of the encoder's weights; equal fingerprints give equal vectors.
        shares_conditions: whether the conditions of the model's objects lie in the same space.
    """

    def __init__(
        self,
        encoder: SoundEncoder,
        concepts: Sequence[Concept],
        words: "Tensor",
        text: TextEncoder | None = None,
        *,
        fingerprint: str = "",
        shares_conditions: bool = True,
    ) -> None:
        self._encoder, self.concepts, self._words, self._text = encoder, tuple(concepts), words, text
        self.fingerprint, self.shares_conditions = fingerprint, shares_conditions

    def embed_text(self, text: str) -> NDArray[np.float32]:
        """Return the unit vector (L,) of a text."""
        import torch

        if self._text is None:
            raise RuntimeError("this listener has no text encoder")
        with torch.inference_mode():
            found = torch.nn.functional.normalize(self._text.encode([text])[0].float(), dim=-1)
        return np.asarray(found.cpu().numpy(), np.float32)

    def embed(self, samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
        """Return unit vectors (B, L) of mono sounds, float32 (B, samples)."""
        import torch

        with torch.inference_mode():
            found = self._encoder.encode(torch.from_numpy(np.ascontiguousarray(samples, np.float32)), rate)
        return np.asarray(found.float().cpu().numpy(), np.float32)

    def hear(self, samples: NDArray[np.float32], rate: int, count: int = 5) -> Heard:
        """Recognize a sound.

        Args:
            samples: float32 (samples,) or (channels, samples).
            rate: sample rate in Hz, 8000 or more.
            count: the number of concepts.
        """
        mono = np.atleast_2d(samples).mean(axis=0)
        if is_silent(mono):
            return Heard((), is_silent=True)
        scores = self.scores(mono[None], rate)[0]
        order = np.argsort(-scores)[:count]
        return Heard(tuple(HeardConcept(self.concepts[at], float(scores[at])) for at in order))

    def scores(self, samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
        """Return the probability of each concept: (B, concepts) of float32 (B, samples)."""
        import torch

        with torch.inference_mode():
            found = self._encoder.encode(torch.from_numpy(np.ascontiguousarray(samples, np.float32)), rate)
            scores = self._encoder.scores(found, self._words)[:, : len(self.concepts)]
        return np.asarray(scores.float().cpu().numpy(), np.float32)

    def fits(self, samples: NDArray[np.float32], rate: int, condition: "Tensor") -> NDArray[np.float32]:
        """Return how well sounds fit a condition, cosines -1 to 1: (B,) of float32 (B, samples) and (L,)."""
        import torch

        with torch.inference_mode():
            found = self._encoder.encode(torch.from_numpy(np.ascontiguousarray(samples, np.float32)), rate)
            fits = found.float().cpu() @ torch.nn.functional.normalize(condition.float().cpu(), dim=-1)
        return np.asarray(fits.numpy(), np.float32)


def hear_file(listener: Listener, path: Path, count: int = 5, progress: Progress | None = None) -> Heard:
    """Recognize an audio file from its first ``MOST_SECONDS``.

    Raises:
        BadInput: there is no such file, or it is not an audio file.
        Cancelled: before the file was processed.
    """
    progress = progress or no_progress()
    progress.report(0.0, "Reading")
    samples, rate = read_sound(path)
    progress.report(0.5, "Listening")
    heard = listener.hear(samples, rate, count)
    progress.report(1.0, "Heard")
    return heard


def read_sound(path: Path) -> tuple[NDArray[np.float32], int]:
    """Read the first ``MOST_SECONDS`` of an audio file: float32 (channels, samples), and the rate in Hz.

    Raises:
        BadInput: there is no such file, or it is not an audio file.
    """
    with open_sound(path) as sound:
        rate = int(sound.samplerate)
        samples: Any = sound.read(int(MOST_SECONDS * rate), dtype="float32", always_2d=True)
    return np.ascontiguousarray(np.nan_to_num(samples).T, np.float32), rate
