"""The round trip from an output to an input, measured by clicks that are played and found in what was recorded."""

import numpy as np
from numpy.typing import NDArray

from engine.errors import Failed

CLICKS, GAP_SECONDS, CLICK_SECONDS = 4, 0.35, 0.004
LEAST_CLEARNESS = 6.0
"""Times that the highest correlation must exceed the highest of those elsewhere, for clicks to count as heard."""
MOST_LATENCY_SECONDS = 1.0
NOT_HEARD = (
    "The clicks were not heard by the microphone: turn up the loudspeaker and the microphone, or connect the output "
    "to the input, and measure again."
)


def click_signal(rate: int) -> NDArray[np.float32]:
    """Return the clicks to be played, float32 (samples,): short noises at uneven distances."""
    noise = np.random.default_rng(7)
    length = round(CLICK_SECONDS * rate)
    signal = np.zeros(round((CLICKS + 1) * GAP_SECONDS * rate), np.float32)
    for number in range(CLICKS):
        at = round((number + 0.07 * number**2) * GAP_SECONDS * rate * 0.8)
        signal[at : at + length] = noise.uniform(-0.5, 0.5, length) * np.hanning(length)
    return signal


def find_lag(recorded: NDArray[np.float32], played: NDArray[np.float32], rate: int) -> int:
    """Return after how many samples of a recording the played signal begins in it, by cross-correlation.

    Args:
        recorded: float32 (samples,).
        played: float32 (samples,), at the same rate.
        rate: samples per second.

    Raises:
        Failed: the signal is not clearly in the recording.
    """
    size = 1 << (len(recorded) + len(played) - 1).bit_length()
    spectrum = np.fft.rfft(recorded, size) * np.conj(np.fft.rfft(played, size))
    found = np.abs(np.fft.irfft(spectrum, size)[: len(recorded)])
    lag = int(found.argmax()) if len(found) else 0
    near = round(2 * CLICK_SECONDS * rate)
    elsewhere = np.concatenate([found[: max(0, lag - near)], found[lag + near :]])
    floor = float(np.sqrt(np.mean(elsewhere**2))) if len(elsewhere) else 0.0
    if not len(found) or found[lag] <= 1e-9 or found[lag] < LEAST_CLEARNESS * floor:
        raise Failed(NOT_HEARD)
    return lag
