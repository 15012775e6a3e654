"""A bank of latents encoded once, so that diffusion training never touches a waveform.

Each row is one example of 5.12 s: a single concept, or two mixed at random levels (mix-and-separate needs the
sums).
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from engine.diffusion.autoencoder import MelCodec
from engine.diffusion.mel import LogMel
from engine.training.augment import Wave, at_peak
from engine.training.examples import ExampleSource

Group = tuple[str, ...]


@dataclass(frozen=True)
class LatentBank:
    """Standardized latents float16 (N, 8, 128, 16) and the concepts in each, in table order."""

    latents: NDArray[np.float16]
    groups: tuple[Group, ...]

    @staticmethod
    def load(folder: Path) -> "LatentBank":
        """Open the bank that ``make_latents`` wrote."""
        groups = tuple(tuple(g) for g in json.loads((folder / "groups.json").read_text()))
        return LatentBank(np.load(folder / "latents.npy", mmap_mode="r"), groups)


def plan_groups(
    concepts: Sequence[str],
    weights: Callable[[str], float],
    pairs: Sequence[tuple[str, str]],
    singles: int,
    mixed: int,
    rng: np.random.Generator,
) -> list[Group]:
    """Return the concepts of each row: ``singles`` rows by weight, then ``mixed`` rows drawn from ``pairs``."""
    share = np.array([weights(name) for name in concepts], dtype=np.float64)
    alone = rng.choice(np.asarray(concepts), singles, p=share / share.sum())
    together = rng.integers(0, len(pairs), mixed) if mixed else np.zeros(0, dtype=np.int64)
    return [(str(name),) for name in alone] + [pairs[int(i)] for i in together]


def mixed_waveform(group: Group, source: ExampleSource, rng: np.random.Generator) -> Wave:
    """Sum one example of every concept in ``group``, at levels that differ by up to 6 dB either way."""
    waves = [source.draw(name, rng) for name in group]
    if len(waves) == 1:
        return waves[0]
    loudness = [max(float(np.sqrt(np.mean(w**2))), 1e-4) for w in waves]
    total = sum(
        (w / level * 10 ** (rng.uniform(-3, 3) / 20) for w, level in zip(waves, loudness, strict=True)),
        start=np.zeros_like(waves[0]),
    )
    return at_peak(total, 0.5)


@torch.no_grad()
def make_latents(
    folder: Path,
    groups: Sequence[Group],
    source: ExampleSource,
    codec: MelCodec,
    rng: np.random.Generator,
    *,
    device: str = "cpu",
    batch: int = 16,
) -> None:
    """Draw, mix and encode one row per group into ``folder``: the posterior mean, standardized."""
    front_end = LogMel().to(device)
    folder.mkdir(parents=True, exist_ok=True)
    rows = np.zeros((0,), dtype=np.float16)
    for start in range(0, len(groups), batch):
        some = groups[start : start + batch]
        waves = torch.from_numpy(np.stack([mixed_waveform(g, source, rng) for g in some])).to(device)
        latent = codec.standardise(codec.posterior(front_end(waves)).mean.float()).cpu().numpy()
        if start == 0:
            rows = np.lib.format.open_memmap(
                folder / "latents.npy", mode="w+", dtype=np.float16, shape=(len(groups), *latent.shape[1:])
            )
        rows[start : start + len(some)] = latent
    (folder / "groups.json").write_text(json.dumps([list(g) for g in groups]))
