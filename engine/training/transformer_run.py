"""``python -m engine.training.transformer_run``: train the networks from a pack of clips, in a number of seconds.

Everything that comes back lies in ``--out`` as parts of one tar file of at most 15 MiB each, written again at every
save, so that a run that is cut off loses little. Checkpoints to resume from lie in ``--work``.
"""

import argparse
import io
import logging
import shutil
import sys
import tarfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from engine.diffusion.autoencoder import MelCodec
from engine.diffusion.few_steps import Circle
from engine.diffusion.mel import LogMel
from engine.models.concepts import load_concepts
from engine.training.mel_codec import MEL_MEAN, MEL_PATCH, MEL_STD
from engine.training.transformer_examples import ClipBank
from engine.training.transformer_judging import WAYS, Judging
from engine.training.transformer_losses import Dropping, Teaching
from engine.training.transformer_pool import (
    Pool,
    SynthesisJob,
    caption_groups,
    only_known,
    recorded_sounds,
    with_synthesis,
)
from engine.training.transformer_trainer import TakeNetworks, TransformerConfig, TransformerTrainer

log = logging.getLogger("foleyscape.training")

PART_BYTES = 15 * 2**20


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m engine.training.transformer_run", description=__doc__)
    parser.add_argument("--pack", type=Path, required=True, help="clips to learn from")
    parser.add_argument("--judging", type=Path, required=True, help="clips kept apart")
    parser.add_argument("--parts", type=Path, required=True, help="folder of text_encoder, vae and vocoder")
    parser.add_argument("--effects", type=Path, help="weights of the network that judges")
    parser.add_argument("--work", type=Path, required=True, help="folder for checkpoints")
    parser.add_argument("--out", type=Path, required=True, help="folder for what comes back")
    parser.add_argument("--setting", choices=["toy", "release"], default="release")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--seconds", type=float, default=400.0, help="of training, both stages together")
    parser.add_argument("--until", type=float, default=520.0, help="seconds from the start to end judging at")
    parser.add_argument("--batch", type=int)
    parser.add_argument("--compiled", action="store_true")
    parser.add_argument("--processes", type=int, default=0, help="that synthesise sounds meanwhile")
    parser.add_argument("--synthesised", type=int, help="sounds of each concept that can be synthesised")
    parser.add_argument("--takes", type=int, default=8, help="of each concept, to judge each way by")
    parser.add_argument("--ways", type=int, default=len(WAYS))
    parser.add_argument("--judged-concepts", type=int)
    parser.add_argument("--seed", type=int, default=11)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, judge, and store the networks."""
    began = time.monotonic()
    options = _parser().parse_args(arguments)
    options.work.mkdir(parents=True, exist_ok=True)
    options.out.mkdir(parents=True, exist_ok=True)
    handlers: list[logging.Handler] = [
        logging.StreamHandler(sys.stderr),
        logging.FileHandler(options.work / "log.txt"),
    ]
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", handlers=handlers, force=True)
    config = (
        TransformerConfig.toy(options.seconds)
        if options.setting == "toy"
        else TransformerConfig(options.seconds)
    )
    config = replace(config, batch=options.batch or config.batch, compiled=options.compiled)
    if options.synthesised is not None:
        config = replace(config, synthesised=options.synthesised)
    _Run(options, config, began).run()
    return 0


class _Run:
    """One run: what is loaded, and what happens between the steps."""

    def __init__(self, options: argparse.Namespace, config: TransformerConfig, began: float) -> None:
        self.options, self.config, self.began = options, config, began
        self.concepts = load_concepts()
        self.job = SynthesisJob(self.concepts, config.synthesised, options.seed, options.processes)
        self.made = options.processes > 0

    def run(self) -> None:
        options, config = self.options, self.config
        torch.manual_seed(options.seed)
        if options.device == "cuda":
            torch.set_float32_matmul_precision("high")
        self.pool, self.unseen, words_null = self._pools()
        log.info("%.0f s: ready with %d clips", time.monotonic() - self.began, self.recordings)
        circle = Circle(_alphas())
        teaching = Teaching(circle, words_null.to(options.device), Dropping())
        rows = torch.arange(self.unseen.size, device=options.device)
        batch = self._fixed(lambda: self.unseen.rows(rows))

        def judged(networks: TakeNetworks) -> dict[str, float]:
            with torch.no_grad():
                kinds = self._fixed(
                    lambda: (
                        teaching.plain(networks.denoiser, batch).mean(),
                        teaching.of_curves(networks.curves, batch).mean(),
                    )
                )
            return {"denoiser": round(float(kinds[0]), 4), "curves": round(float(kinds[1]), 4)}

        trainer = TransformerTrainer(config, teaching, options.device, options.work, self.keep, judged)
        first = trainer.first(self.pool.batches(config.batch, config.fresh), self._between)
        base = self._copied(first)
        second = trainer.second(base, self.pool.batches(config.batch, config.fresh), self._between)
        self._judge({True: self._copied(second), False: base}, teaching, circle)
        write_parts(options.work / "keep", options.work / "log.txt", options.out)
        log.info("%.0f s: done", time.monotonic() - self.began)

    def _copied(self, networks: TakeNetworks) -> TakeNetworks:
        """Return a copy that is not compiled and only used for inference."""
        out = TakeNetworks(self.config).to(self.options.device).eval().requires_grad_(False)
        out.load_state_dict(networks.state_dict())
        return out

    def keep(self, networks: TakeNetworks, stage: str) -> None:
        """Store the networks: of a stage that is over, eight bits an entry."""
        folder = self.options.work / "keep"
        folder.mkdir(parents=True, exist_ok=True)
        save_networks(networks, folder / stage, distilled=stage == "second")
        if stage == "second":
            shrink(folder / "first")
        write_parts(folder, self.options.work / "log.txt", self.options.out)

    def _between(self, step: int) -> None:
        """Take in the synthesised sounds once they are made."""
        if self.made and step % 20 == 0 and self.job.is_done:
            self.made = False
            self._set_bank(self.job.sounds())
            log.info("%.0f s: synthesised sounds joined", time.monotonic() - self.began)

    def _pools(self) -> tuple[Pool, Pool, torch.Tensor]:
        from engine.diffusion.text_tower import TextTower

        options, config, device = self.options, self.config, self.options.device
        words = (
            TextTower.from_pretrained(options.parts / "text_encoder", low_cpu_mem_usage=False).float().eval()
        )
        rng = np.random.default_rng(options.seed)
        self.groups = caption_groups(self.concepts, words, config.pairs, config.pair_share, rng).to(device)
        self.sounds = recorded_sounds(options.pack, self.concepts)
        self.recordings = len(self.sounds)
        log.info("%.0f s: clips decoded", time.monotonic() - self.began)
        made = [] if self.made else self.job.sounds()
        bank = ClipBank(with_synthesis(self.sounds, made), len(self.concepts), device, self.recordings)
        kept_apart = recorded_sounds(options.judging, self.concepts)
        apart = ClipBank(kept_apart, len(self.concepts), device)
        codec, front_end = load_codec(options.parts, device), LogMel().to(device)
        single = torch.arange(len(self.groups.shares), device=device) < len(self.concepts)
        alone = replace(self.groups, shares=self.groups.shares * single)
        bfloat16 = config.bfloat16
        pool = Pool(bank, only_known(self.groups, bank), codec, front_end, config.pool, bfloat16)
        unseen = Pool(apart, only_known(alone, apart), codec, front_end, min(512, config.pool), bfloat16)
        pool.fill()
        self._fixed(unseen.fill)
        return pool, unseen, words.encode([""])[0].detach().float()

    def _set_bank(self, made: list[Any]) -> None:
        device = self.options.device
        bank = ClipBank(with_synthesis(self.sounds, made), len(self.concepts), device, self.recordings)
        self.pool.bank, self.pool.groups = bank, only_known(self.groups, bank)

    def _judge(self, networks: dict[bool, TakeNetworks], teaching: Teaching, circle: Circle) -> None:
        from engine.diffusion.vocoder import SpectralVocoder
        from engine.training.effects_network import EffectsNetwork

        options = self.options
        vocoder = (
            SpectralVocoder.from_pretrained(options.parts / "vocoder", low_cpu_mem_usage=False)
            .float()
            .eval()
            .to(options.device)
        )
        network = None
        if options.effects is not None:
            network = EffectsNetwork.load(options.effects).to(options.device)
        judging = Judging(
            self.pool,
            self.unseen,
            vocoder,
            network,
            teaching,
            circle,
            options.takes,
            [c.id for c in self.concepts],
            deadline=self.began + options.until,
            most=options.judged_concepts,
        )
        judging.judge(networks, options.work / "keep", WAYS[: options.ways])

    def _fixed(self, make: Any) -> Any:
        """Return what ``make`` returns with fixed random numbers, without affecting other random numbers."""
        devices = [0] if self.options.device == "cuda" else []
        with torch.random.fork_rng(devices=devices):
            torch.manual_seed(3)
            return make()


def load_codec(parts: Path, device: str) -> MelCodec:
    """Load the codec of a model folder, on a device."""
    from diffusers import AutoencoderKL

    network = AutoencoderKL.from_pretrained(parts / "vae", low_cpu_mem_usage=False).float().eval().to(device)
    return MelCodec(network.requires_grad_(False), mel_patch=MEL_PATCH, mel_mean=MEL_MEAN, mel_std=MEL_STD)


def save_networks(networks: TakeNetworks, folder: Path, *, distilled: bool) -> None:
    """Save both networks in half precision, in the diffusers layout."""
    for name, network in (("denoiser", networks.denoiser), ("curves", networks.curves)):
        copied = type(network)(**dict(network.config))
        copied.load_state_dict(network.state_dict())
        if name == "denoiser":
            copied.register_to_config(distilled=distilled)
        copied.half().save_pretrained(folder / name, max_shard_size="15MB")


def shrink(folder: Path) -> None:
    """Keep the denoiser of a stage that is over in eight bits an entry with a scale for each row."""
    source = folder / "denoiser"
    if not source.is_dir():
        return
    from safetensors.torch import load_file, save_file

    small: dict[str, torch.Tensor] = {}
    for path in sorted(source.glob("*.safetensors")):
        for name, value in load_file(path).items():
            rows = value.float().reshape(len(value), -1)
            scale = rows.abs().amax(1).clamp_min(1e-8) / 127
            small[name] = (rows / scale[:, None]).round().to(torch.int8).view(value.shape)
            small[f"{name}.scale"] = scale
    save_file(small, folder / "denoiser_int8.safetensors")
    shutil.rmtree(source)
    shutil.rmtree(folder / "curves")


def write_parts(folder: Path, log_file: Path, out: Path) -> None:
    """Write ``folder`` as one tar file in parts of at most 15 MiB, and the log beside them."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        tar.add(folder, arcname="networks")
    whole = buffer.getvalue()
    for old in out.glob("networks.tar.*"):
        old.unlink()
    for number, at in enumerate(range(0, len(whole), PART_BYTES)):
        (out / f"networks.tar.{number}").write_bytes(whole[at : at + PART_BYTES])
    if log_file.exists():
        (out / "networks-log.txt").write_bytes(log_file.read_bytes())


def _alphas() -> torch.Tensor:
    from engine.diffusion.unet import scheduler_config
    from engine.training.denoiser import NoiseSchedule

    return NoiseSchedule.of(scheduler_config()).alphas


if __name__ == "__main__":
    sys.exit(main())
