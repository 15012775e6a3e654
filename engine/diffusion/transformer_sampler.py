"""Sampling with a denoiser that attends over time: with curves, of any duration, in few steps.

The networks were trained on 5.12 s. Longer takes consist of windows of that length whose predictions are
blended at every step (MultiDiffusion, arXiv 2302.08113), so that they are coherent; a loop's windows wrap
around its end.
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
"""Latent frames of a window, and between the starts of consecutive windows."""
CURVE_FRAMES = 4
MAKING_STEPS = 12
LONGEST_STRIDE, SHORTEST_STRIDE = 1 / 4, 1 / 16
LEAST_GUIDANCE, MOST_GUIDANCE = 1.0, 4.5
"""Lowest guidance scale that a distilled network was trained for."""

BEFORE, AFTER = 5, 20
"""Frames of 10 ms kept before the loudest stretch of a short take, and after it until silence."""

Predict = Callable[[Tensor, Tensor, Tensor], Tensor]
"""(latent, timesteps, curves of the same rows) to v."""


@dataclass(frozen=True)
class TakePlan:
    """What differs between the takes of a batch.

    Attributes:
        seeds: one per take; they also determine generated curves.
        curves: drawn curves of each take; the others are generated.
        kept: mel frames that are kept from the start; None for all.
        loop: whether the end continues into the start.
    """

    seeds: Sequence[int]
    curves: Sequence[TakeCurves | None]
    kept: int | None = None
    loop: bool = False


@dataclass(frozen=True)
class Asked:
    """A batch's conditions: targets, negative, scale, curves, and whether it loops."""

    targets: GuidanceTargets
    null: Tensor
    guidance: float
    curves: Tensor
    loop: bool


class TransformerSampler:
    """Samples latents.

    Args:
        denoiser: a ``TimeTransformer``; its configuration says whether guidance and few steps are built in.
        maker: the ``TimeTransformer`` that generates curves, or None to leave curves free that are not drawn.
        alphas: the cumulative signal fractions that both were trained with.
        rescale: how far guidance is rescaled, if it is not built in.
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
        """Sample latents.

        Args:
            noise: (B, 8, T, 16) unit Gaussian.
            plan: seeds, drawn curves and length.
            targets: the conditions, and the take of each.
            null: (1, 512), the condition of the empty text, or of a negative prompt.
            guidance: the guidance scale; 1 is none.
            steps: number of steps.
            away: whether ``null`` is a negative prompt, for which the network is called twice.
            progress: told of every step.

        Returns:
            Standardized latents of the noise's shape.

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
        """Return the curves of every take as a denoiser's input, float32 (B, 4, frames * 4).

        Drawn ones, and generated ones for takes of one object without drawn curves, starting with their
        loudest stretch of the wanted length.
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
        """Generate curves for conditions (B, 512): (B, 2, frames * 4) on the CPU."""
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
        """Return the guided v from calls with and without the conditions."""
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
        """Return the guided v of a distilled network: one call per take, one more for a take of several objects."""
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
    """Predict v of a latent of any length, as the average over windows, weighted by distance to each frame.

    Args:
        predict: predicts v of one window.
        latent: (B, C, T, F).
        timestep: (B,).
        curves: (B, 4, T * 4), or of length 0 if there are none.
        loop: whether windows wrap around the end.
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
    """Move the loudest stretch of curves (2, N), ``kept`` long, to the start, with silence soon after it."""
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
    """Return the first frames of the windows over ``frames``; the last one ends at the end, or wraps in a loop."""
    if loop:
        return list(range(0, frames, HOP))
    return [*range(0, frames - WINDOW, HOP), frames - WINDOW]


def _generator(seed: int, condition: Tensor) -> torch.Generator:
    """Return the generator of a take's curves: the same seed gives different rhythms to different objects.

    The object is identified by the nearest of fixed directions, so that a slightly changed condition keeps
    its rhythm.
    """
    fixed = torch.randn(256, len(condition), generator=torch.Generator().manual_seed(7))
    nearest = int((fixed @ condition.float()).argmax())
    return torch.Generator().manual_seed((seed * 257 + nearest) % 2**63)
