"""Networks from pictures to patch tokens: EfficientNet-Lite0 features, a compact one, and open_clip's ViT.

All take letterboxed pictures in 0..1 and give one token per patch, row-major; a config selects the network.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from diffusers import ConfigMixin, ModelMixin
from diffusers.configuration_utils import register_to_config
from torch import Tensor, nn
from torch.nn import functional

from engine.errors import BadInput
from engine.inputs import read_json
from engine.vision.efficientnet import CHANNELS, CLASSES, HEAD_CHANNELS, EfficientNetLite, load_efficientnet

LEAST_CHANCE = 1e-4
"""Lower bound of probabilities before taking their logarithm."""


@dataclass(frozen=True)
class Look:
    """A network's output: tokens (B, P, D), and features (B, P, F) for names if they differ from the tokens."""

    tokens: Tensor
    features: Tensor | None = None


class PatchTower(Protocol):
    """Protocol of a network that turns pictures into patch tokens."""

    @property
    def side(self) -> int:
        """Side of its square input, in pixels."""

    @property
    def width(self) -> int:
        """Width D of a token."""

    def look(self, pixels: Tensor) -> Look:
        """Return tokens and features of pictures (B, 3, S, S) in 0..1."""

    def to(self, device: str) -> Any:
        """Move the network to another device."""

    def eval(self) -> Any:
        """Switch the network to evaluation mode."""

    def __call__(self, pixels: Tensor) -> Tensor:
        """Return tokens (B, P, D) of pictures (B, 3, S, S) in 0..1."""


