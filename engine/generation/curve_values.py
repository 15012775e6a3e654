"""Curves as values in time: of a request for a model, and of a recording that was sung or played for it."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadInput
from engine.models.libraries import libraries_needed
from engine.scene.limits import MOST_SECONDS
from engine.scene.sound_controls import LEAST_LEVEL_DB, SoundControls

if TYPE_CHECKING:
    from engine.diffusion.curves import TakeCurves

RATE = 100
"""Values of a curve per second in models."""
POINTS_PER_SECOND = 25
"""Points of a curve that is read from a recording."""
SUNG_RATE = 16_000


def take_curves(controls: SoundControls, duration: float, seconds: float) -> "TakeCurves | None":
    """Return the curves of a take as a model takes them, or None if they are free.

    Args:
        controls: of the object.
        duration: of the take, in seconds.
        seconds: of the samples; a loop needs more, for which the curves begin again.
    """
    if not controls.follows_curve:
        return None
    from engine.diffusion.curves import TakeCurves

    hits = controls.hits
    if hits is not None:
        within = [hit for hit in hits if hit < duration]
        hits = (*within, *(hit + duration for hit in within if hit + duration < seconds))
    return TakeCurves(levels_in_time(controls, duration, seconds), hits)


def levels_in_time(controls: SoundControls, duration: float, seconds: float) -> tuple[float, ...] | None:
    """Return ``RATE`` levels in dB per second, or None if loudness is free."""
    if not controls.levels:
        return None
    times, levels = np.array(controls.levels).T
    asked = (np.arange(round(seconds * RATE)) / RATE) % duration
    return tuple(float(level) for level in np.interp(asked, times, levels))


def controls_of_sound(samples: NDArray[np.float32], rate: int) -> SoundControls:
    """Return the loudness and the onsets of a recording, for a take that follows them.

    Args:
        samples: float32 (channels, samples); at most ``MOST_SECONDS`` are used.
        rate: samples per second.

    Raises:
        BadInput: it is silent, or too short.
        Failed: PyTorch is not installed.
    """
    from engine.sound.resample import resample

    mono = samples.mean(0, keepdims=True)[:, : round(MOST_SECONDS * rate)]
    if mono.shape[1] < rate // 10 or float(np.abs(mono).max(initial=0.0)) < 1e-4:
        raise BadInput("Nothing can be heard in this recording: sing, tap or play louder, for longer.")
    with libraries_needed():
        import torch

        from engine.diffusion.curves import loudness_of, onsets_of

    heard = torch.from_numpy(np.ascontiguousarray(resample(mono, rate, SUNG_RATE), np.float32))
    loudness = loudness_of(heard)[0].numpy()
    frames = np.flatnonzero(onsets_of(heard)[0].numpy())
    step = RATE // POINTS_PER_SECOND
    places = range(0, len(loudness), step)
    levels = tuple(
        (place / RATE, round(max(LEAST_LEVEL_DB, float(loudness[place : place + step].max())), 1))
        for place in places
    )
    return SoundControls(levels, tuple(float(frame) / RATE for frame in frames))
