"""The measures of names and of separation, on towers that are right or wrong by construction."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from engine.diffusion.attention import ObjectAttention
from engine.evaluation.separation import Scorer, named_pictures, separation
from engine.models.concepts import load_concepts
from engine.training.pictures import Pictures, prepare_pictures
from engine.training.scenes import SceneComposer, SceneConfig
from engine.vision.towers import PatchNetwork
from tests.engine.training.toy_pictures import CLASSES, write_packs

COUNT = len(load_concepts())
PLACES = {concept.id: place for place, concept in enumerate(load_concepts())}


class ColourNetwork(PatchNetwork):
    """A tower that needs no training: the toy things are red, blue and green."""

    def forward(self, pixels: Tensor) -> Tensor:
        means = nn.functional.avg_pool2d(pixels, 16).flatten(2).transpose(1, 2)
        tokens = pixels.new_zeros(*means.shape[:2], COUNT)
        for kind, channel in zip(CLASSES, (0, 2, 1), strict=True):
            tokens[..., PLACES[kind]] = (means[..., channel] - means.mean(-1)).clamp(min=0)
        return tokens


class PassingAttention(ObjectAttention):
    """Gives the mean token under the row."""

    def forward(self, tokens: Tensor, text: Tensor, row: Tensor | None = None) -> Tensor:
        assert row is not None
        return nn.functional.normalize((row[:, None] @ tokens)[:, 0], dim=-1)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Pictures:
    folder: Path = tmp_path_factory.mktemp("packs")
    return prepare_pictures(write_packs(folder / "data"), folder / "tiles")


@pytest.fixture
def network() -> ColourNetwork:
    network = ColourNetwork(side=64, widths=(8, 8, COUNT), depths=(0, 0, 0), mixing=0, text_width=COUNT)
    with torch.no_grad():
        network.project.weight.copy_(torch.eye(COUNT))
        network.project.bias.zero_()
    return network


def test_a_tower_that_sees_right_names_every_picture(pictures: Pictures, network: ColourNetwork) -> None:
    found = named_pictures(network, pictures, load_concepts(), Scorer(network, torch.eye(COUNT)))
    assert found == {"cifar10/dog": 1.0, "cifar10/truck": 1.0, "cifar10/frog": 1.0}


def test_a_tower_that_mixes_things_up_is_found_out(pictures: Pictures, network: ColourNetwork) -> None:
    swapped = torch.eye(COUNT)[[PLACES["truck"] if n == PLACES["dog"] else n for n in range(COUNT)]]
    found = named_pictures(network, pictures, load_concepts(), Scorer(network, swapped))
    assert found["cifar10/dog"] < 1.0


def test_perfect_masks_separate_and_blind_ones_do_not(
    pictures: Pictures, network: ColourNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = SceneConfig(side=96, grid=24, strength=0.0)
    composer = SceneComposer(pictures, load_concepts(), config, kept_apart=True)
    attention = PassingAttention(token_width=COUNT, text_width=COUNT, width=8, grid=4)
    seeing = separation(network, attention, composer, torch.eye(COUNT), scenes=30, seed=0)
    assert seeing.nearer > 0.9
    assert seeing.own > seeing.other + 0.3
    assert seeing.both > 0.7

    class Blind(PassingAttention):
        def forward(self, tokens: Tensor, text: Tensor, row: Tensor | None = None) -> Tensor:
            return super().forward(tokens, text, torch.full(tokens.shape[:2], 1 / 16))

    blind = Blind(token_width=COUNT, text_width=COUNT, width=8, grid=4)
    # The crop round a thing tells what it is even to who is blind to its mask: here nothing is cropped.
    monkeypatch.setattr("engine.evaluation.separation.window_round", lambda mask: (0, 0, *mask.shape[::-1]))
    unseeing = separation(network, blind, composer, torch.eye(COUNT), scenes=30, seed=0)
    assert unseeing.nearer < seeing.nearer - 0.15
    assert unseeing.swapped < 0.5
