"""The whole pipeline with the real classes at toy size and random weights, for tests and experiments."""

from engine.diffusion.attention import ObjectAttention
from engine.diffusion.pipeline import ObjectDiffusion, PipelineShape
from engine.diffusion.text_tower import TextTower
from engine.diffusion.unet import build_unet, scheduler_config, unet_config
from engine.diffusion.vocoder import SpectralVocoder

TOY_TOKEN_WIDTH = 24


def toy_pipeline(seed: int = 0) -> ObjectDiffusion:
    """Build a pipeline that samples a second of noise-like sound in well under a second on one core."""
    import torch
    from diffusers import AutoencoderKL, DDIMScheduler

    with torch.random.fork_rng():
        torch.manual_seed(seed)
        parts = {
            "unet": build_unet(unet_config((16, 32), layers=1, norm_groups=8)).eval(),
            "vae": AutoencoderKL(
                in_channels=16,
                out_channels=16,
                down_block_types=("DownEncoderBlock2D",),
                up_block_types=("UpDecoderBlock2D",),
                block_out_channels=(16,),
                layers_per_block=1,
                latent_channels=8,
                norm_num_groups=8,
                mid_block_add_attention=False,
            ).eval(),
            "vocoder": SpectralVocoder(width=32, hidden=32, depth=1).eval(),
            "scheduler": DDIMScheduler(**scheduler_config()),
            "text_encoder": TextTower(vocabulary=["dog", "rain", "a", "and"]).eval(),
            "object_attention": ObjectAttention(token_width=TOY_TOKEN_WIDTH).eval(),
        }
    return ObjectDiffusion(parts, PipelineShape(mel_patch=4, latent_patch=2, mel_mean=-5.5, mel_std=2.8))


def toy_transformer_pipeline(seed: int = 0, *, distilled: bool = True) -> ObjectDiffusion:
    """Return the same with a denoiser that attends over time, and a maker of curves."""
    import torch

    from engine.diffusion.time_transformer import TimeTransformer

    whole = toy_pipeline(seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        small = {"width": 32, "depth": 1, "heads": 2}
        denoiser = TimeTransformer(**small, distilled=distilled)
        maker = TimeTransformer(**small, in_channels=2, bands=4, curve_frames=0)
        for network in (denoiser, maker):
            for layer in (network.head, network.modulation, network.last_modulation):
                torch.nn.init.normal_(layer.weight, std=0.1)
    parts = {
        "unet": denoiser.eval(),
        "curves": maker.eval(),
        "vae": whole.codec.network,
        "vocoder": whole.vocoder,
        "scheduler": whole.scheduler,
        "text_encoder": whole.text_encoder,
        "object_attention": whole.object_attention,
    }
    return ObjectDiffusion(parts, whole.shape)
