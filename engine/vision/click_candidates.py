"""The click decoder in use: a still's two frames, hints in their pixels, and the selection of its answers."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from engine.scene.hints import Click, Hints
from engine.vision.click_decoder import FRAME, LOGITS, MASKS, ClickNetwork, NeckMaps, Prompts
from engine.vision.efficientnet import EfficientNetLite
from engine.vision.patches import Frame
from engine.vision.still import Still

FINE = 2 * LOGITS
"""Side of the masks in which candidates are compared and kept: the still's square at twice the decoder's resolution.
"""
STEP = 32
"""A window's corner is a multiple of this, so that it can be cut from existing feature maps."""
WINDOW_LIMIT = 0.3
"""An object that fills more of the still than this is not examined in a window too."""
NOTHING = -10.0
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class EncodedStill:
    """A still as the decoder needs it: the neck's maps of the whole at 320 and at 640 px."""

    size: tuple[int, int]
    whole: NeckMaps
    large: NeckMaps

    @property
    def frame(self) -> Frame:
        """The whole still's frame of 320 px."""
        return Frame((0, 0, self.size[1], self.size[0]), FRAME)


@dataclass(frozen=True)
class Candidates:
    """Masks that hints may mean, as logits (n, 160, 160) over the still's square, and their quality (n,), 0..1."""

    logits: Floats
    scores: Floats


class ClickPredictor:
    """Encodes stills and answers hints.

    Args:
        network: neck and decoder.
        features: the frozen feature extractor.
        device: device of the networks.
    """

    def __init__(self, network: ClickNetwork, features: EfficientNetLite, device: str = "cpu") -> None:
        self._network = network.to(device, memory_format=torch.channels_last).eval()  # type: ignore[call-overload]
        self._features = features
        self._device = device

    @torch.inference_mode()
    def encode(self, still: Still) -> EncodedStill:
        """Encode a still once for all hints."""
        height, width = still.height, still.width
        whole, large = (self._maps(Frame((0, 0, width, height), side), still) for side in (FRAME, 2 * FRAME))
        return EncodedStill((height, width), whole, large)

    def _maps(self, frame: Frame, still: Still) -> NeckMaps:
        square = torch.from_numpy(frame.picture(still.pixels)).to(self._device)
        pixels = square.permute(2, 0, 1)[None].float().div(255).contiguous(memory_format=torch.channels_last)
        found: NeckMaps = self._network.neck(self._features(pixels).maps, pixels)
        return found

    @torch.inference_mode()
    def candidates(self, still: EncodedStill, hints: Hints, previous: Floats | None = None) -> Candidates:
        """Return up to six masks, the whole still's three first.

        Args:
            still: the encoded still.
            hints: in still pixels.
            previous: (160, 160) logits that the hints correct, or None.
        """
        points, box = _in_frame(still.frame, hints)
        first = self._answers(still.whole, points, box, _whole_of(previous), _shown(still))
        found = [_enlarged(first.logits)]
        scores = [first.scores]
        corner = _corner(points, box, found[0][int(first.scores.argmax())])
        if corner is not None:
            close = self._in_window(still, corner, points, box, previous)
            edge = _cut_by_window(close.logits, corner, _shown(still) * 2)
            found.append(_pasted(close.logits, corner))
            scores.append(close.scores - 0.6 * edge)
        return Candidates(np.concatenate(found), np.concatenate(scores).clip(0, 1).astype(np.float32))

    @torch.inference_mode()
    def sweep(self, still: EncodedStill, clicks: Sequence[Click]) -> list[Candidates]:
        """Return three masks for each of many clicks, from the whole still alone."""
        rows = [_in_frame(still.frame, Hints((click,))) for click in clicks]
        count = len(clicks)
        prompts = Prompts(
            torch.from_numpy(np.stack([points for points, _ in rows])).to(self._device),
            torch.from_numpy(np.stack([box for _, box in rows])).to(self._device),
            torch.zeros(count, 1, LOGITS, LOGITS, device=self._device),
            torch.from_numpy(_shown(still))[None].expand(count, -1).to(self._device),
        )
        maps = still.whole.rows(torch.zeros(count, dtype=torch.long, device=self._device))
        answer = self._network.decoder(maps, prompts)
        logits, scores = answer.logits.float().cpu().numpy(), answer.scores.float().cpu().numpy()
        return [Candidates(_enlarged(one), each) for one, each in zip(logits, scores, strict=True)]

    def _in_window(
        self,
        still: EncodedStill,
        corner: tuple[int, int],
        points: Floats,
        box: Floats,
        previous: Floats | None,
    ) -> Candidates:
        left, top = corner
        shift = np.array([left, top], np.float32)
        moved = points.copy()
        moved[:, :2] = points[:, :2] * 2 - shift
        boxed = box * 2 - np.tile(shift, 2) if box[2] > box[0] else box
        x, y = left // 4, top // 4
        before = None if previous is None else previous[y : y + LOGITS, x : x + LOGITS]
        inside = (_shown(still) * 2 - np.tile(shift, 2)).clip(0, FRAME)
        return self._answers(still.large.window(left, top), moved, boxed, before, inside)

    def _answers(
        self, maps: NeckMaps, points: Floats, box: Floats, previous: Floats | None, inside: Floats
    ) -> Candidates:
        before = np.zeros((LOGITS, LOGITS), np.float32) if previous is None else previous
        rows = [
            torch.from_numpy(np.ascontiguousarray(v, np.float32))[None] for v in (points, box, before, inside)
        ]
        prompts = Prompts(*(row.to(self._device) for row in (rows[0], rows[1], rows[2][:, None], rows[3])))
        answer = self._network.decoder(maps, prompts)
        return Candidates(answer.logits[0].float().cpu().numpy(), answer.scores[0].float().cpu().numpy())


