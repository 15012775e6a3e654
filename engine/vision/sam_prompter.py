"""Prompting of a Segment Anything network: stills are encoded once, whole and in close-ups, then prompted by hints.

A pocket network has low resolution. So the still is also encoded in overlapping close-ups, and a click
prompts the whole still and the close-up in which it is most central.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from segment_anything.modeling import Sam
from torch import Tensor

from engine.scene.hints import Hints
from engine.vision.sam_network import SamConfig, decode, letterbox


@dataclass(frozen=True)
class StillView:
    """A window of the still in still pixels, left, top, width, height, and its embedding (1, C, g, g)."""

    left: float
    top: float
    width: float
    height: float
    embedding: Tensor

    def nearness(self, x: float, y: float) -> float:
        """Return 1 at the centre of the view, 0 at its border, negative outside."""
        across = min(x - self.left, self.left + self.width - x) / self.width
        down = min(y - self.top, self.top + self.height - y) / self.height
        return 2 * min(across, down)


@dataclass(frozen=True)
class StillViews:
    """The views of one still, the whole first, and its (height, width)."""

    views: tuple[StillView, ...]
    size: tuple[int, int]


@dataclass(frozen=True)
class MaskLogits:
    """The network's output: ``logits`` (k, L, L), each in its view, and ``scores`` float32 (k,), the expected IoU."""

    logits: NDArray[np.float32]
    views: tuple[StillView, ...]
    scores: NDArray[np.float32]

    def at(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return the probability that points of the still are in each mask: (k, *x.shape), 0..1.

        Pixel edges are at integers. Outside a mask's view the probability is 0.
        """
        out = []
        for logits, view in zip(self.logits, self.views, strict=True):
            per_low = max(view.width, view.height) / logits.shape[0]
            across = ((x - view.left) / per_low - 0.5).astype(np.float32)
            down = ((y - view.top) / per_low - 0.5).astype(np.float32)
            shape = (-1, 1) if across.ndim == 1 else across.shape
            found = cv2.remap(
                logits,
                across.reshape(shape),
                down.reshape(shape),
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            )
            seen = (
                (x >= view.left)
                & (x < view.left + view.width)
                & (y >= view.top)
                & (y < view.top + view.height)
            )
            out.append(seen / (1 + np.exp(-found.reshape(across.shape))))
        return np.asarray(out, np.float32)


class SamPrompter:
    """Encodes stills and predicts masks from hints.

    Args:
        sam: the network, on its device.
        config: its sizes.
        close_ups: whether to encode windows of half the still's size besides the whole.
    """

    def __init__(self, sam: Sam, config: SamConfig, *, close_ups: bool) -> None:
        self._sam = sam
        self._size = config.image_size
        self._close_ups = close_ups
        self.low_size = config.low_size

    @torch.inference_mode()
    def encode(self, pixels: NDArray[np.uint8]) -> StillViews:
        """Encode every view of a still uint8 (H, W, 3)."""
        height, width = pixels.shape[:2]
        windows = [(0.0, 0.0, float(width), float(height))]
        if self._close_ups:
            half = width / 2, height / 2
            windows += [(half[0] * i / 2, half[1] * j / 2, *half) for j in range(3) for i in range(3)]
        inputs = torch.cat([letterbox(self._sam, self._cropped(pixels, window)) for window in windows])
        embeddings = self._sam.image_encoder(inputs)
        views = [StillView(*window, embeddings[i : i + 1]) for i, window in enumerate(windows)]
        return StillViews(tuple(views), (height, width))

    def _cropped(
        self, pixels: NDArray[np.uint8], window: tuple[float, float, float, float]
    ) -> NDArray[np.uint8]:
        left, top, width, height = (round(value) for value in window)
        crop = pixels[top : top + height, left : left + width]
        scale = self._size / max(crop.shape[:2])
        size = max(1, round(crop.shape[1] * scale)), max(1, round(crop.shape[0] * scale))
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(crop, size, interpolation=how), np.uint8)

    @torch.inference_mode()
    def predict(self, encoded: StillViews, hints: Hints, previous: NDArray[np.float32] | None) -> MaskLogits:
        """Predict the network's masks for hints.

        Args:
            encoded: the encoded still.
            hints: the hints, in still pixels.
            previous: low-resolution logits (3, L, L) of the previous proposal, of which the first is used.
        """
        views = [encoded.views[0]]
        if hints.clicks and len(encoded.views) > 1 and hints.box is None:
            x, y = hints.clicks[0].x, hints.clicks[0].y
            views.append(max(encoded.views[1:], key=lambda view: view.nearness(x, y)))
        several = slice(1, None) if hints.box is None and len(hints.clicks) == 1 else slice(None)
        logits, scores = self._decoded(views, hints, previous)
        logits, scores = logits[:, several], scores[:, several]
        seen = tuple(view for view in views for _ in range(scores.shape[1]))
        low = logits.shape[2:]
        return MaskLogits(logits.reshape(-1, *low).numpy(), seen, scores.flatten().numpy().clip(0, 1))

    def _decoded(
        self, views: list[StillView], hints: Hints, previous: NDArray[np.float32] | None
    ) -> tuple[Tensor, Tensor]:
        """Return the output for each view, (v, 4, L, L) and (v, 4), in one batch if the prompts are the same."""
        asked = [self._prompts(view, hints) for view in views]
        clicks = [points for points, boxes in asked if points is not None and boxes is None]
        if previous is None and len(clicks) == len(views) and len({len(c[1][0]) for c in clicks}) == 1:
            points = torch.cat([places for places, _ in clicks]), torch.cat([labels for _, labels in clicks])
            together = torch.cat([view.embedding for view in views])
            logits, scores = decode(self._sam, together, points, None, None)
            return logits.float().cpu(), scores.float().cpu()
        mask = None
        if previous is not None and previous.shape[1] == self.low_size:
            mask = torch.from_numpy(previous[None, :1]).to(self._sam.device)
        answers = [
            decode(self._sam, view.embedding, *prompts, mask if view is views[0] else None)
            for view, prompts in zip(views, asked, strict=True)
        ]
        logits, scores = (torch.cat(parts).float().cpu() for parts in zip(*answers, strict=True))
        return logits, scores

    def _prompts(self, view: StillView, hints: Hints) -> tuple[tuple[Tensor, Tensor] | None, Tensor | None]:
        """Return the hints in the view's network pixels; clicks outside the view are left out."""
        scale = self._size / max(view.width, view.height)
        inside = [click for click in hints.clicks if view.nearness(click.x, click.y) >= 0]
        device = self._sam.device
        points = None
        if inside:
            places = [[(c.x - view.left) * scale - 0.5, (c.y - view.top) * scale - 0.5] for c in inside]
            labels = torch.tensor([[float(c.keep) for c in inside]], device=device)
            points = torch.tensor([places], device=device), labels
        box = hints.box
        if box is None:
            return points, None
        corners = [box.x0 - view.left, box.y0 - view.top, box.x1 - view.left, box.y1 - view.top]
        return points, torch.tensor([[c * scale - 0.5 for c in corners]], device=device)
