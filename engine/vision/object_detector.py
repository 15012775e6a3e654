"""A small detector on EfficientNet-Lite0's frozen feature maps: boxes of things, with class scores.

One head for all strides, as in FCOS (arXiv 1904.01355): every cell gives class logits, one logit of any thing
at all, and the distances from its centre to the four sides of the box. Scores are trained to be the overlap of
the box with the thing (quality focal loss, arXiv 2006.04388).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torchvision.ops import nms

from engine.errors import BadInput
from engine.inputs import read_json
from engine.vision.efficientnet import EfficientNetLite
from engine.vision.patches import Frame
from engine.vision.still import Still

CONFIG, WEIGHTS = "config.json", "model.safetensors"
STRIDES = (16, 32)
CHANNELS = (112, 320)
SIDES = (320, 640)
"""Sides of the square frames in which a still is seen."""
ALIKE = 0.55
"""Boxes that overlap more than this are one thing."""
RARE = -4.6
"""Initial logit of every class: a probability of 0.01."""


@dataclass(frozen=True)
class Detections:
    """Detector outputs for all cells of all strides.

    Attributes:
        classes: (B, N, K) logits.
        thing: (B, N) logit of any thing.
        boxes: (B, N, 4) x0, y0, x1, y1 in pixels of the frame.
    """

    classes: Tensor
    thing: Tensor
    boxes: Tensor


@dataclass(frozen=True)
class DetectedBoxes:
    """Boxes found in a picture, best first.

    Attributes:
        boxes: (n, 4) x0, y0, x1, y1 in pixels.
        thing: (n,) score of any thing, 0 to 1.
        classes: (n, K) scores of each class, 0 to 1.
    """

    boxes: NDArray[np.float32]
    thing: NDArray[np.float32]
    classes: NDArray[np.float32]


class _Layer(nn.Sequential):
    def __init__(self, inputs: int, outputs: int, kernel: int = 3) -> None:
        conv = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False)
        super().__init__(conv, nn.GroupNorm(8, outputs), nn.SiLU())


class DetectorNetwork(nn.Module):
    """Feature maps at strides 16 and 32 to ``Detections``.

    Args:
        classes: number of classes.
        width: channels of the head.
    """

    def __init__(self, classes: int, width: int = 96) -> None:
        super().__init__()
        self.spread = nn.ModuleList(_Layer(channels, width, 1) for channels in CHANNELS)
        self.smooth = nn.ModuleList(_Layer(width, width) for _ in STRIDES)
        self.naming = nn.Sequential(_Layer(width, width), _Layer(width, width))
        self.placing = nn.Sequential(_Layer(width, width), _Layer(width, width))
        self.classes = nn.Conv2d(width, classes, 1)
        self.thing = nn.Conv2d(width, 1, 1)
        self.sides = nn.Conv2d(width, 4, 1)
        self.scales = nn.Parameter(torch.ones(len(STRIDES)))
        for layer in (self.classes, self.thing):
            nn.init.normal_(layer.weight, std=0.01)
        nn.init.constant_(_bias(self.classes), RARE)
        nn.init.constant_(_bias(self.thing), -2.0)

    def forward(self, maps: tuple[Tensor, ...]) -> Detections:
        """Detect things in maps (B, 112, S/16, S/16) and (B, 320, S/32, S/32)."""
        levels = [spread(values) for spread, values in zip(self.spread, maps, strict=True)]
        levels[0] = levels[0] + functional.interpolate(levels[1], scale_factor=2.0)
        found = [
            self._at(smooth(x), place)
            for place, (smooth, x) in enumerate(zip(self.smooth, levels, strict=True))
        ]
        classes, thing, boxes = (torch.cat(values, 1) for values in zip(*found, strict=True))
        return Detections(classes, thing[..., 0], boxes)

    def _at(self, x: Tensor, place: int) -> tuple[Tensor, Tensor, Tensor]:
        named, placed = self.naming(x), self.placing(x)
        sides = functional.softplus(self.sides(placed) * self.scales[place] + 1.5) * STRIDES[place]
        centres = cell_centres(x.shape[-2], x.shape[-1], STRIDES[place]).to(x.device)
        rows = sides.flatten(2).transpose(1, 2)
        boxes = torch.cat([centres - rows[..., :2], centres + rows[..., 2:]], -1)
        return _rows(self.classes(named)), _rows(self.thing(placed)), boxes


def _bias(layer: nn.Conv2d) -> Tensor:
    assert layer.bias is not None
    return layer.bias


def _rows(values: Tensor) -> Tensor:
    return values.flatten(2).transpose(1, 2)


def cell_centres(height: int, width: int, stride: int) -> Tensor:
    """Return the centres (height x width, 2), x and y in pixels, of a map's cells, row by row."""
    y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    return (torch.stack([x, y], -1).reshape(-1, 2).float() + 0.5) * stride


