"""Critics (discriminators) against the blur or buzz that distance losses leave.

Hinge losses and feature matching (arXiv 1910.06711, section 3), used by the release configs on a GPU.
"""

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional


class Critic(nn.Module):
    """A small strided convolutional critic over (B, C, H, W); returns all layers' outputs, the last a score map."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        sizes = (channels, width, width * 2, width * 4)
        norm = nn.utils.parametrizations.weight_norm
        self.layers = nn.ModuleList(
            norm(nn.Conv2d(a, b, 4, stride=2, padding=1)) for a, b in itertools.pairwise(sizes)
        )
        self.score = norm(nn.Conv2d(sizes[-1], 1, 3, padding=1))

    def forward(self, x: Tensor) -> list[Tensor]:
        """Return the output of every layer, the last being a score map."""
        out = []
        for layer in self.layers:
            x = functional.leaky_relu(layer(x), 0.2)
            out.append(x)
        return [*out, self.score(x)]


class Adversary:
    """A critic, its optimizer, and the two losses. Each ``generator_loss`` call also trains the critic once."""

    def __init__(self, critic: nn.Module, device: str, rate: float = 2e-4) -> None:
        self.critic = critic.to(device)
        self.optimiser = torch.optim.AdamW(self.critic.parameters(), lr=rate, betas=(0.5, 0.9))

    def views(self, signal: Tensor) -> list[Tensor]:
        """Return the representations of a signal that the critic sees."""
        raise NotImplementedError

    def generator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """Train the critic on this pair, then return the generator's loss."""
        self._train_critic(real, fake.detach())
        self.critic.requires_grad_(False)
        loss = torch.zeros((), device=fake.device)
        for real_view, fake_view in zip(self.views(real), self.views(fake), strict=True):
            with torch.no_grad():
                wanted = self.critic(real_view)
            got = self.critic(fake_view)
            loss = loss - got[-1].mean()
            for a, b in zip(got[:-1], wanted[:-1], strict=True):
                loss = loss + 2.0 * functional.l1_loss(a, b)
        self.critic.requires_grad_(True)
        return loss

    def score_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """Train the critic and return the generator's loss for a signal without a real counterpart.

        Only the critic's scores count.
        """
        self._train_critic(real, fake.detach())
        self.critic.requires_grad_(False)
        loss = torch.zeros((), device=fake.device)
        for view in self.views(fake):
            loss = loss - self.critic(view)[-1].mean()
        self.critic.requires_grad_(True)
        return loss

    def _train_critic(self, real: Tensor, fake: Tensor) -> None:
        loss = torch.zeros((), device=fake.device)
        for real_view, fake_view in zip(self.views(real), self.views(fake), strict=True):
            loss = loss + functional.relu(1 - self.critic(real_view)[-1]).mean()
            loss = loss + functional.relu(1 + self.critic(fake_view)[-1]).mean()
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimiser.step()


class PatchAdversary(Adversary):
    """Judges log-mels (B, T, M) patch by patch."""

    def __init__(self, width: int, device: str) -> None:
        super().__init__(Critic(1, width), device)

    def views(self, signal: Tensor) -> list[Tensor]:
        """Return the log-mel with a channel axis."""
        return [signal[:, None]]


class SpectrogramAdversary(Adversary):
    """Judges waveforms (B, samples) by their complex STFT at several window lengths (arXiv 2107.03312)."""

    def __init__(self, width: int, device: str, windows: tuple[int, ...] = (256, 512, 1024)) -> None:
        super().__init__(Critic(2, width), device)
        self.windows = windows

    def views(self, signal: Tensor) -> list[Tensor]:
        """Return the complex STFT at each window length."""
        out = []
        for size in self.windows:
            window = torch.hann_window(size, device=signal.device)
            spectrum = torch.stft(signal, size, size // 4, window=window, return_complex=True)
            parts = torch.view_as_real(spectrum).permute(0, 3, 1, 2)
            # Compression by a root lets the critic see quiet parts as well as loud ones.
            out.append(parts.sign() * parts.abs().clamp_min(1e-8).sqrt())
        return out
