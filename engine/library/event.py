"""Find the event in a recording: where its sound begins and ends."""

import numpy as np

from engine.sound.waveform import Waveform

FRAME_SECONDS = 0.01
FLOOR_DB = 40.0
"""What lies further below the loudest moment counts as silence."""
MARGIN_SECONDS = 0.03
MIN_SECONDS = 0.25


def event_of(samples: Waveform, rate: int, at: float, seconds: float) -> tuple[float, float]:
    """Return start and length, in seconds, of the event round a window of a recording.

    From the start of the window silence is skipped; from there the event goes on until silence or ``seconds``.

    Args:
        samples: float32 (channels, samples), the recording or its part.
        rate: sample rate in Hz.
        at: start of the window in seconds.
        seconds: greatest length.
    """
    frame = max(1, round(FRAME_SECONDS * rate))
    total = samples.shape[1] / rate
    loud = np.abs(samples).max(axis=0)
    peaks = np.maximum.reduceat(loud, np.arange(0, len(loud), frame))
    heard = peaks > peaks.max() * 10 ** (-FLOOR_DB / 20)
    first = min(int(at / FRAME_SECONDS), len(heard) - 1)
    later = np.flatnonzero(heard[first:])
    start = (first + int(later[0])) * FRAME_SECONDS if len(later) else at
    start = max(min(start, total) - MARGIN_SECONDS, 0.0 if at < MARGIN_SECONDS else at - MARGIN_SECONDS)
    within = heard[int(start / FRAME_SECONDS) : int((start + seconds) / FRAME_SECONDS)]
    last = np.flatnonzero(within)
    length = (int(last[-1]) + 1) * FRAME_SECONDS + MARGIN_SECONDS if len(last) else seconds
    return start, min(max(length, MIN_SECONDS), seconds, total - start)
