"""Folding, standardising and the two configurations of the mel codec."""

import torch
from diffusers import AutoencoderKL

from engine.diffusion.autoencoder import MelCodec, fold, unfold


def _network(levels: int, side: int) -> AutoencoderKL:
    return AutoencoderKL(
        in_channels=side**2,
        out_channels=side**2,
        down_block_types=("DownEncoderBlock2D",) * levels,
        up_block_types=("UpDecoderBlock2D",) * levels,
        block_out_channels=(8,) * levels,
        layers_per_block=1,
        latent_channels=8,
        norm_num_groups=4,
        mid_block_add_attention=False,
        scaling_factor=0.5,
    ).eval()


def test_unfolding_undoes_folding() -> None:
    grid = torch.randn(2, 3, 8, 12)
    assert fold(grid, 4).shape == (2, 48, 2, 3)
    assert torch.equal(unfold(fold(grid, 4), 4), grid)
    assert torch.equal(fold(grid, 1), grid)


def test_the_published_and_the_pocket_configuration_have_latents_of_one_shape() -> None:
    mel = torch.randn(1, 64, 64)
    for codec in (MelCodec(_network(3, 1)), MelCodec(_network(1, 4), mel_patch=4)):
        assert codec.reduction == 4
        latent = codec.posterior(mel).mean
        assert latent.shape == (1, 8, 16, 16)
        assert codec.decode(latent).shape == mel.shape


def test_without_statistics_the_scaling_factor_standardises() -> None:
    codec = MelCodec(_network(1, 4), mel_patch=4)
    latent = torch.randn(1, 8, 4, 4)
    assert torch.allclose(codec.standardise(latent), latent * 0.5)


def test_with_statistics_each_channel_is_standardised_and_comes_back() -> None:
    network = _network(1, 4)
    network.register_to_config(latents_mean=[1.0] * 8, latents_std=[0.25] * 8)
    codec = MelCodec(network, mel_patch=4, mel_mean=-5.0, mel_std=2.0)
    raw = torch.randn(1, 8, 4, 16) * 0.25 + 1.0
    standard = codec.standardise(raw)
    assert abs(float(standard.std()) - 1) < 0.15
    with torch.no_grad():
        assert torch.allclose(codec.decode(standard), codec.decode_raw(raw), atol=1e-4)
