"""Audio files: writes 24-bit WAV, reads anything libsndfile supports."""

import io
from pathlib import Path

import numpy as np

from engine.errors import BadInput
from engine.files import write_file
from engine.sound.mixing import Quantised
from engine.sound.waveform import Waveform


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
        BadInput: there is no such file, or it is not an audio file.
    """
    import soundfile

    if not path.is_file():
        raise BadInput(f"There is no file {path}.")
    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise BadInput(f"{path} is not a sound that can be read.") from error
    return np.ascontiguousarray(samples.T), int(rate)
