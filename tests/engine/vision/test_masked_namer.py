"""Names from features under a mask, "none" among them."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.errors import BadInput
from engine.models.concepts import load_concepts
from engine.models.resources import resource
from engine.training.namer import PooledThings, fit_probe, save_namer
from engine.vision.efficientnet import HEAD_CHANNELS
from engine.vision.masked_namer import MaskedNamer
from engine.vision.patches import Frame, Patches

CONCEPTS = load_concepts()[:3]
TAUGHT, UNTAUGHT = 0, 2


@pytest.fixture
def namer() -> MaskedNamer:
    """Channel n speaks for concept n, channel 3 for none; class n of the classifier listens to channel n."""
    probe = torch.zeros(4, HEAD_CHANNELS), torch.tensor([0.0, 0.0, -30.0, 0.0])
    for row in (0, 1, 3):
        probe[0][row, row] = 9.0
    classifier = torch.zeros(5, HEAD_CHANNELS), torch.tensor([-3.0, -3.0, -3.0, 0.0, 0.0])
    for row in range(3):
        classifier[0][row, row] = 9.0
    ids = [concept.id for concept in CONCEPTS]
    return MaskedNamer(CONCEPTS, probe, ids, [[0], [1], [2]], [True, True, False], classifier)


def look(left: int, right: int, whole: Patches | None = None) -> Patches:
    """Features that point one way on the left half of a still of 64 x 64 and another on the right."""
    features = torch.zeros(4, 4, HEAD_CHANNELS)
    features[:, :2, left], features[:, 2:, right] = 1, 1
    flat = features.reshape(16, HEAD_CHANNELS)
    return Patches(flat[:, :8], (4, 4), Frame((0, 0, 64, 64), 64), (64, 64), flat, whole)


def half(*, left: bool) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    mask = np.zeros((64, 64), bool)
    mask[:, :32] = left
    mask[:, 32:] = not left
    return mask


def test_the_mask_decides_the_name(namer: MaskedNamer) -> None:
    seen = look(0, 1)
    assert namer.names(seen, half(left=True))[0][0] is CONCEPTS[0]
    assert namer.names(seen, half(left=False))[0][0] is CONCEPTS[1]


def test_what_was_taught_to_be_none_has_no_sure_name(namer: MaskedNamer) -> None:
    assert float(namer.scores(look(3, 3), half(left=True)).max()) < 0.1


def test_a_concept_without_examples_is_named_by_the_classifier(namer: MaskedNamer) -> None:
    concept, score = namer.names(look(UNTAUGHT, 3), half(left=True))[0]
    assert concept is CONCEPTS[UNTAUGHT]
    assert score > 0.5


def test_a_name_has_to_hold_for_the_whole_still_and_the_crop(namer: MaskedNamer) -> None:
    mask = half(left=True)
    agreed = namer.scores(look(0, 3, look(0, 3)), mask)[0]
    torn = namer.scores(look(0, 3, look(1, 3)), mask)[0]
    assert float(torn) < 0.6 < float(agreed)


def test_a_thing_of_a_patch_is_judged_by_its_crop(namer: MaskedNamer) -> None:
    small = np.zeros((64, 64), bool)
    small[:4, :4] = True
    assert float(namer.scores(look(0, 3, look(1, 3)), small)[0]) > 0.8


def test_scores_are_in_the_order_of_the_table_and_sum_to_one_at_most(namer: MaskedNamer) -> None:
    scores = namer.scores(look(0, 1), np.ones((64, 64), bool))
    assert scores.shape == (3,)
    assert 0 < float(scores.sum()) <= 1 + 1e-6
    assert not namer.scores(look(0, 1), np.zeros((64, 64), bool)).any()


def test_a_probe_learns_its_classes_and_knows_which_it_never_saw(tmp_path: Path) -> None:
    rng = torch.Generator().manual_seed(0)
    labels = torch.arange(60) % 2 * 3  # concepts 0 and "none"
    features = torch.randn(60, HEAD_CHANNELS, generator=rng) * 0.1 + 5
    features[labels == 0, 0] += 2
    weight, bias, taught = fit_probe(PooledThings(features, labels), 4, strength=1.0, rounds=40)
    assert taught.tolist() == [True, False, False, True]
    chosen = (features @ weight.T + bias).argmax(1)
    assert (chosen == labels).float().mean() > 0.95
    save_namer(tmp_path, CONCEPTS, (weight, bias, taught), {CONCEPTS[0].id: [1, 2], "no_concept": [3]})
    again = MaskedNamer.from_folder(tmp_path, CONCEPTS)
    judged = again.judged(features)
    torch.testing.assert_close(judged.sum(-1), torch.ones(60))
    assert json.loads((tmp_path / "config.json").read_text())["groups"] == [[1, 2], [], []]


def test_a_damaged_namer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="namer"):
        MaskedNamer.from_folder(tmp_path, CONCEPTS)
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(BadInput, match="namer"):
        MaskedNamer.from_folder(tmp_path, CONCEPTS)


def test_the_bundled_namer_is_about_concepts_of_the_table() -> None:
    config = json.loads((resource("models", "pocket", "namer") / "config.json").read_text())
    assert set(config["concepts"]) <= {concept.id for concept in load_concepts()}
    assert len(config["concepts"]) == len(config["groups"])
