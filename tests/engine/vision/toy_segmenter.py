"""A small real segmenter and simple stills, shared by the segmenter's tests."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.vision.still import Still


def two_things(height: int = 120, width: int = 160) -> NDArray[np.uint8]:
    """A red disc left and a blue box right on a grey ground, with a little noise."""
    rng = np.random.default_rng(0)
    pixels = np.full((height, width, 3), 128.0)
    pixels[disc(height, width)] = (200, 40, 40)
    pixels[box(height, width)] = (40, 60, 200)
    return np.asarray(np.clip(pixels + rng.normal(0, 2, pixels.shape), 0, 255), np.uint8)


def disc(height: int = 120, width: int = 160) -> NDArray[np.bool_]:
    rows, columns = np.mgrid[:height, :width]
    inside = (rows - height / 2) ** 2 + (columns - width / 4) ** 2 < (height / 4) ** 2
    return np.asarray(inside, bool)


def box(height: int = 120, width: int = 160) -> NDArray[np.bool_]:
    mask = np.zeros((height, width), bool)
    mask[height // 4 : 3 * height // 4, int(width * 0.6) : int(width * 0.85)] = True
    return mask


def still_of_two_things(height: int = 120, width: int = 160) -> Still:
    return Still.from_pixels(two_things(height, width))


def bundled_folder() -> Path:
    return Path(__file__).resolve().parents[3] / "resources" / "models" / "pocket" / "fallback" / "segmenter"


def overlap(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """IoU."""
    return float((one & other).sum() / (one | other).sum())
