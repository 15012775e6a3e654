"""Superpixels, merge trees, candidates and their choice."""

from itertools import pairwise

import numpy as np
import pytest

from engine.vision.description import FEATURES, NetworkEvidence, PromptMarks, describe, overlaps
from engine.vision.proposals import candidates, choose
from engine.vision.regions import MERGE_CRITERIA, RegionMap, working_copy
from tests.engine.vision.toy_segmenter import disc, two_things


@pytest.fixture(scope="module")
def regions() -> RegionMap:
    return RegionMap.of(two_things(), MERGE_CRITERIA[:2])


def leaf_at(regions: RegionMap, x: int, y: int) -> int:
    return int(regions.leaves.labels[y, x])


def test_superpixels_cover_the_still_and_their_sums_agree(regions: RegionMap) -> None:
    leaves = regions.leaves
    assert leaves.labels.min() == 0
    assert leaves.area.sum() == leaves.labels.size
    assert np.allclose(leaves.palette.sum(axis=1), leaves.area)
    assert np.allclose(leaves.ties.sum(axis=1), 1, atol=1e-3)


def test_a_tree_s_nodes_nest_up_to_the_whole_still(regions: RegionMap) -> None:
    for tree in regions.trees:
        chain = tree.ancestors(leaf_at(regions, 40, 60))
        assert chain[-1] == len(tree.parent) - 1
        sizes = [len(tree.members(node)) for node in chain]
        assert sizes[0] == 1
        assert sizes[-1] == regions.leaves.count
        for lower, upper in pairwise(chain):
            assert set(tree.members(lower)) < set(tree.members(upper))


def test_some_node_of_a_tree_is_the_thing(regions: RegionMap) -> None:
    leaves = regions.leaves
    members, _ = candidates(
        regions, PromptMarks((leaf_at(regions, 40, 60),)), NetworkEvidence.none(leaves.count)
    )
    truth = disc()
    best = max(
        (members[i][leaves.labels] & truth).sum() / (members[i][leaves.labels] | truth).sum()
        for i in range(len(members))
    )
    assert best > 0.85


def test_candidates_hold_what_is_kept_and_not_what_is_dropped(regions: RegionMap) -> None:
    keep, drop = leaf_at(regions, 40, 60), leaf_at(regions, 115, 60)
    members, _ = candidates(
        regions, PromptMarks((keep,), (drop,)), NetworkEvidence.none(regions.leaves.count)
    )
    assert len(members) > 1
    assert members[:, keep].all()
    assert not members[:, drop].any()
    assert len(np.unique(members, axis=0)) == len(members)


def test_the_network_s_mask_becomes_a_candidate(regions: RegionMap) -> None:
    leaves = regions.leaves
    drawn = disc()[np.newaxis].astype(np.float32)
    support = NetworkEvidence(leaves.mean(drawn), np.array([0.9]))
    members, _ = candidates(regions, PromptMarks((leaf_at(regions, 40, 60),)), support)
    wanted = (support.masks[0] > 0.5)[np.newaxis]
    assert overlaps(np.concatenate([wanted, members]), leaves.area)[0, 1:].max() > 0.95


def test_descriptions_are_finite_and_tell_the_thing_from_a_speck(regions: RegionMap) -> None:
    leaves = regions.leaves
    marks = PromptMarks((leaf_at(regions, 40, 60),))
    thing = leaves.mean(disc()[np.newaxis].astype(np.float32))[0] > 0.5
    speck = np.zeros(leaves.count, bool)
    speck[marks.keep[0]] = True
    features = describe(
        leaves, np.stack([thing, speck]), np.zeros(2), marks, NetworkEvidence.none(leaves.count)
    )
    assert features.shape == (2, len(FEATURES))
    assert np.isfinite(features).all()
    for name in ("outline", "contrast"):
        assert features[0, FEATURES.index(name)] > features[1, FEATURES.index(name)]


def test_the_choice_is_the_best_and_then_something_else() -> None:
    chance = np.array([0.4, 0.35, 0.2, 0.05])
    alike = np.array([[1, 0.95, 0.1, 0], [0.95, 1, 0.1, 0], [0.1, 0.1, 1, 0], [0, 0, 0, 1.0]])
    chosen = choose(chance, alike, 2)
    assert chosen[0] in (0, 1)
    assert chosen[1] == 2


def test_fewer_candidates_than_wanted_are_all_chosen() -> None:
    assert choose(np.array([1.0]), np.eye(1), 3) == [0]


def test_a_still_is_brought_to_the_working_size() -> None:
    assert working_copy(np.zeros((300, 1200, 3), np.uint8)).shape == (128, 512, 3)
    assert working_copy(np.zeros((64, 32, 3), np.uint8)).shape == (512, 256, 3)
