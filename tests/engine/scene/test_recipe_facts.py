"""Recipes are read whatever they hold, their masks leave and come back, and older ones become today's."""

import json
from dataclasses import asdict
from typing import Any

import pytest

from engine.errors import BadInput
from engine.inputs import MOST_DEPTH
from engine.scene.limits import MOST_OBJECTS
from engine.scene.masks import PackedMask, pack
from engine.scene.recipe_facts import (
    MOST_CHARACTERS,
    SCHEMA,
    RecipeFacts,
    migrate_recipe,
    parse_recipe,
    reference_masks,
    referenced_masks,
    with_bits,
)
from tests.engine.scene.edits.small_scenes import small_mask

PACKED = pack(small_mask(3))


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (" " * (MOST_CHARACTERS + 1), "longer than"),
        ("{", "cut short"),
        ('{"prompt": "\\ud800"}', "part of it is no text"),
        ("[1]", "no keys and values"),
        (json.dumps({"deep": nested(MOST_DEPTH)}), "nested too deeply"),
    ],
)
def test_what_is_no_recipe_is_a_sentence_and_no_facts(text: str, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        parse_recipe(text)
    assert RecipeFacts.of(text) == RecipeFacts()
    assert reference_masks(text) == (text, ())


@pytest.mark.parametrize(
    ("schema", "words"),
    [(True, "whole number"), (0, "whole number"), ("1", "whole number"), (SCHEMA + 1, "newer Foleyscape")],
)
def test_a_recipe_of_no_known_schema_is_a_sentence(schema: object, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        migrate_recipe({"schema": schema})


def test_facts_name_generator_model_seed_prompts_and_plain_settings() -> None:
    recipe = {
        "schema": 2,
        "generator": "sines",
        "model": "pocket-0123",
        "seed": 7,
        "targets": [{"parts": [{"prompt": "dog"}, {"prompt": None}, 5, {"prompt": "rain"}]}],
        "settings": {"version": 1, "pitch": 440.0, "loud": True, "steps": 9, "curve": [1], "solver": "ddim"},
    }
    facts = RecipeFacts.of(json.dumps(recipe))
    assert (facts.generator, facts.model, facts.prompt, facts.seed) == (
        *("sines", "pocket-0123", "dog + rain", 7),
    )
    assert facts.settings == (("pitch", 440.0), ("steps", 9), ("solver", "ddim"))
    assert (facts.setting("pitch"), facts.setting("version")) == (440.0, None)


@pytest.mark.parametrize("targets", [None, [], 5, ["dog"], [{"parts": "dog"}]])
def test_targets_that_cannot_be_read_give_no_prompt(targets: object) -> None:
    facts = RecipeFacts.of(
        json.dumps({"targets": targets, "settings": 3, "seed": -1, "model": 4, "schema": 2})
    )
    assert facts == RecipeFacts()


def test_masks_leave_a_recipe_and_come_back_as_they_were() -> None:
    packed = {key: value for key, value in asdict(PACKED).items() if key != "unknown_fields"}
    recipe = {"schema": 2, "targets": [{"mask": packed, "parts": [{"mask": packed}, 1]}]}
    without, masks = reference_masks(json.dumps(recipe))
    assert masks == (PACKED, PACKED)
    assert PACKED.bits not in without
    assert referenced_masks(without) == {PACKED.digest}
    asked: list[str] = []

    def packed_of(digest: str) -> PackedMask:
        asked.append(digest)
        return PACKED

    assert with_bits(json.loads(without), packed_of) == recipe
    assert asked == [PACKED.digest] * 2


def test_a_recipe_without_masks_is_left_as_it_is() -> None:
    text = '{"seed":   1}'
    assert reference_masks(text) == (text, ())
    assert referenced_masks('{"model": "' + "a" * 64 + '"}') == frozenset()


def test_what_only_looks_like_a_mask_gets_no_bits() -> None:
    recipe = {"height": 4, "width": 4, "digest": 7}
    assert with_bits(recipe, lambda digest: PACKED) == recipe


def first(**subject: object) -> Any:
    """The target that the first schema's subject becomes."""
    [target] = migrate_recipe({"subjects": [subject]})["targets"]
    return target


def test_subjects_of_the_first_schema_become_targets_with_their_objects() -> None:
    mask = asdict(PACKED)
    assert first(index=4, mask=mask, prompt="dog") == {"objects": [4], "mask": mask, "prompt": "dog"}
    assert first(index=0, mask=None)["objects"] == []
    assert first(index=0, mask=mask)["objects"] == [0]


def test_several_objects_of_the_first_schema_get_a_part_each() -> None:
    parts = [{"prompt": "dog"}, {"prompt": "rain"}]
    together = first(index=MOST_OBJECTS, mask={"digest": "d"}, parts=parts)
    assert (together["objects"], together["mask"], together["parts"]) == ([0, 1], None, parts)
    alone = first(index=MOST_OBJECTS, mask=None, prompt="wind", parts=[])
    assert (alone["objects"], alone["parts"]) == ([0], [{"mask": None, "prompt": "wind"}])


def test_settings_of_the_first_schema_become_those_of_its_only_generator() -> None:
    facts = migrate_recipe({"schema": 1, "steps": 9, "seed": 3, "subjects": "damaged"})
    assert facts == {
        "schema": 2,
        "generator": "object-aware",
        "seed": 3,
        "settings": {"version": 1, "steps": 9},
        "targets": "damaged",
    }
    assert migrate_recipe({"subjects": ["damaged"]})["targets"] == ["damaged"]
    assert "targets" not in migrate_recipe({})
