"""The way through mel, codec and vocoder keeps what it should and changes what it must."""

import numpy as np
import torch

from engine.diffusion.mel import LogMel
from engine.diffusion.toy import toy_pipeline
from engine.evaluation.clip_sets import SAMPLES, Clips
from engine.evaluation.roundtrip import coded, griffin_lim, mel_error, round_trips
from tests.engine.evaluation.sounds import made_up


def test_griffin_lim_gives_back_the_spectrum_that_it_was_given() -> None:
    time = torch.arange(16_000) / 16_000
    wave = (0.3 * torch.sin(2 * torch.pi * 440 * time) * (1 + torch.sin(2 * torch.pi * 3 * time)))[None]
    front = LogMel()
    mel = front(wave)
    rebuilt = griffin_lim(mel)
    assert rebuilt.shape == wave.shape
    loud = mel > mel.max() - 4
    assert float((front(rebuilt) - mel)[loud].abs().mean()) < 0.35
    assert torch.equal(rebuilt, griffin_lim(mel))


def test_every_way_gives_clips_of_the_same_length_and_label() -> None:
    clips = made_up(each=1, seed=0, classes=1)
    pipeline = toy_pipeline()
    ways = round_trips(clips, pipeline.codec, pipeline.vocoder)
    assert list(ways) == ["mel", "vae", "vocoder", "both"]
    for changed in ways.values():
        assert changed.waveforms.shape == (1, SAMPLES)
        assert np.isfinite(changed.waveforms).all()
        assert changed.labels.tolist() == clips.labels.tolist()


def test_the_error_of_a_codec_is_that_of_its_mels() -> None:
    clip = Clips(made_up(each=1, seed=0, classes=1).waveforms[:, :16_000], np.zeros(1, np.int64))
    codec = toy_pipeline().codec
    mel = torch.zeros(1, 70, 64)
    with torch.no_grad():
        assert coded(mel, codec).shape == mel.shape
    assert mel_error(clip, codec) > 0.1  # an untrained codec gives nothing back
