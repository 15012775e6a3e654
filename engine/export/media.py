"""Media files for interchange: copies of takes at one rate, in a folder beside the timeline files."""

from collections.abc import Sequence
from math import isfinite
from pathlib import Path

import numpy as np

from engine.export.file_names import ascii_name, take_name
from engine.export.interchange.model import MediaFile
from engine.export.ucs import UcsBlocks
from engine.files import staged_folder
from engine.progress import Progress, no_progress
from engine.scene.scene import Scene
from engine.scene.take_version import TakeVersion, read_version_key
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
    keys: Sequence[str] | None = None,
    rate: int | None = None,
    home: Path | None = None,
    blocks: UcsBlocks | None = None,
    progress: Progress | None = None,
) -> dict[str, MediaFile]:
    """Copy every take that clips play to ``folder/media/NN_name_takeK.wav``, 24-bit, complete or not at all.

    A copy that would clip is attenuated, and the amount is recorded (``MediaFile.lowered_db``).

    Args:
        scene: the scene with the clips.
        takes: source of the samples.
        keys: the versions of takes to copy; None copies those that the clips play.
        folder: folder of the interchange files.
        rate: rate of the copies; None is the timeline's.
        home: final place of ``folder`` if it is a staging folder; the returned paths are there.
        blocks: blocks of UCS names, which the files then get; None gives numbered names.
        progress: told of the files written.

    Returns:
        The file of each version of a take, by its key.

    Raises:
        BadInput: the media folder has contents, or a take cannot be read.
        Failed: it cannot be written; nothing is left behind.
        Cancelled: nothing is left behind.
    """
    progress, rate = progress or no_progress(), rate or scene.timeline.rate
    names = media_names(scene, keys, blocks)
    need = sum(_bytes(scene, key, rate) for key in names)
    final = (home or folder).absolute() / MEDIA_FOLDER
    files = {}
    with staged_folder(folder / MEDIA_FOLDER, need_bytes=need) as staging:
        for number, (key, name) in enumerate(names.items()):
            progress.report(number / len(names), "Copying takes")
            files[key] = _copy(takes(key), staging / name, rate, final / name)
        progress.raise_if_cancelled()
    return files


def media_names(
    scene: Scene, keys: Sequence[str] | None = None, blocks: UcsBlocks | None = None
) -> dict[str, str]:
    """Return the file name that ``write_media`` gives each version of a take, by its key, in the scene's order."""
    if keys is None:
        keys = tuple({clip.sound for track in scene.timeline.tracks for clip in track.clips})
    versions = sorted((read_version_key(key), key) for key in keys)
    named, number = {}, 0
    for record in scene.takes:
        for version, key in versions:
            if version.take == record.digest:
                number += 1
                name = ascii_name(record.name, "take")
                if blocks is None:
                    named[key] = f"{number:02d}_{name}_take{record.number}{_said(version)}.wav"
                else:
                    ending = f" take {record.number}{_spoken(version)}"
                    named[key] = take_name(scene, record, ending, blocks, set(named.values())) + ".wav"
    return named


def _said(version: TakeVersion) -> str:
    """Return what is changed in a version, as a part of a file name."""
    said = ["_reversed"] if version.reverse else []
    if version.speed != 1.0:
        said.append(f"_{version.speed:.6g}x")
    if version.pitch:
        said.append(f"_{version.pitch:+.6g}st")
    return "".join(said)


def _spoken(version: TakeVersion) -> str:
    """Return what is changed in a version, in words that may stand in a UCS name."""
    said = " reversed" if version.reverse else ""
    if version.speed != 1.0:
        said += f" speed {version.speed * 100:.0f}"
    if version.pitch:
        said += f" {'up' if version.pitch > 0 else 'down'} {abs(version.pitch) * 100:.0f}"
    return said


def _bytes(scene: Scene, key: str, rate: int) -> int:
    """Return about how large a copy will be."""
    version = read_version_key(key)
    record = scene.take(version.take)
    return 0 if record is None else record.length_at(rate, version.speed) * record.channels * 3 + 1024


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
