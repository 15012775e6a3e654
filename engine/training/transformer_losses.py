"""What the denoiser is taught: v-prediction under words and curves, and then few steps with guidance built in.

The second stage keeps the first one's task for part of the rows. The others learn the guided velocity (guidance
distillation, arXiv 2210.03142) and steps of a sixteenth, an eighth and a quarter of the way, each from two halves
made by the averaged network itself (progressive distillation, arXiv 2202.00512; shortcut models, arXiv 2410.12557).
"""

import copy
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.diffusion.few_steps import QUARTER, Circle, noised, turned_by

FINEST = 32
JUMPS = (2, 4, 8)
"""Thirty-seconds of the way that one step of a distilled network may go."""


@dataclass(frozen=True)
class Batch:
    """Rows to learn from: latents (B, 8, T, 16), curves (B, 2, 4 T), the conditions of what is heard (B, 512)."""

    latents: Tensor
    curves: Tensor
    conditions: Tensor


@dataclass(frozen=True)
class Dropping:
    """How often what is dropped, and how inexact conditions are made."""

    condition: float = 0.1
    both_curves: float = 0.4
    one_curve: float = 0.15
    inexact: float = 0.5
    spread: float = 0.45


def inexact_conditions(conditions: Tensor, dropping: Dropping) -> Tensor:
    """Move some rows about on the sphere: object attention finds conditions near a caption's, not on it."""
    count = len(conditions)
    size = torch.rand(count, 1, device=conditions.device) * dropping.spread
    size = size * (torch.rand(count, 1, device=conditions.device) < dropping.inexact)
    moved = conditions + size * functional.normalize(torch.randn_like(conditions), dim=-1)
    other = conditions[torch.randperm(count, device=conditions.device)]
    strayed = (torch.rand(count, 1, device=conditions.device) < 0.2).float()
    pull = torch.rand(count, 1, device=conditions.device) * 0.3 * strayed
    return functional.normalize(moved + pull * other, dim=-1)


def dropped_conditions(conditions: Tensor, null: Tensor, share: float) -> Tensor:
    """Replace a share of the conditions by the empty text's."""
    gone = torch.rand(len(conditions), 1, device=conditions.device) < share
    return torch.where(gone, null, conditions)


def given_curves(curves: Tensor, dropping: Dropping) -> Tensor:
    """Return curves as conditions (B, 4, T): loudness made smoother in some rows, either or both left free in some."""
    count, device = len(curves), curves.device
    loudness, onsets = curves[:, 0], curves[:, 1]
    kind = torch.randint(0, 4, (count, 1), device=device)
    for number, size in ((1, 9), (2, 25), (3, 61)):
        smooth = functional.avg_pool1d(
            loudness[:, None], size, stride=1, padding=size // 2, count_include_pad=False
        )[:, 0]
        loudness = torch.where(kind == number, smooth, loudness)
    draw = torch.rand(count, 1, device=device)
    free = dropping.both_curves
    has_loudness = (draw > free + dropping.one_curve).float()
    has_onsets = ((draw > free) & ~(draw > 1 - dropping.one_curve)).float()
    flags = torch.stack([has_loudness, has_onsets], 1).expand(-1, 2, curves.shape[-1])
    return torch.cat([torch.stack([loudness * has_loudness, onsets * has_onsets], 1), flags], 1)


