"""The network that answers hints with masks, on frozen feature maps: a neck once per still, a decoder per click.

The neck combines the maps of EfficientNet-Lite0 (strides 4, 8, 16, 32) and the pixels; the decoder is a small
U-Net at stride 8 that receives the hints, similarity to the clicked places, and its previous answer.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

FRAME = 320
"""Side of the decoder's square frame, in pixels."""
LOGITS = FRAME // 4
"""Side of its masks."""
MASKS = 3
SPREADS = (0.03, 0.12)
"""Standard deviations of the two bumps that mark a click, as shares of the frame."""
HINT_CHANNELS = 13


@dataclass(frozen=True)
class Prompts:
    """Hints in frame pixels, one row per question.

    Attributes:
        points: float (B, N, 3): x, y, and 1 to keep, -1 to drop, 0 for padding.
        box: float (B, 4): x0, y0, x1, y1; all -1 without a box.
        previous: float (B, 1, 80, 80), the logits before the latest hint; 0 without any.
        inside: float (B, 4): x0, y0, x1, y1 of the part of the frame that shows the still.
    """

    points: Tensor
    box: Tensor
    previous: Tensor
    inside: Tensor


@dataclass(frozen=True)
class NeckMaps:
    """The neck's output for a frame: maps at strides 4, 8, 16, 32, and two embeddings at strides 8 and 16."""

    fine: Tensor
    middle: Tensor
    coarse: Tensor
    widest: Tensor
    embedding: Tensor
    embedding_coarse: Tensor

    def tensors(self) -> tuple[Tensor, ...]:
        """Return all tensors, in a fixed order."""
        return self.fine, self.middle, self.coarse, self.widest, self.embedding, self.embedding_coarse

    def rows(self, index: Tensor) -> "NeckMaps":
        """Return the frames at ``index``, with repetitions."""
        return NeckMaps(*(values[index] for values in self.tensors()))

    def window(self, left: int, top: int) -> "NeckMaps":
        """Crop larger maps to the 320 px frame whose corner is at (left, top), multiples of 32."""
        out = []
        for values, stride in zip(self.tensors(), (4, 8, 16, 32, 8, 16), strict=True):
            x, y, side = left // stride, top // stride, FRAME // stride
            out.append(values[..., y : y + side, x : x + side])
        return NeckMaps(*out)


def _conv(inputs: int, outputs: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)


def _activated(width: int) -> list[nn.Module]:
    return [nn.BatchNorm2d(width), nn.ReLU()]


def _twice(values: Tensor) -> Tensor:
    return functional.interpolate(values, scale_factor=2.0, mode="bilinear", align_corners=False)


class _Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.inner = nn.Sequential(
            _conv(width, width), *_activated(width), _conv(width, width), nn.BatchNorm2d(width)
        )

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(x + self.inner(x))


class Neck(nn.Module):
    """Feature maps to ``NeckMaps``: projections, top-down sums, one convolution at each stride."""

    def __init__(
        self, channels: tuple[int, ...] = (24, 40, 112, 320), widths: tuple[int, ...] = (32, 64, 96)
    ) -> None:
        super().__init__()
        fine, middle, coarse = widths
        self.from4 = nn.Conv2d(channels[0] + 12, fine, 1)
        self.from8 = nn.Conv2d(channels[1], middle, 1)
        self.from16 = nn.Conv2d(channels[2], coarse, 1)
        self.from32 = nn.Conv2d(channels[3], coarse, 1)
        self.at32 = self._smooth(coarse)
        self.at16 = self._smooth(coarse)
        self.at8 = self._smooth(middle)
        self.at4 = self._smooth(fine)
        self.to8 = nn.Conv2d(coarse, middle, 1)
        self.to4 = nn.Conv2d(middle, fine, 1)
        self.embed8 = nn.Conv2d(middle, 64, 1)
        self.embed16 = nn.Conv2d(coarse, 64, 1)

    @staticmethod
    def _smooth(width: int) -> nn.Sequential:
        return nn.Sequential(*_activated(width), _conv(width, width), *_activated(width))

    def forward(self, maps: tuple[Tensor, ...], pixels: Tensor) -> NeckMaps:
        """Return the maps of frames (B, 3, S, S) in 0..1, from the feature maps at strides 4, 8, 16 and 32."""
        four, eight, sixteen, thirty_two = maps
        small = functional.pixel_unshuffle(functional.avg_pool2d(pixels - 0.5, 2), 2)
        widest = self.at32(self.from32(thirty_two))
        coarse = self.at16(self.from16(sixteen) + _twice(widest))
        middle = self.at8(self.from8(eight) + _twice(self.to8(coarse)))
        fine = self.at4(self.from4(torch.cat([four, small.to(four.dtype)], 1)) + _twice(self.to4(middle)))
        return NeckMaps(fine, middle, coarse, widest, self.embed8(middle), self.embed16(coarse))


