"""Measuring a sound file of any length, block by block."""

from pathlib import Path

import numpy as np

from engine.errors import BadInput
from engine.progress import Progress, no_progress
from engine.sound.bs1770 import LoudnessReport
from engine.sound.meters import LoudnessMeter

BLOCK = 1 << 18
METERED_CHANNELS = (1, 2, 5, 6)


def measure_file(path: Path, progress: Progress | None = None) -> LoudnessReport:
    """How loud a file is (ITU-R BS.1770-4, EBU Tech 3341 and 3342); memory stays flat however long it is.

    Raises:
        BadInput: there is no such file, it is no sound, or it has a number of channels that has no loudness.
        Cancelled: within a block.
    """
    import soundfile

    progress = progress or no_progress()
    if not path.is_file():
        raise BadInput(f"There is no file {path}.")
    try:
        with soundfile.SoundFile(path) as sound:
            _check_channels(path, sound.channels)
            meter = LoudnessMeter(sound.samplerate, sound.channels)
            for block in sound.blocks(BLOCK, dtype="float32", always_2d=True):
                if not np.isfinite(block).all():
                    raise BadInput(f"{path} has samples that are no numbers: it is damaged.")
                meter.feed(np.ascontiguousarray(block.T))
                progress.report(sound.tell() / max(sound.frames, 1), "Measuring")
    except soundfile.SoundFileError as error:
        raise BadInput(f"{path} is not a sound that can be read.") from error
    return meter.report()


def _check_channels(path: Path, channels: int) -> None:
    if channels not in METERED_CHANNELS:
        raise BadInput(f"{path} has {channels} channels; loudness is defined for 1, 2, 5 or 6.")
