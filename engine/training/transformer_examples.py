"""What the networks learn from, resident on the device that trains: clips, examples drawn from them, conditions.

Every example is 5.12 s: a clip at another speed, at another place, repeated or cut, through another microphone,
alone or summed with one of another concept. Its loudness and onsets are measured from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.diffusion.curves import loudness_of, onset_track, onsets_of, scaled_loudness
from engine.training.examples import EXAMPLE_SAMPLES

RATE = 16_000
MOST_REPEATS = 64


@dataclass(frozen=True)
class Sound:
    """One clip to learn from: int16 at 16 kHz, the row of its concept, how often to draw it."""

    waveform: NDArray[np.int16]
    concept: int
    weight: float


class ClipBank:
    """All clips end to end on one device, and which of them are of each concept.

    Args:
        sounds: the clips; every concept from 0 to ``concepts`` - 1 that is to be drawn has at least one.
        real: how many of them, from the first on, are recordings.
    """

    def __init__(self, sounds: Sequence[Sound], concepts: int, device: str, real: int | None = None) -> None:
        self.device = device
        self._concepts = torch.tensor([sound.concept for sound in sounds], device=device)
        self._real = len(sounds) if real is None else real
        lengths = [len(sound.waveform) for sound in sounds]
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        whole = np.concatenate([sound.waveform for sound in sounds] + [np.zeros(8, np.int16)])
        self.waveform = torch.from_numpy(whole).to(device)
        self.lengths = torch.tensor(lengths, device=device)
        self.starts = torch.from_numpy(starts).to(device)
        rows: list[list[int]] = [[] for _ in range(concepts)]
        for number, sound in enumerate(sounds):
            rows[sound.concept].append(number)
        most = max(len(row) for row in rows)
        table = np.zeros((concepts, most), np.int64)
        weights = np.zeros((concepts, most), np.float32)
        for concept, row in enumerate(rows):
            table[concept, : len(row)] = row
            weights[concept, : len(row)] = [sounds[number].weight for number in row]
        self._table, self._weights = torch.from_numpy(table).to(device), torch.from_numpy(weights).to(device)
        self.known = [concept for concept, row in enumerate(rows) if row]

    def draw(self, concepts: Tensor) -> Tensor:
        """Draw one clip's number for each concept (B,)."""
        chosen = torch.multinomial(self._weights[concepts], 1)
        return self._table[concepts].gather(1, chosen)[:, 0]

    def real_clips(self) -> tuple[Tensor, Tensor]:
        """Return the numbers of the recordings, and their concepts."""
        return torch.arange(self._real, device=self.device), self._concepts[: self._real]

    def plain(self, clips: Tensor, samples: int = EXAMPLE_SAMPLES) -> Tensor:
        """Return the beginnings of clips as they are, followed by silence, float32 (B, samples) at peak 0.5."""
        time = torch.arange(samples, device=self.device)
        length = self.lengths[clips][:, None]
        index = (self.starts[clips][:, None] + torch.minimum(time, length - 1)).clamp(min=0)
        return at_peak(torch.where(time < length, self.waveform[index].float() / 32767, 0.0))

    def examples(self, concepts: Tensor, samples: int = EXAMPLE_SAMPLES) -> Tensor:
        """Return one varied example of each concept, float32 (B, samples), not levelled."""
        return with_microphone(self._laid_out(self.draw(concepts), samples))

    def _laid_out(self, clips: Tensor, samples: int) -> Tensor:
        """Return clips at random speeds, cropped or extended to ``samples``, short ones often repeated."""
        count, device = len(clips), self.device
        speed = torch.exp((torch.rand(count, device=device) - 0.5) * 0.24)
        speed = torch.where(torch.rand(count, device=device) < 0.3, torch.ones_like(speed), speed)
        length = (self.lengths[clips] - 3).clamp_min(1) / speed
        long = length >= samples
        spare = (length - samples).clamp_min(0)
        cut = torch.rand(count, device=device) * spare
        room = (samples - length).clamp_min(0).clamp(max=samples // 4)
        lead = torch.where(torch.rand(count, device=device) < 0.5, 0.15, 1.0)
        at = torch.where(long, -cut, torch.rand(count, device=device) * room * lead)
        repeats = (torch.rand(count, device=device) < 0.6) & ~long
        pause = -torch.log(torch.rand(count, MOST_REPEATS, device=device).clamp_min(1e-4)) * 0.5 * RATE
        even = torch.rand(count, 1, device=device) < 0.5
        pause = torch.where(even, pause[:, :1] * (1 + 0.06 * torch.randn_like(pause)), pause).clamp_min(160)
        begin = at[:, None] + torch.cumsum(length[:, None] + pause, 1) - length[:, None] - pause
        begin = torch.where(repeats[:, None] | (torch.arange(MOST_REPEATS, device=device) == 0), begin, 1e9)
        time = torch.arange(samples, device=device, dtype=torch.float32).expand(count, -1).contiguous()
        which = (torch.searchsorted(begin.contiguous(), time, right=True) - 1).clamp_min(0)
        inside = time - begin.gather(1, which)
        heard = (inside >= 0) & (inside < length[:, None])
        level = 10 ** (-torch.rand(count, MOST_REPEATS, device=device) * 4 / 20)
        place = (inside * speed[:, None]).clamp_min(0)
        place = torch.minimum(place, (self.lengths[clips] - 3).clamp_min(1)[:, None].float())
        out = self._between(self.starts[clips], place)
        return torch.where(heard, out * level.gather(1, which), 0.0)

    def _between(self, starts: Tensor, place: Tensor) -> Tensor:
        """Return samples at fractional positions (B, N) of clips, by cubic interpolation (Catmull-Rom)."""
        whole = place.floor()
        part = place - whole
        index = starts[:, None] + whole.long()
        before, a, b, after = (
            self.waveform[(index + step).clamp(0, len(self.waveform) - 1)].float() / 32767
            for step in (-1, 0, 1, 2)
        )
        slope_a, slope_b = (b - before) / 2, (after - a) / 2
        cubic = 2 * a - 2 * b + slope_a + slope_b
        square = -3 * a + 3 * b - 2 * slope_a - slope_b
        return ((cubic * part + square) * part + slope_a) * part + a


def with_microphone(waveform: Tensor, spread_db: float = 3.0) -> Tensor:
    """Filter by a random smooth response, as another microphone and distance would do; half of the rows."""
    count, samples = waveform.shape
    knots = torch.randn(count, 9, device=waveform.device) * spread_db
    knots = knots * (torch.rand(count, 1, device=waveform.device) < 0.5)
    spectrum = torch.fft.rfft(waveform)
    hertz = torch.linspace(0, RATE / 2, spectrum.shape[-1], device=waveform.device)
    place = ((hertz.clamp_min(60) / 60).log2() / 7.06 * 8).clamp(0, 7.999)
    low = place.long()
    part = place - low
    gain = knots[:, low] * (1 - part) + knots[:, low + 1] * part
    out: Tensor = torch.fft.irfft(spectrum * 10 ** (gain / 20), n=samples)
    return out


def at_peak(waveform: Tensor, peak: float = 0.5) -> Tensor:
    """Remove the mean and scale to ``peak``, row by row; silence stays silent."""
    centred = waveform - waveform.mean(dim=-1, keepdim=True)
    out: Tensor = centred * (peak / centred.abs().amax(dim=-1, keepdim=True).clamp_min(1e-4))
    return out


@dataclass(frozen=True)
class Groups:
    """What the rows of a pool may hold: each concept alone, then pairs.

    Attributes:
        members: int64 (G, 2), the rows of the concepts; a concept alone twice.
        conditions: (G, K, 512), the embeddings of K captions of each group.
        shares: (G,), how often each is drawn.
    """

    members: Tensor
    conditions: Tensor
    shares: Tensor

    def to(self, device: str) -> "Groups":
        """Move to another device."""
        return Groups(self.members.to(device), self.conditions.to(device), self.shares.to(device))


def draw_examples(
    bank: ClipBank, groups: Groups, count: int, samples: int = EXAMPLE_SAMPLES
) -> tuple[Tensor, Tensor]:
    """Draw waveforms (count, samples) at peak 0.5, and the group of each (count,)."""
    chosen = torch.multinomial(groups.shares, count, replacement=True)
    members = groups.members[chosen]
    first = bank.examples(members[:, 0], samples)
    second = bank.examples(members[:, 1], samples)
    loud = [x.square().mean(-1, keepdim=True).sqrt().clamp_min(1e-4) for x in (first, second)]
    gain = 10 ** ((torch.rand(count, 1, device=bank.device) - 0.5) * 12 / 20)
    both = first / loud[0] + gain * second / loud[1]
    pair = (members[:, 0] != members[:, 1])[:, None]
    return at_peak(torch.where(pair, both, first)), chosen


def measured_curves(waveform: Tensor) -> Tensor:
    """Measure loudness and onsets of examples as networks take them: (B, samples) to (B, 2, samples // 160)."""
    return torch.stack([scaled_loudness(loudness_of(waveform)), onset_track(onsets_of(waveform))], dim=1)