def choose(candidates: Candidates, count: int = MASKS, alike: float = 0.8) -> list[int]:
    """Return the indices of the candidates to offer, best first: of high quality, and distinct if possible."""
    masks = (candidates.logits > 0).reshape(len(candidates.logits), -1).astype(np.float32)
    shared = masks @ masks.T
    size = masks.sum(1)
    overlap = shared / np.maximum(size[:, None] + size[None] - shared, 1.0)
    order = [int(place) for place in np.argsort(-np.where(size == 0, -1.0, candidates.scores), kind="stable")]
    chosen: list[int] = []
    for place in order:
        if len(chosen) < count and all(overlap[place, other] < alike for other in chosen):
            chosen.append(place)
    chosen += [place for place in order if place not in chosen][: count - len(chosen)]
    return sorted(chosen, key=order.index)


def _shown(still: EncodedStill) -> Floats:
    return np.array(still.frame.placed, np.float32)


def _in_frame(frame: Frame, hints: Hints) -> tuple[Floats, Floats]:
    """Return points (n, 3) and box (4,) in pixels of the whole still's frame; a box of -1 is none."""
    x0, y0, x1, y1 = frame.window
    left, top, right, bottom = frame.placed
    wide, tall = (right - left) / (x1 - x0), (bottom - top) / (y1 - y0)
    points = [(left + c.x * wide, top + c.y * tall, 1.0 if c.keep else -1.0) for c in hints.clicks]
    box = np.full(4, -1.0, np.float32)
    if hints.box is not None:
        b = hints.box
        box[:] = left + b.x0 * wide, top + b.y0 * tall, left + b.x1 * wide, top + b.y1 * tall
    return np.array(points or [(0.0, 0.0, 0.0)], np.float32), box


def _corner(points: Floats, box: Floats, answer: Floats) -> tuple[int, int] | None:
    """Return the window's corner (left, top) in the 640 px frame, or None if the object is too large."""
    area = float((answer > 0).mean())
    kept = points[points[:, 2] > 0, :2] * 2
    low, high = (kept.min(0), kept.max(0)) if len(kept) else (box[:2] * 2, box[2:] * 2)
    if box[2] > box[0]:
        low, high = np.minimum(low, box[:2] * 2), np.maximum(high, box[2:] * 2)
    if area > WINDOW_LIMIT or (high - low).max() > 0.85 * FRAME:
        return None
    middle = (low + high) / 2 if box[2] > box[0] or not len(kept) else kept[0]
    left, top = (int(np.clip(round((m - FRAME / 2) / STEP) * STEP, 0, FRAME)) for m in middle)
    return left, top


def _whole_of(previous: Floats | None) -> Floats | None:
    if previous is None:
        return None
    return np.asarray(cv2.resize(previous, (LOGITS, LOGITS), interpolation=cv2.INTER_AREA), np.float32)


def _enlarged(logits: Floats) -> Floats:
    return np.stack([cv2.resize(layer, (FINE, FINE), interpolation=cv2.INTER_LINEAR) for layer in logits])


def _pasted(logits: Floats, corner: tuple[int, int]) -> Floats:
    out = np.full((len(logits), FINE, FINE), NOTHING, np.float32)
    x, y = corner[0] // 4, corner[1] // 4
    out[:, y : y + LOGITS, x : x + LOGITS] = logits
    return out


def _cut_by_window(logits: Floats, corner: tuple[int, int], shown: Floats) -> Floats:
    """Return how far each mask touches borders of the window that are not borders of the still, 0 or more."""
    masks = logits > 0
    left, top = corner
    touched = np.zeros(len(masks))
    if left > shown[0]:
        touched += masks[:, :, 0].sum(1)
    if top > shown[1]:
        touched += masks[:, 0].sum(1)
    if left + FRAME < shown[2] - 4:
        touched += masks[:, :, -1].sum(1)
    if top + FRAME < shown[3] - 4:
        touched += masks[:, -1].sum(1)
    around = np.maximum(8.0, 4 * np.sqrt(np.maximum(1, masks.sum((1, 2)))))
    return np.asarray(touched / around, np.float32)
