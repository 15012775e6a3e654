"""The codec's, the vocoder's and the U-Net's recipes at their toy settings: losses fall, outputs follow."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from engine.diffusion.autoencoder import MelCodec
from engine.diffusion.mel import LogMel
from engine.diffusion.sampler import GuidanceTargets, make_scheduler, sample_latents, take_noise
from engine.diffusion.unet import scheduler_config
from engine.progress import no_progress
from engine.training.denoiser import DenoiserConfig, NoiseSchedule, snr_weight, train_denoiser
from engine.training.latents import Group, LatentBank, make_latents, mixed_waveform, plan_groups
from engine.training.mel_codec import MelCodecConfig, measure_latents, train_mel_codec
from engine.training.vocoder import VocoderConfig, spectral_loss, train_vocoder
from tests.engine.training.toy_sounds import tone, toy_source


def _mels(batch: int, frames: int, seed: int = 0) -> Iterator[Tensor]:
    front_end = LogMel()
    for waves in toy_source().batches(batch, frames * 160, np.random.default_rng(seed)):
        yield front_end(waves)


@pytest.fixture(scope="module")
def codec() -> tuple[MelCodec, list[float]]:
    config = MelCodecConfig.toy()
    codec, losses = train_mel_codec(config, _mels(config.batch, config.frames), seed=0)
    measure_latents(codec, _mels(4, 64, seed=1), batches=4)
    return codec, losses


def test_the_codecs_loss_falls_and_its_latents_are_standard(codec: tuple[MelCodec, list[float]]) -> None:
    trained, losses = codec
    before_the_adversary = losses[: int(len(losses) * 0.7)]
    assert np.mean(before_the_adversary[-5:]) < 0.6 * np.mean(losses[:3])
    assert all(np.isfinite(losses))
    with torch.no_grad():
        latent = trained.standardise(trained.posterior(next(_mels(8, 64, seed=2))).mean)
    assert 0.3 < float(latent.std()) < 1.7


def test_the_vocoders_loss_falls() -> None:
    config = VocoderConfig.toy()
    waves = toy_source().batches(config.batch, 8_000, np.random.default_rng(0))
    vocoder, losses = train_vocoder(config, waves, seed=0)
    assert np.mean(losses[15:20]) < 0.8 * np.mean(losses[:3])
    assert not vocoder.training
    assert all(np.isfinite(losses))


def test_the_spectral_loss_is_zero_only_for_the_same_sound() -> None:
    wave = torch.from_numpy(tone(500, 0.5, np.random.default_rng(0)))[None]
    assert float(spectral_loss(wave, wave, (256, 512))) == 0
    assert float(spectral_loss(wave.roll(400), wave, (256, 512))) > 0.05


def test_groups_are_planned_by_weight_and_pairs_come_last() -> None:
    rng = np.random.default_rng(0)
    groups = plan_groups(["a", "b"], {"a": 3.0, "b": 1.0}.__getitem__, [("a", "b")], 400, 10, rng)
    assert len(groups) == 410
    assert 250 < groups.count(("a",)) < 350
    assert groups[-10:] == [("a", "b")] * 10


def test_a_mixture_holds_both_sounds() -> None:
    rng = np.random.default_rng(0)
    spectrum = np.abs(np.fft.rfft(mixed_waveform(("bell", "clock"), toy_source(), rng)))
    hertz = np.fft.rfftfreq(81_920, 1 / 16_000)
    low, high = (
        spectrum[(hertz > 150) & (hertz < 320)].max(),
        spectrum[(hertz > 1_700) & (hertz < 2_800)].max(),
    )
    silence = spectrum[(hertz > 6_000)].max()
    assert low > 3 * silence
    assert high > 3 * silence


def test_a_latent_bank_comes_back_from_disk(codec: tuple[MelCodec, list[float]], tmp_path: Path) -> None:
    groups: list[Group] = [("bell",), ("clock",), ("bell", "clock")]
    make_latents(tmp_path, groups, toy_source(), codec[0], np.random.default_rng(0), batch=2)
    bank = LatentBank.load(tmp_path)
    assert bank.groups == tuple(groups)
    assert bank.latents.shape == (3, 8, 128, 16)
    assert np.isfinite(bank.latents).all()


class TwoConcepts(nn.Module):
    """Conditions whose first entry says which of two concepts is meant, with one learnt scale."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(1.0))

    def draw(self, groups: list[Group], rng: np.random.Generator) -> Tensor:
        signs = torch.tensor([1.0 if group == ("bell",) else -1.0 for group in groups])
        out = torch.zeros(len(groups), 512)
        out[:, 0] = signs
        return out * self.scale

    def null(self) -> Tensor:
        return torch.zeros(512)

    def trained(self) -> nn.Module:
        return self


def _two_concept_bank() -> LatentBank:
    """Latents that are all +1 for bells and all -1 for clocks, with a little noise."""
    rng = np.random.default_rng(0)
    signs = np.repeat([1.0, -1.0], 16)[:, None, None, None]
    latents = (signs + 0.05 * rng.standard_normal((32, 8, 16, 16))).astype(np.float16)
    return LatentBank(latents, (("bell",),) * 16 + (("clock",),) * 16)


def test_the_denoisers_loss_falls_and_its_samples_follow_the_condition(tmp_path: Path) -> None:
    conditions = TwoConcepts()
    config = DenoiserConfig.toy()
    unet, losses = train_denoiser(config, _two_concept_bank(), conditions, 0, tmp_path / "run.pt")
    assert np.mean(losses[-10:]) < 0.6 * np.mean(losses[:5])
    assert float(conditions.scale.detach()) != 1.0
    sampled = sample_latents(
        unet,
        make_scheduler(scheduler_config(), "multistep", 8),
        take_noise([1, 2], (8, 16, 16)),
        GuidanceTargets.of(conditions.draw([("bell",), ("clock",)], np.random.default_rng(0)).detach()),
        torch.zeros(1, 512),
        guidance=1.0,
        latent_patch=2,
        progress=no_progress(),
    )
    assert float(sampled[0].mean()) > float(sampled[1].mean()) + 0.5


def test_a_second_stage_begins_with_the_first_ones_weights(tmp_path: Path) -> None:
    config = replace(DenoiserConfig.toy(), schedule=replace(DenoiserConfig.toy().schedule, steps=20))
    _, first = train_denoiser(config, _two_concept_bank(), TwoConcepts(), 0, tmp_path / "first.pt")
    _, second = train_denoiser(config, _two_concept_bank(), TwoConcepts(), 0, start=tmp_path / "first.pt")
    assert np.mean(second[:3]) < np.mean(first[:3])


def test_the_last_training_step_holds_no_signal() -> None:
    schedule = NoiseSchedule.of(scheduler_config())
    clean = torch.full((1, 8, 4, 4), 5.0)
    noise = torch.randn(1, 8, 4, 4)
    noised, target, ratio = schedule.noised(clean, noise, torch.tensor([999]))
    assert torch.allclose(noised, noise, atol=1e-3)
    assert torch.allclose(target, -clean, atol=1e-3)
    assert float(ratio) < 1e-6


def test_clean_steps_do_not_outweigh_noisy_ones() -> None:
    weights = snr_weight(torch.tensor([1e-4, 1.0, 5.0, 1e4]), gamma=5.0)
    assert float(weights.max()) < 1.0
    assert float(weights[3]) < float(weights[1])
