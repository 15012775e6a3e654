"""Sampling along the circle on which v-prediction moves, with guidance built in or not.

With signal cos(a) and noise sin(a), a step of DDIM from angle a to b turns the latent: x_b = cos(a - b) x_a -
sin(a - b) v (arXiv 2202.00512, appendix D). Equal turns suit few steps better than equal steps of time.
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
    """Angles of the trained schedule.

    Args:
        alphas: cumulative signal shares of the schedule's steps, float32 (1000,).
    """

    def __init__(self, alphas: Tensor) -> None:
        self._angles = torch.arccos(alphas.double().clamp(0, 1).sqrt()).numpy()

    def timestep(self, angle: Tensor) -> Tensor:
        """Return the timestep, with fractions, at each angle from 0 (clean) to a quarter turn (noise)."""
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
    """Turn the latent toward clean, by (B,) angles or one for all."""
    turn = torch.as_tensor(turn, device=latent.device, dtype=latent.dtype).reshape(
        -1, *[1] * (latent.ndim - 1)
    )
    return turn.cos() * latent - turn.sin() * velocity


def sample_circle(velocity: Velocity, noise: Tensor, circle: Circle, steps: int) -> Tensor:
    """Sample from noise (B, ...) to clean in ``steps`` equal turns.

    Args:
        velocity: predicts v; it is told the share of the way that the step goes.
    """
    latent = noise
    for step in range(steps, 0, -1):
        angle = torch.full((len(noise),), QUARTER * step / steps, device=noise.device)
        latent = turned_by(latent, velocity(latent, circle.timestep(angle), 1.0 / steps), QUARTER / steps)
    return latent
