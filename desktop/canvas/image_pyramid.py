"""The still at half its size, a quarter, and so on, so that drawing it small stays cheap and clean. No widgets."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.vision.still import Still

Level = NDArray[np.uint8]
"""uint8 (H, W, 4) in the order blue, green, red, 255: what screens are drawn from."""
LEAST_SIDE = 256
LARGEST = 20_000_000
"""A still with more pixels keeps its full size as RGB only: four bytes a pixel would be too much memory."""


@dataclass(frozen=True, eq=False)
class ImagePyramid:
    """Attributes:
    digest: of the still.
    size: width and height of the still.
    levels: by halving: ``levels[i]`` is 1/2**i of the still; the first is None where it is too large.
    """

    digest: str
    size: tuple[int, int]
    levels: tuple[Level | None, ...]

    def level_for(self, zoom: float) -> int:
        """The smallest level that still has a pixel for each one drawn at this zoom."""
        wanted = int(np.floor(np.log2(1 / zoom) + 0.02)) if zoom < 1 else 0
        return min(max(wanted, 0), len(self.levels) - 1)


def build_image_pyramid(still: Still) -> ImagePyramid:
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