class _Residual(nn.Module):
    """Two 3x3 convolutions with a shortcut."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(width)

    def forward(self, x: Tensor) -> Tensor:
        inner = functional.relu(self.norm1(self.conv1(x)))
        return torch.as_tensor(functional.relu(x + self.norm2(self.conv2(inner))))


class _Mixing(nn.Module):
    """One pre-norm transformer block over the tokens, which gives each patch context."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(self, x: Tensor) -> Tensor:
        batch, count, width = x.shape
        split = self.qkv(self.norm1(x)).view(batch, count, 3, self.heads, width // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        # Written out: the fused kernel's backward pass is several times slower on a CPU in bfloat16.
        weights = torch.softmax(query @ key.transpose(-1, -2) * query.shape[-1] ** -0.5, dim=-1)
        mixed = weights @ value
        x = x + self.out(mixed.transpose(1, 2).reshape(batch, count, width))
        return torch.as_tensor(x + self.mlp(self.norm2(x)))


class PatchNetwork(ModelMixin, ConfigMixin):  # type: ignore[misc]
    """A compact residual network, stride 16, with a little attention at the end.

    Trained by ``engine.training.image_tower``.

    Args:
        side: side of the square letterboxed input, in pixels.
        widths: channels at strides 4, 8 and 16; the last is the width D of a token.
        depths: residual blocks at each stride.
        mixing: number of attention blocks over the tokens.
        text_width: width of the condition space into which ``project`` maps a token.
    """

    config_name = "config.json"

    @register_to_config
    def __init__(
        self,
        side: int = 96,
        widths: Sequence[int] = (64, 128, 192),
        depths: Sequence[int] = (1, 2, 2),
        mixing: int = 1,
        heads: int = 6,
        text_width: int = 512,
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.PixelUnshuffle(4), nn.Conv2d(48, widths[0], 3, padding=1, bias=False)]
        layers += [nn.BatchNorm2d(widths[0]), nn.ReLU()]
        for stage, (width, depth) in enumerate(zip(widths, depths, strict=True)):
            if stage:
                layers += [
                    nn.Conv2d(widths[stage - 1], width, 2, stride=2, bias=False),
                    nn.BatchNorm2d(width),
                ]
            layers += [_Residual(width) for _ in range(depth)]
        self.trunk = nn.Sequential(*layers)
        grid = side // 16
        self.position = nn.Parameter(torch.zeros(1, widths[-1], grid, grid))
        self.blocks = nn.ModuleList(_Mixing(widths[-1], heads) for _ in range(mixing))
        self.norm = nn.LayerNorm(widths[-1])
        self.project = nn.Linear(widths[-1], text_width)
        # The product of ``place``'s output with a concept's text becomes a logit by these two.
        self.register_buffer("logit_scale", torch.tensor(1.0))
        self.register_buffer("background_logit", torch.tensor(0.0))

    @property
    def side(self) -> int:
        """Side of the square input, in pixels."""
        return int(self.config.side)

    @property
    def width(self) -> int:
        """Width D of a token."""
        return int(self.config.widths[-1])

    def place(self, pooled: Tensor) -> Tensor:
        """Map a pooled token (D,) into the text space; its product with a concept's text is the concept's logit."""
        return torch.as_tensor(self.project(pooled))

    def forward(self, pixels: Tensor) -> Tensor:
        """Return tokens (B, P, D), row-major, of pictures (B, 3, S, S) in 0..1; S is a multiple of 16."""
        features = self.trunk((pixels - 0.5) * 4.0)
        position: Tensor = self.position
        if features.shape[-2:] != position.shape[-2:]:
            position = functional.interpolate(
                position, size=features.shape[-2:], mode="bilinear", align_corners=False
            )
        tokens = (features + position).flatten(2).transpose(1, 2)
        for block in self.blocks:
            tokens = block(tokens)
        return torch.as_tensor(self.norm(tokens))

    def look(self, pixels: Tensor) -> Look:
        """Return the tokens, which are also the features for names."""
        return Look(self(pixels))


class ClipPatchNetwork(ModelMixin, ConfigMixin):  # type: ignore[misc]
    """open_clip's ViT with one projected token per patch, in the space of its pooled embedding.

    Args:
        side: input side in pixels; fixed by the published weights (224).
        patch_size: side of a patch in pixels.
        width: width of the transformer (ViT-B-32: 768).
        layers: number of its layers (ViT-B-32: 12).
        heads: number of its attention heads (ViT-B-32: 12).
        text_width: the projected width D of a token.
        quick_gelu: use the activation of OpenAI's own weights.
    """

    config_name = "config.json"
    _mean = (0.48145466, 0.4578275, 0.40821073)
    _deviation = (0.26862954, 0.26130258, 0.27577711)

    @register_to_config
    def __init__(
        self,
        side: int = 224,
        patch_size: int = 32,
        width: int = 768,
        layers: int = 12,
        heads: int = 12,
        text_width: int = 512,
        quick_gelu: bool = False,
    ) -> None:
        super().__init__()
        from open_clip.transformer import QuickGELU, VisionTransformer

        kind: Any = QuickGELU if quick_gelu else nn.GELU
        self.visual = VisionTransformer(
            image_size=side,
            patch_size=patch_size,
            width=width,
            layers=layers,
            heads=heads,
            mlp_ratio=4.0,
            output_dim=text_width,
            output_tokens=True,
            act_layer=kind,
        )
        # Its tokens are in its text space already; 100 is CLIP's own scale of cosines.
        self.project = nn.Identity()
        self.register_buffer("logit_scale", torch.tensor(100.0))
        self.register_buffer("background_logit", torch.tensor(0.0))

    @property
    def side(self) -> int:
        """Side of the square input, in pixels."""
        return int(self.config.side)

    @property
    def width(self) -> int:
        """Width D of a token."""
        return int(self.config.text_width)

    def place(self, pooled: Tensor) -> Tensor:
        """Map a pooled token (D,) into the text space, unit length: CLIP compares by cosine."""
        return functional.normalize(pooled, dim=-1)

    def forward(self, pixels: Tensor) -> Tensor:
        """Return tokens (B, P, D) in CLIP's space, row-major, of pictures (B, 3, S, S) in 0..1."""
        mean = pixels.new_tensor(self._mean)[:, None, None]
        deviation = pixels.new_tensor(self._deviation)[:, None, None]
        _, tokens = self.visual((pixels - mean) / deviation)
        return torch.as_tensor(tokens @ self.visual.proj)

    def look(self, pixels: Tensor) -> Look:
        """Return the tokens, which are also the features for names."""
        return Look(self(pixels))


class FeatureTower(ModelMixin, ConfigMixin):  # type: ignore[misc]
    """Frozen EfficientNet-Lite0 features (strides 16 and 32) and its class probabilities, adapted to tokens.

    The backbone's weights come from a data package (``engine.vision.efficientnet``) and are not saved with
    it.

    Args:
        side: side of the square letterboxed input, in pixels; a token stands for 32 x 32 of them.
        token_width: width D of a token.
        groups: ImageNet classes grouped by the sound they make; the log probability of each group is an input
            of the adapter.
    """

    config_name = "config.json"

    @register_to_config
    def __init__(
        self, side: int = 320, token_width: int = 192, groups: Sequence[Sequence[int]] = ((0,),)
    ) -> None:
        super().__init__()
        inputs = CHANNELS[2] + CHANNELS[3] + len(groups)
        # Measured on the training scenes; channels differ a hundredfold in magnitude.
        self.register_buffer("mean", torch.zeros(inputs))
        self.register_buffer("deviation", torch.ones(inputs))
        self.adapter = nn.Linear(inputs, token_width)
        self.norm = nn.LayerNorm(token_width)
        members = torch.zeros(len(groups), CLASSES)
        for row, group in zip(members, groups, strict=True):
            row[list(group)] = 1
        self.register_buffer("members", members, persistent=False)
        self._lent: tuple[EfficientNetLite, ...] = ()

    @property
    def backbone(self) -> EfficientNetLite:
        """The frozen network; kept in a tuple, so that it is not part of the tower's own weights."""
        return self._lent[0] if self._lent else load_efficientnet(str(self.device))

    def lend(self, backbone: EfficientNetLite) -> None:
        """Use this network instead of the data package's."""
        self._lent = (backbone,)

    @property
    def side(self) -> int:
        """Side of the square input, in pixels."""
        return int(self.config.side)

    @property
    def width(self) -> int:
        """Width D of a token."""
        return int(self.config.token_width)

    def forward(self, pixels: Tensor) -> Tensor:
        """Return tokens (B, P, D), row-major, of pictures (B, 3, S, S) in 0..1; S is a multiple of 32."""
        return self.look(pixels).tokens

    def look(self, pixels: Tensor) -> Look:
        """Return the tokens, and the 1,280 channels before ImageNet's classifier at each patch."""
        raw, head = self.raw(pixels)
        return Look(self.adapted(raw), head)

    def raw(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Return the adapter's input (B, P, 432 + groups), and the channels before the classifier (B, P, 1280)."""
        found = self.backbone(pixels.contiguous(memory_format=torch.channels_last), head=True)
        assert found.head is not None
        _, _, sixteen, thirty_two = found.maps
        both = torch.cat([functional.avg_pool2d(sixteen, 2), thirty_two], 1).flatten(2).transpose(1, 2)
        head = found.head.flatten(2).transpose(1, 2)
        chances = torch.softmax(self.backbone.classifier(head), -1) @ self.members.T
        assert head.shape[-1] == HEAD_CHANNELS
        return torch.cat([both, torch.log(chances + LEAST_CHANCE)], -1), head

    def adapted(self, raw: Tensor) -> Tensor:
        """Return tokens (B, P, D) of the output of ``raw``."""
        return torch.as_tensor(self.norm(self.adapter((raw - self.mean) / self.deviation)))


def load_network(folder: Path) -> PatchNetwork | ClipPatchNetwork | FeatureTower:
    """Load the network in a folder, of the class named in its ``config.json``, in float32 and evaluation mode.

    Raises:
        BadInput: the folder has no such network, or its files are damaged.
    """
    kinds = {kind.__name__: kind for kind in (PatchNetwork, ClipPatchNetwork, FeatureTower)}
    try:
        name = read_json(folder / "config.json")["_class_name"]
        network = kinds[name].from_pretrained(folder, use_safetensors=True, low_cpu_mem_usage=False)
    except MemoryError:
        raise
    except Exception as error:  # a damaged config reaches the network's constructor as it is
        raise BadInput(
            f"The image encoder in {folder} could not be read ({type(error).__name__}). "
            "Fetch or copy the model again."
        ) from error
    loaded: PatchNetwork | ClipPatchNetwork | FeatureTower = network.float().eval()
    return loaded
