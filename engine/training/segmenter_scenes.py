"""Scenes with known masks: cut-outs and synthetic objects, pasted over backgrounds with light, shadow and blur."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.training.segmenter_cutouts import Cutout, Photograph

FloatPixels = NDArray[np.float32]
"""Pixels while a scene is composed: float32 (h, w, 3), 0 to 1."""


@dataclass(frozen=True)
class CutoutScene:
    """``pixels`` uint8 (h, w, 3) and the masks bool (h, w) that can be clicked, each at least ``MIN_AREA`` large."""

    pixels: NDArray[np.uint8]
    masks: tuple[NDArray[np.bool_], ...]


@dataclass(frozen=True)
class _SceneLayer:
    pixels: FloatPixels
    alpha: NDArray[np.float32]
    part: NDArray[np.float32] | None = None


MIN_AREA = 40


def _smooth_field(shape: tuple[int, int], rng: np.random.Generator, cells: int) -> NDArray[np.float32]:
    """Return a smooth random field, about -1 to 1."""
    coarse = rng.standard_normal((cells, cells)).astype(np.float32)
    field = cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return np.asarray(field / 1.5, np.float32)


def _colour(rng: np.random.Generator) -> NDArray[np.float32]:
    hsv = np.array([[[rng.uniform(0, 360), rng.beta(1.2, 1.8), rng.beta(1.5, 1.3)]]], np.float32)
    return np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), np.float32).reshape(3)


def _texture(
    shape: tuple[int, int], pictures: Sequence[NDArray[np.uint8]], rng: np.random.Generator
) -> FloatPixels:
    """Return a surface: plain, blotched, striped, or cut from a picture."""
    kind = rng.integers(4)
    if kind == 0:
        return _crop(pictures[int(rng.integers(len(pictures)))], shape, rng, zoom=rng.uniform(1.0, 3.0))
    base = np.broadcast_to(_colour(rng), (*shape, 3)).astype(np.float32)
    if kind == 1:
        return base
    if kind == 2:
        pattern = _smooth_field(shape, rng, int(rng.integers(3, 24)))
    else:
        rows, columns = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
        angle, period = rng.uniform(0, np.pi), rng.uniform(3, 25)
        pattern = np.sin((np.cos(angle) * columns + np.sin(angle) * rows) * 2 * np.pi / period).astype(
            np.float32
        )
    amount = np.clip(pattern * rng.uniform(0.3, 2.0) * 0.5 + 0.5, 0, 1)[..., None]
    other = _colour(rng) if rng.random() < 0.5 else base[0, 0] * rng.uniform(0.4, 0.9)
    return np.asarray(base * (1 - amount) + other * amount, np.float32)


def _crop(
    picture: NDArray[np.uint8], shape: tuple[int, int], rng: np.random.Generator, zoom: float = 1.0
) -> FloatPixels:
    height, width = picture.shape[:2]
    scale = max(shape[0] / height, shape[1] / width) * zoom
    size = max(shape[1], round(width * scale)), max(shape[0], round(height * scale))
    large = cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR)
    top, left = rng.integers(size[1] - shape[0] + 1), rng.integers(size[0] - shape[1] + 1)
    crop = large[top : top + shape[0], left : left + shape[1]]
    return np.asarray(crop[:, :: rng.choice([-1, 1])], np.float32) / 255.0


def _outline(side: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return a synthetic outline: smooth star, box or limb, randomly rotated."""
    angles = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    if rng.random() < 0.3:
        radius = 1.0 / np.maximum(np.abs(np.cos(angles)), np.abs(np.sin(angles)))
    else:
        wave = [rng.normal(0, 0.35 / k) * np.cos(k * angles + rng.uniform(0, 6.28)) for k in range(2, 7)]
        radius = np.exp(np.sum(wave, axis=0))
    stretch = rng.uniform(0.25, 1.0)
    points = np.stack([np.cos(angles) * radius, np.sin(angles) * radius * stretch], axis=1)
    turn = rng.uniform(0, np.pi)
    points = points @ np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    points = points / np.abs(points).max() * (side / 2 - 1) + side / 2
    mask = np.zeros((side, side), np.uint8)
    cv2.fillPoly(mask, [np.round(points).astype(np.int32)], 255)
    return mask.astype(np.float32) / 255.0


