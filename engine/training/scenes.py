"""Scenes composed from pictures of single objects, with exact masks.

Crops of objects are pasted over backgrounds, as *Seeing Sound* (arXiv 2501.05413) pairs pictures and sounds
by concept: a composed scene has one to four objects of known classes, and the exact share of every patch that
each of them covers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.models.concepts import Concept
from engine.training.pictures import BACKGROUND, Pictures, Pixels

MOST_OBJECTS = 4
SILENT = -1


@dataclass(frozen=True)
class SceneConfig:
    """How scenes are composed; every share is a probability.

    Attributes:
        side: side of the square scene, in pixels.
        grid: patches along a side.
        counts: probabilities of one to four objects.
        full_frame: share of scenes that are a single letterboxed picture.
        silent: share of objects whose class is not a concept.
        smallest: minimum side of an object as a share of the frame.
        strength: strength of the photometric changes, 0 to 1.
    """

    side: int = 96
    grid: int = 6
    counts: tuple[float, ...] = (0.4, 0.42, 0.14, 0.04)
    full_frame: float = 0.3
    silent: float = 0.15
    smallest: float = 0.38
    strength: float = 1.0


@dataclass(frozen=True)
class ComposedScene:
    """A composed scene.

    Attributes:
        pixels: uint8 (S, S, 3).
        classes: int (4,), the picture class of each object, -1 for missing objects.
        coverage: float32 (4, P), the share of each patch covered by the visible part of each object.
    """

    pixels: Pixels
    classes: NDArray[np.int64]
    coverage: NDArray[np.float32]


class SceneComposer:
    """Draws scenes.

    Args:
        pictures: prepared pictures.
        concepts: the concept table, which assigns picture classes to concepts.
        config: how to compose.
        kept_apart: compose from held-out pictures instead of training ones.
    """

    def __init__(
        self,
        pictures: Pictures,
        concepts: Sequence[Concept],
        config: SceneConfig,
        *,
        kept_apart: bool = False,
    ) -> None:
        self.pictures = pictures
        self.config = config
        members = pictures.members(kept_apart=kept_apart)
        self.backgrounds = members.pop(BACKGROUND, [])
        self.classes = tuple(name for name in pictures.classes if name != BACKGROUND)
        self.members = [members[name] for name in self.classes]
        self.concept_of = np.asarray([_concept_of(name, concepts) for name in self.classes], np.int64)
        recorded = [bool(concept.recordings.esc10) for concept in concepts]
        self._sounding, self._silent = _class_shares(self.concept_of, self.members, recorded)

    def draw(self, rng: np.random.Generator) -> ComposedScene:
        """Draw a scene."""
        count = int(rng.choice(len(self.config.counts), p=self.config.counts)) + 1
        if rng.random() < self.config.full_frame:
            return self._full_frame(rng)
        silent = rng.random(count) < self.config.silent
        return self.draw_of([self._draw_class(rng, bool(quiet)) for quiet in silent], rng)

    def draw_of(self, classes: Sequence[int], rng: np.random.Generator) -> ComposedScene:
        """Draw a scene with an object of each of ``classes`` (positions in ``self.classes``)."""
        side = self.config.side
        canvas = self._background(rng)
        visible: list[NDArray[np.float32]] = []
        boxes: list[tuple[float, float, float]] = []
        for place in classes:
            box = _free_box(boxes, len(classes), self.config, rng)
            boxes.append(box)
            tile = self._tile(place, rng)
            colours, alpha = _lay(tile, box, side, rng)
            canvas += (colours - canvas) * alpha[..., None]
            visible = [earlier * (1 - alpha) for earlier in visible]
            visible.append(alpha)
        return self._finish(canvas, classes, visible, rng)

    def _full_frame(self, rng: np.random.Generator) -> ComposedScene:
        place = self._draw_class(rng, bool(rng.random() < self.config.silent))
        tile = self._tile(place, rng, crop=bool(rng.random() < 0.6))
        canvas, foreground, inside = _letterboxed(tile, self.config.side, rng)
        mask = foreground if rng.random() < 0.6 else inside
        return self._finish(canvas, [place], [mask], rng)

    def _draw_class(self, rng: np.random.Generator, silent: bool) -> int:
        shares = self._silent if silent and self._silent.sum() > 0 else self._sounding
        return int(rng.choice(len(shares), p=shares))

    def _tile(self, place: int, rng: np.random.Generator, *, crop: bool = True) -> NDArray[np.float32]:
        members = self.members[place]
        tile = self.pictures.tile(members[int(rng.integers(len(members)))])
        if crop:
            tile = _cropped(tile, rng)
        if rng.random() < 0.5:
            tile = tile[:, ::-1]
        changed = tile.astype(np.float32)
        changed[..., :3] = _recoloured(_softened(changed[..., :3], rng), rng, self.config.strength)
        return changed

    def _background(self, rng: np.random.Generator) -> NDArray[np.float32]:
        side = self.config.side
        kind = rng.random()
        if kind < 0.12 or not self.backgrounds:
            corners = rng.uniform(0, 255, (2, 2, 3)).astype(np.float32)
            if kind < 0.06:
                corners[:] = corners[0, 0]
            return np.asarray(cv2.resize(corners, (side, side)), np.float32)
        tile = self.pictures.tile(self.backgrounds[int(rng.integers(len(self.backgrounds)))])
        tile = _cropped(tile, rng)[..., :3]
        canvas = np.asarray(cv2.resize(np.ascontiguousarray(tile), (side, side)), np.float32)
        if kind > 0.85:
            canvas = np.asarray(cv2.GaussianBlur(canvas, (0, 0), float(rng.uniform(1, 6))), np.float32)
        return _recoloured(canvas, rng, self.config.strength)

    def _finish(
        self,
        canvas: NDArray[np.float32],
        classes: Sequence[int],
        visible: Sequence[NDArray[np.float32]],
        rng: np.random.Generator,
    ) -> ComposedScene:
        grid = self.config.grid
        coverage = np.zeros((MOST_OBJECTS, grid * grid), np.float32)
        for row, mask in zip(coverage, visible, strict=False):
            row[:] = cv2.resize(mask, (grid, grid), interpolation=cv2.INTER_AREA).ravel()
        labels = np.full(MOST_OBJECTS, SILENT, np.int64)
        labels[: len(classes)] = classes
        return ComposedScene(_photographed(canvas, rng, self.config.strength), labels, coverage)


def _concept_of(name: str, concepts: Sequence[Concept]) -> int:
    pack, folder = name.split("/", 1)
    for index, concept in enumerate(concepts):
        if folder in getattr(concept.pictures, pack):
            return index
    return SILENT


def _class_shares(
    concept_of: NDArray[np.int64], members: Sequence[Sequence[object]], recorded: Sequence[bool]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the sampling probabilities of the sounding classes and of the silent ones.

    Within a concept, by the fourth root of a class's number of pictures, so that ten thousand small pictures
    do not drown out forty good ones; among concepts, by the root of that; half as often again with many
    recordings.
    """
    weights = np.asarray([float(len(found)) for found in members]) ** 0.25
    silent = weights * (concept_of < 0)
    sounding = np.zeros_like(weights)
    for concept in set(concept_of[concept_of >= 0].tolist()):
        inside = (concept_of == concept) & (weights > 0)
        if inside.any():
            share = weights[inside].sum() ** 0.5 * (1.5 if recorded[concept] else 1.0)
            sounding[inside] = share * weights[inside] / weights[inside].sum()
    return sounding / max(sounding.sum(), 1e-9), silent / max(silent.sum(), 1e-9)


