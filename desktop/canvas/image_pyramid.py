"""An image pyramid of the still, so that drawing it small is fast and free of aliasing. No widgets."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.vision.still import Still

Level = NDArray[np.uint8]
"""uint8 (H, W, 4) in the order B, G, R, 255: the screen's pixel format."""
LEAST_SIDE = 256
LARGEST = 20_000_000
"""A still with more pixels is kept at full size as RGB only: 4 bytes per pixel would need too much memory."""


@dataclass(frozen=True, eq=False)
class ImagePyramid:
    """The still at halving sizes.

    Attributes:
        digest: the still's digest.
        size: width and height of the still.
        levels: ``levels[i]`` is the still at 1/2**i; the first is None if the still is larger than ``LARGEST``.
    """

    digest: str
    size: tuple[int, int]
    levels: tuple[Level | None, ...]

    def level_for(self, zoom: float) -> int:
        """Return the smallest level with at least one pixel per drawn pixel at this zoom."""
        wanted = int(np.floor(np.log2(1 / zoom) + 0.02)) if zoom < 1 else 0
        return min(max(wanted, 0), len(self.levels) - 1)


def build_image_pyramid(still: Still) -> ImagePyramid:
    """Build the pyramid of a still by area averaging."""
    import cv2

    pixels = still.pixels
    levels: list[Level | None] = [None if still.width * still.height > LARGEST else _for_screen(pixels)]
    while min(pixels.shape[:2]) >= 2 * LEAST_SIDE:
        half = pixels.shape[1] // 2, pixels.shape[0] // 2
        pixels = np.asarray(cv2.resize(pixels, half, interpolation=cv2.INTER_AREA), np.uint8)
        levels.append(_for_screen(pixels))
    return ImagePyramid(still.digest, (still.width, still.height), tuple(levels))


def _for_screen(pixels: NDArray[np.uint8]) -> Level:
    import cv2

    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGRA), np.uint8)
