"""Latents of takes from a denoiser that attends over time: with curves, of any length, in few steps.

The networks were taught on 5.12 s. Longer takes are made of windows of that length whose predictions are blended
at every step (MultiDiffusion, arXiv 2302.08113), so that they have one course; a loop's windows go round its end.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from engine.diffusion.curves import TakeCurves, onset_track
from engine.diffusion.few_steps import Circle, sample_circle
from engine.diffusion.sampler import SEVERAL, GuidanceTargets, guide
from engine.progress import Progress, no_progress

WINDOW, HOP = 128, 96
"""Latent frames of a window, and from one window to the next."""
CURVE_FRAMES = 4
MAKING_STEPS = 12
LONGEST_STRIDE, SHORTEST_STRIDE = 1 / 4, 1 / 16
LEAST_GUIDANCE, MOST_GUIDANCE = 1.0, 4.5
"""What a distilled network was taught."""

BEFORE, AFTER = 5, 20
"""Frames of 10 ms kept before the loudest stretch of a short take, and after it until silence."""

Predict = Callable[[Tensor, Tensor, Tensor], Tensor]
"""(latent, timesteps, curves of the same rows) to v."""


@dataclass(frozen=True)
class TakePlan:
    """What tells the takes of a batch apart.

    Attributes:
        seeds: one per take; they also decide curves that are made up.
        curves: what was drawn for each take; what was not is made up.
        kept: mel frames that are kept of the beginning; None for all.
        loop: whether the end goes over into the beginning.
    """

    seeds: Sequence[int]
    curves: Sequence[TakeCurves | None]
    kept: int | None = None
    loop: bool = False


@dataclass(frozen=True)
class Asked:
    """What the takes of a batch are to be: their conditions, what to go away from, how strongly, when, in a circle."""

    targets: GuidanceTargets
    null: Tensor
    guidance: float
    curves: Tensor
    loop: bool


class VoiceSampler:
    """Samples latents.

    Args:
        denoiser: a ``TimeTransformer``; its configuration says whether guidance and few steps are built in.
        maker: the ``TimeTransformer`` that makes up curves, or None: then undrawn curves stay free.
        alphas: the cumulative signal shares that both were trained with.
        rescale: how much of guidance's overshoot is taken back, where it is not built in.
    """

    def __init__(self, denoiser: Any, maker: Any | None, alphas: Tensor, rescale: float = 0.7) -> None:
        self.denoiser, self.maker = denoiser, maker
        self.circle = Circle(alphas)
        self.rescale = rescale

    def latents(
        self,
        noise: Tensor,
        plan: TakePlan,
        targets: GuidanceTargets,
        null: Tensor,
        *,
        guidance: float,
        steps: int,
        away: bool = False,
        progress: Progress | None = None,
    ) -> Tensor:
        """Make latents.

        Args:
            noise: (B, 8, T, 16) unit Gaussian.
            plan: seeds, drawn curves and length.
            targets: the conditions, and which take each is for.
            null: (1, 512), the empty text's condition, or that of words to be guided away from.
            guidance: the scale; 1 is none.
            away: whether ``null`` is of words to be guided away from: then the network is asked twice.

        Returns:
            standardised latents of the noise's shape.

        Raises:
            Cancelled: within one step of being cancelled.
        """
        progress = progress or no_progress()
        drawn = self.curves(noise.shape[2], plan, targets).to(noise.device)
        asked = Asked(targets, null, guidance, drawn, plan.loop)
        ask = self._twice if away or not self.denoiser.config.distilled else self._once
        done = 0

        def velocity(latent: Tensor, timestep: Tensor, stride: float) -> Tensor:
            nonlocal done
            progress.report(done / steps, f"step {done + 1} of {steps}")
            done += 1
            return ask(latent, timestep, stride, asked)

        return sample_circle(velocity, noise, self.circle, steps)

    def curves(self, frames: int, plan: TakePlan, targets: GuidanceTargets) -> Tensor:
        """Return the curves of every take as a denoiser takes them, float32 (B, 4, frames * 4).

        Drawn ones, and made-up ones for takes of one thing for which nothing was drawn, their loudest stretch of
        the wanted length first.
        """
        seeds, drawn = plan.seeds, plan.curves
        out = torch.zeros(len(seeds), 4, frames * CURVE_FRAMES)
        for take, curve in enumerate(drawn):
            if curve is not None:
                out[take] = curve.condition(frames * CURVE_FRAMES)
        counts = torch.bincount(targets.takes.cpu(), minlength=len(seeds))
        free = [n for n, curve in enumerate(drawn) if curve is None and counts[n] == 1]
        if self.maker is not None and free:
            rows = torch.stack([targets.conditions[targets.takes == take][0] for take in free])
            made = self._made(self.maker, frames, [seeds[take] for take in free], rows, loop=plan.loop)
            made = torch.stack([shortened(one, plan.kept or one.shape[-1]) for one in made])
            out[free] = torch.cat([made, torch.ones_like(made)], 1)
        return out

    def _made(
        self, maker: Any, frames: int, seeds: Sequence[int], conditions: Tensor, *, loop: bool
    ) -> Tensor:
        """Curves made up for conditions (B, 512): (B, 2, frames * 4) on the CPU."""
        noise = torch.stack(
            [
                torch.randn(2, frames, CURVE_FRAMES, generator=_generator(seed, condition))
                for seed, condition in zip(seeds, conditions.cpu(), strict=True)
            ]
        ).to(conditions.device)

        def velocity(latent: Tensor, timestep: Tensor, _stride: float) -> Tensor:
            def predict(part: Tensor, times: Tensor, _curves: Tensor) -> Tensor:
                rows = conditions.repeat(len(part) // len(conditions), 1)
                out: Tensor = maker(part, times, class_labels=rows).sample
                return out

            return blended(predict, latent, timestep, latent.new_zeros(len(latent), 4, 0), loop=loop)

        grid = sample_circle(velocity, noise, self.circle, MAKING_STEPS).float().cpu()
        loudness, track = grid.flatten(2).unbind(1)
        peak = torch.nn.functional.max_pool1d(track[:, None], 5, stride=1, padding=2)[:, 0]
        return torch.stack([loudness.clamp(-1, 1), onset_track((track >= peak) & (track > 0.5))], 1)

    def _twice(self, latent: Tensor, timestep: Tensor, _stride: float, asked: Asked) -> Tensor:
        """The guided v from calls with and without the conditions."""
        takes = torch.cat([torch.arange(len(latent), device=latent.device), asked.targets.takes])
        conditions = torch.cat([asked.null.expand(len(latent), -1), asked.targets.conditions])

        def predict(part: Tensor, times: Tensor, drawn: Tensor) -> Tensor:
            rows = conditions.repeat(len(part) // len(conditions), 1)
            out: Tensor = self.denoiser(part, times, class_labels=rows, curves=drawn).sample
            return out

        out = blended(predict, latent[takes], timestep[takes], asked.curves[takes], loop=asked.loop)
        return guide(
            out[: len(latent)], out[len(latent) :], asked.guidance, self.rescale, asked.targets.takes
        )

    def _once(self, latent: Tensor, timestep: Tensor, stride: float, asked: Asked) -> Tensor:
        """The guided v of a distilled network: one call for a take, one more for a take of several things."""
        counts = torch.bincount(asked.targets.takes, minlength=len(latent))
        several = torch.nonzero(counts > 1)[:, 0]
        takes = torch.cat([asked.targets.takes, several])
        conditions = torch.cat([asked.targets.conditions, asked.null.expand(len(several), -1)])
        scale = min(max(asked.guidance, LEAST_GUIDANCE), MOST_GUIDANCE)
        told = 0.0 if stride < SHORTEST_STRIDE else min(stride, LONGEST_STRIDE)

        def predict(part: Tensor, times: Tensor, drawn: Tensor) -> Tensor:
            rows = conditions.repeat(len(part) // len(conditions), 1)
            each = torch.ones(len(part), device=part.device)
            out: Tensor = self.denoiser(
                part, times, class_labels=rows, curves=drawn, guidance=each * scale, stride=each * told
            ).sample
            return out

        out = blended(predict, latent[takes], timestep[takes], asked.curves[takes], loop=asked.loop)
        toward, away = out[: len(asked.targets.takes)], out[len(asked.targets.takes) :]
        base = torch.zeros_like(latent)
        base[several] = away
        share = torch.where(counts[asked.targets.takes] > 1, SEVERAL, 1.0).view(-1, 1, 1, 1)
        return base.index_add(0, asked.targets.takes, share * (toward - base[asked.targets.takes]))


def blended(
    predict: Predict, latent: Tensor, timestep: Tensor, curves: Tensor, *, loop: bool = False
) -> Tensor:
    """Predict v of a latent of any length: that of windows, weighted by their nearness to each frame.

    Args:
        latent: (B, C, T, F).
        timestep: (B,).
        curves: (B, 4, T * 4), or of no length where there are none.
        loop: whether windows go round the end.
    """
    frames = latent.shape[2]
    if frames <= WINDOW:
        return predict(latent, timestep, curves)
    starts = window_starts(frames, loop=loop)
    places = [(torch.arange(WINDOW, device=latent.device) + start) % frames for start in starts]
    fine = torch.arange(CURVE_FRAMES, device=latent.device)
    drawn = [
        curves[..., (place[:, None] * CURVE_FRAMES + fine).flatten()] if curves.shape[-1] else curves
        for place in places
    ]
    parts = torch.cat([latent[:, :, place] for place in places])
    out = predict(parts, timestep.repeat(len(places)), torch.cat(drawn))
    ramp = torch.arange(WINDOW, device=latent.device)
    weight = torch.minimum(ramp + 1, WINDOW - ramp).float().view(1, 1, -1, 1)
    total, weights = torch.zeros_like(latent), torch.zeros(1, 1, frames, 1, device=latent.device)
    for place, part in zip(places, out.reshape(len(places), len(latent), *out.shape[1:]), strict=True):
        total.index_add_(2, place, weight * part)
        weights.index_add_(2, place, weight)
    return total / weights


def shortened(curves: Tensor, kept: int) -> Tensor:
    """Move the loudest stretch of curves (2, N), ``kept`` long, to the beginning; silence soon after it."""
    length = curves.shape[-1]
    if kept >= length:
        return curves
    power = 10 ** (3.0 * (curves[0] - 1.0))
    sums = torch.nn.functional.pad(power.cumsum(0), (1, 0))
    start = max(0, int((sums[kept:] - sums[:-kept]).argmax()) - BEFORE)
    kept = min(length, kept + AFTER)
    moved = torch.roll(curves, -start, dims=-1)
    moved[0, kept:], moved[1, kept:] = -1.0, 0.0
    return moved


def window_starts(frames: int, *, loop: bool) -> list[int]:
    """Return the first frames of the windows over ``frames``, the last one ending at the end, or round it in a loop."""
    if loop:
        return list(range(0, frames, HOP))
    return [*range(0, frames - WINDOW, HOP), frames - WINDOW]


def _generator(seed: int, condition: Tensor) -> torch.Generator:
    """Of made-up curves: the same seed gives another rhythm to another thing.

    The thing is told by the nearest of fixed directions, so that a slightly moved condition keeps its rhythm.
    """
    fixed = torch.randn(256, len(condition), generator=torch.Generator().manual_seed(7))
    nearest = int((fixed @ condition.float()).argmax())
    return torch.Generator().manual_seed((seed * 257 + nearest) % 2**63)
