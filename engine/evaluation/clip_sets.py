"""The clips that judges see: 5 s of 16 kHz mono each, with a class; and the ten ESC-10 classes as such."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
"""Samples per second of every judged clip."""

SECONDS = 5.0
"""Length of every judged clip."""

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
"""Concept id to the class of ESC-10 (Piczak 2015); their order is the order of the labels."""

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
        """The waveforms of one class: float32 (n, samples)."""
        return np.asarray(self.waveforms[self.labels == label])

    def mapped(self, change: Callable[[NDArray[np.float32]], NDArray[np.float32]]) -> "Clips":
        """The same clips with ``change`` applied to each waveform (samples,), then cut or padded to length."""
        return Clips(np.stack([fitted(change(wave)) for wave in self.waveforms]), self.labels)


def fitted(waveform: NDArray[np.float32]) -> NDArray[np.float32]:
    """The waveform (samples,) cut, or padded with silence, to the ``SAMPLES`` that judges see."""
    kept = np.asarray(waveform[:SAMPLES], dtype=np.float32)
    return np.pad(kept, (0, SAMPLES - len(kept)))


def joined(parts: Iterable[Clips]) -> Clips:
    """All clips of ``parts``, in order."""
    parts = list(parts)
    return Clips(
        np.concatenate([part.waveforms for part in parts]),
        np.concatenate([part.labels for part in parts]),
    )


def esc10_files(folder: Path, folds: Sequence[int]) -> list[tuple[Path, int]]:
    """The recordings of the folds asked for, with their labels, in a fixed order.

    Clips cut from one recording share a fold (the first digit of the name), so a split by fold is honest.
    """
    wanted = {str(fold) for fold in folds}
    return [
        (path, label)
        for label, name in enumerate(ESC10.values())
        for path in sorted((folder / name).glob("*.ogg"))
        if path.name[0] in wanted
    ]


def load_esc10(folder: Path, folds: Sequence[int]) -> Clips:
    """The recordings of ESC-10's ``folds`` as judges see them.

    Args:
        folder: holds one folder of ``.ogg`` files per class (``../shared/data/esc10``).
        folds: of 1 to 4.

    Raises:
        FileNotFoundError: there are none.
    """
    files = esc10_files(folder, folds)
    if not files:
        raise FileNotFoundError(f"No recordings of folds {list(folds)} in {folder}.")
    waveforms = [read_clip(path) for path, _ in files]
    return Clips(np.stack(waveforms), np.array([label for _, label in files], dtype=np.int64))


def read_clip(path: Path) -> NDArray[np.float32]:
    """A sound file as judges see it: (``SAMPLES``,), its channels averaged."""
    import soundfile
    import soxr

    waveform, rate = soundfile.read(path, dtype="float32", always_2d=True)
    mono = waveform.mean(axis=1)
    return fitted(np.asarray(soxr.resample(mono, rate, RATE), dtype=np.float32))
