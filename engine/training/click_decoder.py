"""Training of the click decoder: clicks, boxes and corrections on frozen feature maps.

A step draws frames, asks for several objects in each by a click or a box, and then corrects the answers by a
second and sometimes a third click, with the previous logits as input. Needs torch, OpenCV and Pillow only, so
that it runs on a GPU machine as it is:

    python -m engine.training.click_decoder --pack clicks.zip --weights features.safetensors --out clicks.safetensors
"""

import argparse
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from engine.training.carried_features import load_features
from engine.training.click_frames import ClickFrame, FrameSource
from engine.training.click_pack import PackPicture, read_pack
from engine.training.loop import Schedule, Trainer
from engine.vision.click_decoder import FRAME, LOGITS, Answer, ClickNetwork, Prompts
from engine.vision.efficientnet import EfficientNetLite

log = logging.getLogger("foleyscape.training")
POINTS = 4
"""Maximum number of points of a question; unused ones are marked 0."""


@dataclass(frozen=True)
class ClickDecoderConfig:
    """Training config of the decoder.

    Attributes:
        frames: frames per step; each asks for four objects.
        seconds: total wall-clock time, over all resumed runs.
        rate: peak learning rate.
        workers: processes that draw frames; 0 draws in this one.
        device: "cpu" or "cuda".
        bfloat16: compute in bfloat16 where it helps.
        average: decay of the averaged weights.
        third: share of steps with a third round.
        seed: seed of everything.
    """

    frames: int = 24
    seconds: float = 460.0
    steps: int = 60_000
    rate: float = 1.6e-3
    workers: int = 10
    device: str = "cuda"
    bfloat16: bool = True
    average: float = 0.999
    third: float = 0.35
    export_every: float = 110.0
    seed: int = 5

    @classmethod
    def release(cls) -> "ClickDecoderConfig":
        """Return the config for eight minutes of one GPU."""
        return cls()

    @classmethod
    def toy(cls) -> "ClickDecoderConfig":
        """Return a config for seconds on a CPU."""
        return cls(
            frames=2,
            seconds=20.0,
            steps=4,
            workers=0,
            device="cpu",
            bfloat16=False,
            average=0.5,
            export_every=8.0,
        )


class _Frames(IterableDataset[dict[str, Tensor]]):
    """An endless stream of frames, different in each worker."""

    def __init__(self, pictures: list[PackPicture], seed: int) -> None:
        self._pictures, self._seed = pictures, seed

    def __iter__(self) -> Iterator[dict[str, Tensor]]:
        cv2.setNumThreads(0)
        worker = get_worker_info()
        rng = np.random.default_rng((self._seed, 0 if worker is None else worker.id))
        source = FrameSource(self._pictures)
        while True:
            yield _tensors(source.draw(rng))


def _tensors(frame: ClickFrame) -> dict[str, Tensor]:
    return {
        "pixels": torch.from_numpy(frame.pixels),
        "masks": torch.from_numpy(frame.masks),
        "inside": torch.from_numpy(frame.inside),
        "scores_only": torch.tensor(frame.scores_only),
    }


def train_click_decoder(
    pictures: list[PackPicture],
    features: EfficientNetLite,
    config: ClickDecoderConfig,
    out: Path,
    checkpoint: Path | None = None,
    start: Path | None = None,
) -> ClickNetwork:
    """Train, writing the averaged weights to ``out`` every ``export_every`` seconds and at the end.

    Args:
        pictures: pictures of a pack.
        features: the frozen network whose maps are decoded.
        config: training config.
        out: safetensors file.
        checkpoint: file to resume from, or None.
        start: initial weights, or None.
    """
    device = torch.device(config.device)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        network = ClickNetwork()
    if start is not None:
        load_click_weights(network, start)
    network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    features = features.to(device, memory_format=torch.channels_last).eval()  # type: ignore[call-overload]
    schedule = Schedule(config.steps, config.rate, config.seconds, warmup_steps=100)
    trainer = Trainer(network, schedule, checkpoint, config.average, weight_decay=0.03)
    step = _Step(network, features, config, trainer, out)
    frames = DataLoader(
        _Frames(pictures, config.seed + trainer.step),
        config.frames,
        num_workers=config.workers,
        pin_memory=device.type == "cuda",
        prefetch_factor=4 if config.workers else None,
    )
    trainer.run(iter(frames), step.loss)
    step.export()
    return network


