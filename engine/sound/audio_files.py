"""Audio files: writes 24-bit WAV, reads anything libsndfile supports."""

import contextlib
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.errors import BadInput, Failed
from engine.files import write_file
from engine.inputs import open_input
from engine.scene.limits import LEAST_RATE, MOST_CHANNELS, MOST_RATE
from engine.sound.mixing import Quantised
from engine.sound.waveform import Waveform

if TYPE_CHECKING:
    import soundfile


def wav_bytes(steps: Quantised, rate: int) -> bytes:
    """Return a 24-bit PCM WAV file of (channels, samples) 24-bit steps."""
    import soundfile

    # libsndfile takes the upper 24 of 32 bits.
    buffer = io.BytesIO()
    soundfile.write(buffer, np.left_shift(steps, 8).T, rate, format="WAV", subtype="PCM_24")
    return buffer.getvalue()


def write_wav(path: Path, steps: Quantised, rate: int) -> None:
    """Write a 24-bit WAV file, complete or not at all.

    Raises:
        Failed: the disk is full or the place cannot be written.
    """
    write_file(path, wav_bytes(steps, rate))


def read_wav(path: Path) -> tuple[Waveform, int]:
    """Read samples, float32 (channels, samples), full scale 1.0, and their rate.

    Raises:
        BadInput: as ``open_sound``.
        Failed: as ``open_sound``.
    """
    with open_sound(path) as sound:
        samples = sound.read(dtype="float32", always_2d=True)
        return np.ascontiguousarray(samples.T), int(sound.samplerate)


@contextlib.contextmanager
def open_sound(path: Path) -> Iterator["soundfile.SoundFile"]:
    """Open a sound file of any format that libsndfile reads; the block may read it.

    Raises:
        BadInput: there is no such file, it is not an audio file, it is damaged, or its rate or number of channels
            is none that a sound has.
        Failed: it cannot be read now, or there is not enough memory.
    """
    import soundfile

    with open_input(path, "sound file") as file:
        try:
            # By its number: a name that is not UTF-8 could not be handed over.
            with soundfile.SoundFile(file.fileno(), closefd=False) as sound:
                _check_form(path, sound.samplerate, sound.channels)
                yield sound
        except (soundfile.SoundFileError, ValueError, TypeError) as error:
            raise BadInput(f"{path} is not a sound that can be read.") from error
        except MemoryError:
            raise Failed(f"There is not enough memory to read {path}.") from None


def library_name(path: Path) -> str | bytes:
    """Return a path as libsndfile takes it, also if its name is not UTF-8."""
    return str(path) if os.name == "nt" else os.fsencode(path)


def _check_form(path: Path, rate: int, channels: int) -> None:
    if not LEAST_RATE <= rate <= MOST_RATE:
        raise BadInput(
            f"{path} claims {rate} samples a second; {LEAST_RATE} to {MOST_RATE} can be worked with."
        )
    if not 1 <= channels <= MOST_CHANNELS:
        raise BadInput(f"{path} claims {channels} channels; 1 to {MOST_CHANNELS} can be worked with.")