@dataclass(frozen=True)
class Answer:
    """Three interpretations of each question.

    Attributes:
        logits: (B, 3, 80, 80).
        scores: (B, 3) expected IoU of each.
        context: input of ``ClickDecoder.quality`` for other masks of the same questions.
    """

    logits: Tensor
    scores: Tensor
    context: tuple[Tensor, Tensor, Tensor]


class ClickDecoder(nn.Module):
    """Hints on ``NeckMaps`` to three masks and their scores."""

    def __init__(self, heads: int = 8) -> None:
        super().__init__()
        self.heads = heads
        self.enter = nn.Sequential(
            _conv(64 + 2 * heads + 2 + HINT_CHANNELS, 48), *_activated(48), _Residual(48)
        )
        self.down16, self.join16 = _conv(48, 80, 2), nn.Conv2d(96, 80, 1)
        self.at16 = nn.Sequential(*_activated(80), _Residual(80))
        self.down32, self.join32 = _conv(80, 112, 2), nn.Conv2d(96, 112, 1)
        self.at32 = nn.Sequential(*_activated(112), _Residual(112))
        self.film = nn.Sequential(nn.Linear(64 + 96 + 112, 128), nn.ReLU(), nn.Linear(128, 2 * 112))
        self.back32, self.up16 = _Residual(112), nn.Conv2d(112, 80, 1)
        self.back16, self.up8 = _Residual(80), nn.Conv2d(80, 48, 1)
        self.back8, self.up4 = _Residual(48), nn.Conv2d(48, 24, 1)
        self.join4, self.hints4 = nn.Conv2d(32, 24, 1), nn.Conv2d(3, 24, 1, bias=False)
        self.at4 = nn.Sequential(
            *_activated(24), _conv(24, 24), *_activated(24), _conv(24, 24), *_activated(24)
        )
        self.masks4, self.masks8 = nn.Conv2d(24, MASKS, 1), nn.Conv2d(48, MASKS, 1)
        self.score = nn.Sequential(nn.Linear(48 * 3 + 112 + 3, 96), nn.ReLU(), nn.Linear(96, 1))

    def forward(self, maps: NeckMaps, prompts: Prompts) -> Answer:
        """Answer one question per row; ``maps`` has as many rows as ``prompts``."""
        hints, near = _hint_maps(prompts, maps.middle.shape[-2:])
        key8, alike8, unlike8 = self._alike(maps.embedding, prompts, 8)
        _, alike16, unlike16 = self._alike(maps.embedding_coarse, prompts, 16)
        seen = [maps.middle, alike8, _twice(alike16), unlike8, _twice(unlike16), hints.to(maps.middle.dtype)]
        h8 = self.enter(torch.cat(seen, 1))
        h16 = self.at16(self.down16(h8) + self.join16(maps.coarse))
        h32 = self.at32(self.down32(h16) + self.join32(maps.widest))
        place16 = _pooled_at(maps.coarse, prompts, 16)
        gain, shift = self.film(torch.cat([key8, place16, h32.mean((2, 3))], 1))[..., None, None].chunk(2, 1)
        h32 = self.back32(h32 * (1 + gain) + shift)
        h16 = self.back16(h16 + _twice(self.up16(h32)))
        h8 = self.back8(h8 + _twice(self.up8(h16)))
        marks = torch.cat([alike8.mean(1, keepdim=True), near.to(alike8.dtype)], 1)
        h4 = _twice(self.up4(h8)) + self.join4(maps.fine) + self.hints4(_twice(marks))
        logits = self.masks4(self.at4(h4)) + _twice(self.masks8(h8))
        context = (h8, h32.mean((2, 3)), _pooled_at(h8, prompts, 8))
        soft = torch.sigmoid(functional.avg_pool2d(logits.detach().float(), 2))
        return Answer(logits, self.quality(context, soft), context)

    def quality(self, context: tuple[Tensor, Tensor, Tensor], soft: Tensor) -> Tensor:
        """Return the expected IoU (B, k) of soft masks (B, k, 40, 40), 0..1, for the questions of a context."""
        h8, whole, clicked = (values.float() for values in context)
        features, masks = h8.flatten(2).transpose(1, 2), soft.float().flatten(2)
        area = masks.sum(2, keepdim=True)
        shared = masks @ features
        within = shared / (area + 1)
        without = (features.sum(1, keepdim=True) - shared) / (features.shape[1] - area + 1)
        unsure = (masks * (1 - masks)).sum(2, keepdim=True) / (area + 1)
        share = area / features.shape[1]
        each = [values[:, None].expand(-1, soft.shape[1], -1) for values in (clicked, whole)]
        described = torch.cat([within, without, *each, share, share.sqrt(), unsure], 2)
        with torch.autocast(described.device.type, enabled=False):
            return torch.as_tensor(torch.sigmoid(self.score(described))[..., 0])

    def _alike(self, embedding: Tensor, prompts: Prompts, stride: int) -> tuple[Tensor, Tensor, Tensor]:
        """Return the kept places' mean embedding (B, C), similarity to it by group (B, heads, h, w), and to dropped."""
        count, _, height, width = embedding.shape
        grouped = embedding.reshape(count, self.heads, -1, height, width)
        unit = functional.normalize(grouped, dim=2)
        mean = _pooled_at(embedding, prompts, stride)
        key = functional.normalize(mean.reshape(count, self.heads, -1), dim=2)
        alike = (unit * key[..., None, None]).sum(2)
        dropped, some = _pooled_at(embedding, prompts, stride, kind=-1), (prompts.points[..., 2] < 0).any(1)
        anti = functional.normalize(dropped.reshape(count, self.heads, -1), dim=2)
        unlike = (unit * anti[..., None, None]).sum(2).mean(1, keepdim=True) * some[:, None, None, None]
        return mean, alike, unlike.to(alike.dtype)