def _cropped(tile: Pixels, rng: np.random.Generator) -> Pixels:
    height, width = tile.shape[:2]
    rows = max(8, round(height * rng.uniform(0.72, 1.0)))
    columns = max(8, round(width * rng.uniform(0.72, 1.0)))
    top = int(rng.integers(height - rows + 1)) if height > rows else 0
    left = int(rng.integers(width - columns + 1)) if width > columns else 0
    return tile[top : top + rows, left : left + columns]


def _softened(colours: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Sometimes downscale, so that large pictures look like CIFAR's and sharpness says nothing about the class."""
    height, width = colours.shape[:2]
    longest = max(height, width)
    if longest <= 40 or rng.random() > 0.4:
        return colours
    scale = float(rng.uniform(26, 80)) / longest
    if scale >= 1:
        return colours
    small = (max(4, round(width * scale)), max(4, round(height * scale)))
    shrunk = cv2.resize(np.ascontiguousarray(colours), small, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(shrunk, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def _recoloured(
    colours: NDArray[np.float32], rng: np.random.Generator, strength: float
) -> NDArray[np.float32]:
    """Change contrast, brightness, saturation and white balance."""
    saturation = 1 + strength * float(rng.uniform(-0.6, 0.5))
    if rng.random() < 0.12 * strength:
        saturation = 0.0
    gain = np.exp(strength * (rng.normal(0, 0.22) + rng.normal(0, 0.07, 3)))
    level = np.full((3, 1), rng.normal(0, 18) * strength)
    mixing = gain[:, None] * (saturation * np.eye(3) + (1 - saturation) / 3)
    changed = cv2.transform(colours, np.hstack([mixing, level]).astype(np.float32))
    return np.asarray(np.clip(changed, 0, 255, out=changed), np.float32)


def _free_box(
    taken: Sequence[tuple[float, float, float]], count: int, config: SceneConfig, rng: np.random.Generator
) -> tuple[float, float, float]:
    """Return centre and side, as shares of the frame, with little overlap with taken boxes."""
    largest = (1.0, 0.75, 0.6, 0.5)[count - 1]
    best, best_overlap = (0.5, 0.5, 0.5), np.inf
    for _ in range(8):
        side = float(np.exp(rng.uniform(np.log(config.smallest), np.log(largest))))
        reach = max(0.0, 0.5 - 0.42 * side)
        x, y = 0.5 + rng.uniform(-reach, reach, 2)
        overlap = max((_overlap((x, y, side), other) for other in taken), default=0.0)
        if overlap < best_overlap:
            best, best_overlap = (float(x), float(y), side), overlap
        if best_overlap <= 0.1:
            break
    return best


def _overlap(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """Return the area shared by two squares divided by the smaller area."""
    half = (one[2] + other[2]) / 2
    least = min(one[2], other[2])
    across = min(least, max(0.0, half - abs(one[0] - other[0])))
    down = min(least, max(0.0, half - abs(one[1] - other[1])))
    return across * down / least**2


def _lay(
    tile: NDArray[np.float32], box: tuple[float, float, float], side: int, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Draw the tile into an empty frame: colours (S, S, 3) and its alpha (S, S), 0 to 1."""
    height, width = tile.shape[:2]
    shaped = np.ascontiguousarray(tile)
    shaped[..., 3] = _alpha(tile[..., 3], rng)
    scale = box[2] * side / max(height, width)
    stretch = float(np.exp(rng.normal(0, 0.1)))
    angle = float(rng.normal(0, 0.14))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = turn @ np.diag([scale * stretch, scale / stretch])
    offset = np.array([box[0], box[1]]) * side - linear @ np.array([width / 2, height / 2])
    matrix = np.column_stack([linear, offset])
    if scale < 0.5:
        shaped = np.asarray(cv2.GaussianBlur(shaped, (0, 0), 0.4 / scale), np.float32)
    laid = cv2.warpAffine(shaped, matrix, (side, side), flags=cv2.INTER_LINEAR)
    alpha = np.asarray(laid[..., 3] / 255, np.float32)
    colours = laid[..., :3]
    return np.asarray(colours, np.float32), alpha


def _alpha(foreground: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Return how the object is cut out: by its rough foreground, as a soft-edged tile, or as an ellipse."""
    kind = rng.random()
    if kind < 0.55:
        return foreground
    rows, columns = foreground.shape
    y = np.linspace(-1, 1, rows, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, columns, dtype=np.float32)[None]
    distance = np.maximum(abs(x), abs(y)) if kind < 0.8 else np.sqrt(x * x + y * y)
    feather = np.float32(rng.uniform(0.04, 0.35))
    return np.asarray(np.clip((1 - distance) / feather, 0, 1) * 255, np.float32)


def _letterboxed(
    tile: NDArray[np.float32], side: int, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Fill the frame with the tile: colours, its foreground and its whole area, each 0 to 1."""
    height, width = tile.shape[:2]
    scale = side / max(height, width)
    columns, rows = max(1, round(width * scale)), max(1, round(height * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    resized = np.clip(cv2.resize(np.ascontiguousarray(tile), (columns, rows), interpolation=how), 0, 255)
    # The same grey and centring as in use (engine.vision.patches), so that borders look the same.
    canvas = np.full((side, side, 3), 128, np.float32)
    foreground, inside = np.zeros((2, side, side), np.float32)
    top, left = (side - rows) // 2, (side - columns) // 2
    area = np.s_[top : top + rows, left : left + columns]
    canvas[area], foreground[area], inside[area] = resized[..., :3], resized[..., 3] / 255, 1
    if rng.random() < 0.2:
        canvas[inside == 0] = rng.uniform(0, 255)
    return canvas, foreground, inside


def _photographed(canvas: NDArray[np.float32], rng: np.random.Generator, strength: float) -> Pixels:
    """Simulate a camera: a change of light, a little blur, noise."""
    gain = np.exp(rng.normal(0, 0.12 * strength, 3)).astype(np.float32)
    shot = np.asarray(canvas * gain[None, None], np.float32)
    if rng.random() < 0.15 * strength:
        shot = np.asarray(cv2.GaussianBlur(shot, (0, 0), float(rng.uniform(0.4, 1.2))), np.float32)
    if rng.random() < 0.3 * strength:
        shot = shot + rng.normal(0, rng.uniform(1, 8), shot.shape).astype(np.float32)
    return np.asarray(np.clip(shot, 0, 255), np.uint8)
