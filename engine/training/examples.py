"""An endless source of training examples, from real recordings and from synthesis.

An example is 5.12 s of mono 16 kHz sound with peak 0.5. Synthesized sounds are drawn from a bank generated
once, because synthesizing them anew would cost more than a training step on a small machine.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.training.augment import RATE, Wave, at_peak, placed, varied, with_colour
from engine.training.recordings import Recording

EXAMPLE_SAMPLES = 81_920


@dataclass(frozen=True)
class SynthesisBank:
    """Synthesized examples on disk: int16 (N, 81920), and the concept id of each row."""

    waveforms: NDArray[np.int16]
    concepts: tuple[str, ...]

    @staticmethod
    def load(folder: Path) -> "SynthesisBank":
        """Open the bank that ``make_bank`` wrote; rows are read from disk when drawn."""
        concepts = tuple(json.loads((folder / "concepts.json").read_text()))
        return SynthesisBank(np.load(folder / "waveforms.npy", mmap_mode="r"), concepts)


def make_bank(folder: Path, concepts: Sequence[str], each: int, seed: int) -> None:
    """Synthesize ``each`` examples of every concept into ``folder``, in order."""
    from engine.synthesis import synthesise

    folder.mkdir(parents=True, exist_ok=True)
    rows = len(concepts) * each
    out = np.lib.format.open_memmap(
        folder / "waveforms.npy", mode="w+", dtype=np.int16, shape=(rows, EXAMPLE_SAMPLES)
    )
    for row in range(rows):
        rng = np.random.default_rng([seed, row])
        wave = synthesise(concepts[row // each], rng, EXAMPLE_SAMPLES / RATE)
        out[row] = np.round(at_peak(wave[:EXAMPLE_SAMPLES], 0.95) * 32767)
    out.flush()
    names = [concepts[row // each] for row in range(rows)]
    (folder / "concepts.json").write_text(json.dumps(names))


@dataclass
class ExampleSource:
    """Draws examples by concept.

    Args:
        recordings: real sounds, with the concept of each.
        bank: synthesized sounds, or None.
        real_share: share of real sounds among the draws of a concept that has both.
    """

    recordings: Sequence[tuple[str, Recording]]
    bank: SynthesisBank | None = None
    real_share: float = 0.6
    _real: dict[str, list[Recording]] = field(init=False, default_factory=dict)
    _rows: dict[str, NDArray[np.int64]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for concept, recording in self.recordings:
            self._real.setdefault(concept, []).append(recording)
        if self.bank is not None:
            names = np.array(self.bank.concepts)
            self._rows = {str(name): np.flatnonzero(names == name) for name in np.unique(names)}

    @property
    def concepts(self) -> tuple[str, ...]:
        """Ids of the concepts that have examples, sorted."""
        return tuple(sorted({*self._real, *self._rows}))

    def count_real(self, concept: str) -> int:
        """Return the number of real recordings of ``concept``."""
        return len(self._real.get(concept, ()))

    def draw(self, concept: str, rng: np.random.Generator) -> Wave:
        """Draw an example of ``concept``, float32 (81920,), peak 0.5."""
        real, rows = self._real.get(concept), self._rows.get(concept)
        # A concept with few recordings should not repeat just those.
        share = self.real_share * min(1.0, len(real or ()) / 6) if rows is not None else 1.0
        if real and rng.random() < share:
            return varied(real[int(rng.integers(len(real)))].waveform, EXAMPLE_SAMPLES, rng)
        assert rows is not None and self.bank is not None
        wave = self.bank.waveforms[int(rng.choice(rows))].astype(np.float32) / 32767
        shifted = placed(np.concatenate([wave, wave]), EXAMPLE_SAMPLES, rng) if rng.random() < 0.3 else wave
        return at_peak(with_colour(shifted, rng) if rng.random() < 0.4 else shifted, 0.5)

    def batches(self, size: int, samples: int, rng: np.random.Generator) -> Iterator[Tensor]:
        """Yield (size, samples) excerpts of examples of all concepts, for the codec and the vocoder, endlessly."""
        names = self.concepts
        weights = np.array([2.0 + min(12, self.count_real(name)) for name in names])
        weights /= weights.sum()
        while True:
            rows = []
            for concept in rng.choice(names, size, p=weights):
                wave = self.draw(str(concept), rng)
                start = int(rng.integers(0, EXAMPLE_SAMPLES - samples + 1))
                rows.append(wave[start : start + samples])
            yield torch.from_numpy(np.stack(rows))
