"""The spectral vocoder's shapes, its inverse STFT, and its round trip on disk."""

import copy
from pathlib import Path

import torch

from engine.diffusion.mel import LogMel
from engine.diffusion.vocoder import SpectralVocoder


def _small(refine: int = 0, agree: int = 0) -> SpectralVocoder:
    torch.manual_seed(0)
    return SpectralVocoder(width=16, hidden=16, depth=1, refine=refine, agree=agree).eval()


def _mel_error(vocoder: SpectralVocoder, mel: torch.Tensor) -> float:
    with torch.no_grad():
        return float((LogMel()(vocoder(mel)) - mel).abs().mean())


def test_a_frame_becomes_ten_milliseconds_of_waveform() -> None:
    assert _small()(torch.randn(2, 37, 64)).shape == (2, 37 * 160)


def test_refining_keeps_the_length_and_brings_the_spectrum_nearer_to_what_was_predicted() -> None:
    mel = LogMel()(torch.randn(1, 16_000) * 0.1)
    errors = []
    for refine in (0, 8):
        vocoder = _small(refine)
        with torch.no_grad():
            wanted = vocoder.spectrum(mel).abs()
            waveform = vocoder(mel)
            got = torch.stft(waveform, 1024, 160, window=vocoder.window, return_complex=True).abs()
        errors.append(float((got - wanted).norm() / wanted.norm()))
    assert errors[1] < errors[0]


def test_an_untrained_vocoder_still_gives_the_mel_it_was_asked_for() -> None:
    at = torch.arange(16_000) / 16_000
    wave = 0.3 * torch.sin(2 * torch.pi * 440 * at) + 0.02 * torch.randn(16_000)
    mel = LogMel()(wave[None])
    assert _mel_error(_small(refine=8, agree=8), mel) < 0.35
    assert _mel_error(_small(refine=8), mel) > 1.0


def test_it_is_not_refined_while_training_so_gradients_stay_short() -> None:
    vocoder = _small(refine=4).train()
    mel = torch.randn(1, 20, 64)
    assert torch.allclose(vocoder(mel), vocoder._inverse(vocoder.spectrum(mel)))


def test_it_comes_back_from_disk_in_half_precision_nearly_the_same(tmp_path: Path) -> None:
    vocoder = _small()
    copy.deepcopy(vocoder).half().save_pretrained(tmp_path)
    again = SpectralVocoder.from_pretrained(tmp_path, use_safetensors=True).float().eval()
    mel = torch.randn(1, 30, 64) - 5
    assert torch.allclose(again(mel), vocoder(mel), atol=1e-3)
    assert list(tmp_path.glob("*.bin")) == []
