"""Audio clips for the judges, 5 s of 16 kHz mono each with a class, and the ten ESC-10 classes in this form."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
"""Samples per second of every clip."""

SECONDS = 5.0
"""Duration of every clip."""

SAMPLES = int(RATE * SECONDS)

ESC10 = {
    "dog": "dog_bark",
    "rooster": "rooster",
    "rain": "rain",
    "sea": "sea_waves",
    "fire": "fire_crackling",
    "baby": "baby_cry",
    "sneeze": "person_sneeze",
    "clock": "clock_tick",
    "helicopter": "helicopter",
    "chainsaw": "chainsaw",
}
"""ESC-10 class (Piczak 2015) of each concept id; the order is that of the labels."""

CLASSES = tuple(ESC10)


@dataclass(frozen=True, eq=False)
class Clips:
    """Sounds of known classes.

    Attributes:
        waveforms: float32 (N, ``SAMPLES``), full scale 1, ``RATE`` samples per second.
        labels: int64 (N,), indices into ``CLASSES``.
    """

    waveforms: NDArray[np.float32]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)

    def of(self, label: int) -> NDArray[np.float32]:
        """Return the waveforms of one class: float32 (n, samples)."""
        return np.asarray(self.waveforms[self.labels == label])

    def mapped(self, change: Callable[[NDArray[np.float32]], NDArray[np.float32]]) -> "Clips":
        """Apply ``change`` to each waveform (samples,), then cut or pad it to length."""
        return Clips(np.stack([fitted(change(wave)) for wave in self.waveforms]), self.labels)


def fitted(waveform: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cut the waveform (samples,), or pad it with silence, to ``SAMPLES``."""
    kept = np.asarray(waveform[:SAMPLES], dtype=np.float32)
    return np.pad(kept, (0, SAMPLES - len(kept)))


def joined(parts: Iterable[Clips]) -> Clips:
    """Concatenate clips."""
    parts = list(parts)
    return Clips(
        np.concatenate([part.waveforms for part in parts]),
        np.concatenate([part.labels for part in parts]),
    )


def esc10_files(folder: Path, folds: Sequence[int]) -> list[tuple[Path, int]]:
    """List the recordings of the given folds with their labels, in a fixed order.

    Clips of one recording are in the same fold (the first digit of the name), so a split by fold is fair.
    """
    wanted = {str(fold) for fold in folds}
    return [
        (path, label)
        for label, name in enumerate(ESC10.values())
        for path in sorted((folder / name).glob("*.ogg"))
        if path.name[0] in wanted
    ]


def load_esc10(folder: Path, folds: Sequence[int]) -> Clips:
    """Load ESC-10's ``folds`` as clips.

    Args:
        folder: contains one folder of ``.ogg`` files per class.
        folds: folds from 1 to 4.

    Raises:
        FileNotFoundError: there are no such files.
    """
    files = esc10_files(folder, folds)
    if not files:
        raise FileNotFoundError(f"No recordings of folds {list(folds)} in {folder}.")
    waveforms = [read_clip(path) for path, _ in files]
    return Clips(np.stack(waveforms), np.array([label for _, label in files], dtype=np.int64))


def read_clip(path: Path) -> NDArray[np.float32]:
    """Read an audio file as a clip: (``SAMPLES``,), channels averaged."""
    import soundfile
    import soxr

    waveform, rate = soundfile.read(path, dtype="float32", always_2d=True)
    mono = waveform.mean(axis=1)
    return fitted(np.asarray(soxr.resample(mono, rate, RATE), dtype=np.float32))