class ObjectDetector:
    """Finds things that can sound, with the concepts they may be.

    Args:
        network: the head.
        features: the frozen feature extractor.
        classes: names of the classes; ids of concepts, and names that start with "-" for things that make no sound.
        device: device of the networks.
    """

    def __init__(
        self,
        network: DetectorNetwork,
        features: EfficientNetLite,
        classes: Sequence[str],
        device: str = "cpu",
    ) -> None:
        self._network = network.to(device).eval()
        self._features = features
        self._device = device
        self.classes = tuple(classes)
        self._sounding = torch.tensor([not name.startswith("-") for name in classes])

    @classmethod
    def from_folder(cls, folder: Path, device: str = "cpu") -> "ObjectDetector":
        """Load ``config.json`` and ``model.safetensors``; the features are the data package's.

        Raises:
            BadInput: they cannot be read, are of another network, or the data package is missing.
        """
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        from engine.vision.efficientnet import load_efficientnet

        config = read_json(folder / CONFIG)
        try:
            classes = [str(name) for name in config["classes"]]
            network = DetectorNetwork(len(classes))
            network.load_state_dict(
                {name: value.float() for name, value in load_file(folder / WEIGHTS).items()}
            )
        except (OSError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
            raise BadInput(f"The detector in {folder} could not be read. Install the model again.") from error
        return cls(network.requires_grad_(False), load_efficientnet(device), classes, device)

    @torch.inference_mode()
    def detect(self, still: Still, limit: int = 16) -> DetectedBoxes:
        """Find boxes of things that can sound, in still pixels, most likely first.

        The still is seen at 320 and at 640 px, for large things and for small ones.

        Args:
            still: the still.
            limit: the number of boxes.
        """
        boxes, things, classes = [], [], []
        for side in SIDES:
            frame = Frame((0, 0, still.width, still.height), side)
            pixels = torch.from_numpy(frame.picture(still.pixels)).to(self._device)
            batch = (
                pixels.permute(2, 0, 1)[None].float().div(255).contiguous(memory_format=torch.channels_last)
            )
            found = self._network(self._features(batch).maps[-len(STRIDES) :])
            left, top, right, _ = frame.placed
            boxes.append(
                (found.boxes[0] - found.boxes.new_tensor([left, top, left, top]))
                * still.width
                / (right - left)
            )
            things.append(torch.sigmoid(found.thing[0]))
            classes.append(torch.sigmoid(found.classes[0]))
        return self._best(torch.cat(boxes), torch.cat(things), torch.cat(classes), still, limit)

    def _best(
        self, boxes: Tensor, things: Tensor, classes: Tensor, still: Still, limit: int
    ) -> DetectedBoxes:
        size = boxes.new_tensor([still.width, still.height, still.width, still.height])
        boxes = torch.minimum(boxes.clamp(min=0), size)
        sounding = classes[:, self._sounding.to(classes.device)].amax(1)
        score = sounding.sqrt() * things.sqrt()
        first = score.topk(min(300, len(score))).indices
        kept = first[nms(boxes[first], score[first], ALIKE)][:limit]
        return DetectedBoxes(*(values[kept].float().cpu().numpy() for values in (boxes, things, classes)))
