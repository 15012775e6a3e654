"""Prompts that no concept answers: the picture decides, and request, recipe and messages say so."""

import json
from dataclasses import replace

import numpy as np
import pytest

from engine.generation.conditioner import answered
from engine.generation.generator import GeneratorInfo
from engine.generation.object_aware import object_aware_info
from engine.generation.prompt_check import prompt_remark
from engine.generation.recipe import read_recipe_text, request_facts, request_text
from engine.generation.request_builder import request_for, targets_of, text_target, together_target
from engine.scene.objects import SoundingObject

SOUNDS = frozenset({"dog", "bird"})
KNOWS_SOME = object_aware_info("toy", sounds=SOUNDS)
OPEN = object_aware_info("toy")


def thing(index: int, prompt: str | None) -> SoundingObject:
    mask = np.zeros((6, 8), np.bool_)
    mask[:, index] = True
    return SoundingObject(index, mask, "thing", prompt)


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [("spaceship laser zap", True), ("two dogs barking", False), ("wolfhounds", False), (None, False)],
)
def test_a_request_marks_the_prompts_that_nothing_answers(prompt: str | None, expected: bool) -> None:
    (target,) = request_for(KNOWS_SOME, "still", targets_of([thing(0, prompt)])).targets
    assert target.unanswered is expected
    assert answered(target) == (None if expected else prompt)


def test_of_objects_together_each_part_is_marked() -> None:
    together = together_target([thing(0, "dog"), thing(1, "spaceship")])
    (target,) = request_for(KNOWS_SOME, "still", [together]).targets
    assert [part.unanswered for part in target.parts] == [False, True]
    assert target.unanswered_prompts == ("spaceship",)


@pytest.mark.parametrize(("generator", "words_alone"), [(OPEN, False), (KNOWS_SOME, True)])
def test_nothing_is_marked_where_words_are_open_or_where_there_is_no_picture(
    generator: GeneratorInfo, words_alone: bool
) -> None:
    targets = [text_target("spaceship", -23.0)] if words_alone else targets_of([thing(0, "spaceship")])
    (target,) = request_for(generator, None if words_alone else "still", targets).targets
    assert not target.unanswered


def test_the_recipe_keeps_the_mark_and_recipes_without_one_are_as_they_were() -> None:
    marked = request_for(KNOWS_SOME, "still", targets_of([thing(0, "spaceship")]))
    assert request_facts(marked)["targets"][0]["unanswered"] is True
    assert read_recipe_text(request_text(marked)) == marked
    plain = replace(marked, targets=tuple(replace(it, unanswered=False) for it in marked.targets))
    assert "unanswered" not in json.dumps(request_facts(plain))
    assert read_recipe_text(request_text(plain)) == plain


def test_what_is_said_before_depends_on_what_the_model_has_learnt() -> None:
    assert prompt_remark("spaceship", SOUNDS) == "No sound known for “spaceship”: the picture decides."
    assert prompt_remark("dogs barking", SOUNDS) is None
    assert "has not learnt the sound of" in str(prompt_remark("a pig", SOUNDS))
    assert prompt_remark("spaceship", None) is None
    assert prompt_remark(None, SOUNDS) is None
