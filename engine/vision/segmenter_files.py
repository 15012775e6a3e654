"""Segmenter weights on disk: our folder layout, and the published Segment Anything checkpoints."""

import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from engine.errors import BadInput, Failed
from engine.inputs import DamagedFile, read_json
from engine.vision.description import FEATURES
from engine.vision.proposals import Ranker
from engine.vision.sam_network import CONFIG, WEIGHTS, SamConfig, build_sam
from engine.vision.sam_prompter import SamPrompter

RANKER = "ranker.safetensors"


def load_parts(path: Path, device: str) -> tuple[SamPrompter | None, Ranker | None]:
    """Load the parts of a ``Segmenter`` from our folder layout, a published ``.pth``, or a folder with one.

    Raises:
        BadInput: there is nothing that can be loaded, or it is not what it should be.
        Failed: a file exists but cannot be read.
    """
    published = _published_file(path)
    if published is not None:
        state = _read_pickle(published)
        return _prompter(config_of(state), state, device, close_ups=False), None
    if not (path / CONFIG).is_file():
        raise BadInput(f"There are no segmenter weights in {path}: neither {CONFIG} nor a .pth file.")
    try:
        values = read_json(path / CONFIG)
    except DamagedFile as damage:
        raise BadInput(f"{path / CONFIG} is not a segmenter's config.") from damage
    if not isinstance(values, dict):
        raise BadInput(f"{path / CONFIG} is not a segmenter's config.")
    prompter = None
    if (path / WEIGHTS).is_file():
        config = SamConfig.from_mapping(values)
        prompter = _prompter(
            config, _read_tensors(path / WEIGHTS), device, close_ups=bool(values.get("close_ups", True))
        )
    ranker = load_ranker(path / RANKER) if (path / RANKER).is_file() else None
    return prompter, ranker


def _published_file(path: Path) -> Path | None:
    if path.is_file():
        return path
    found = sorted([*path.glob("*.pth"), *path.glob("*.pt")]) if path.is_dir() else []
    return found[0] if found else None


def _read_pickle(path: Path) -> Mapping[str, Tensor]:
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError) as damage:
        raise BadInput(f"{path} is damaged, or holds more than weights.") from damage
    except OSError as trouble:
        raise Failed(f"{path} could not be read: {trouble.strerror}.") from trouble
    if not isinstance(state, dict) or "prompt_encoder.no_mask_embed.weight" not in state:
        raise BadInput(f"{path} is not a Segment Anything checkpoint.")
    return state


def _read_tensors(path: Path) -> Mapping[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except SafetensorError as damage:
        raise BadInput(f"{path} is damaged: fetch or install it again.") from damage


def _prompter(config: SamConfig, state: Mapping[str, Tensor], device: str, *, close_ups: bool) -> SamPrompter:
    with torch.device("meta"):
        sam = build_sam(config)
    own = {name: value.shape for name, value in sam.state_dict().items()}
    if own != {name: value.shape for name, value in state.items()}:
        raise BadInput("The segmenter's weights do not fit its config; fetch or install them again.")
    sam.to_empty(device="cpu")
    sam.load_state_dict({name: value.float() for name, value in state.items()})
    # The pixel statistics are not part of the state dict, so the meta device left them without values.
    sam.pixel_mean = torch.tensor([123.675, 116.28, 103.53]).view(-1, 1, 1)
    sam.pixel_std = torch.tensor([58.395, 57.12, 57.375]).view(-1, 1, 1)
    sam.requires_grad_(False)
    return SamPrompter(sam.to(device).eval(), config, close_ups=close_ups)


def config_of(state: Mapping[str, Tensor]) -> SamConfig:
    """Derive the sizes of a published checkpoint from the shapes of its tensors.

    Raises:
        BadInput: its image encoder is not Segment Anything's ViT.
    """
    encoder = "image_encoder."
    if f"{encoder}patch_embed.proj.weight" not in state or f"{encoder}pos_embed" not in state:
        raise BadInput(
            "This checkpoint's image encoder is not Segment Anything's ViT, the only one that can be loaded."
        )
    patch = state[f"{encoder}patch_embed.proj.weight"]
    width, patch_size = int(patch.shape[0]), int(patch.shape[-1])
    grid = int(state[f"{encoder}pos_embed"].shape[1])
    depth = 1 + max(int(k.split(".")[2]) for k in state if k.startswith(f"{encoder}blocks."))
    spans = [state[f"{encoder}blocks.{i}.attn.rel_pos_h"] for i in range(depth)]
    windows = [(len(span) + 1) // 2 for span in spans]
    hidden = state[f"{encoder}blocks.0.mlp.lin1.weight"].shape[0]
    prompt_width = int(state["prompt_encoder.no_mask_embed.weight"].shape[1])
    return SamConfig(
        image_size=grid * patch_size,
        patch_size=patch_size,
        width=width,
        depth=depth,
        heads=width // int(spans[0].shape[1]),
        mlp_ratio=hidden / width,
        window=min(windows) if min(windows) < grid else 0,
        global_blocks=tuple(i for i, window in enumerate(windows) if window == grid),
        absolute_positions=True,
        stem=(),
        prompt_width=prompt_width,
        decoder_mlp=int(state["mask_decoder.transformer.layers.0.mlp.lin1.weight"].shape[0]),
        # The number of heads does not show in the shapes; every published decoder has eight.
        decoder_heads=8,
        mask_channels=int(state["prompt_encoder.mask_downscaling.3.weight"].shape[0]),
        score_hidden=int(state["mask_decoder.iou_prediction_head.layers.0.weight"].shape[0]),
    )


def save_ranker(path: Path, ranker: Ranker) -> None:
    """Write a ranker as safetensors, with the names of its features."""
    from safetensors.numpy import save_file

    tensors: dict[str, Any] = {
        "first": ranker.first,
        "first_bias": ranker.first_bias,
        "second": ranker.second,
    }
    # safetensors writes an array's memory as it is, so a transposed array would be read back wrongly.
    halves = {name: np.ascontiguousarray(value, np.float16) for name, value in tensors.items()}
    save_file(halves, path, metadata={"features": " ".join(FEATURES)})


def load_ranker(path: Path) -> Ranker:
    """Read a ranker.

    Raises:
        BadInput: it was trained on other features.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="np") as file:
            features = (file.metadata() or {}).get("features", "")
            tensors = {name: file.get_tensor(name).astype(float) for name in file.keys()}  # noqa: SIM118
    except SafetensorError as damage:
        raise BadInput(f"{path} is damaged: fetch or install it again.") from damage
    if features.split() != FEATURES:
        raise BadInput(f"{path} was trained for another version of the segmenter: install it again.")
    return Ranker(tensors["first"], tensors["first_bias"], tensors["second"])
