"""The last touch on the decoder: it changes, and nothing that latents mean does."""

import copy
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.diffusion.autoencoder import MelCodec
from engine.diffusion.mel import LogMel
from engine.diffusion.text_tower import TextTower
from engine.diffusion.unet import build_unet, unet_config
from engine.models.concepts import load_concepts
from engine.progress import Progress, no_progress
from engine.training.conditions import CaptionConditions
from engine.training.mel_codec import MEL_MEAN, MEL_STD, MelCodecConfig, build_network
from engine.training.sharpening import SharpeningConfig, sampled, sharpen
from tests.engine.training.toy_sounds import toy_source


def _mels(config: SharpeningConfig) -> Iterator[Tensor]:
    front_end = LogMel()
    for waves in toy_source().batches(config.batch, config.frames * 160, np.random.default_rng(0)):
        yield front_end(waves)


@pytest.fixture(scope="module")
def codec() -> MelCodec:
    torch.manual_seed(0)
    network = build_network(MelCodecConfig.toy())
    network.register_to_config(latents_mean=[0.0] * 8, latents_std=[1.0] * 8)
    return MelCodec(network.eval(), mel_patch=4, mel_mean=MEL_MEAN, mel_std=MEL_STD)


def _sharpened(codec: MelCodec, config: SharpeningConfig) -> tuple[MelCodec, list[float]]:
    changed = copy.deepcopy(codec)
    generated = np.random.default_rng(1).standard_normal((3, 8, 20, 16)).astype(np.float16)
    return changed, sharpen(config, changed, _mels(config), generated, seed=0)


def test_only_the_decoder_learns(codec: MelCodec) -> None:
    changed, losses = _sharpened(codec, SharpeningConfig.toy())
    assert len(losses) == 12
    assert all(np.isfinite(losses))
    mel = next(_mels(SharpeningConfig.toy()))
    with torch.no_grad():
        before, after = codec.posterior(mel).mean, changed.posterior(mel).mean
        torch.testing.assert_close(after, before)
        assert float((changed.decode(after) - codec.decode(before)).abs().mean()) > 1e-3


def test_the_share_says_how_far_the_decoder_goes(codec: MelCodec) -> None:
    latent = torch.randn(1, 8, 16, 16, generator=torch.Generator().manual_seed(0))
    configs = [replace(SharpeningConfig.toy(), share=share) for share in (0.0, 0.5, 1.0)]
    codecs = [_sharpened(codec, config)[0] for config in configs]
    with torch.no_grad():
        stayed, half, whole = (one.decode(latent) - codec.decode(latent) for one in codecs)
    assert float(stayed.abs().max()) < 1e-4
    assert 0 < float(half.abs().mean()) < float(whole.abs().mean())


def test_generated_latents_follow_their_seed() -> None:
    concepts = load_concepts()
    captions = CaptionConditions(concepts, TextTower().eval())
    unet = build_unet(unet_config((16, 32), layers=1, norm_groups=8))
    config = SharpeningConfig.toy()

    def made(seed: int, progress: Progress) -> np.ndarray:
        groups = [("dog",), ("rain",), ("sea",)]
        shape = (8, 16, 16)
        return sampled(
            config,
            unet,
            captions,
            groups,
            shape=shape,
            latent_patch=2,
            seed=seed,
            progress=progress,
            together=2,
        )

    first = made(1, no_progress())
    assert first.shape == (3, 8, 16, 16)
    np.testing.assert_array_equal(first, made(1, no_progress()))
    assert np.abs(first.astype(np.float32) - made(2, no_progress())).mean() > 0.05
