"""Patch tokens of a still, and masks as coverage of the same patches.

``Frame`` defines how still pixels become the network's square input: a window of the still (all of it, or a
crop round a small object), scaled to fit and centred on grey. Picture and mask go through the same frame.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.errors import BadInput
from engine.scene.masks import Mask
from engine.vision.still import Still

if TYPE_CHECKING:
    from torch import Tensor

    from engine.vision.towers import PatchTower

GREY = 128
CACHED_STILLS = 16
FOCUS_SHARE = 0.8
"""An object whose longer side is below this share of the still's gets a crop of its own."""
FOCUS_ROOM = 1.5
"""Side of that crop relative to the object's longer side; measured: more surroundings make names worse."""


@dataclass(frozen=True)
class Frame:
    """A window of a still, letterboxed into a square.

    Attributes:
        window: (x0, y0, x1, y1) in still pixels, end exclusive.
        side: side of the square, in pixels.
    """

    window: tuple[int, int, int, int]
    side: int

    @property
    def placed(self) -> tuple[int, int, int, int]:
        """Position of the window in the square: (x0, y0, x1, y1), end exclusive."""
        x0, y0, x1, y1 = self.window
        scale = self.side / max(x1 - x0, y1 - y0)
        width, height = max(1, round((x1 - x0) * scale)), max(1, round((y1 - y0) * scale))
        left, top = (self.side - width) // 2, (self.side - height) // 2
        return left, top, left + width, top + height

    def picture(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the square uint8 (S, S, 3) of a still's pixels (H, W, 3)."""
        square = np.full((self.side, self.side, 3), GREY, np.uint8)
        x0, y0, x1, y1 = self.placed
        square[y0:y1, x0:x1] = self._scaled(pixels, sharp=True)
        return square

    def shares(self, mask: Mask, grid: tuple[int, int]) -> NDArray[np.float32]:
        """Return the share (P,) of each patch that a mask (H, W) covers, by area, 0 to 1."""
        square = np.zeros((self.side, self.side), np.float32)
        x0, y0, x1, y1 = self.placed
        square[y0:y1, x0:x1] = self._scaled(mask.astype(np.float32), sharp=False)
        rows, columns = grid
        pooled = cv2.resize(square, (columns, rows), interpolation=cv2.INTER_AREA)
        return np.asarray(np.clip(pooled, 0, 1), np.float32).ravel()

    def _scaled(self, values: NDArray[np.generic], *, sharp: bool) -> NDArray[np.generic]:
        left, top, right, bottom = self.window
        x0, y0, x1, y1 = self.placed
        cut = np.ascontiguousarray(values[top:bottom, left:right])
        larger = x1 - x0 > right - left
        # Area averaging is exact for downscaling, so no object, however small, vanishes from its mask.
        how = (cv2.INTER_CUBIC if sharp else cv2.INTER_LINEAR) if larger else cv2.INTER_AREA
        return np.asarray(cv2.resize(cut, (x1 - x0, y1 - y0), interpolation=how))


@dataclass(frozen=True)
class Patches:
    """The encoder's output for a still.

    Attributes:
        tokens: float32 (P, D), row-major.
        grid: (rows, columns) with P = rows x columns.
        frame: how the still was placed in the encoder's square.
        size: (height, width) of the still.
        features: float32 (P, F), features for names, if the network has any besides the tokens.
        whole: the patches of the whole still, if these are of a crop.
    """

    tokens: "Tensor"
    grid: tuple[int, int]
    frame: Frame
    size: tuple[int, int]
    features: "Tensor | None" = None
    whole: "Patches | None" = None

    @property
    def views(self) -> "tuple[Patches, ...]":
        """All views of the object: the whole still, and the crop if this is one."""
        return (self,) if self.whole is None else (self.whole, self)

    def coverage(self, mask: Mask) -> "Tensor":
        """Return the share (P,) of each patch that the mask covers, 0 to 1, resized and padded like the still.

        Raises:
            BadInput: the size of the mask differs from the still's.
        """
        import torch

        if mask.shape != self.size:
            raise BadInput(f"The mask is {mask.shape[1]} x {mask.shape[0]} pixels, the still is not.")
        return torch.from_numpy(self.frame.shares(mask, self.grid))


def window_round(mask: Mask) -> tuple[int, int, int, int]:
    """Return the best window for an object: the whole still, or a square crop if the object is small.

    Args:
        mask: bool (H, W), the object.

    Returns:
        (x0, y0, x1, y1) in still pixels. A crop has ``FOCUS_ROOM`` round the object and never leaves the
            still.
    """
    height, width = mask.shape
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return 0, 0, width, height
    tall, wide = int(rows[-1] - rows[0] + 1), int(columns[-1] - columns[0] + 1)
    if max(tall, wide) >= FOCUS_SHARE * max(height, width):
        return 0, 0, width, height
    side = max(round(FOCUS_ROOM * max(tall, wide)), 16)
    left, right = _span((columns[0] + columns[-1] + 1) / 2, side, width)
    top, bottom = _span((rows[0] + rows[-1] + 1) / 2, side, height)
    return left, top, right, bottom


def _span(centre: float, length: int, limit: int) -> tuple[int, int]:
    length = min(length, limit)
    start = min(max(round(centre - length / 2), 0), limit - length)
    return start, start + length


class PatchEncoder:
    """Encodes stills; each window of a still once, then from the cache. Thread-safe.

    Args:
        network: see ``engine.vision.towers``.
        device: device of the network.
    """

    def __init__(self, network: "PatchTower", device: str = "cpu") -> None:
        self.network = network.to(device).eval()
        self.device = device
        self._lock = threading.Lock()
        self._seen: OrderedDict[tuple[str, tuple[int, int, int, int]], Patches] = OrderedDict()

    @classmethod
    def from_folder(cls, path: Path, device: str = "cpu") -> "PatchEncoder":
        """Load ``config.json`` and safetensors weights; the config's ``_class_name`` selects the network.

        Raises:
            BadInput: the folder has no weights that can be read.
        """
        from engine.vision.towers import load_network

        return cls(load_network(path), device)

    def encode(self, still: Still, focus: Mask | None = None) -> Patches:
        """Return the still's patches.

        Args:
            still: the still.
            focus: bool (H, W), an object; if it is small, a crop round it is encoded besides the whole still.
        """
        height, width = still.pixels.shape[:2]
        whole = self._look(still, (0, 0, width, height))
        window = (0, 0, width, height) if focus is None else window_round(focus)
        if window == (0, 0, width, height):
            return whole
        return replace(self._look(still, window), whole=whole)

    def _look(self, still: Still, window: tuple[int, int, int, int]) -> Patches:
        key = (still.digest, window)
        with self._lock:
            if key not in self._seen:
                self._seen[key] = self._encode(still, Frame(window, self.network.side))
                while len(self._seen) > CACHED_STILLS:
                    self._seen.popitem(last=False)
            self._seen.move_to_end(key)
            return self._seen[key]

    def _encode(self, still: Still, frame: Frame) -> Patches:
        import torch

        square = torch.from_numpy(frame.picture(still.pixels)).to(self.device)
        with torch.inference_mode():
            look = self.network.look(square.permute(2, 0, 1)[None].float() / 255)
        tokens = look.tokens[0].float().cpu()
        features = None if look.features is None else look.features[0].float().cpu().clone()
        side = round(len(tokens) ** 0.5)
        # Inference tensors cannot be used for training later; a copy made outside the mode can.
        return Patches(tokens.clone(), (side, side), frame, (still.height, still.width), features)