class _Step:
    """The loss of one batch of frames, and a periodic export of the averaged weights."""

    def __init__(
        self,
        network: ClickNetwork,
        features: EfficientNetLite,
        config: ClickDecoderConfig,
        trainer: Trainer,
        out: Path,
    ) -> None:
        self.network, self.features, self.config, self.trainer, self.out = (
            network,
            features,
            config,
            trainer,
            out,
        )
        self._generator = torch.Generator(config.device).manual_seed(config.seed + 1)
        self._exported = time.monotonic()
        self._recent: list[tuple[float, float, float]] = []
        self._calibration: list[dict[str, Tensor]] = []

    def loss(self, batch: dict[str, Tensor], _share: float) -> Tensor:
        if time.monotonic() - self._exported > self.config.export_every:
            self.export()
            self._exported = time.monotonic()
        if len(self._calibration) < 24:
            self._calibration.append(batch)
        return self._loss(batch)

    def _loss(self, batch: dict[str, Tensor]) -> Tensor:
        device = self.config.device
        pixels = batch["pixels"].to(device, non_blocking=True).float().div(255)
        pixels = pixels.contiguous(memory_format=torch.channels_last)
        wanted = batch["masks"].to(device, non_blocking=True).float().div(255).flatten(0, 1)
        rows = torch.arange(len(pixels), device=device).repeat_interleave(batch["masks"].shape[1])
        inside = batch["inside"].to(device)[rows]
        scored = batch["scores_only"].to(device)[rows]
        with torch.autocast(device, torch.bfloat16, enabled=self.config.bfloat16):
            with torch.no_grad():
                maps = self.features(pixels).maps
            neck = self.network.neck(maps, pixels).rows(rows)
            prompts = self._first(wanted, inside)
            total, rounds = wanted.new_zeros(()), 3 if self._random(1).item() < self.config.third else 2
            for number in range(rounds):
                answer = self.network.decoder(neck, prompts)
                loss, overlap = answer_loss(answer, wanted, inside, scored)
                total = total + loss / rounds
                if number == 0:
                    self._note(overlap, answer.scores)
                if number + 1 < rounds:
                    prompts = self._corrected(answer, wanted, prompts, number + 1)
        return total

    def _random(self, *shape: int) -> Tensor:
        return torch.rand(*shape, generator=self._generator, device=self.config.device)

    def _first(self, wanted: Tensor, inside: Tensor) -> Prompts:
        """Return a click in each object; for some rows a box too, or instead."""
        count = len(wanted)
        point = self._point_in(wanted > 0.5, deep=0.4)
        points = wanted.new_zeros(count, POINTS, 3)
        points[:, 0, :2], points[:, 0, 2] = point, 1
        boxed, alone = self._random(count) < 0.22, self._random(count) < 0.5
        box = torch.where(boxed[:, None], self._box_of(wanted), -1.0)
        points[boxed & alone] = 0
        return Prompts(points, box, wanted.new_zeros(count, 1, LOGITS, LOGITS), inside)

    def _box_of(self, wanted: Tensor) -> Tensor:
        """Return the objects' boxes (B, 4), with inaccurate corners for half of them."""
        seen = wanted > 0.5
        cells = torch.arange(LOGITS, device=wanted.device, dtype=wanted.dtype)
        edges = []
        for along in (seen.any(1), seen.any(2)):
            low = torch.where(along, cells, 1e4).amin(1)
            high = torch.where(along, cells, -1.0).amax(1) + 1
            edges.append((low * 4, high * 4))
        (x0, x1), (y0, y1) = edges
        size = torch.stack([x1 - x0, y1 - y0, x1 - x0, y1 - y0], 1)
        noise = torch.randn(size.shape, generator=self._generator, device=size.device)
        loose = (self._random(len(size), 1) < 0.5).float() * 0.06
        return torch.stack([x0, y0, x1, y1], 1) + noise * loose * size

    def _point_in(self, region: Tensor, deep: float) -> Tensor:
        """Return a frame point (B, 2) in each region (B, 80, 80), deep inside for a share of them."""
        depth = depths(region)
        most = depth.amax((1, 2), keepdim=True)
        kind = self._random(len(region), 1, 1)
        shallow = torch.where(kind < deep + (1 - deep) * 0.6, most.clamp(max=1.5), 0.35 * most)
        least = torch.where(kind < deep, 0.8 * most, shallow)
        allowed = (depth >= least) & (depth > 0)
        drawn = self._random(*region.shape) * allowed
        best = drawn.flatten(1).argmax(1)
        cell = torch.stack([best % LOGITS, best // LOGITS], 1).float()
        return (cell + self._random(len(cell), 2)) * 4

    @torch.no_grad()
    def _corrected(self, answer: Answer, wanted: Tensor, before: Prompts, place: int) -> Prompts:
        """Add a click where the answer with the best score is most wrong."""
        best = answer.scores.argmax(1)[:, None, None, None].expand(-1, 1, LOGITS, LOGITS)
        logits = answer.logits.float().gather(1, best)
        found, truth = logits[:, 0] > 0, wanted > 0.5
        missing, extra = truth & ~found, found & (wanted < 0.3)
        lacks = depths(missing).amax((1, 2)) >= depths(extra).amax((1, 2))
        region = torch.where(lacks[:, None, None], missing, extra)
        none = ~region.any(2).any(1)
        region = torch.where(none[:, None, None], truth, region)
        kind = torch.where(lacks | none, 1.0, -1.0)
        points = before.points.clone()
        points[:, place, :2], points[:, place, 2] = self._point_in(region, deep=0.5), kind
        forgets = self._random(len(points), 1, 1, 1) < 0.25
        return Prompts(points, before.box, torch.where(forgets, 0.0, logits.clamp(-10, 10)), before.inside)

    def _note(self, overlap: Tensor, scores: Tensor) -> None:
        first = overlap.gather(1, scores.argmax(1, keepdim=True))
        self._recent.append((overlap.amax(1).mean().item(), first.mean().item(), 0.0))
        if self.trainer.step % 200 == 0 and self._recent:
            best, top, _ = np.mean(self._recent[-200:], axis=0)
            log.info("one click: best of three %.3f, first %.3f", best, top)

    @torch.no_grad()
    def export(self) -> None:
        """Write the averaged weights in half precision, with batch-normalization statistics measured anew."""
        from safetensors.torch import save_file

        own = {name: value.clone() for name, value in self.network.state_dict().items()}
        self.trainer.average.copy_to(self.network)
        _recalibrate(self.network, self._loss, self._calibration)
        halves = {
            name: value.half().contiguous().cpu()
            for name, value in self.network.state_dict().items()
            if not name.endswith("num_batches_tracked")
        }
        part = self.out.with_suffix(".part")
        save_file(halves, part, metadata={"steps": str(self.trainer.step)})
        part.replace(self.out)
        self.network.load_state_dict(own)
        self.network.train()


def _recalibrate(network: nn.Module, forward: "object", batches: list[dict[str, Tensor]]) -> None:
    """Measure batch normalization's means and variances for the current weights."""
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # a plain mean over all batches
    network.train()
    for batch in batches:
        forward(batch)  # type: ignore[operator]
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum


def depths(region: Tensor, most: int = 20) -> Tensor:
    """Return each cell's distance in cells from outside its region (B, h, w), up to ``most``; 0 outside."""
    left = region.float()[:, None]
    depth = left.clone()
    for _ in range(most):
        padded = functional.pad(left, (1, 1, 1, 1))
        left = -functional.max_pool2d(-padded, 3, 1)
        depth = depth + left
    return depth[:, 0]


def answer_loss(answer: Answer, wanted: Tensor, inside: Tensor, scored: Tensor) -> tuple[Tensor, Tensor]:
    """Return the loss of answers to targets (B, 80, 80), and the IoU (B, 3) of each mask with its target.

    The smallest of the three masks' losses dominates; rows in ``scored`` train the scores alone.
    """
    logits = answer.logits.float()
    cells = (torch.arange(LOGITS, device=logits.device) + 0.5) * (FRAME / LOGITS)
    across = (cells >= inside[:, :1]) & (cells < inside[:, 2:3])
    down = (cells >= inside[:, 1:2]) & (cells < inside[:, 3:])
    shown = (down[:, :, None] & across[:, None]).float()[:, None]
    truth = wanted[:, None].expand_as(logits)
    area = wanted.sum((1, 2))[:, None]
    each = functional.binary_cross_entropy_with_logits(logits, truth, reduction="none") * shown
    cross = each.sum((2, 3)) / (3 * area + 150).clamp(max=4000)
    soft = torch.sigmoid(logits) * shown
    dice = 1 - (2 * (soft * truth).sum((2, 3)) + 1) / (soft.sum((2, 3)) + area + 1)
    loss = cross + dice
    with torch.no_grad():
        found, there = (logits > 0) & (shown > 0), truth > 0.5
        overlap = (found & there).sum((2, 3)) / (found | there).sum((2, 3)).clamp(min=1)
    masks = loss.amin(1) + 0.06 * loss.mean(1)
    taught = (~scored).float()
    scores = (answer.scores.float() - overlap).square().mean()
    return (masks * taught).sum() / taught.sum().clamp(min=1) + 2 * scores, overlap


def load_click_weights(network: ClickNetwork, path: Path) -> None:
    """Load weights written by ``train_click_decoder``."""
    from safetensors.torch import load_file

    values = {name: value.float() for name, value in load_file(path).items()}
    missing, unexpected = network.load_state_dict(values, strict=False)
    assert not unexpected and all(name.endswith("num_batches_tracked") for name in missing)


def main() -> None:
    """Train from a pack."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pack", type=Path, required=True)
    options.add_argument(
        "--weights", type=Path, required=True, help="what engine.training.carried_features wrote"
    )
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--start", type=Path, help="weights to begin with")
    options.add_argument("--checkpoint", type=Path, help="where to resume from")
    options.add_argument("--device", default="cuda")
    options.add_argument("--seconds", type=float, default=ClickDecoderConfig.seconds)
    options.add_argument("--workers", type=int, default=ClickDecoderConfig.workers)
    options.add_argument("--frames", type=int, default=ClickDecoderConfig.frames)
    options.add_argument("--steps", type=int, default=ClickDecoderConfig.steps)
    options.add_argument("--seed", type=int, default=ClickDecoderConfig.seed)
    given = options.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    config = ClickDecoderConfig(
        frames=given.frames,
        seconds=given.seconds,
        steps=given.steps,
        workers=given.workers,
        device=given.device,
        bfloat16=given.device != "cpu",
        seed=given.seed,
    )
    given.out.parent.mkdir(parents=True, exist_ok=True)
    features = load_features(given.weights)
    train_click_decoder(read_pack(given.pack), features, config, given.out, given.checkpoint, given.start)


if __name__ == "__main__":
    main()
