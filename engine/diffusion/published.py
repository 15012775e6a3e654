"""The full-size configurations: AudioLDM (arXiv 2301.12503, ``cvssp/audioldm-s-full-v2``) and its builders.

The pocket model uses the same classes with fewer channels, so what runs on one tier runs on the other.
Nothing here downloads weights: the builders return randomly initialized networks whose state dicts have
exactly the keys and shapes of the published files. Under ``torch.device("meta")`` they use no memory.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from diffusers import AutoencoderKL, DDIMScheduler, UNet2DConditionModel
    from transformers import ClapTextModelWithProjection, SpeechT5HifiGan

Config = Mapping[str, Any]
"""Keyword arguments of the network's class."""

UNET: Config = MappingProxyType(
    {
        "sample_size": 128,
        "in_channels": 8,
        "out_channels": 8,
        "block_out_channels": (128, 256, 384, 640),
        "down_block_types": (
            "DownBlock2D",
            "CrossAttnDownBlock2D",
            "CrossAttnDownBlock2D",
            "CrossAttnDownBlock2D",
        ),
        "mid_block_type": "UNetMidBlock2DCrossAttn",
        "up_block_types": (
            "CrossAttnUpBlock2D",
            "CrossAttnUpBlock2D",
            "CrossAttnUpBlock2D",
            "UpBlock2D",
        ),
        "layers_per_block": 2,
        "cross_attention_dim": (128, 256, 384, 640),
        # The original has 8, 12 and 20 heads, the converted checkpoint 8 at every level. Both load the same
        # state dict but differ in output, so a folder's config.json can set it.
        "attention_head_dim": 8,
        "class_embed_type": "simple_projection",
        "projection_class_embeddings_input_dim": 512,
        "class_embeddings_concat": True,
    }
)

VAE: Config = MappingProxyType(
    {
        "in_channels": 1,
        "out_channels": 1,
        "down_block_types": ("DownEncoderBlock2D",) * 3,
        "up_block_types": ("UpDecoderBlock2D",) * 3,
        "block_out_channels": (128, 256, 512),
        "layers_per_block": 2,
        "latent_channels": 8,
        "sample_size": 512,
        "scaling_factor": 0.9227914214134216,
    }
)

VOCODER: Config = MappingProxyType(
    {
        "model_in_dim": 64,
        "sampling_rate": 16000,
        "upsample_initial_channel": 1024,
        "upsample_rates": (5, 4, 2, 2, 2),
        "upsample_kernel_sizes": (16, 16, 8, 4, 4),
        "resblock_kernel_sizes": (3, 7, 11),
        "normalize_before": False,
    }
)

TEXT_ENCODER: Config = MappingProxyType(
    {
        "vocab_size": 50265,
        "hidden_size": 768,
        "num_hidden_layers": 12,
        "num_attention_heads": 12,
        "intermediate_size": 3072,
        "max_position_embeddings": 514,
        "type_vocab_size": 1,
        "pad_token_id": 1,
        "projection_dim": 512,
    }
)

SCHEDULER: Config = MappingProxyType(
    {
        "num_train_timesteps": 1000,
        "beta_start": 0.0015,
        "beta_end": 0.0195,
        "beta_schedule": "scaled_linear",
        "clip_sample": False,
        "set_alpha_to_one": False,
        "steps_offset": 1,
        "prediction_type": "epsilon",
        "timestep_spacing": "leading",
    }
)

STEPS = 200
"""Denoising steps of the original."""

GUIDANCE = 2.5
"""Classifier-free guidance scale of the original."""


def build_unet(config: Config = UNET) -> "UNet2DConditionModel":
    """Build a U-Net with random weights, called with ``encoder_hidden_states=None, class_labels=(B, 512)``.

    The 512 numbers are a unit-length condition in CLAP's space; latents are (B, 8, frames / 4, 16).

    Returns:
        185.04 M parameters under 690 keys with the published configuration.
    """
    from diffusers import UNet2DConditionModel

    build: Callable[..., UNet2DConditionModel] = UNet2DConditionModel  # its constructor is untyped
    return build(**config)


def build_vae(config: Config = VAE) -> "AutoencoderKL":
    """Build a mel VAE with random weights: (B, 1, frames, 64) to latents (B, 8, frames / 4, 16) and back.

    Returns:
        55.38 M parameters with the published configuration.
    """
    from diffusers import AutoencoderKL

    build: Callable[..., AutoencoderKL] = AutoencoderKL  # its constructor is untyped
    return build(**config)


def build_vocoder(config: Config = VOCODER) -> "SpeechT5HifiGan":
    """Build a HiFi-GAN (arXiv 2010.05646) with random weights: (B, frames, 64) to 160 frames + 32 samples.

    Returns:
        55.26 M parameters with the published configuration.
    """
    from transformers import SpeechT5HifiGan, SpeechT5HifiGanConfig

    return SpeechT5HifiGan(SpeechT5HifiGanConfig(**config))


def build_text_encoder(config: Config = TEXT_ENCODER) -> "ClapTextModelWithProjection":
    """Build CLAP's text tower (RoBERTa-base, projected to 512) with random weights; its output is not normalized.

    Returns:
        125.30 M parameters with the published configuration.
    """
    from transformers import ClapTextConfig, ClapTextModelWithProjection

    return ClapTextModelWithProjection(ClapTextConfig(**config))


def build_scheduler(config: Config = SCHEDULER) -> "DDIMScheduler":
    """Build the noise schedule of training, with the sampler of the original (DDIM, arXiv 2010.02502)."""
    from diffusers import DDIMScheduler

    build: Callable[..., DDIMScheduler] = DDIMScheduler  # its constructor is untyped
    return build(**config)
