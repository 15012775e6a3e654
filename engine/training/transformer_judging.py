"""What the networks make, judged where it was trained: heard as asked, like real sounds, and when their curves say."""

import json
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import torch
from torch import Tensor

from engine.diffusion.curves import loudness_of, onset_track, onsets_of, scaled_loudness
from engine.diffusion.few_steps import Circle, sample_circle
from engine.training.effects_network import EffectsNetwork, probe
from engine.training.transformer_losses import Teaching
from engine.training.transformer_pool import Pool
from engine.training.transformer_trainer import TakeNetworks

log = logging.getLogger("foleyscape.training")

GUIDANCE = 3.0


@dataclass(frozen=True)
class Way:
    """One way of making takes.

    Attributes:
        name: for the table.
        steps: turns from noise to clean.
        distilled: whether guidance is built in, else the network is asked twice.
        curves: "made" by the curve network, "free", or "asked": those of real clips.
        guidance: the scale.
    """

    name: str
    steps: int
    distilled: bool
    curves: str
    guidance: float = GUIDANCE


WAYS = (
    Way("few4 made", 4, True, "made"),
    Way("few8 made", 8, True, "made"),
    Way("few8 free", 8, True, "free"),
    Way("few8 asked", 8, True, "asked"),
    Way("base32 made", 32, False, "made"),
    Way("base32 free", 32, False, "free"),
    Way("base32 asked", 32, False, "asked"),
    Way("few8 made g2", 8, True, "made", 2.0),
    Way("few8 made g4", 8, True, "made", 4.0),
    Way("few16 made", 16, True, "made"),
)


STORED = ("few8 made", "few4 made", "base32 made")
"""Ways whose embeddings, and some of whose takes, come back."""


@torch.no_grad()
def make_curves(
    networks: TakeNetworks, circle: Circle, conditions: Tensor, frames: int, steps: int = 12
) -> Tensor:
    """Make up curves for conditions: (B, 2, 4 T), onsets only where they are sure."""
    noise = torch.randn(len(conditions), 2, frames, 4, device=conditions.device)

    def velocity(latent: Tensor, timestep: Tensor, _stride: float) -> Tensor:
        out: Tensor = networks.curves(latent, timestep, class_labels=conditions).sample
        return out.float()

    grid = sample_circle(velocity, noise, circle, steps)
    loudness, track = grid.flatten(2).unbind(1)
    peak = torch.nn.functional.max_pool1d(track[:, None], 5, stride=1, padding=2)[:, 0]
    return torch.stack([loudness.clamp(-1, 1), onset_track((track >= peak) & (track > 0.5))], 1)


@torch.no_grad()
def make_latents(
    networks: TakeNetworks,
    teaching: Teaching,
    circle: Circle,
    way: Way,
    conditions: Tensor,
    curves: Tensor | None,
) -> Tensor:
    """Make latents (B, 8, 128, 16) for conditions, by one way."""
    count, device = len(conditions), conditions.device
    given = torch.zeros(count, 4, 512, device=device)
    if curves is not None:
        given = torch.cat([curves, torch.ones_like(curves)], 1)
    scale = torch.full((count,), way.guidance, device=device)

    def velocity(latent: Tensor, timestep: Tensor, stride: float) -> Tensor:
        if not way.distilled:
            return teaching.guided_velocity(networks.denoiser, latent, timestep, conditions, given, scale)
        told = torch.full((count,), stride if stride >= 1 / 16 else 0.0, device=device)
        out: Tensor = networks.denoiser(
            latent, timestep, class_labels=conditions, curves=given, guidance=scale, stride=told
        ).sample
        return out.float()

    return sample_circle(velocity, torch.randn(count, 8, 128, 16, device=device), circle, way.steps)


