"""Hints on stills to masks, with both bundled segmenters: on features, and where their package is missing."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from engine.errors import BadInput
from engine.models.resources import resource
from engine.scene.hints import Box, Click, Hints
from engine.vision.click_segmenter import ClickSegmenter, load_segmenter
from engine.vision.segmenter import REMEMBERED, MaskProposal, Segmenter
from engine.vision.still import Still
from tests.engine.vision.toy_segmenter import box, bundled_folder, disc, overlap, still_of_two_things

ON_DISC = Click(40, 60)
ON_BOX = Click(115, 60)


@pytest.fixture(scope="module", params=["fallback", "features"])
def segmenter(request: pytest.FixtureRequest) -> Segmenter | ClickSegmenter:
    return load_segmenter(
        bundled_folder() if request.param == "fallback" else resource("models", "pocket", "segmenter")
    )


@pytest.fixture(scope="module")
def still(segmenter: Segmenter | ClickSegmenter) -> Still:
    still = still_of_two_things()
    segmenter.prepare(still)
    return still


def best_overlap(proposal: MaskProposal, truth: NDArray[np.bool_]) -> float:
    return max(overlap(mask, truth) for mask in proposal.masks)


def test_one_click_finds_each_thing_to_its_edge(segmenter: Segmenter | ClickSegmenter, still: Still) -> None:
    for click, truth in ((ON_DISC, disc()), (ON_BOX, box())):
        assert best_overlap(segmenter.propose(still.digest, Hints((click,))), truth) > 0.9


def test_a_proposal_is_three_masks_of_the_still_s_size_best_first(
    segmenter: Segmenter | ClickSegmenter, still: Still
) -> None:
    proposal = segmenter.propose(still.digest, Hints((ON_DISC,)))
    assert proposal.masks.shape == (3, still.height, still.width)
    assert proposal.masks.dtype == np.bool_
    assert list(proposal.scores) == sorted(proposal.scores, reverse=True)
    assert ((proposal.scores >= 0) & (proposal.scores <= 1)).all()
    assert proposal.logits.shape[0] == 3


def test_every_mask_holds_the_click_in_one_piece_without_holes(
    segmenter: Segmenter | ClickSegmenter, still: Still
) -> None:
    for x, y in ((40, 60), (115, 60), (5, 5), (159, 119), (80, 30)):
        for mask in segmenter.propose(still.digest, Hints((Click(x, y),))).masks:
            assert mask[y, x]
            assert cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)[0] == 2
            ground = np.pad(~mask, 1, constant_values=True).astype(np.uint8)
            assert cv2.connectedComponents(ground, connectivity=4)[0] == 2


def test_a_drop_click_leaves_that_thing_out(segmenter: Segmenter | ClickSegmenter, still: Still) -> None:
    hints = Hints((ON_DISC, replace(ON_BOX, keep=False)))
    proposal = segmenter.propose(still.digest, hints)
    assert not proposal.masks[:, 60, 115].any()
    assert proposal.masks[:, 60, 40].all()
    assert best_overlap(proposal, disc()) > 0.9


def test_a_drop_click_inside_the_same_superpixel_still_acts(
    segmenter: Segmenter | ClickSegmenter, still: Still
) -> None:
    proposal = segmenter.propose(still.digest, Hints((ON_DISC, Click(43, 60, keep=False))))
    assert not proposal.masks[:, 60, 43].any()
    assert proposal.masks[:, 60, 40].all()


def test_two_keep_clicks_are_both_in_some_proposal(
    segmenter: Segmenter | ClickSegmenter, still: Still
) -> None:
    proposal = segmenter.propose(still.digest, Hints((ON_DISC, Click(40, 40))))
    assert proposal.masks[:, 60, 40].all()
    assert proposal.masks[:, 40, 40].any()


def test_a_box_alone_finds_what_fills_it(segmenter: Segmenter | ClickSegmenter, still: Still) -> None:
    proposal = segmenter.propose(still.digest, Hints(box=Box(92, 26, 140, 94)))
    assert best_overlap(proposal, box()) > 0.85
    elsewhere = segmenter.propose(still.digest, Hints(box=Box(6, 26, 74, 94)))
    assert best_overlap(elsewhere, disc()) > 0.85


def test_a_box_keeps_a_click_s_masks_within_reach(
    segmenter: Segmenter | ClickSegmenter, still: Still
) -> None:
    proposal = segmenter.propose(still.digest, Hints((ON_DISC,), Box(5, 25, 75, 95)))
    assert best_overlap(proposal, disc()) > 0.85


def test_a_proposal_can_be_made_from_the_one_before(
    segmenter: Segmenter | ClickSegmenter, still: Still
) -> None:
    before = segmenter.propose(still.digest, Hints((ON_BOX,)))
    after = segmenter.propose(still.digest, Hints((ON_BOX, Click(100, 40))), before)
    assert best_overlap(after, box()) > 0.85


def test_the_same_click_gives_the_same_masks(segmenter: Segmenter | ClickSegmenter, still: Still) -> None:
    one, two = (segmenter.propose(still.digest, Hints((ON_BOX,))) for _ in range(2))
    assert np.array_equal(one.masks, two.masks)
    assert np.array_equal(one.scores, two.scores)


def test_a_glance_is_the_first_mask_of_a_proposal(
    segmenter: Segmenter | ClickSegmenter, still: Still
) -> None:
    hints = Hints((ON_DISC,))
    assert np.array_equal(
        segmenter.hover_mask(still.digest, hints), segmenter.propose(still.digest, hints).masks[0]
    )


def test_a_glance_at_a_large_still_is_smaller_and_the_same_to_the_eye(
    segmenter: Segmenter | ClickSegmenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.vision.segmenter.HOVER_SIDE", 100)
    large = still_of_two_things(300, 400)
    segmenter.prepare(large)
    hints = Hints((Click(large.width / 4, large.height / 2),))
    glance = segmenter.hover_mask(large.digest, hints)
    assert glance.shape == (75, 100)
    enlarged = np.repeat(np.repeat(glance, 4, axis=0), 4, axis=1)
    assert overlap(enlarged, segmenter.propose(large.digest, hints).masks[0]) > 0.95


def test_two_clicks_on_one_still_encode_once() -> None:
    segmenter = Segmenter.from_folder(bundled_folder())
    still = still_of_two_things()
    for click in (ON_DISC, ON_BOX):
        segmenter.prepare(still)
        segmenter.propose(still.digest, Hints((click,)))
    assert segmenter.encoded_count == 1


def test_only_the_last_few_stills_are_remembered(segmenter: Segmenter | ClickSegmenter) -> None:
    stills = [still_of_two_things(40 + i, 48) for i in range(REMEMBERED + 1)]
    for still in stills:
        segmenter.prepare(still)
    assert [segmenter.is_prepared(still.digest) for still in stills] == [False] + [True] * REMEMBERED


@pytest.mark.parametrize("click", [Click(-1, 5), Click(160, 5), Click(5, 120), Click(float("nan"), 5)])
def test_a_click_outside_the_still_is_refused(segmenter: Segmenter | ClickSegmenter, click: Click) -> None:
    still = still_of_two_things()
    segmenter.prepare(still)
    with pytest.raises(BadInput, match="outside"):
        segmenter.propose(still.digest, Hints((click,)))


def test_hints_that_keep_nothing_are_refused(segmenter: Segmenter | ClickSegmenter) -> None:
    still = still_of_two_things()
    segmenter.prepare(still)
    for hints in (Hints(), Hints((replace(ON_DISC, keep=False),))):
        with pytest.raises(BadInput, match="keep"):
            segmenter.propose(still.digest, hints)


def test_an_empty_box_is_refused(segmenter: Segmenter | ClickSegmenter) -> None:
    still = still_of_two_things()
    segmenter.prepare(still)
    with pytest.raises(BadInput, match="box"):
        segmenter.propose(still.digest, Hints(box=Box(50, 50, 50, 60)))


def test_a_still_that_was_not_prepared_is_refused(segmenter: Segmenter | ClickSegmenter) -> None:
    with pytest.raises(BadInput, match="not prepared"):
        segmenter.propose("0" * 64, Hints((ON_DISC,)))


def test_the_objects_of_a_still_are_found_and_hardly_overlap(segmenter: Segmenter | ClickSegmenter) -> None:
    still = still_of_two_things()
    segmenter.prepare(still)
    found = segmenter.find_objects(still.digest)
    assert 2 <= len(found) <= 8
    masks = [proposal.masks[0] for proposal in found]
    for truth in (disc(), box()):
        assert max(overlap(mask, truth) for mask in masks) > 0.85
    for i, one in enumerate(masks):
        assert all(overlap(one, other) < 0.5 for other in masks[:i])


def test_no_more_objects_are_found_than_asked_for(segmenter: Segmenter | ClickSegmenter) -> None:
    still = still_of_two_things()
    segmenter.prepare(still)
    assert len(segmenter.find_objects(still.digest, limit=1)) == 1


@pytest.mark.parametrize("shape", [(32, 32), (32, 900), (900, 32)])
def test_small_and_long_stills_work(segmenter: Segmenter | ClickSegmenter, shape: tuple[int, int]) -> None:
    still = Still.from_pixels(np.random.default_rng(0).integers(0, 255, (*shape, 3), np.uint8))
    segmenter.prepare(still)
    proposal = segmenter.propose(still.digest, Hints((Click(shape[1] - 1, 0),)))
    assert proposal.masks[:, 0, shape[1] - 1].all()


def test_a_still_of_one_colour_works(segmenter: Segmenter | ClickSegmenter) -> None:
    still = Still.from_pixels(np.full((64, 64, 3), 77, np.uint8))
    segmenter.prepare(still)
    assert segmenter.propose(still.digest, Hints((Click(32, 32),))).masks[:, 32, 32].all()
    segmenter.find_objects(still.digest)
