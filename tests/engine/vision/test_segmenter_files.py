"""Segmenter weights on disk: our folder, and checkpoints in the published format at toy size."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.errors import BadInput
from engine.scene.hints import Box, Click, Hints
from engine.vision.description import FEATURES
from engine.vision.proposals import Ranker
from engine.vision.sam_network import PUBLISHED, SamConfig, build_sam, save_sam
from engine.vision.segmenter import Segmenter
from engine.vision.segmenter_files import config_of, load_ranker, save_ranker
from tests.engine.vision.toy_segmenter import bundled_folder, still_of_two_things

TOY_PUBLISHED = SamConfig.published(width=32, depth=3, heads=2, global_blocks=(1,))
TOY_PUBLISHED = replace(
    TOY_PUBLISHED, image_size=128, window=5, prompt_width=32, decoder_mlp=48, score_hidden=32
)
TOY = SamConfig(
    image_size=64, width=32, depth=1, heads=2, stem=(8, 16), prompt_width=32, decoder_mlp=32, score_hidden=32
)


def published_file(folder: Path, config: SamConfig) -> Path:
    path = folder / "sam_vit_toy.pth"
    torch.save(build_sam(config).state_dict(), path)
    return path


def ranker() -> Ranker:
    rng = np.random.default_rng(0)
    return Ranker(rng.normal(size=(3, len(FEATURES))).T, rng.normal(size=3), rng.normal(size=3))


@pytest.mark.parametrize("as_folder", [False, True])
def test_a_published_checkpoint_answers_clicks_and_boxes(tmp_path: Path, as_folder: bool) -> None:
    path = published_file(tmp_path, TOY_PUBLISHED)
    segmenter = Segmenter.from_folder(tmp_path if as_folder else path)
    still = still_of_two_things()
    segmenter.prepare(still)
    for hints in (
        Hints((Click(40, 60),)),
        Hints(box=Box(10, 20, 70, 90)),
        Hints((Click(1, 1),), Box(0, 0, 9, 9)),
    ):
        proposal = segmenter.propose(still.digest, hints)
        assert proposal.masks.shape == (3, 120, 160)
        assert proposal.logits.shape == (3, 32, 32)
        segmenter.propose(still.digest, hints, proposal)


def test_the_sizes_of_a_checkpoint_are_read_from_its_tensors() -> None:
    assert config_of(build_sam(TOY_PUBLISHED).state_dict()) == TOY_PUBLISHED


@pytest.mark.parametrize("name", ["vit_b", "vit_l", "vit_h"])
def test_the_published_sizes_are_recognised(name: str) -> None:
    with torch.device("meta"):
        state = build_sam(PUBLISHED[name]).state_dict()
    assert config_of(state) == PUBLISHED[name]


def test_the_published_sizes_have_the_keys_and_shapes_of_the_library_s_own() -> None:
    from segment_anything import sam_model_registry

    with torch.device("meta"):
        theirs = sam_model_registry["vit_b"]().state_dict()
        ours = build_sam(PUBLISHED["vit_b"]).state_dict()
    assert {k: v.shape for k, v in ours.items()} == {k: v.shape for k, v in theirs.items()}


def test_our_folder_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    sam = build_sam(TOY)
    save_sam(tmp_path, sam, TOY)
    save_ranker(tmp_path / "ranker.safetensors", ranker())
    segmenter = Segmenter.from_folder(tmp_path)
    still = still_of_two_things()
    segmenter.prepare(still)
    assert segmenter.propose(still.digest, Hints((Click(40, 60),))).logits.shape == (3, 32, 32)
    back = load_ranker(tmp_path / "ranker.safetensors")
    assert np.allclose(back.first, ranker().first, atol=2e-3)


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no segmenter weights"):
        Segmenter.from_folder(tmp_path)


def test_a_pickle_with_more_than_weights_is_refused(tmp_path: Path) -> None:
    torch.save({"prompt_encoder.no_mask_embed.weight": Path()}, tmp_path / "evil.pth")
    with pytest.raises(BadInput, match="more than weights"):
        Segmenter.from_folder(tmp_path)


@pytest.mark.parametrize("content", [b"", b"not a checkpoint"])
def test_a_damaged_checkpoint_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "sam_vit_b.pth").write_bytes(content)
    with pytest.raises(BadInput, match="damaged"):
        Segmenter.from_folder(tmp_path)


def test_another_network_s_checkpoint_is_refused(tmp_path: Path) -> None:
    torch.save({"weight": torch.zeros(2)}, tmp_path / "other.pth")
    with pytest.raises(BadInput, match="not a Segment Anything"):
        Segmenter.from_folder(tmp_path)


def test_weights_that_do_not_fit_their_config_are_refused(tmp_path: Path) -> None:
    save_sam(tmp_path, build_sam(TOY), replace(TOY, depth=2))
    with pytest.raises(BadInput, match="do not fit"):
        Segmenter.from_folder(tmp_path)


def test_a_config_whose_sizes_do_not_divide_is_refused() -> None:
    with pytest.raises(BadInput, match="do not divide"):
        SamConfig.from_mapping({"image_size": 130, "patch_size": 8})


def test_a_ranker_of_other_features_is_refused(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    save_file({"first": np.zeros((2, 2))}, tmp_path / "ranker.safetensors", metadata={"features": "size"})
    with pytest.raises(BadInput, match="another version"):
        load_ranker(tmp_path / "ranker.safetensors")


def test_the_bundled_weights_are_half_precision_and_within_their_budget() -> None:
    from safetensors.numpy import load_file

    files = list(bundled_folder().glob("*.safetensors"))
    assert files
    assert sum(file.stat().st_size for file in files) <= 3 * 2**20
    for file in files:
        assert all(tensor.dtype == np.float16 for tensor in load_file(file).values())
