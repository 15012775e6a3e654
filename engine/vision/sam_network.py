"""Segment Anything networks of any size, built from a config: the pocket one and the published ones.

The classes are ``segment_anything``'s own (Kirillov et al. 2023, arXiv 2304.02643). Two things are added:
sizes are read from a config, and a config may request a convolutional stem instead of the single patch
projection, with which small transformers learn much faster (Xiao et al. 2021, arXiv 2106.14881).
"""

import json
from dataclasses import asdict, dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from segment_anything.modeling import ImageEncoderViT, MaskDecoder, PromptEncoder, Sam, TwoWayTransformer
from torch import Tensor, nn

from engine.errors import BadInput

WEIGHTS = "model.safetensors"
CONFIG = "config.json"


@dataclass(frozen=True)
class SamConfig:
    """Sizes of a Segment Anything network; the defaults are the pocket model's."""

    image_size: int = 128
    patch_size: int = 8
    width: int = 96
    depth: int = 4
    heads: int = 4
    mlp_ratio: float = 3.0
    window: int = 0
    global_blocks: tuple[int, ...] = ()
    absolute_positions: bool = False
    stem: tuple[int, ...] = (24, 48)
    prompt_width: int = 64
    decoder_mlp: int = 128
    decoder_heads: int = 4
    mask_channels: int = 16
    score_hidden: int = 64

    @staticmethod
    def published(width: int, depth: int, heads: int, global_blocks: tuple[int, ...]) -> "SamConfig":
        """Return the config of a published network; they differ in the image encoder only."""
        return SamConfig(
            image_size=1024,
            patch_size=16,
            width=width,
            depth=depth,
            heads=heads,
            mlp_ratio=4.0,
            window=14,
            global_blocks=global_blocks,
            absolute_positions=True,
            stem=(),
            prompt_width=256,
            decoder_mlp=2048,
            decoder_heads=8,
            score_hidden=256,
        )

    @staticmethod
    def from_mapping(values: dict[str, Any]) -> "SamConfig":
        """Read a config from JSON values; unknown keys are ignored.

        Raises:
            BadInput: a value has the wrong type or is out of range.
        """
        known = {field.name for field in fields(SamConfig)}
        chosen: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in values.items() if k in known
        }
        config = SamConfig(**chosen)
        if config.image_size % config.patch_size or config.prompt_width % 8 or config.width % config.heads:
            raise BadInput("The segmenter's config does not fit together: its sizes do not divide.")
        return config

    @property
    def grid(self) -> int:
        """Patches along a side."""
        return self.image_size // self.patch_size

    @property
    def low_size(self) -> int:
        """Side of the low-resolution masks."""
        return 4 * self.grid


PUBLISHED = {
    "vit_b": SamConfig.published(768, 12, 12, (2, 5, 8, 11)),
    "vit_l": SamConfig.published(1024, 24, 16, (5, 11, 17, 23)),
    "vit_h": SamConfig.published(1280, 32, 16, (7, 15, 23, 31)),
}


