"""``python -m engine.training.sound_tower_run``: train the sound tower from a pack of clips in limited time.

The results in ``--out`` are the part ``audio_encoder`` and the log, rewritten at every evaluation, so that an
interrupted run loses little; the checkpoint to resume from is in ``--work``.
"""

import argparse
import logging
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from engine.diffusion.sound_tower import SoundTower, log_mel
from engine.diffusion.text_tower import TextTower
from engine.models.concepts import load_concepts
from engine.progress import no_progress
from engine.training.sound_tower import Lessons, SoundTowerConfig, train_sound_tower
from engine.training.transformer_examples import ClipBank, Sound
from engine.training.transformer_pool import SynthesisJob, recorded_sounds, with_synthesis

log = logging.getLogger("foleyscape.training")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m engine.training.sound_tower_run", description=__doc__)
    parser.add_argument("--pack", type=Path, required=True, help="clips to learn from")
    parser.add_argument("--judging", type=Path, required=True, help="clips kept apart")
    parser.add_argument("--words", type=Path, required=True, help="folder of the text tower")
    parser.add_argument("--effects", type=Path, help="weights of the network that teaches on the side")
    parser.add_argument("--work", type=Path, required=True, help="folder for the checkpoint")
    parser.add_argument("--out", type=Path, required=True, help="folder for what comes back")
    parser.add_argument("--setting", choices=["toy", "release"], default="release")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--seconds", type=float, help="of training; the whole schedule without it")
    parser.add_argument("--steps", type=int)
    parser.add_argument("--batch", type=int)
    parser.add_argument("--taught", type=float, help="share of a batch that the teacher hears")
    parser.add_argument("--synthesised", type=int, default=24, help="sounds made of each concept")
    parser.add_argument("--processes", type=int, default=0, help="that synthesise meanwhile")
    parser.add_argument("--seed", type=int, default=60)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, evaluate on held-out clips, and store the tower."""
    options = _parser().parse_args(arguments)
    for folder in (options.work, options.out):
        folder.mkdir(parents=True, exist_ok=True)
    shown = logging.StreamHandler(sys.stderr)
    handlers: list[logging.Handler] = [shown, logging.FileHandler(options.out / "ear-log.txt")]
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", handlers=handlers, force=True)
    _Run(options).run()
    return 0


def config_of(options: argparse.Namespace) -> SoundTowerConfig:
    """Return the config given on the command line."""
    config = SoundTowerConfig.toy() if options.setting == "toy" else SoundTowerConfig.release()
    schedule = replace(
        config.schedule, steps=options.steps or config.schedule.steps, seconds=options.seconds, log_every=50
    )
    return replace(
        config,
        schedule=schedule,
        seed=options.seed,
        batch=options.batch or config.batch,
        taught=config.taught if options.taught is None else options.taught,
    )


class _Run:
    """One run: loaded data, and the work between steps."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options, self.began = options, time.monotonic()
        self.config, self.concepts = config_of(options), load_concepts()
        self.words = TextTower.from_pretrained(options.words).float().eval()
        self.job = SynthesisJob(self.concepts, options.synthesised, options.seed, options.processes)
        self.waiting = options.processes > 0

    def run(self) -> None:
        options = self.options
        torch.set_float32_matmul_precision("high")
        self.sounds = recorded_sounds(options.pack, self.concepts)
        log.info("%.0f s: %d clips decoded", time.monotonic() - self.began, len(self.sounds))
        made = [] if self.waiting else self.job.sounds()
        tower, _ = train_sound_tower(
            with_synthesis(self.sounds, made),
            self.concepts,
            self.words,
            self.config,
            no_progress(),
            options.work / "sound_tower.pt",
            teacher=self._teacher(),
            device=options.device,
            between=self._between,
        )
        tower.half().save_pretrained(options.out / "audio_encoder", safe_serialization=True)
        self._judge(tower.float())

    def _teacher(self) -> Any:
        if self.options.effects is None:
            return None
        from engine.training.effects_network import EffectsNetwork

        return EffectsNetwork.load(self.options.effects).to(self.options.device)

    def _between(self, step: int, lessons: Lessons) -> None:
        """Add the synthesized sounds once they are finished."""
        if self.waiting and step % 20 == 0 and self.job.is_done:
            self.waiting = False
            sounds = with_synthesis(self.sounds, self.job.sounds())
            lessons.take(sounds)
            log.info("%.0f s: synthesised sounds joined", time.monotonic() - self.began)

    def _judge(self, tower: SoundTower) -> None:
        kept_apart = recorded_sounds(self.options.judging, self.concepts)
        centres = self.words.encode([concept.name for concept in self.concepts])
        first, third = right_shares(tower.to(self.options.device), kept_apart, centres)
        log.info("%.0f s: done", time.monotonic() - self.began)
        log.info("clips kept apart (%d): first %.3f, among three %.3f", len(kept_apart), first, third)


@torch.no_grad()
def right_shares(tower: SoundTower, sounds: Sequence[Sound], centres: Tensor) -> tuple[float, float]:
    """Return the shares of clips whose concept is the nearest, and among the nearest three; clips at 16 kHz."""
    device = str(next(tower.parameters()).device)
    bank = ClipBank(sounds, len(centres), device)
    right = torch.zeros(2)
    for rows in torch.split(torch.arange(len(sounds), device=device), 64):
        mel = log_mel(bank.plain(rows))
        nearest = (tower(mel) @ centres.to(device).T).topk(3, dim=-1).indices
        meets = nearest == torch.tensor([sounds[int(row)].concept for row in rows], device=device)[:, None]
        right += torch.stack([meets[:, 0].sum(), meets.any(-1).sum()]).cpu()
    first, third = (right / len(sounds)).tolist()
    return first, third


if __name__ == "__main__":
    sys.exit(main())
