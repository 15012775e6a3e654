"""Hand-written stand-ins for the models, which count what is asked of them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.generation.conditioner import Encoder
from engine.generation.listener import Listener
from engine.generation.request_limits import SolverName
from engine.generation.requests import DiffusionSettings, GenerationRequest
from engine.models.concepts import Concept, load_concepts
from engine.models.pool import PartKey
from engine.progress import Progress, no_progress
from engine.scene.hints import Hints
from engine.scene.masks import Mask
from engine.vision.still import Still

if TYPE_CHECKING:
    from torch import Tensor

    from engine.diffusion.curves import TakeCurves

WIDTH = 8


class FakePatches:
    """A 4 x 4 grid, each token the mean colour of its patch."""

    def __init__(self, still: Still) -> None:
        import torch

        self._still = still
        colours = [part.reshape(-1, 3).mean(axis=0) for part in _grid(still.pixels)]
        self.tokens = torch.zeros(16, WIDTH)
        self.tokens[:, :3] = torch.from_numpy(np.asarray(colours, np.float32) / 255)

    @property
    def views(self) -> "tuple[FakePatches, ...]":
        return (self,)

    def coverage(self, mask: Mask) -> NDArray[np.float32]:
        return np.asarray([part.mean() for part in _grid(mask)], np.float32)


class FakeEncoder:
    def __init__(self) -> None:
        self.focused: list[bool] = []

    def encode(self, still: Still, focus: Mask | None = None) -> FakePatches:
        self.focused.append(focus is not None)
        return FakePatches(still)


class FakeDiffusion:
    """Makes tones: the condition decides the pitch, the seed the noise over it."""

    sample_rate = 16_000

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.prompts: list[str | None] = []
        self.settings: list[tuple[float, int, float, str, str]] = []
        self.curves: list[Sequence[TakeCurves | None] | None] = []
        self.cancel_after: int | None = None

    def encode_text(self, texts: Sequence[str]) -> "Tensor":
        import torch

        rows = [torch.full((WIDTH,), float(len(text) + 1)) for text in texts]
        return torch.nn.functional.normalize(torch.stack(rows) + torch.arange(WIDTH), dim=1)

    def condition(self, tokens: "Tensor", coverage: "Tensor", prompt: str | None = None) -> "Tensor":
        import torch

        self.prompts.append(prompt)
        seen = coverage @ tokens / coverage.sum()
        if prompt is not None:
            seen = seen + self.encode_text([prompt])[0]
        return torch.nn.functional.normalize(seen, dim=0)

    def sample(
        self,
        conditions: "Sequence[Tensor]",
        seeds: Sequence[int],
        *,
        duration: float,
        steps: int,
        guidance: float,
        solver: SolverName = "multistep",
        negative: str = "",
        curves: "Sequence[TakeCurves | None] | None" = None,
        loop: bool = False,
        progress: Progress | None = None,
    ) -> NDArray[np.float32]:
        self.batches.append(list(seeds))
        self.curves.append(curves)
        self.settings.append((duration, steps, guidance, solver, negative))
        progress = progress or no_progress()
        for step in range(steps):
            progress.report(step / steps, f"Sampling {step}/{steps}")
        t = np.arange(round(duration * self.sample_rate)) / self.sample_rate
        waves = []
        for condition, seed in zip(conditions, seeds, strict=True):
            noise = np.random.default_rng(seed).normal(0, 0.02, len(t))
            heard = condition.reshape(-1, condition.shape[-1]).mean(0)
            hz = 200 + 300 * float(heard[0]) + 500 * float(heard[1])
            waves.append(0.3 * np.sin(2 * np.pi * hz * t) + noise + 0.1)
        return np.asarray(waves, np.float32)


class FakeProposal:
    def __init__(self, mask: Mask) -> None:
        self.masks = np.stack([mask] * 3)
        self.scores = np.array([0.9, 0.5, 0.1], np.float32)


class FakeSegmenter:
    """An object is the 20 pixels round the first click, or the box."""

    def __init__(self) -> None:
        self.prepared: dict[str, Still] = {}
        self.empty = False

    def prepare(self, still: Still) -> None:
        self.prepared[still.digest] = still

    def propose(self, still_digest: str, hints: Hints) -> FakeProposal:
        still = self.prepared[still_digest]
        mask = np.zeros((still.height, still.width), np.bool_)
        if hints.box is not None:
            box = hints.box
            mask[int(box.y0) : int(box.y1), int(box.x0) : int(box.x1)] = True
        for click in () if self.empty else hints.clicks:
            x, y = int(click.x), int(click.y)
            mask[max(0, y - 10) : y + 10, max(0, x - 10) : x + 10] = click.keep
        return FakeProposal(mask)

    def hover_mask(self, still_digest: str, hints: Hints) -> Mask:
        return self.propose(still_digest, hints).masks[0]

    def find_objects(self, still_digest: str, limit: int = 8) -> list[FakeProposal]:
        still = self.prepared[still_digest]
        halves = []
        for side in (slice(0, still.width // 2), slice(still.width // 2, None)):
            mask = np.zeros((still.height, still.width), np.bool_)
            mask[:, side] = True
            halves.append(FakeProposal(mask))
        return halves[:limit]


class FakeNamer:
    """Red is a dog, green a frog."""

    def __init__(self, scores: tuple[float, float, float]) -> None:
        self.scores = scores

    def names(self, patches: FakePatches, mask: Mask, count: int = 3) -> tuple[tuple[Concept, float], ...]:
        concepts = {concept.id: concept for concept in load_concepts()}
        red, green, _ = (float(value) for value in patches._still.pixels[mask].mean(axis=0))
        order = ("dog", "frog", "cat") if red >= green else ("frog", "dog", "cat")
        return tuple(zip((concepts[name] for name in order), self.scores, strict=True))[:count]


class FakeParts:
    """A model made of the fakes; counts how often each is loaded."""

    fingerprint = "fake-000000000000"
    sounds: frozenset[str] | None = None
    device = "cpu"
    licence = "unknown"

    def __init__(self) -> None:
        self.loaded: list[str] = []
        self.made = FakeDiffusion()
        self.eyes: FakeEncoder | None = FakeEncoder()
        self.hands = FakeSegmenter()
        self.ears: Listener | None = None
        self.scores = 0.7, 0.2, 0.1

    @property
    def takes_masks(self) -> bool:
        return self.eyes is not None

    @property
    def follows_curves(self) -> bool:
        return True

    def key(self, part: str) -> PartKey:
        return PartKey(self.fingerprint, part, self.device)

    def diffusion(self) -> FakeDiffusion:
        self.loaded.append("diffusion")
        return self.made

    def encoder(self) -> FakeEncoder | None:
        self.loaded.append("encoder")
        return self.eyes

    def segmenter(self) -> FakeSegmenter:
        self.loaded.append("segmenter")
        return self.hands

    def detector(self) -> None:
        return None

    def namer(self, encoder: Encoder) -> FakeNamer:
        self.loaded.append("namer")
        return FakeNamer(self.scores)

    def listener(self) -> Listener | None:
        return self.ears


def sampling(request: GenerationRequest) -> DiffusionSettings:
    """The settings of a request that samples by diffusion."""
    assert isinstance(request.settings, DiffusionSettings)
    return request.settings


def two_halves(height: int = 60, width: int = 80) -> Still:
    """Red on the left, green on the right."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2, 0] = 220
    pixels[:, width // 2 :, 1] = 220
    return Still.from_pixels(pixels)


def _grid(values: np.ndarray) -> list[np.ndarray]:
    return [part for row in np.array_split(values, 4, axis=0) for part in np.array_split(row, 4, axis=1)]