class ConvStem(nn.Module):
    """Strided 3x3 convolutions to the patch grid: (B, 3, S, S) to (B, S / patch, S / patch, width)."""

    def __init__(self, channels: tuple[int, ...], width: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after in zip((3, *channels[:-1]), channels, strict=True):
            layers += [nn.Conv2d(before, after, 3, 2, 1), nn.GroupNorm(8, after), nn.GELU()]
        self.layers = nn.Sequential(*layers, nn.Conv2d(channels[-1], width, 3, 2, 1))

    def forward(self, pixels: Tensor) -> Tensor:
        """Return the features at the patch grid, (B, S / patch, S / patch, width)."""
        features: Tensor = self.layers(pixels)
        return features.permute(0, 2, 3, 1)


def build_sam(config: SamConfig) -> Sam:
    """Build a network with random weights, in evaluation mode.

    Raises:
        BadInput: the stem does not reach the patch size.
    """
    if config.stem and 2 ** (len(config.stem) + 1) != config.patch_size:
        raise BadInput(
            "The segmenter's config does not fit together: its stem does not reach its patch size."
        )
    encoder = ImageEncoderViT(
        img_size=config.image_size,
        patch_size=config.patch_size,
        embed_dim=config.width,
        depth=config.depth,
        num_heads=config.heads,
        mlp_ratio=config.mlp_ratio,
        out_chans=config.prompt_width,
        norm_layer=partial(nn.LayerNorm, eps=1e-6),
        use_abs_pos=config.absolute_positions,
        use_rel_pos=True,
        window_size=config.window,
        global_attn_indexes=config.global_blocks,
    )
    if config.stem:
        encoder.patch_embed = ConvStem(config.stem, config.width)
    prompts = PromptEncoder(
        embed_dim=config.prompt_width,
        image_embedding_size=(config.grid, config.grid),
        input_image_size=(config.image_size, config.image_size),
        mask_in_chans=config.mask_channels,
    )
    sam = Sam(encoder, prompts, _decoder(config), [123.675, 116.28, 103.53], [58.395, 57.12, 57.375])
    return sam.eval()


def _decoder(config: SamConfig) -> MaskDecoder:
    transformer = TwoWayTransformer(
        depth=2, embedding_dim=config.prompt_width, mlp_dim=config.decoder_mlp, num_heads=config.decoder_heads
    )
    return MaskDecoder(
        transformer_dim=config.prompt_width,
        transformer=transformer,
        num_multimask_outputs=3,
        iou_head_depth=3,
        iou_head_hidden_dim=config.score_hidden,
    )


def letterbox(sam: Sam, pixels: NDArray[np.uint8]) -> Tensor:
    """Convert pixels uint8 (h, w, 3) to the network's input (1, 3, S, S), padded below and right.

    The longest side is at most the network's.
    """
    tensor = (
        torch.from_numpy(np.ascontiguousarray(pixels)).permute(2, 0, 1)[None].to(sam.device, torch.float32)
    )
    prepared: Tensor = sam.preprocess(tensor)
    return prepared


def decode(
    sam: Sam,
    embedding: Tensor,
    points: tuple[Tensor, Tensor] | None,
    boxes: Tensor | None,
    mask: Tensor | None,
) -> tuple[Tensor, Tensor]:
    """Decode masks for prompts on encoded pictures.

    Args:
        sam: the network.
        embedding: (1, C, g, g) of a single picture, or (B, C, g, g), one per prompt.
        points: coordinates (B, N, 2) in network pixels and labels (B, N): 1 keep, 0 drop, -1 none.
        boxes: (B, 4) in network pixels.
        mask: earlier low-resolution logits (B, 1, 4g, 4g).

    Returns:
        Logits (B, 4, 4g, 4g) and predicted IoU (B, 4): first the single mask, then part, object and whole in
            no order.
    """
    sparse, dense = sam.prompt_encoder(points=points, boxes=boxes, masks=mask)
    # The decoder adds a single picture to every prompt's dense embedding; adding it here allows one per prompt.
    logits, scores = sam.mask_decoder.predict_masks(
        image_embeddings=torch.zeros_like(embedding[:1]),
        image_pe=sam.prompt_encoder.get_dense_pe(),
        sparse_prompt_embeddings=sparse,
        dense_prompt_embeddings=dense + embedding,
    )
    return logits, scores


def save_sam(folder: Path, sam: Sam, config: SamConfig) -> None:
    """Write ``config.json`` and fp16 weights, in the layout that ``load_sam`` reads."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    weights = {k: v.detach().to(torch.float16).contiguous() for k, v in sam.state_dict().items()}
    save_file(weights, folder / WEIGHTS)
    (folder / CONFIG).write_text(json.dumps({"_class_name": "Sam", **asdict(config)}, indent=2) + "\n")
