"""A pack of clips for a training machine: each clip compressed, with its concept and weight.

One zip of Ogg files at 16 kHz and an index. Held-out clips go into a pack of their own.
"""

import io
import json
import os
import zipfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from engine.progress import Progress, no_progress
from engine.training.augment import RATE, trimmed
from engine.training.recordings import RecordingClip, read_mono

Wave = NDArray[np.float32]
LONGEST_SECONDS = 12.0


@dataclass(frozen=True)
class PackedClip:
    """The index entry of one clip.

    Attributes:
        name: file name of the clip in its collection.
        concept: id of its concept.
        group: the recording it was cut from.
        weight: sampling weight, 1 for a good clip.
    """

    name: str
    concept: str
    group: str
    weight: float = 1.0


def write_sound_pack(
    path: Path, clips: Sequence[RecordingClip], kilobits: float = 28.0, progress: Progress | None = None
) -> None:
    """Write clips into one zip, without silence at their ends, cropped to ``LONGEST_SECONDS``."""
    progress = progress or no_progress()
    index = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as pack:
        for number, clip in enumerate(clips):
            progress.report(number / len(clips), clip.path.name)
            waveform = trimmed(read_mono(clip.path))[: int(LONGEST_SECONDS * RATE)]
            pack.writestr(f"{number:05d}.ogg", _encoded(waveform, kilobits))
            index.append(asdict(PackedClip(clip.path.name, clip.concept, clip.group, clip.weight)))
        pack.writestr("index.json", json.dumps(index))


def read_sound_pack(path: Path) -> list[tuple[PackedClip, Wave]]:
    """Read what ``write_sound_pack`` wrote: each clip with its waveform, float32 at 16 kHz."""
    with zipfile.ZipFile(path) as pack:
        index = [PackedClip(**entry) for entry in json.loads(pack.read("index.json"))]
        sounds = [pack.read(f"{number:05d}.ogg") for number in range(len(index))]
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        return list(zip(index, pool.map(_decoded, sounds), strict=True))


def _encoded(waveform: Wave, kilobits: float) -> bytes:
    """Encode as Ogg Opus of about ``kilobits`` per second; libsndfile maps 6..256 kbit/s to a level of 1..0."""
    buffer = io.BytesIO()
    peak = max(float(np.abs(waveform).max()), 1e-4)
    level = 1.0 - (kilobits - 6.0) / 250.0
    soundfile.write(
        buffer, waveform * (0.9 / peak), RATE, format="OGG", subtype="OPUS", compression_level=level
    )
    return buffer.getvalue()


def _decoded(sound: bytes) -> Wave:
    return np.asarray(soundfile.read(io.BytesIO(sound), dtype="float32")[0], dtype=np.float32)
