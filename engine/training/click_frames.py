"""Training frames of the click decoder: views of outlined pictures with cut-outs pasted in.

A frame is the decoder's input in use: a whole still, letterboxed on grey, or a window at twice that scale.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.training.click_pack import Kind, PackPicture, Split
from engine.training.segmenter_cutouts import Cutout
from engine.training.segmenter_scenes import compose_scene
from engine.vision.click_decoder import FRAME, LOGITS

QUESTIONS = 4
"""Number of objects asked for in each frame."""
SHARES: dict[str, float] = {"coco": 0.56, "outlined": 0.2, "photograph": 0.1, "composed": 0.14}
LEAST_SHARE = 0.0022
"""An object that covers a smaller share of the frame is not asked for."""
GREY = 128
Item = TypeVar("Item")


@dataclass(frozen=True)
class ClickFrame:
    """A frame and the objects asked for in it.

    Attributes:
        pixels: uint8 (3, 320, 320).
        masks: uint8 (4, 80, 80), the share of each cell that each object covers, 0 to 255; some are repeated.
        inside: float32 (4,), the part that shows the picture: x0, y0, x1, y1.
        scores_only: whether the frame trains the score head alone.
    """

    pixels: NDArray[np.uint8]
    masks: NDArray[np.uint8]
    inside: NDArray[np.float32]
    scores_only: bool


@dataclass(frozen=True)
class _View:
    pixels: NDArray[np.uint8]
    masks: list[NDArray[np.bool_]]
    labels: list[str]


class FrameSource:
    """Draws frames from the pictures of a pack.

    Args:
        pictures: pictures of a pack; those of the split "test" are left out.
    """

    def __init__(self, pictures: Sequence[PackPicture]) -> None:
        used = [picture for picture in pictures if picture.split != "test"]
        self._of: dict[tuple[Kind, Split], list[PackPicture]] = {}
        for picture in used:
            self._of.setdefault((picture.kind, picture.split), []).append(picture)
        self._cutouts = list(_cutouts(p for p in used if p.split == "train"))
        self._backgrounds = [picture.pixels for picture in self._of.get(("background", "train"), [])]
        needed = {"composed": "background"}  # scenes are composed over pictures without things
        self._shares = {k: v for k, v in SHARES.items() if (needed.get(k, k), "train") in self._of}

    def draw(self, rng: np.random.Generator, score_share: float = 0.12) -> ClickFrame:
        """Draw a frame.

        Args:
            rng: source of all randomness.
            score_share: share of frames from the pictures that train scores only.
        """
        while True:
            frame = self._try(rng, score_share)
            if frame is not None:
                return frame

    def _try(self, rng: np.random.Generator, score_share: float) -> ClickFrame | None:
        names = list(self._shares)
        weights = np.array([self._shares[name] for name in names])
        kind = names[int(rng.choice(len(names), p=weights / weights.sum()))]
        scored = [key for key in self._of if key[1] == "score"]
        scores_only = bool(scored) and rng.random() < score_share
        if scores_only:
            view = _view_of(_any(self._of[scored[int(rng.integers(len(scored)))]], rng))
        elif kind == "composed":
            view = self._composed(rng)
        else:
            view = _view_of(_any(self._of[kind, "train"], rng))  # type: ignore[index]
            if self._cutouts and rng.random() < (0.5 if kind == "coco" else 0.35):
                for _ in range(int(rng.integers(1, 4))):
                    view = _pasted(view, _any(self._cutouts, rng), rng)
        return _framed(view, rng, scores_only)

    def _composed(self, rng: np.random.Generator) -> _View:
        scene = compose_scene(self._cutouts, self._backgrounds, rng, side=FRAME)
        return _View(scene.pixels, list(scene.masks), [str(n) for n in range(len(scene.masks))])


def _any(items: Sequence[Item], rng: np.random.Generator) -> Item:
    return items[int(rng.integers(len(items)))]


def _view_of(picture: PackPicture) -> _View:
    return _View(picture.pixels, list(picture.masks), list(picture.labels))


def _cutouts(pictures: Iterable[PackPicture]) -> Iterator[Cutout]:
    """Yield every object that is large enough to be pasted elsewhere."""
    for picture in pictures:
        for mask, label in zip(picture.masks, picture.labels, strict=True):
            rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
            if len(rows) > 28 and len(columns) > 28:
                window = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
                yield Cutout(label, picture.pixels[window].copy(), mask[window].copy())


def _pasted(view: _View, cutout: Cutout, rng: np.random.Generator) -> _View:
    """Paste a cut-out over the view, with a soft edge; what it hides is removed from the other masks."""
    height, width = view.pixels.shape[:2]
    longest = max(cutout.mask.shape)
    scale = float(np.exp(rng.uniform(np.log(0.15), np.log(0.75)))) * min(height, width) / longest
    flip, turn = float(rng.choice([-1.0, 1.0])), float(rng.normal(0, 0.15))
    linear = scale * np.array([[np.cos(turn) * flip, -np.sin(turn)], [np.sin(turn) * flip, np.cos(turn)]])
    centre = np.array([rng.uniform(0.02, 0.98) * width, rng.uniform(0.05, 0.98) * height])
    middle = np.array([cutout.mask.shape[1] / 2, cutout.mask.shape[0] / 2])
    matrix = np.concatenate([linear, (centre - linear @ middle)[:, None]], axis=1)
    soft = cv2.GaussianBlur(cutout.mask.astype(np.float32), (0, 0), 0.7)
    alpha = cv2.warpAffine(soft, matrix, (width, height), flags=cv2.INTER_LINEAR)
    light = float(rng.uniform(0.75, 1.2)), float(rng.uniform(-15, 15))
    colours = cv2.warpAffine(
        cutout.pixels, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    laid = np.clip(colours.astype(np.float32) * light[0] + light[1], 0, 255)
    mixed = view.pixels * (1 - alpha[..., None]) + laid * alpha[..., None]
    own = alpha > 0.5
    masks = [mask & ~own for mask in view.masks]
    return _View(np.asarray(mixed, np.uint8), [*masks, own], [*view.labels, cutout.concept])


def _framed(view: _View, rng: np.random.Generator, scores_only: bool) -> ClickFrame | None:
    """Return a whole picture letterboxed into the frame, or a window of it, with the objects asked for."""
    height, width = view.pixels.shape[:2]
    corner, scale = _window(view, rng)
    if rng.random() < 0.5:
        view = _View(view.pixels[:, ::-1], [mask[:, ::-1] for mask in view.masks], view.labels)
        corner = (width - corner[0] - FRAME / scale, corner[1])
    matrix = np.array([[scale, 0, -corner[0] * scale], [0, scale, -corner[1] * scale]])
    inside = np.array([*matrix[:, 2], *(matrix[:, 2] + np.array([width, height]) * scale)]).clip(0, FRAME)
    pixels = _warped(view.pixels, matrix, scale, border=GREY)
    masks = []
    for mask in _targets(view, rng):
        large = _warped(mask.astype(np.uint8) * 255, matrix, scale, border=0)
        small = cv2.resize(large, (LOGITS, LOGITS), interpolation=cv2.INTER_AREA)
        if (small > 127).mean() > LEAST_SHARE:
            masks.append(small)
    if not masks:
        return None
    chosen = [masks[place % len(masks)] for place in rng.permutation(max(len(masks), QUESTIONS))[:QUESTIONS]]
    shot = _photographed(pixels, rng)
    shown = np.zeros((FRAME, FRAME), bool)
    x0, y0, x1, y1 = inside.round().astype(int)
    shown[y0:y1, x0:x1] = True
    shot[~shown] = GREY  # as at use: what is outside the still has no light and no noise
    return ClickFrame(
        np.ascontiguousarray(shot.transpose(2, 0, 1)),
        np.stack(chosen),
        inside.astype(np.float32),
        scores_only,
    )


def _window(view: _View, rng: np.random.Generator) -> tuple[tuple[float, float], float]:
    """Return the still pixel at the frame's corner, and the scale in frame pixels per still pixel."""
    height, width = view.pixels.shape[:2]
    longest = max(height, width)
    if rng.random() < 0.5 or not view.masks:
        scale = FRAME / longest * float(rng.uniform(0.88, 1.0) if rng.random() < 0.3 else 1.0)
        return ((width - FRAME / scale) / 2, (height - FRAME / scale) / 2), scale
    scale = FRAME / (longest * float(np.exp(rng.uniform(np.log(0.3), np.log(0.8)))))
    rows, columns = np.nonzero(_any(view.masks, rng))
    if not len(rows):
        return ((width - FRAME / scale) / 2, (height - FRAME / scale) / 2), scale
    place = int(rng.integers(len(rows)))
    reach = FRAME / scale

    def start(at: int, length: int) -> float:
        """Draw a start within the square into which the still is letterboxed."""
        wanted = at - reach * float(rng.uniform(0.25, 0.75))
        return float(np.clip(wanted, (length - longest) / 2, (length + longest) / 2 - reach))

    return (start(int(columns[place]), width), start(int(rows[place]), height)), scale


