"""The denoising U-Net at any size: diffusers' ``UNet2DConditionModel``, conditioned as in AudioLDM.

The condition enters beside the time embedding (``class_labels``, 512, concatenated), so any AudioLDM U-Net
can be fine-tuned (*Sounding that Object*, section 4.1; AudioLDM, arXiv 2301.12503, section 3.2).
"""

from typing import Any

CONDITION_SIZE = 512


def unet_config(
    channels: tuple[int, ...] = (64, 112, 144),
    *,
    latent_channels: int = 8,
    latent_patch: int = 2,
    layers: int = 2,
    attention_head_dim: int = 8,
    norm_groups: int = 16,
) -> dict[str, Any]:
    """Return a U-Net configuration in AudioLDM's layout, with self-attention on all but the finest level."""
    depth = len(channels)
    folded = latent_channels * latent_patch**2
    return {
        "sample_size": 64,
        "in_channels": folded,
        "out_channels": folded,
        "down_block_types": ("DownBlock2D",) + ("CrossAttnDownBlock2D",) * (depth - 1),
        "mid_block_type": "UNetMidBlock2DCrossAttn",
        "up_block_types": ("CrossAttnUpBlock2D",) * (depth - 1) + ("UpBlock2D",),
        "block_out_channels": channels,
        "layers_per_block": layers,
        # Without encoder states, the second attention of each block is self-attention.
        "cross_attention_dim": channels,
        "attention_head_dim": attention_head_dim,
        "norm_num_groups": norm_groups,
        "class_embed_type": "simple_projection",
        "projection_class_embeddings_input_dim": CONDITION_SIZE,
        "class_embeddings_concat": True,
    }


def build_unet(config: dict[str, Any]) -> Any:
    """Build the network with random weights.

    A condition has unit length over 512 entries, so an ordinary first layer would scale it 22 times too low
    next to the time embedding, and a short training would hardly learn it: the weights of that layer start
    larger.
    """
    import torch
    from diffusers import UNet2DConditionModel

    network = UNet2DConditionModel(**config)
    with torch.no_grad():
        network.class_embedding.weight.mul_(CONDITION_SIZE**0.5)
    return network


def scheduler_config(prediction: str = "v_prediction", *, zero_terminal_snr: bool = True) -> dict[str, Any]:
    """Return AudioLDM's noise schedule, by default with v-prediction and zero terminal SNR (arXiv 2305.08891).

    Without the rescaling the last training step still contains some signal, and a sampler that starts from
    pure noise never learns the overall loudness of a sound.
    """
    return {
        "num_train_timesteps": 1000,
        "beta_start": 0.0015,
        "beta_end": 0.0195,
        "beta_schedule": "scaled_linear",
        "clip_sample": False,
        "set_alpha_to_one": zero_terminal_snr,
        "steps_offset": 0 if zero_terminal_snr else 1,
        "prediction_type": prediction,
        "rescale_betas_zero_snr": zero_terminal_snr,
        "timestep_spacing": "trailing" if zero_terminal_snr else "leading",
    }