def _pooled_at(values: Tensor, prompts: Prompts, stride: int, kind: int = 1) -> Tensor:
    """Return the mean (B, C) of maps at the points of a kind; at the box's centre if there is none to keep."""
    height, width = values.shape[-2:]
    points, weight = prompts.points[..., :2], (prompts.points[..., 2] == kind).float()
    if kind > 0:
        middle = (prompts.box[:, :2] + prompts.box[:, 2:]) / 2
        points = torch.cat([points, middle[:, None]], 1)
        weight = torch.cat([weight, (weight.sum(1, keepdim=True) == 0).float()], 1)
    scale = points.new_tensor([2 / (width * stride), 2 / (height * stride)])
    grid = (points * scale - 1)[:, None]
    found = functional.grid_sample(
        values.float(), grid.float(), mode="bilinear", padding_mode="border", align_corners=False
    )[:, :, 0]
    pooled = (found * weight[:, None]).sum(2) / weight.sum(1, keepdim=True).clamp(min=1)
    return pooled.to(values.dtype)


def _hint_maps(prompts: Prompts, size: torch.Size, stride: int = 8) -> tuple[Tensor, Tensor]:
    """Return the hints as maps at stride 8, (B, HINT_CHANNELS, h, w), and the two used at stride 4 (B, 2, h, w)."""
    height, width = size
    device = prompts.points.device
    y = (torch.arange(height, device=device) + 0.5) * stride
    x = (torch.arange(width, device=device) + 0.5) * stride
    kept, kept_apart = _distances(prompts, x, y, kind=1)
    dropped, _ = _distances(prompts, x, y, kind=-1)
    bumps = [torch.exp(-d / (2 * s * s)) for d in (kept, dropped) for s in SPREADS]
    box = prompts.box[:, :, None, None]
    across, down = x[None, None], y[None, :, None]
    in_box = (across >= box[:, 0]) & (across < box[:, 2]) & (down >= box[:, 1]) & (down < box[:, 3])
    has_box = (prompts.box[:, 2] > prompts.box[:, 0])[:, None, None].expand(-1, height, width)
    shown = prompts.inside[:, :, None, None]
    inside = (across >= shown[:, 0]) & (across < shown[:, 2]) & (down >= shown[:, 1]) & (down < shown[:, 3])
    before = torch.tanh(functional.avg_pool2d(prompts.previous, 2)[:, 0] / 4)
    real = (prompts.points[..., 2] > 0).any(1)[:, None, None].expand(-1, height, width)
    maps = [
        *kept_apart,
        kept.clamp(max=4).sqrt(),
        *bumps,
        in_box,
        has_box,
        inside,
        before,
        before.abs() > 0,
        real,
    ]
    return torch.stack([values.float() for values in maps], 1), torch.stack([bumps[0], bumps[2]], 1)


def _distances(prompts: Prompts, x: Tensor, y: Tensor, *, kind: int) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """Return the squared distance (B, h, w) to the nearest point of a kind, and the offsets from it, in frames."""
    points, chosen = prompts.points[..., :2], prompts.points[..., 2] == kind
    if kind > 0:
        middle = (prompts.box[:, :2] + prompts.box[:, 2:]) / 2
        points = torch.cat([points, middle[:, None]], 1)
        chosen = torch.cat([chosen, ~chosen.any(1, keepdim=True)], 1)
    dx = (x[None, None, None] - points[:, :, 0, None, None]) / FRAME
    dy = (y[None, None, :, None] - points[:, :, 1, None, None]) / FRAME
    squared = dx.square() + dy.square() + torch.where(chosen, 0.0, 1e3)[:, :, None, None]
    least, which = squared.min(1)
    shape = (*which.shape[:1], 1, *which.shape[1:])
    along = dx.expand_as(squared).gather(1, which.reshape(shape))[:, 0]
    down = dy.expand_as(squared).gather(1, which.reshape(shape))[:, 0]
    return least, (along, down)


class ClickNetwork(nn.Module):
    """Neck and decoder together, as they are trained and saved."""

    def __init__(self) -> None:
        super().__init__()
        self.neck = Neck()
        self.decoder = ClickDecoder()