def _warped(
    values: NDArray[np.uint8], matrix: NDArray[np.float64], scale: float, border: int
) -> NDArray[np.uint8]:
    """Draw an image into the frame; downscale it first if it is much larger, to avoid aliasing."""
    values = np.ascontiguousarray(values)
    if scale < 0.6:
        size = max(1, round(values.shape[1] * scale * 1.2)), max(1, round(values.shape[0] * scale * 1.2))
        back = np.array([values.shape[1] / size[0], values.shape[0] / size[1]])
        values = np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), np.uint8)
        matrix = np.column_stack([matrix[:, :2] * back, matrix[:, 2]])
    fill = (border,) * 3
    return np.asarray(
        cv2.warpAffine(values, matrix, (FRAME, FRAME), flags=cv2.INTER_LINEAR, borderValue=fill), np.uint8
    )


def _targets(view: _View, rng: np.random.Generator) -> list[NDArray[np.bool_]]:
    """Return the objects, sometimes merging two touching ones of a kind."""
    found = list(view.masks)
    if len(found) > 1 and rng.random() < 0.15:
        first, second = rng.choice(len(found), 2, replace=False)
        grown = cv2.dilate(found[first].astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
        if view.labels[first] == view.labels[second] and (grown & found[second]).any():
            found.append(found[first] | found[second])
    return found


def _photographed(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Vary light and colours, and add blur, noise and compression."""
    shot = pixels.astype(np.float32)
    if rng.random() < 0.1:
        shot = np.repeat(shot.mean(axis=2, keepdims=True), 3, axis=2)
    mean = shot.mean()
    shot = (shot - mean) * rng.uniform(0.7, 1.3) + mean * rng.uniform(0.75, 1.25)
    shot = shot * rng.uniform(0.9, 1.1, 3).astype(np.float32)
    if rng.random() < 0.15:
        shot = cv2.GaussianBlur(shot, (0, 0), float(rng.uniform(0.4, 1.1)))
    if rng.random() < 0.25:
        shot = shot + rng.normal(0, rng.uniform(1, 7), shot.shape).astype(np.float32)
    out = np.asarray(np.clip(shot, 0, 255), np.uint8)
    if rng.random() < 0.15:
        quality = int(rng.integers(30, 85))
        out = np.asarray(
            cv2.imdecode(cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)
        )
    return out
