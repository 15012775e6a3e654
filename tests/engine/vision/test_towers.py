"""The networks behind patches: ours, and open_clip's at toy size."""

from pathlib import Path

import open_clip
import pytest
import torch

from engine.models.resources import resource
from engine.vision.towers import ClipPatchNetwork, PatchNetwork, load_network

CLIP = {"side": 32, "patch_size": 8, "width": 32, "layers": 2, "heads": 2, "text_width": 24}


def pixels(side: int) -> torch.Tensor:
    return torch.rand(2, 3, side, side, generator=torch.Generator().manual_seed(0))


def test_our_network_takes_other_sizes_than_its_own() -> None:
    network = PatchNetwork(side=64, widths=(16, 16, 32), depths=(1, 1, 1), heads=2).eval()
    assert network(pixels(64)).shape == (2, 16, 32)
    assert network(pixels(96)).shape == (2, 36, 32)


def test_a_patch_is_mostly_about_its_own_place() -> None:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = PatchNetwork(side=64, widths=(16, 16, 32), depths=(1, 1, 1), mixing=0).eval()
    before, changed = pixels(64), pixels(64)
    changed[..., :16, :16] = 0
    moved = (network(before) - network(changed)).norm(dim=-1)[0]
    assert moved.argmax() == 0
    assert moved[15] < 0.1 * moved[0]


def test_the_bundled_size_fits_the_budget() -> None:
    with torch.device("meta"):
        network = PatchNetwork()
    assert sum(parameter.numel() for parameter in network.parameters()) < 2_700_000


def test_clip_tokens_are_projected_patches_in_clip_space() -> None:
    network = ClipPatchNetwork(**CLIP).eval()
    assert network(pixels(32)).shape == (2, 16, 24)
    assert network.side == 32
    assert network.width == 24


def test_weights_of_open_clips_own_model_fit() -> None:
    vision = {"image_size": 32, "patch_size": 8, "width": 64, "layers": 2, "head_width": 32}
    text = {"context_length": 8, "vocab_size": 50, "width": 32, "heads": 2, "layers": 1}
    published = open_clip.CLIP(24, open_clip.CLIPVisionCfg(**vision), open_clip.CLIPTextCfg(**text))
    network = ClipPatchNetwork(**{**CLIP, "width": 64}).eval()
    network.visual.load_state_dict(published.visual.state_dict())
    mean, deviation = (torch.tensor(values)[:, None, None] for values in (network._mean, network._deviation))
    published.visual.output_tokens = True
    published.eval()
    _, tokens = published.visual((pixels(32) - mean) / deviation)
    torch.testing.assert_close(network(pixels(32)), tokens @ published.visual.proj)


def test_the_published_vit_has_its_published_size() -> None:
    with torch.device("meta"):
        network = ClipPatchNetwork(quick_gelu=True)
    assert sum(parameter.numel() for parameter in network.visual.parameters()) == 87_849_216


@pytest.mark.parametrize("kind", [PatchNetwork, ClipPatchNetwork])
def test_a_folder_says_which_network_it_holds(
    kind: type[PatchNetwork] | type[ClipPatchNetwork], tmp_path: Path
) -> None:
    sizes = CLIP if kind is ClipPatchNetwork else {"side": 32, "widths": (16, 16, 32), "heads": 2}
    network = kind(**sizes).eval()
    network.half().save_pretrained(tmp_path, safe_serialization=True)
    again = load_network(tmp_path)
    assert type(again) is kind
    torch.testing.assert_close(again(pixels(32)), network.float()(pixels(32)))


def test_loading_the_bundled_encoder_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    load_network(resource("models", "pocket", "image_encoder"))
    assert capfd.readouterr() == ("", "")