class Teaching:
    """The losses of both stages.

    Args:
        circle: the trained schedule's angles.
        null: the empty text's condition (512,).
        dropping: how often what is dropped.
        rescale: how much of guidance's overshoot is taken back, as at use.
    """

    def __init__(self, circle: Circle, null: Tensor, dropping: Dropping, rescale: float = 0.7) -> None:
        self.null = null
        self.dropping = dropping
        self.rescale = rescale
        self._timesteps = circle.table().to(null.device)

    def timestep(self, angle: Tensor) -> Tensor:
        """Return the timestep at angles (B,), by table."""
        place = (angle / QUARTER * (len(self._timesteps) - 1)).round().long()
        return self._timesteps[place.clamp(0, len(self._timesteps) - 1)]

    def plain(self, network: nn.Module, batch: Batch) -> Tensor:
        """Return squared errors of v, one for each row."""
        conditions = inexact_conditions(batch.conditions, self.dropping)
        conditions = dropped_conditions(conditions, self.null, self.dropping.condition)
        angle = torch.rand(len(conditions), device=conditions.device) * QUARTER
        latent, target = noised(batch.latents, torch.randn_like(batch.latents), angle)
        curves = given_curves(batch.curves, self.dropping)
        out = network(latent, self.timestep(angle), class_labels=conditions, curves=curves).sample
        return _squared_error(out, target)

    def of_curves(self, network: nn.Module, batch: Batch) -> Tensor:
        """Return squared errors of a network that makes up the curves themselves, one for each row."""
        clean = as_grid(batch.curves)
        conditions = inexact_conditions(batch.conditions, self.dropping)
        conditions = dropped_conditions(conditions, self.null, self.dropping.condition)
        angle = torch.rand(len(conditions), device=conditions.device) * QUARTER
        latent, target = noised(clean, torch.randn_like(clean), angle)
        out = network(latent, self.timestep(angle), class_labels=conditions).sample
        return _squared_error(out, target)

    @torch.no_grad()
    def guided_velocity(
        self,
        base: nn.Module,
        latent: Tensor,
        timestep: Tensor,
        conditions: Tensor,
        curves: Tensor,
        scale: Tensor,
    ) -> Tensor:
        """Return the velocity that guidance makes of two calls of the network, scales (B,)."""
        twice = [torch.cat([x, x]) for x in (latent, timestep, curves)]
        both = torch.cat([self.null.expand(len(conditions), -1), conditions])
        out = base(twice[0], twice[1], class_labels=both, curves=twice[2]).sample.float()
        away, toward = out.chunk(2)
        pulled = away + scale.view(-1, 1, 1, 1) * (toward - away)
        sizes = [x.square().mean(dim=(1, 2, 3), keepdim=True).sqrt() for x in (toward, pulled)]
        scaled: Tensor = pulled * (self.rescale * sizes[0] / sizes[1].clamp_min(1e-6) + 1 - self.rescale)
        return scaled

    def few(self, network: nn.Module, averaged: nn.Module, base: nn.Module, batch: Batch) -> Tensor:
        """Return squared errors of the second stage's tasks on thirds of the rows, one for each row."""
        third = len(batch.latents) // 3
        parts = [
            Batch(batch.latents[s], batch.curves[s], batch.conditions[s])
            for s in (slice(0, third), slice(third, 2 * third), slice(2 * third, None))
        ]
        plain = self.plain(network, parts[0])
        return torch.cat(
            [plain, self._guided(network, base, parts[1]), self._jumps(network, averaged, parts[2])]
        )

    def _wanted(self, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
        """Return conditions (some the empty text's, for takes of several objects), curves and guidance scales."""
        conditions = inexact_conditions(batch.conditions, self.dropping)
        conditions = dropped_conditions(conditions, self.null, 0.05)
        scale = 1.0 + 3.5 * torch.rand(len(conditions), device=conditions.device)
        return conditions, given_curves(batch.curves, self.dropping), scale

    def _guided(self, network: nn.Module, base: nn.Module, batch: Batch) -> Tensor:
        conditions, curves, scale = self._wanted(batch)
        angle = torch.rand(len(conditions), device=conditions.device) * QUARTER
        latent, _ = noised(batch.latents, torch.randn_like(batch.latents), angle)
        target = self.guided_velocity(base, latent, self.timestep(angle), conditions, curves, scale)
        out = network(
            latent, self.timestep(angle), class_labels=conditions, curves=curves, guidance=scale
        ).sample
        return _squared_error(out, target)

    def _jumps(self, network: nn.Module, averaged: nn.Module, batch: Batch) -> Tensor:
        conditions, curves, scale = self._wanted(batch)
        count, device = len(conditions), conditions.device
        jump = torch.tensor(JUMPS, device=device)[torch.randint(0, len(JUMPS), (count,), device=device)]
        place = jump * (1 + (torch.rand(count, device=device) * (FINEST // jump)).long())
        place = place.clamp(max=FINEST)
        angle, whole = QUARTER * place / FINEST, QUARTER * jump / FINEST
        latent, _ = noised(batch.latents, torch.randn_like(batch.latents), angle)
        # Halves of the finest step are points of the guided velocity.
        half = torch.where(jump > JUMPS[0], jump / 2.0, 0.0) / FINEST
        wanted: dict[str, Any] = {"class_labels": conditions, "curves": curves, "guidance": scale}
        with torch.no_grad():
            there = latent
            for at in (angle, angle - whole / 2):
                v = averaged(there, self.timestep(at), stride=half, **wanted).sample.float()
                there = turned_by(there, v, whole / 2)
            turn = whole.view(-1, 1, 1, 1)
            target = (turn.cos() * latent - there) / turn.sin()
        out = network(latent, self.timestep(angle), stride=jump / FINEST, **wanted).sample
        return _squared_error(out, target)


def as_grid(curves: Tensor) -> Tensor:
    """Return curves (B, 2, 4 T) in the shape of a latent, (B, 2, T, 4)."""
    return curves.reshape(*curves.shape[:-1], -1, 4)


def _squared_error(out: Tensor, target: Tensor) -> Tensor:
    """Return the mean squared error of each row."""
    return (out.float() - target).square().mean(dim=(1, 2, 3))


def frozen_copy(network: nn.Module) -> nn.Module:
    """Return a copy that is only asked."""
    return copy.deepcopy(network).eval().requires_grad_(False)