@dataclass
class Judging:
    """Judges the takes of the networks beside real clips.

    Args:
        pool: examples of what was trained on.
        unseen: examples of what was kept apart.
        vocoder: log-mel to waveform.
        network: embeds sounds; None where its weights are missing.
        each: takes of every concept and way.
        deadline: when to begin no further way, by ``time.monotonic``.
        most: concepts at most.
    """

    pool: Pool
    unseen: Pool
    vocoder: Any
    network: EffectsNetwork | None
    teaching: Teaching
    circle: Circle
    each: int
    names: Sequence[str]
    batch: int = 64
    deadline: float = float("inf")
    most: int | None = None

    @torch.no_grad()
    def waveforms(self, latents: Tensor) -> Tensor:
        """Decode latents to waveforms (B, 81920)."""
        rows = [self.vocoder(self.pool.codec.decode(part)).float() for part in torch.split(latents, 32)]
        return torch.cat(rows).reshape(len(latents), -1)

    def embedded(self, waveform: Tensor) -> Tensor:
        """Return embeddings (B, 512) of waveforms."""
        assert self.network is not None
        return torch.cat([self.network(part) for part in torch.split(waveform, 64)])

    def judge(
        self, networks: dict[bool, TakeNetworks], out: Path, ways: Sequence[Way] = WAYS
    ) -> dict[str, Any]:
        """Generate takes of every concept in every way, judge them, and store embeddings, some takes and a table.

        Args:
            networks: the pair for distilled ways (True) and for the others (False).
            out: folder of the results.
            ways: the ways of generating takes.
        """
        real = self._real()
        results: dict[str, Any] = {}
        stored: dict[str, np.ndarray[Any, Any]] = {}
        classes = len(self.names)
        seen_all = set(real["unseen_labels"].tolist())
        for way in ways:
            if time.monotonic() > self.deadline:
                break
            labels, made = self._takes(networks[way.distilled], way)
            waveform, asked = made
            row: dict[str, Any] = dict(self.follows(waveform, asked)) if asked is not None else {}
            if self.network is not None:
                e = self.embedded(waveform)
                row["heard top1"] = real["probe"].accuracy(e, labels)
                row["heard top3"] = real["probe"].accuracy(e, labels, 3)
                own = probe(e, labels, classes)
                row["takes to real"] = own.accuracy(real["unseen"], real["unseen_labels"])
                row["nearest"] = _nearest(e, real["train"])
                per = (real["probe"].logits(e).argmax(-1) == labels).float()
                row["by concept"] = {
                    self.names[c]: round(float(per[labels == c].mean()), 2)
                    for c in range(classes)
                    if bool((labels == c).any())
                }
                if way.name in STORED:
                    stored[way.name.replace(" ", "_")] = e.half().cpu().numpy()
            results[way.name] = row
            short = {k: round(v, 3) for k, v in row.items() if isinstance(v, float)}
            log.info("judged %s: %s", way.name, short)
            self._store(way, labels, waveform, out)
        if self.network is not None:
            results["real"] = {
                "unseen top1": real["probe"].accuracy(real["unseen"], real["unseen_labels"]),
                "unseen top3": real["probe"].accuracy(real["unseen"], real["unseen_labels"], 3),
                "unseen through codec": real["codec"],
                "unseen nearest": _nearest(real["unseen"], real["train"]),
                "concepts judged": len(seen_all),
            }
            log.info("real: %s", results["real"])
            for name in ("train", "unseen", "train_labels", "unseen_labels"):
                stored[name] = (
                    real[name]
                    .cpu()
                    .numpy()
                    .astype(np.float16 if real[name].is_floating_point() else np.int16)
                )
        np.savez_compressed(out / "embeddings.npz", allow_pickle=False, **stored)
        (out / "judged.json").write_text(json.dumps(results, indent=1))
        return results

    def _real(self) -> dict[str, Any]:
        if self.network is None:
            return {"unseen_labels": torch.zeros(0)}
        out: dict[str, Any] = {}
        for name, bank in (("train", self.pool.bank), ("unseen", self.unseen.bank)):
            numbers, labels = bank.real_clips()
            waves = [bank.plain(part) for part in torch.split(numbers, 64)]
            out[name] = torch.cat([self.embedded(wave) for wave in waves])
            out[f"{name}_labels"] = labels
            if name == "unseen":
                again = torch.cat([self._through(wave) for wave in waves])
        out["probe"] = probe(out["train"], out["train_labels"], len(self.names))
        out["codec"] = out["probe"].accuracy(self.embedded(again), out["unseen_labels"])
        return out

    def _through(self, waveform: Tensor) -> Tensor:
        codec = self.pool.codec
        with torch.no_grad():
            mel = self.pool.front_end(waveform)
            return self.waveforms(codec.standardise(codec.posterior(mel).mean.float()))

    def _takes(self, networks: TakeNetworks, way: Way) -> tuple[Tensor, tuple[Tensor, Tensor | None]]:
        """Return labels, waveforms and given curves, with the same seeds for every way."""
        device = self.pool.bank.device
        torch.manual_seed(5)
        concepts = torch.tensor(self.pool.bank.known[: self.most], device=device).repeat_interleave(self.each)
        captions = torch.randint(0, self.pool.groups.conditions.shape[1], (len(concepts),), device=device)
        conditions = self.pool.groups.conditions[concepts, captions]
        waves, asked = [], []
        for at in range(0, len(concepts), self.batch):
            part = slice(at, at + self.batch)
            curves = None
            if way.curves == "made":
                curves = make_curves(networks, self.circle, conditions[part], 128)
            elif way.curves == "asked":
                curves = self.curves_of_clips(concepts[part])
            latents = make_latents(networks, self.teaching, self.circle, way, conditions[part], curves)
            waves.append(self.waveforms(latents))
            asked += [] if curves is None else [curves]
        return concepts, (torch.cat(waves), torch.cat(asked) if asked else None)

    def curves_of_clips(self, concepts: Tensor) -> Tensor:
        """Return curves of clips kept apart, of the concept where there is one, else of any."""
        bank = self.unseen.bank
        known = set(bank.known)
        there = [c if c in known else bank.known[c % len(bank.known)] for c in concepts.tolist()]
        waveform = bank.examples(torch.tensor(there, device=bank.device))
        waveform = waveform * (0.5 / waveform.abs().amax(-1, keepdim=True).clamp_min(1e-4))
        return torch.stack([scaled_loudness(loudness_of(waveform)), onset_track(onsets_of(waveform))], 1)

    def follows(self, waveform: Tensor, asked: Tensor) -> dict[str, float]:
        """Measure how loudness correlates, and the shares of onsets met within 30 ms and of onsets asked for."""
        got, wanted = scaled_loudness(loudness_of(waveform)), asked[:, 0]
        moving = wanted.std(-1) > 0.15
        a, b = (x - x.mean(-1, keepdim=True) for x in (got, wanted))
        correlation = (a * b).mean(-1) / (a.std(-1) * b.std(-1)).clamp_min(1e-4)
        there, hits = onsets_of(waveform), asked[:, 1] > 0.9
        near = torch.nn.functional.max_pool1d(there.float()[:, None], 7, stride=1, padding=3)[:, 0] > 0
        meant = torch.nn.functional.max_pool1d(hits.float()[:, None], 7, stride=1, padding=3)[:, 0] > 0
        return {
            "curve correlation": float(correlation[moving].mean()) if bool(moving.any()) else 0.0,
            "onsets met": float((near & hits).sum() / hits.sum().clamp_min(1)),
            "onsets meant": float((meant & there).sum() / there.sum().clamp_min(1)),
        }

    def _store(self, way: Way, labels: Tensor, waveform: Tensor, out: Path) -> None:
        """Write a few takes as audio files, more of those with a structure of their own to measure."""
        if way.name not in STORED:
            return
        few = 2 if way.name == STORED[0] else 0
        folder = out / "takes"
        folder.mkdir(parents=True, exist_ok=True)
        measured = ("clock", "helicopter", "baby")
        for concept, name in enumerate(self.names):
            rows = torch.nonzero(labels == concept)[:, 0][: 12 if name in measured else few]
            for number, row in enumerate(rows.tolist()):
                path = folder / f"{way.name.replace(' ', '_')}-{name}-{number}.ogg"
                samples = waveform[row].clamp(-1, 1).cpu().numpy()
                soundfile.write(path, samples, 16_000, format="OGG", subtype="OPUS", compression_level=0.9)


def _nearest(embeddings: Tensor, train: Tensor) -> float:
    """Return the mean cosine distance to the nearest training clip."""
    a, b = (torch.nn.functional.normalize(x, dim=-1) for x in (embeddings, train))
    return float((1 - (a @ b.T).amax(-1)).mean())
