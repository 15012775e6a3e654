"""Curves that control when a sound sounds: its loudness over time, and its onsets.

Both have 100 values per second, one per mel frame. They are computed from every training clip, and in use are
drawn, tapped or sung, or generated. As conditions they follow Sketch2Sound (arXiv 2412.08550, section 3).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

HOP = 160
QUIETEST_DB = -60.0
RISE_DB = 9.0
"""Minimum rise of an onset above the 30 ms before it."""
FAINT_DB = -36.0
"""Level relative to the loudest moment below which a rise is not an onset."""
BUMP = (0.4, 1.0, 0.4)


def loudness_of(waveform: Tensor) -> Tensor:
    """Measure loudness: (B, samples) to dB relative to the loudest moment, (B, samples // 160), -60 to 0."""
    power = _power(waveform)
    kernel = torch.tensor([1.0, 2.0, 3.0, 2.0, 1.0], device=power.device, dtype=power.dtype) / 9.0
    smooth = functional.conv1d(power[:, None], kernel[None, None], padding=2)[:, 0]
    return _decibels(smooth)


def onsets_of(waveform: Tensor) -> Tensor:
    """Find onsets: (B, samples) to bool (B, samples // 160)."""
    steep = functional.pad(waveform[:, 1:] - 0.9 * waveform[:, :-1], (1, 0))
    level = _decibels(_power(steep))
    before = functional.pad(level, (3, 0), value=QUIETEST_DB).unfold(1, 4, 1)[..., :3].mean(-1)
    rise = level - before
    peak = functional.max_pool1d(rise[:, None], 9, stride=1, padding=4)[:, 0]
    return (rise >= peak) & (rise > RISE_DB) & (level > FAINT_DB)


def scaled_loudness(loudness: Tensor) -> Tensor:
    """Scale decibels (-60 to 0) to a network's input, -1 to 1."""
    return loudness.clamp(QUIETEST_DB, 0.0) / 30.0 + 1.0


def onset_track(onsets: Tensor) -> Tensor:
    """Convert onsets (B, T) to a network's input: a bump of three frames at each, 0 to 1."""
    kernel = torch.tensor(BUMP, device=onsets.device)[None, None]
    return functional.conv1d(onsets.float()[:, None], kernel, padding=1)[:, 0].clamp(max=1.0)


def onsets_at(seconds: Sequence[float], frames: int) -> Tensor:
    """Convert hit-points in seconds to onsets, bool (frames,); those outside are left out."""
    out = torch.zeros(frames, dtype=torch.bool)
    for second in seconds:
        frame = int(second * 16_000 / HOP)
        if 0 <= frame < frames:
            out[frame] = True
    return out


def as_condition(loudness: Tensor | None, onsets: Tensor | None, frames: int, takes: int = 1) -> Tensor:
    """Combine curves as a denoiser's input.

    Args:
        loudness: (B, frames) dB relative to the loudest moment, or None if it is free.
        onsets: (B, frames) bool, or None if they are free.
        frames: number of mel frames.
        takes: number of takes B, used if both are None.

    Returns:
        float32 (B, 4, frames): loudness and onsets, then whether each is given.
    """
    out = torch.zeros(takes, 4, frames)
    if loudness is not None:
        out[:, 0], out[:, 2] = scaled_loudness(loudness), 1.0
    if onsets is not None:
        out[:, 1], out[:, 3] = onset_track(onsets), 1.0
    return out


def _power(waveform: Tensor) -> Tensor:
    whole = waveform.shape[-1] // HOP * HOP
    return waveform[:, :whole].square().reshape(len(waveform), -1, HOP).mean(-1)


def _decibels(power: Tensor) -> Tensor:
    loudest = power.amax(dim=-1, keepdim=True).clamp_min(1e-10)
    return (10.0 * (power / loudest).clamp_min(1e-9).log10()).clamp_min(QUIETEST_DB)


@dataclass(frozen=True)
class TakeCurves:
    """The curves of one take as the user drew, tapped or sang them.

    Attributes:
        loudness: dB relative to the loudest moment, 100 values per second from the take's start; None if it
            is free.
        hits: times of onsets in seconds; None if they are free, empty for no onsets.
    """

    loudness: tuple[float, ...] | None = None
    hits: tuple[float, ...] | None = None

    def condition(self, frames: int) -> Tensor:
        """Return a denoiser's input, float32 (4, frames), silent after the end of a drawn loudness."""
        loudness = None
        if self.loudness is not None:
            drawn = torch.tensor(self.loudness, dtype=torch.float32)[:frames]
            loudness = functional.pad(drawn, (0, frames - len(drawn)), value=QUIETEST_DB)[None]
        onsets = None if self.hits is None else onsets_at(self.hits, frames)[None]
        return as_condition(loudness, onsets, frames)[0]
