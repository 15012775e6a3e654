"""Loudness of a sound file of any length, measured block by block."""

from pathlib import Path

import numpy as np

from engine.errors import BadInput
from engine.progress import Progress, no_progress
from engine.sound.audio_files import open_sound
from engine.sound.bs1770 import LoudnessReport
from engine.sound.layout import ChannelLayout, layout_of
from engine.sound.meters import LoudnessMeter

BLOCK = 1 << 18
"""Samples of each channel read at a time."""


def measure_file(path: Path, progress: Progress | None = None) -> LoudnessReport:
    """Measure how loud a file is (ITU-R BS.1770-4, EBU Tech 3341 and 3342); memory stays flat however long it is.

    Args:
        path: any sound file that libsndfile reads.
        progress: told after every block; may cancel.

    Raises:
        BadInput: as ``open_sound``, or it has a number of channels that has no loudness.
        Failed: as ``open_sound``.
        Cancelled: within a block.
    """
    progress = progress or no_progress()
    with open_sound(path) as sound:
        meter = LoudnessMeter(sound.samplerate, _layout(path, sound.channels))
        for block in sound.blocks(BLOCK, dtype="float32", always_2d=True):
            if not np.isfinite(block).all():
                raise BadInput(f"{path} has samples that are not numbers: it is damaged.")
            meter.feed(np.ascontiguousarray(block.T))
            progress.report(sound.tell() / max(sound.frames, 1), "Measuring")
    return meter.report()


def _layout(path: Path, channels: int) -> ChannelLayout:
    try:
        return layout_of(channels)
    except BadInput as error:
        raise BadInput(f"{path} cannot be measured: {error}") from error
