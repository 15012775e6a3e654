"""The sounds that interchange files refer to: copies of takes, at one rate, in a folder that travels with them."""

from collections.abc import Callable, Sequence
from math import isfinite
from pathlib import Path

import numpy as np

from engine.export.file_names import ascii_name
from engine.export.interchange.model import MediaFile
from engine.files import staged_folder
from engine.progress import Progress, no_progress
from engine.scene.scene import Scene, TakeRecord
from engine.scene.takes import Waveform

MEDIA_FOLDER = "media"
_CEILING = 1.0 - 2.0**-23
"""The greatest value that 24 bits hold on both sides."""

TakeSource = Callable[[str], tuple[Waveform, int]]
"""Digest of a take -> its samples, float32 (channels, samples), and their rate."""


def write_media(
    scene: Scene,
    takes: TakeSource,
    folder: Path,
    *,
    rate: int | None = None,
    home: Path | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> dict[str, MediaFile]:
    """Copies every take that a clip plays to ``folder/media/NN_name_takeK.wav``, 24-bit, whole or not at all.

    A copy that would clip is lowered until it does not, and says so (``MediaFile.lowered_db``).

    Args:
        scene: whose clips.
        takes: where the samples are.
        folder: which the interchange files are written to as well.
        rate: of the copies; None is the timeline's.
        home: where ``folder`` will be moved to afterwards, if it is a staging place; the paths told are there.
        overwrite: lets the media folder hold something already.

    Returns:
        The file of each take, by its digest.

    Raises:
        BadInput: the media folder holds something, or a take cannot be read.
        Failed: it cannot be written; nothing is left behind.
        Cancelled: nothing is left behind.
    """
    progress, rate = progress or no_progress(), rate or scene.timeline.rate
    records = _played(scene)
    need = sum(record.length_at(rate) * record.channels * 3 + 1024 for record in records)
    final, names = (home or folder).absolute() / MEDIA_FOLDER, media_names(scene)
    files = {}
    with staged_folder(folder / MEDIA_FOLDER, overwrite=overwrite, need_bytes=need) as staging:
        for number, record in enumerate(records, 1):
            progress.report((number - 1) / len(records), "Copying takes")
            name = names[record.digest]
            files[record.digest] = _copy(takes(record.digest), staging / name, rate, final / name)
        progress.raise_if_cancelled()
    return files


def media_names(scene: Scene) -> dict[str, str]:
    """What ``write_media`` will call the file of each take, by its digest."""
    return {
        record.digest: f"{number:02d}_{ascii_name(record.name, 'take')}_take{record.number}.wav"
        for number, record in enumerate(_played(scene), 1)
    }


def _played(scene: Scene) -> Sequence[TakeRecord]:
    """The takes that clips play, in the order of the scene's takes."""
    played = {clip.take for track in scene.timeline.tracks for clip in track.clips}
    return [record for record in scene.takes if record.digest in played]


def _copy(sound: tuple[Waveform, int], path: Path, rate: int, final: Path) -> MediaFile:
    from engine.sound.files import write_wav
    from engine.sound.mixing import quantised
    from engine.sound.resample import resample
    from engine.sound.waveform import to_db

    samples = resample(*sound, rate)
    peak = float(np.abs(samples).max(initial=0.0))
    over = peak / _CEILING if isfinite(peak) and peak > _CEILING else 1.0
    write_wav(path, quantised(samples / np.float32(over)), rate)
    return MediaFile(final, rate, samples.shape[0], samples.shape[1], lowered_db=to_db(over))
