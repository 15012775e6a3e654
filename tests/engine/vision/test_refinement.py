"""Masks brought from working resolution to the still."""

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.vision.refinement import GuidedFilter, cut_away, enlarge, largest_component
from tests.engine.vision.toy_segmenter import disc, overlap, two_things


def test_an_enlarged_mask_follows_the_still_s_edges_better_than_the_coarse_one() -> None:
    still, truth = two_things(480, 640), disc(480, 640)
    working = cv2.resize(still, (160, 120), interpolation=cv2.INTER_AREA)
    # Off by one working pixel all round: four pixels of the still.
    coarse = cv2.erode(disc(120, 160).astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    plain = cv2.resize(coarse.astype(np.uint8), (640, 480), interpolation=cv2.INTER_NEAREST).astype(bool)
    found = enlarge(coarse, np.asarray(working, np.uint8), still)
    assert found.shape == truth.shape
    assert overlap(found, truth) > overlap(plain, truth) + 0.02


def test_a_mask_of_everything_stays_everything() -> None:
    still = two_things(60, 80)
    assert enlarge(np.ones((60, 80), bool), still, still).all()


def test_only_the_piece_at_the_anchor_stays_and_holes_are_filled() -> None:
    mask = np.zeros((40, 60), bool)
    mask[5:35, 5:35] = True
    mask[15:20, 15:20] = False
    mask[5:10, 50:55] = True
    piece = largest_component(mask, (8, 8))
    assert piece[5:35, 5:35].all()
    assert piece.sum() == 900


def test_without_an_anchor_the_largest_piece_stays() -> None:
    mask = np.zeros((40, 60), bool)
    mask[5:8, 5:8] = True
    mask[20:35, 20:35] = True
    assert largest_component(mask, None).sum() == 225


def test_a_hole_that_was_asked_for_stays() -> None:
    mask = np.ones((40, 60), bool)
    mask[10:20, 10:20] = False
    mask[30:35, 30:35] = False
    piece = largest_component(mask, (0, 0), [(15, 15)])
    assert not piece[10:20, 10:20].any()
    assert piece[30:35, 30:35].all()


def test_an_empty_mask_stays_empty() -> None:
    assert not largest_component(np.zeros((9, 9), bool), None).any()


def test_points_are_cut_away() -> None:
    mask = cut_away(np.ones((20, 20), bool), [(10, 5)], 2)
    assert not mask[5, 10]
    assert mask[5, 14]


def test_a_staircase_is_rounded_where_there_is_no_edge_and_follows_one_where_there_is() -> None:
    rows, columns = np.mgrid[:120, :160]
    disc = (columns - 80) ** 2 + (rows - 60) ** 2 < 40**2
    stairs = (columns // 8 * 8 - 76) ** 2 + (rows // 8 * 8 - 56) ** 2 < 40**2
    picture = np.where(disc[..., None], 200, 60).astype(np.uint8).repeat(3, axis=2)
    wrong = np.count_nonzero(stairs ^ disc)
    assert np.count_nonzero(GuidedFilter.of(picture).apply(stairs) ^ disc) < 0.3 * wrong
    flat = np.full_like(picture, 90)
    rounded = GuidedFilter.of(flat).apply(stairs)
    assert 0 < np.count_nonzero(rounded ^ stairs) < wrong
    assert outline_length(rounded) < 0.95 * outline_length(stairs)


def outline_length(mask: NDArray[np.bool_]) -> float:
    [outline], _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return float(cv2.arcLength(outline, True))


def test_a_mask_too_thin_to_follow_anything_stays() -> None:
    thin = np.zeros((50, 60), np.bool_)
    thin[20, 10:14] = True
    assert np.array_equal(GuidedFilter.of(np.zeros((50, 60, 3), np.uint8)).apply(thin), thin)
