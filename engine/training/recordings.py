"""Real recordings for training: from the shared folder, or from a small pack that travels to a GPU.

Folds keep clips of one recording together. ``TRAINING_FOLDS`` may be learnt from; ``JUDGING_FOLD`` never is,
so that every figure in the model card is on sounds the model has not heard.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

RATE = 16_000
TRAINING_FOLDS = (1, 2, 3)
JUDGING_FOLD = 4


@dataclass(frozen=True)
class Recording:
    """One real recording, mono at 16 kHz.

    ``group`` is the collection and class ('esc10/dog_bark') or the collection and file stem ('foley/rooster').
    ``fold`` is 0 where the collection has no folds.
    """

    name: str
    group: str
    fold: int
    waveform: NDArray[np.float32]


def read_mono(source: Path | io.BytesIO) -> NDArray[np.float32]:
    """Read any sound file as mono float32 at 16 kHz."""
    samples, rate = soundfile.read(source, dtype="float32", always_2d=True)
    mono = samples.mean(axis=1)
    return np.asarray(soxr.resample(mono, rate, RATE, quality="HQ"), dtype=np.float32)


def read_recordings(shared: Path, folds: Iterable[int] = TRAINING_FOLDS) -> list[Recording]:
    """All ESC-10 recordings of ``folds`` and all foley recordings under ``shared/data``, by name."""
    wanted = set(folds)
    found = []
    for path in sorted((shared / "data" / "esc10").glob("*/*.ogg")):
        fold = int(path.name[0])
        if fold in wanted:
            found.append(Recording(path.stem, f"esc10/{path.parent.name}", fold, read_mono(path)))
    for path in sorted((shared / "data" / "foley").glob("*.ogg")):
        found.append(Recording(path.stem, f"foley/{path.stem}", 0, read_mono(path)))
    return found


def write_pack(path: Path, recordings: Sequence[Recording], quality: float = 0.5) -> None:
    """Write recordings as Ogg Vorbis at 16 kHz in one zip, about 10 MiB for all of the shared data."""
    index = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as pack:
        for number, recording in enumerate(recordings):
            buffer = io.BytesIO()
            soundfile.write(
                buffer,
                recording.waveform,
                RATE,
                format="OGG",
                subtype="VORBIS",
                compression_level=1.0 - quality,
            )
            pack.writestr(f"{number:05d}.ogg", buffer.getvalue())
            index.append([recording.name, recording.group, recording.fold])
        pack.writestr("index.json", json.dumps(index))


def read_pack(path: Path) -> list[Recording]:
    """Read what ``write_pack`` wrote."""
    with zipfile.ZipFile(path) as pack:
        index = json.loads(pack.read("index.json"))
        return [
            Recording(name, group, fold, read_mono(io.BytesIO(pack.read(f"{number:05d}.ogg"))))
            for number, (name, group, fold) in enumerate(index)
        ]
