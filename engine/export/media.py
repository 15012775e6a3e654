"""Media files for interchange: copies of takes at one rate, in a folder beside the timeline files."""

from collections.abc import Sequence
from math import isfinite
from pathlib import Path

import numpy as np

from engine.export.file_names import ascii_name
from engine.export.interchange.model import MediaFile
from engine.files import staged_folder
from engine.progress import Progress, no_progress
from engine.scene.scene import Scene, TakeRecord
from engine.scene.takes import Waveform
from engine.sound.cache import TakeSource

MEDIA_FOLDER = "media"
_CEILING = 1.0 - 2.0**-23
"""The largest value that 24 bits can represent with both signs."""


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
    """Copy every take that a clip plays to ``folder/media/NN_name_takeK.wav``, 24-bit, complete or not at all.

    A copy that would clip is attenuated, and the amount is recorded (``MediaFile.lowered_db``).

    Args:
        scene: the scene with the clips.
        takes: source of the samples.
        folder: folder of the interchange files.
        rate: rate of the copies; None is the timeline's.
        home: final place of ``folder`` if it is a staging folder; the returned paths are there.
        overwrite: allow the media folder to have contents.
        progress: told of the files written.

    Returns:
        The file of each take, by digest.

    Raises:
        BadInput: the media folder has contents, or a take cannot be read.
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
    """Return the file name that ``write_media`` gives each take, by digest."""
    return {
        record.digest: f"{number:02d}_{ascii_name(record.name, 'take')}_take{record.number}.wav"
        for number, record in enumerate(_played(scene), 1)
    }


def _played(scene: Scene) -> Sequence[TakeRecord]:
    """Return the takes that clips play, in the scene's order."""
    played = {clip.take for track in scene.timeline.tracks for clip in track.clips}
    return [record for record in scene.takes if record.digest in played]


def _copy(sound: tuple[Waveform, int], path: Path, rate: int, final: Path) -> MediaFile:
    from engine.sound.audio_files import write_wav
    from engine.sound.mixing import quantised
    from engine.sound.resample import resample
    from engine.sound.waveform import to_db

    samples = resample(*sound, rate)
    peak = float(np.abs(samples).max(initial=0.0))
    over = peak / _CEILING if isfinite(peak) and peak > _CEILING else 1.0
    write_wav(path, quantised(samples / np.float32(over)), rate)
    return MediaFile(final, rate, samples.shape[0], samples.shape[1], lowered_db=to_db(over))
