"""The full-size configurations have the sizes and the keys of the published files."""

import subprocess
import sys

import pytest
import torch

from engine.diffusion import published


def _parameters(network: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


@pytest.fixture(scope="module")
def unet() -> torch.nn.Module:
    with torch.device("meta"):
        return published.build_unet()


def _shapes(network: torch.nn.Module) -> dict[str, tuple[int, ...]]:
    return {key: tuple(value.shape) for key, value in network.state_dict().items()}


def test_the_unet_has_the_published_size_and_number_of_keys(unet: torch.nn.Module) -> None:
    assert _parameters(unet) == 185_036_552
    assert len(unet.state_dict()) == 690


def test_the_unet_takes_the_condition_where_audioldm_takes_clap(unet: torch.nn.Module) -> None:
    shapes = _shapes(unet)
    assert shapes["conv_in.weight"] == (128, 8, 3, 3)
    assert shapes["class_embedding.weight"] == (512, 512)
    # time and condition are concatenated, so every residual block projects 1024 numbers
    assert shapes["down_blocks.0.resnets.0.time_emb_proj.weight"] == (128, 1024)
    assert shapes["mid_block.attentions.0.transformer_blocks.0.attn2.to_k.weight"] == (640, 640)
    assert shapes["up_blocks.3.resnets.2.conv_shortcut.weight"] == (128, 256, 1, 1)
    assert shapes["conv_out.weight"] == (8, 128, 3, 3)
    assert not any(key.startswith("down_blocks.0.attentions") for key in shapes)


def test_the_original_head_counts_load_the_same_state_dict(unet: torch.nn.Module) -> None:
    with torch.device("meta"):
        original = published.build_unet({**published.UNET, "attention_head_dim": (8, 8, 12, 20)})
    assert _shapes(original) == _shapes(unet)


def test_the_vae_halves_twice_into_eight_channels() -> None:
    with torch.device("meta"):
        vae = published.build_vae()
        latent = vae.encode(torch.empty(1, 1, 512, 64)).latent_dist.mean
    assert _parameters(vae) == 55_376_873
    assert latent.shape == (1, 8, 128, 16)
    assert vae.config["scaling_factor"] == pytest.approx(0.9227914214134216)
    assert _shapes(vae)["quant_conv.weight"] == (16, 16, 1, 1)


def test_the_vocoder_gives_160_samples_a_frame_and_32_more() -> None:
    with torch.device("meta"):
        vocoder = published.build_vocoder()
        waveform = vocoder(torch.empty(1, 50, 64))
    assert _parameters(vocoder) == 55_264_897
    assert waveform.shape == (1, 160 * 50 + 32)
    assert _shapes(vocoder)["resblocks.14.convs2.2.weight"] == (32, 32, 11)


def test_the_text_encoder_is_roberta_base_with_512_projected_values() -> None:
    with torch.device("meta"):
        text = published.build_text_encoder()
    assert _parameters(text) == 125_302_016
    shapes = _shapes(text)
    assert shapes["text_model.embeddings.word_embeddings.weight"] == (50265, 768)
    assert shapes["text_projection.linear2.weight"] == (512, 512)


def test_two_hundred_steps_run_from_996_down_to_one() -> None:
    scheduler = published.build_scheduler()
    scheduler.set_timesteps(published.STEPS)
    steps = scheduler.timesteps.tolist()
    assert (steps[0], steps[1], steps[-1], len(steps)) == (996, 991, 1, 200)


def test_a_smaller_configuration_builds_the_same_classes() -> None:
    small = {**published.UNET, "block_out_channels": (32, 64), "cross_attention_dim": (32, 64)}
    small |= {"down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D")}
    small |= {"up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D")}
    unet = published.build_unet(small)
    condition = torch.nn.functional.normalize(torch.ones(1, 512), dim=-1)
    with torch.no_grad():
        noise = unet(torch.zeros(1, 8, 8, 16), 5, encoder_hidden_states=None, class_labels=condition).sample
    assert noise.shape == (1, 8, 8, 16)
    assert bool(torch.isfinite(noise).all())


def test_reading_the_configurations_loads_no_torch() -> None:
    code = "import sys, engine.diffusion.published; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
