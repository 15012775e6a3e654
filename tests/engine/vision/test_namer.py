"""Names of objects from their patches."""

import numpy as np
import pytest
import torch

from engine.models.concepts import load_concepts
from engine.vision.namer import ObjectNamer
from engine.vision.patches import Frame, PatchEncoder, Patches
from engine.vision.towers import PatchNetwork

DOG, TRUCK = 0, 15
COUNT = len(load_concepts())


@pytest.fixture
def namer() -> ObjectNamer:
    """Words and tokens share as many directions as there are concepts: a token points along its concept."""
    network = PatchNetwork(side=64, widths=(16, 16, COUNT), depths=(0, 0, 0), mixing=0, text_width=COUNT)
    with torch.no_grad():
        network.project.weight.copy_(torch.eye(COUNT))
        network.project.bias.zero_()
        network.logit_scale.fill_(8.0)
    return ObjectNamer(PatchEncoder(network), load_concepts(), torch.eye(COUNT))


@pytest.fixture
def patches() -> Patches:
    """A dog on the left half, a truck on the right."""
    tokens = torch.zeros(4, 4, COUNT)
    tokens[:, :2, DOG], tokens[:, 2:, TRUCK] = 1, 1
    return Patches(tokens.reshape(16, COUNT), (4, 4), Frame((0, 0, 64, 64), 64), (64, 64))


def test_the_mask_decides_the_name(namer: ObjectNamer, patches: Patches) -> None:
    left = np.zeros((64, 64), bool)
    left[:, :32] = True
    assert namer.names(patches, left)[0][0].id == "dog"
    assert namer.names(patches, ~left)[0][0].id == "truck"


def test_names_come_best_first_with_probabilities(namer: ObjectNamer, patches: Patches) -> None:
    mask = np.zeros((64, 64), bool)
    mask[:, :40] = True
    names = namer.names(patches, mask, count=5)
    scores = [score for _, score in names]
    assert [concept.id for concept, _ in names[:2]] == ["dog", "truck"]
    assert scores == sorted(scores, reverse=True)
    assert 0 < sum(scores) <= 1


def test_what_is_nothing_of_the_table_gets_low_scores(namer: ObjectNamer, patches: Patches) -> None:
    background = Patches(torch.full((16, COUNT), -1.0), patches.grid, patches.frame, patches.size)
    assert float(namer.scores(background, np.ones((64, 64), bool)).sum()) < 0.1


def test_an_empty_mask_has_no_score(namer: ObjectNamer, patches: Patches) -> None:
    assert not namer.scores(patches, np.zeros((64, 64), bool)).any()
