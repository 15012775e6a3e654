"""Speed and pitch of sounds, each without the other, by Signalsmith Stretch.

The library holds Python's lock while it works, 20 ms for each second of a stereo sound: a window would stand still.
Longer sounds are therefore stretched by a process of their own (``engine.sound.stretch_process``).
"""

import struct
import subprocess
import sys

import numpy as np

from engine.errors import Failed
from engine.scene.take_version import version_length
from engine.sound.waveform import Waveform

INLINE_SAMPLES = 24_000
"""Values up to which a sound is stretched in this process: 10 ms at most."""

HEADER = struct.Struct("<iiiiff")
"""Channels, samples, rate, wanted samples, speed, semitones."""

SEED = 1
"""The library spreads phases by chance; with one seed a version is the same every time."""

TIMEOUT_SECONDS = 600.0
MISSING = (
    "Speed and pitch of a clip need python-stretch, which is not installed: run `pip install python-stretch`. "
    "Everything else works."
)


def stretch(samples: Waveform, rate: int, speed: float, semitones: float) -> Waveform:
    """Return a sound at another speed and pitch, float32 (channels, ``version_length(samples, speed)``).

    Args:
        samples: float32 (channels, samples).
        rate: samples per second.
        speed: 0.25 to 4; 2 is twice as fast at the same pitch.
        semitones: -24 to 24, at the same speed.

    Raises:
        Failed: the library is not installed, or the process that stretches has died.
    """
    if samples.size <= INLINE_SAMPLES:
        return stretch_here(samples, rate, speed, semitones)
    channels, length = samples.shape
    wanted = version_length(length, speed)
    header = HEADER.pack(channels, length, rate, wanted, speed, semitones)
    data = _in_process(header + np.ascontiguousarray(samples, "<f4").tobytes())
    if len(data) != 4 * channels * wanted:
        raise Failed("The sound could not be stretched: the process that does it gave no result.")
    return np.frombuffer(data, "<f4").reshape(channels, wanted).astype(np.float32)


def stretch_here(samples: Waveform, rate: int, speed: float, semitones: float) -> Waveform:
    """Return what ``stretch`` returns, made in this process whatever its length.

    Raises:
        Failed: the library is not installed.
    """
    try:
        from python_stretch import Signalsmith
    except ImportError as error:
        raise Failed(MISSING) from error
    wanted = version_length(samples.shape[1], speed)
    changed = np.zeros((len(samples), wanted), np.float32)
    # The library takes one channel or two; two of a pair stay in phase.
    for first in range(0, len(samples), 2):
        # The library refuses read-only arrays.
        pair = np.array(samples[first : first + 2], np.float32, order="C")
        stretcher = Signalsmith.Stretch(SEED)
        stretcher.preset(len(pair), float(rate))
        stretcher.setTimeFactor(speed)
        stretcher.setTransposeSemitones(semitones)
        made = np.asarray(stretcher.process(pair))[:, :wanted]
        changed[first : first + 2, : made.shape[1]] = made
    return changed


def _in_process(data: bytes) -> bytes:
    window = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    command = [sys.executable, "-m", "engine.sound.stretch_process"]
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command,
            input=data,
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
            creationflags=window,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise Failed("The sound could not be stretched: no process could be started for it.") from error
    if done.returncode:
        raise Failed(_said(done.stderr.decode("utf-8", "replace")))
    return done.stdout


def _said(stderr: str) -> str:
    """Return the sentence that the process ended with; a crash there has only a traceback, which is no sentence."""
    last = (stderr.strip().splitlines() or [""])[-1]
    if last == MISSING:
        return last
    return "The sound could not be stretched: the process that does it failed. Try another speed or pitch."
