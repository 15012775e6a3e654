"""Sampling in few steps, on the circle along which v-prediction moves, with or without built-in guidance.

With signal cos(a) and noise sin(a), a step of DDIM from angle a to b rotates the latent: x_b = cos(a - b) x_a
- sin(a - b) v (arXiv 2202.00512, appendix D). Equal rotations suit few steps better than equal steps of time.
"""

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

QUARTER = math.pi / 2
Velocity = Callable[[Tensor, Tensor, float], Tensor]
"""(latent, timestep (B,), stride) to v."""


class Circle:
    """Angles of the training schedule.

    Args:
        alphas: cumulative signal fractions of the schedule's steps, float32 (1000,).
    """

    def __init__(self, alphas: Tensor) -> None:
        self._angles = torch.arccos(alphas.double().clamp(0, 1).sqrt()).numpy()

    def timestep(self, angle: Tensor) -> Tensor:
        """Return the fractional timestep of each angle from 0 (clean) to a quarter turn (noise)."""
        steps = np.arange(len(self._angles))
        found = np.interp(angle.detach().double().cpu().numpy(), self._angles, steps)
        return torch.from_numpy(found).to(angle)

    def table(self, count: int = 4096) -> Tensor:
        """Return the timesteps at ``count`` + 1 equally spaced angles from 0 to a quarter turn."""
        return self.timestep(torch.linspace(0, QUARTER, count + 1, dtype=torch.float64)).float()


def noised(clean: Tensor, noise: Tensor, angle: Tensor) -> tuple[Tensor, Tensor]:
    """Return the noised latent and its v at angles (B,)."""
    cosine, sine = (f(angle).view(-1, *[1] * (clean.ndim - 1)) for f in (torch.cos, torch.sin))
    return cosine * clean + sine * noise, cosine * noise - sine * clean


def turned_by(latent: Tensor, velocity: Tensor, turn: Tensor | float) -> Tensor:
    """Rotate the latent toward clean, by (B,) angles or one for all."""
    turn = torch.as_tensor(turn, device=latent.device, dtype=latent.dtype).reshape(
        -1, *[1] * (latent.ndim - 1)
    )
    return turn.cos() * latent - turn.sin() * velocity


def sample_circle(velocity: Velocity, noise: Tensor, circle: Circle, steps: int) -> Tensor:
    """Sample from noise (B, ...) to clean in ``steps`` equal rotations.

    Args:
        velocity: predicts v; it receives the fraction of the whole rotation that the step covers.
        noise: (B, ...) unit Gaussian.
        circle: angles of the training schedule.
        steps: number of steps.
    """
    latent = noise
    for step in range(steps, 0, -1):
        angle = torch.full((len(noise),), QUARTER * step / steps, device=noise.device)
        latent = turned_by(latent, velocity(latent, circle.timestep(angle), 1.0 / steps), QUARTER / steps)
    return latent