def _made_up_thing(pictures: Sequence[NDArray[np.uint8]], rng: np.random.Generator) -> _SceneLayer:
    """Return a synthetic object of one to four surfaces, one of which may be prompted as a part."""
    side = 128
    pixels, alpha = np.zeros((side, side, 3), np.float32), np.zeros((side, side), np.float32)
    part = None
    for index in range(int(rng.integers(1, 5))):
        size = int(side * (rng.uniform(0.5, 0.9) if index == 0 else rng.uniform(0.25, 0.6)))
        inside = np.argwhere(alpha > 0.5) if index else np.array([[side // 2, side // 2]])
        top, left = np.clip(inside[rng.integers(len(inside))] - size // 2, 0, side - size)
        patch = np.zeros_like(alpha)
        patch[top : top + size, left : left + size] = _outline(size, rng)
        surface = _texture((side, side), pictures, rng)
        shade = 1 + 0.25 * _smooth_field((side, side), rng, 3)[..., None]
        pixels = np.asarray(pixels * (1 - patch[..., None]) + surface * shade * patch[..., None], np.float32)
        alpha = np.maximum(alpha, patch)
        part = patch if index else None
    return _SceneLayer(pixels, alpha, part)


def _real_thing(cutouts: Sequence[Cutout], rng: np.random.Generator) -> _SceneLayer:
    cutout = cutouts[int(rng.integers(len(cutouts)))]
    pixels = cutout.pixels.astype(np.float32) / 255.0
    if rng.random() < 0.5:
        gain = rng.uniform(0.6, 1.4, 3) if rng.random() < 0.3 else np.full(3, rng.uniform(0.6, 1.3))
        pixels = pixels ** rng.uniform(0.7, 1.4) * gain
    return _SceneLayer(np.asarray(pixels, np.float32), cutout.mask.astype(np.float32))


def _placed(thing: _SceneLayer, shape: tuple[int, int], rng: np.random.Generator) -> _SceneLayer:
    """Place the object at random position, size and rotation, maybe mirrored, as layers of the scene's shape."""
    height, width = thing.alpha.shape
    scale = np.exp(rng.uniform(np.log(0.16), np.log(1.15))) * max(shape) / max(height, width)
    turn = rng.normal(0, 0.2)
    flip = rng.choice([-1.0, 1.0])
    linear = scale * np.array([[np.cos(turn) * flip, -np.sin(turn)], [np.sin(turn) * flip, np.cos(turn)]])
    centre = np.array([rng.uniform(0.08, 0.92) * shape[1], rng.uniform(0.12, 0.92) * shape[0]])
    matrix = np.concatenate([linear, (centre - linear @ [width / 2, height / 2])[:, None]], axis=1)
    size = shape[1], shape[0]

    def move(layer: NDArray[np.float32], border: int) -> NDArray[np.float32]:
        return np.asarray(
            cv2.warpAffine(layer, matrix, size, flags=cv2.INTER_LINEAR, borderMode=border), np.float32
        )

    alpha = move(thing.alpha, cv2.BORDER_CONSTANT)
    part = move(thing.part, cv2.BORDER_CONSTANT) if thing.part is not None else None
    return _SceneLayer(move(thing.pixels, cv2.BORDER_REPLICATE), alpha, part)


def _with_shadow(canvas: FloatPixels, alpha: NDArray[np.float32], rng: np.random.Generator) -> FloatPixels:
    shift = np.array([[1, 0, rng.normal(0, 10)], [0, 1, abs(rng.normal(0, 8))]], np.float32)
    moved = cv2.warpAffine(alpha, shift, (alpha.shape[1], alpha.shape[0]))
    shadow = cv2.GaussianBlur(moved, (0, 0), rng.uniform(1.5, 8)) * rng.uniform(0.2, 0.7)
    return np.asarray(canvas * (1 - shadow[..., None]), np.float32)


def _background(
    shape: tuple[int, int], pictures: Sequence[NDArray[np.uint8]], rng: np.random.Generator
) -> FloatPixels:
    if rng.random() < 0.25:
        upper, lower = _texture(shape, pictures, rng), _texture(shape, pictures, rng)
        edge = np.linspace(0, 1, shape[0])[:, None] + 0.06 * _smooth_field(shape, rng, 4) > rng.uniform(
            0.3, 0.8
        )
        canvas = np.where(edge[..., None], lower, upper)
    else:
        canvas = _crop(pictures[int(rng.integers(len(pictures)))], shape, rng, zoom=rng.uniform(1.0, 2.0))
    if rng.random() < 0.4:
        canvas = cv2.GaussianBlur(canvas, (0, 0), rng.uniform(0.8, 4))
    return np.asarray(canvas, np.float32)


def _framed(
    photograph: Photograph, shape: tuple[int, int], rng: np.random.Generator
) -> tuple[FloatPixels, NDArray[np.float32]]:
    """Return a crop of a photograph, and its object's mask in it."""
    both = np.dstack([photograph.pixels, photograph.mask.astype(np.uint8) * 255])
    crop = _crop(both, shape, rng, zoom=1.0 + 0.5 * rng.beta(1, 2))
    return np.ascontiguousarray(crop[..., :3]), np.ascontiguousarray(crop[..., 3])


def finished(canvas: FloatPixels, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Add light across the scene, a colour cast, blur and noise."""
    light = 1 + rng.uniform(0, 0.35) * _smooth_field((canvas.shape[0], canvas.shape[1]), rng, 3)[..., None]
    canvas = np.asarray(canvas * light * rng.uniform(0.9, 1.1, 3), np.float32)
    if rng.random() < 0.3:
        canvas = np.asarray(cv2.GaussianBlur(canvas, (0, 0), rng.uniform(0.4, 0.9)), np.float32)
    if rng.random() < 0.06:
        canvas = np.repeat(canvas.mean(axis=2, keepdims=True), 3, axis=2)
    canvas = canvas + rng.uniform(0, 0.03) * rng.standard_normal(canvas.shape, np.float32)
    return np.asarray(np.clip(canvas, 0, 1) * 255, np.uint8)


def compose_scene(
    cutouts: Sequence[Cutout],
    backgrounds: Sequence[NDArray[np.uint8]],
    rng: np.random.Generator,
    side: int = 128,
    photographs: Sequence[Photograph] = (),
) -> CutoutScene:
    """Compose a scene of one to five objects with longest side ``side``; later objects hide earlier ones.

    Without cut-outs all objects are synthetic. With ``photographs``, a third of the scenes start from one,
    with its own object. ``masks`` are the visible parts of each object, then of parts.
    """
    ratio = rng.uniform(0.55, 1.0)
    shape = (side, round(side * ratio)) if rng.random() < 0.25 else (round(side * ratio), side)
    things: list[NDArray[np.float32]] = []
    parts: list[NDArray[np.float32]] = []
    more = int(rng.integers(1, 6))
    if len(photographs) and rng.random() < 1 / 3:
        canvas, own = _framed(photographs[int(rng.integers(len(photographs)))], shape, rng)
        things, more = [own], int(rng.integers(0, 4))
    else:
        canvas = _background(shape, backgrounds, rng)
    for _ in range(more):
        is_real = len(cutouts) > 0 and rng.random() < 0.65
        thing = _placed(
            _real_thing(cutouts, rng) if is_real else _made_up_thing(backgrounds, rng), shape, rng
        )
        if rng.random() < 0.5:
            canvas = _with_shadow(canvas, thing.alpha, rng)
        canvas = canvas * (1 - thing.alpha[..., None]) + thing.pixels * thing.alpha[..., None]
        things = [seen * (1 - thing.alpha) for seen in things] + [thing.alpha]
        parts = [seen * (1 - thing.alpha) for seen in parts] + (
            [thing.part] if thing.part is not None else []
        )
    masks = [layer > 0.5 for layer in things + parts]
    return CutoutScene(finished(canvas, rng), tuple(m for m in masks if m.sum() >= MIN_AREA))
