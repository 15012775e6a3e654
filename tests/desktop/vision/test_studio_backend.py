"""Sight by the bundled segmenter, on a still of two things."""

import ctypes

import numpy as np
import pytest

from desktop.threads.torch_preload import SETTERS, numpy_libraries
from desktop.vision.outline import trace_outline
from desktop.vision.studio_backend import StudioVisionBackend
from engine.errors import BadInput
from engine.scene.hints import Click, Hints
from engine.vision import segmenter
from tests.engine.vision.toy_segmenter import disc, overlap, still_of_two_things

INSIDE = (40.0, 60.0)


@pytest.fixture(scope="module")
def sight() -> StudioVisionBackend:
    return StudioVisionBackend()


def test_a_glance_outlines_what_a_click_takes(sight: StudioVisionBackend) -> None:
    still = still_of_two_things()
    sight.prepare(still)
    masks, scores = sight.propose(still.digest, Hints((Click(*INSIDE),)))
    assert overlap(masks[0], disc()) > 0.8
    assert scores == sorted(scores, reverse=True)
    assert sight.hover_mask(still.digest, *INSIDE).area == int(np.count_nonzero(masks[0]))


def test_a_large_still_is_glanced_at_through_a_copy_and_outlined_as_a_click_takes_it(
    sight: StudioVisionBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segmenter, "HOVER_SIDE", 160)
    still = still_of_two_things(320, 240)
    sight.prepare(still)
    glance = sight.hover_mask(still.digest, still.width / 4, still.height / 2)
    masks, _ = sight.propose(still.digest, Hints((Click(still.width / 4, still.height / 2),)))
    assert masks[0].shape == (still.height, still.width)
    assert glance.area == pytest.approx(np.count_nonzero(masks[0]), rel=0.03)
    assert glance.box == pytest.approx(trace_outline(masks[0]).box, abs=4)


def test_at_its_far_edges_a_still_can_be_glanced_at(sight: StudioVisionBackend) -> None:
    still = still_of_two_things()
    sight.prepare(still)
    assert sight.hover_mask(still.digest, float(still.width), float(still.height)).area > 0


def test_matrices_are_multiplied_in_one_thread(sight: StudioVisionBackend) -> None:
    for path in numpy_libraries():
        library = ctypes.CDLL(str(path))
        names = [name.replace("set", "get") for name in SETTERS]
        assert [getattr(library, name)() for name in names if hasattr(library, name)] == [1]


def test_found_masks_are_read_only_and_a_still_that_was_not_prepared_is_refused(
    sight: StudioVisionBackend,
) -> None:
    still = still_of_two_things()
    sight.prepare(still)
    found = sight.find(still.digest, 3)
    assert 1 <= len(found) <= 3
    assert not any(mask.flags.writeable for mask, _ in found)
    with pytest.raises(BadInput):
        sight.hover_mask("0" * 64, 3, 3)
