"""Cut-outs: objects with masks, from pictures of one object on a plain background.

The mask is GrabCut's (Rother et al. 2004), initialized from what differs from the picture's border. Only
plausible masks are kept: one component, clear of the border, with an outline where the picture has edges.
"""

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.training.holdout import held_out

PLAIN_CLASSES = (
    "Motorbikes airplanes watch car_side grand_piano helicopter laptop revolver ibis electric_guitar crab "
    "ketch llama kangaroo cellphone dolphin dragonfly flamingo emu euphonium wheelchair soccer_ball "
    "accordion rooster bass stapler camera gramophone cannon pigeon mandolin scissors panda "
    "metronome saxophone elephant rhino dalmatian hedgehog ferry schooner ceiling_fan wild_cat Faces "
).split()
BACKGROUND_CLASS = "BACKGROUND_Google"


@dataclass(frozen=True)
class Cutout:
    """An object cut from a picture: ``pixels`` uint8 (h, w, 3) RGB and ``mask`` bool (h, w), cropped to the object."""

    concept: str
    pixels: NDArray[np.uint8]
    mask: NDArray[np.bool_]


@dataclass(frozen=True)
class Photograph:
    """An original picture of one object: ``pixels`` uint8 (h, w, 3) RGB and the object's ``mask`` bool (h, w)."""

    concept: str
    pixels: NDArray[np.uint8]
    mask: NDArray[np.bool_]

    def cut(self) -> Cutout:
        """Return the object alone."""
        return _cropped(self.concept, self.pixels, self.mask)


def _largest_piece(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    if count < 2:
        return np.zeros_like(mask)
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    return cast(NDArray[np.bool_], np.asarray(labels) == largest)


def _border_difference(lab: NDArray[np.float32], width: int) -> NDArray[np.float32]:
    """Return the distance of each pixel's colour to the nearest of a few border colours, in Lab units."""
    ring = np.concatenate(
        [edge.reshape(-1, 3) for edge in (lab[:width], lab[-width:], lab[:, :width], lab[:, -width:])]
    )
    criteria = (cv2.TERM_CRITERIA_MAX_ITER + cv2.TERM_CRITERIA_EPS, 10, 0.5)
    centres = cv2.kmeans(np.ascontiguousarray(ring), 4, cast(Any, None), criteria, 1, cv2.KMEANS_PP_CENTERS)[
        2
    ]
    distance = np.linalg.norm(lab[:, :, None, :] - np.asarray(centres)[None, None], axis=3)
    return cast(NDArray[np.float32], distance.min(axis=2).astype(np.float32))


def _grab(pixels: NDArray[np.uint8], difference: NDArray[np.float32]) -> NDArray[np.bool_]:
    marks = np.full(difference.shape, cv2.GC_PR_BGD, np.uint8)
    marks[difference > 12.0] = cv2.GC_PR_FGD
    marks[difference > 40.0] = cv2.GC_FGD
    marks[[0, 1, -2, -1]] = cv2.GC_BGD
    marks[:, [0, 1, -2, -1]] = cv2.GC_BGD
    if not (marks & 1).any():
        return np.zeros(difference.shape, bool)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    picture = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    cv2.grabCut(picture, marks, cast(Any, None), *models, 4, cv2.GC_INIT_WITH_MASK)
    return cast(NDArray[np.bool_], (marks & 1).astype(bool))


def _is_believable(mask: NDArray[np.bool_], all_found: NDArray[np.bool_], lab: NDArray[np.float32]) -> bool:
    share = float(mask.mean())
    if not 0.06 < share < 0.75 or mask.sum() < 0.8 * all_found.sum():
        return False
    ring = np.ones_like(mask)
    ring[4:-4, 4:-4] = False
    if mask[ring].mean() > 0.10:
        return False
    grey = cv2.GaussianBlur(lab, (0, 0), 1.0)
    gradient = np.hypot(*np.gradient(grey, axis=(0, 1))).sum(axis=2)
    inner = cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    outline = mask & ~inner
    return bool(np.median(gradient[outline]) > 3.0 * np.median(gradient[~mask]) + 3.0)


def cut_out(pixels: NDArray[np.uint8]) -> NDArray[np.bool_] | None:
    """Return the mask bool (h, w) of the one object in ``pixels`` uint8 (h, w, 3), or None if it is not plausible."""
    lab = cv2.cvtColor(pixels.astype(np.float32) / 255.0, cv2.COLOR_RGB2Lab).astype(np.float32)
    found = _grab(pixels, _border_difference(lab, 4))
    mask = _largest_piece(found)
    return mask if _is_believable(mask, found, lab) else None


def _pictures(
    archive: zipfile.ZipFile, concepts: Sequence[str], *, kept_apart: bool = False
) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    for name in sorted(archive.namelist()):
        concept = name.split("/")[0]
        if concept in concepts and not name.endswith("/") and held_out(name) == kept_apart:
            picture = Image.open(io.BytesIO(archive.read(name))).convert("RGB")
            yield concept, np.asarray(picture)


def _cropped(concept: str, pixels: NDArray[np.uint8], mask: NDArray[np.bool_]) -> Cutout:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    window = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    return Cutout(concept, pixels[window].copy(), mask[window].copy())


def load_photographs(path: Path, per_class: int = 120, *, kept_apart: bool = False) -> list[Photograph]:
    """Load pictures of one object with a plausible mask from a zip of ``class/picture`` files.

    Args:
        path: the zip.
        per_class: maximum number of pictures of a class to try.
        kept_apart: load the held-out fifth instead of the others.

    Raises:
        FileNotFoundError: there is no such zip.
    """
    tried: dict[str, int] = {}
    found = []
    with zipfile.ZipFile(path) as archive:
        for concept, pixels in _pictures(archive, PLAIN_CLASSES, kept_apart=kept_apart):
            tried[concept] = tried.get(concept, 0) + 1
            mask = cut_out(pixels) if tried[concept] <= per_class and min(pixels.shape[:2]) >= 48 else None
            if mask is not None:
                found.append(Photograph(concept, pixels, mask))
    return found


def load_backgrounds(path: Path, *, kept_apart: bool = False) -> list[NDArray[np.uint8]]:
    """Load the background pictures of the same zip, uint8 (h, w, 3) RGB each, held-out ones or the others."""
    with zipfile.ZipFile(path) as archive:
        pictures = _pictures(archive, [BACKGROUND_CLASS], kept_apart=kept_apart)
        return [pixels for _, pixels in pictures if min(pixels.shape[:2]) >= 64]
