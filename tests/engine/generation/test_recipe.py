"""Recipes survive: a key more, a key less, older ones, damaged ones."""

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest

from engine.errors import BadInput
from engine.generation.recipe import (
    read_recipe,
    read_recipe_text,
    read_request,
    request_facts,
    request_text,
)
from engine.generation.requests import LEVEL_LUFS, DiffusionSettings
from engine.generation.settings import UnreadSettings
from engine.inputs import MOST_DEPTH
from engine.scene.recipe_facts import RecipeFacts

MUSEUM = Path(__file__).parents[2] / "museum"
MUTATIONS = 5000
STRANGE: tuple[Any, ...] = (
    *(None, True, -1, 0, 1, 2**63, 10**400, 1.5, float("nan"), float("inf"), "", "x", "\ud800", "x" * 20_000),
    *([], [[]], {}, {"a": {"b": []}}, [None], ["\0"], {"digest": "d" * 64, "height": 4, "width": 4}),
)


def whole_recipe() -> dict[str, Any]:
    """A recipe of today with everything in it."""
    facts: dict[str, Any] = json.loads((MUSEUM / "recipe_2.json").read_text())["request"]
    return facts


def put(facts: dict[str, Any], place: str, key: str, value: Any) -> None:
    """Puts a value into a recipe, at the top, in a target, in one of its parts, in the settings or in a mask."""
    places = {
        "top": facts,
        "target": facts["targets"][0],
        "part": facts["targets"][2]["parts"][1],
        "settings": facts["settings"],
        "mask": facts["targets"][0]["mask"],
        "mask of a part": facts["targets"][2]["parts"][1]["mask"],
    }
    places[place][key] = value


@pytest.mark.parametrize("place", ["top", "target", "part", "settings", "mask", "mask of a part"])
def test_a_key_of_a_newer_program_is_kept_through_a_round_trip(place: str) -> None:
    facts = whole_recipe()
    put(facts, place, "curve", [[0.0, -6.5], {"name": "Tür"}])
    again = request_facts(read_request(facts))
    assert again == facts
    assert request_facts(read_request(again)) == facts


def test_missing_keys_take_their_defaults() -> None:
    facts = whole_recipe()
    for key in ("settings", "seed", "duration", "takes", "generator"):
        del facts[key]
    for key in ("prompt", "level_lufs", "parts"):
        del facts["targets"][0][key]
    request = read_request(facts)
    assert request.settings == DiffusionSettings()
    assert (request.seed, request.duration, request.takes, request.generator) == (
        0,
        5.0,
        (1,),
        "object-aware",
    )
    assert (request.targets[0].prompt, request.targets[0].level_lufs) == (None, LEVEL_LUFS)


@pytest.mark.parametrize(
    ("place", "key", "value"),
    [
        ("top", "seed", "seven"),
        ("top", "seed", 2**63),
        ("top", "duration", 1e9),
        ("top", "takes", [1, 1]),
        ("top", "model", 3),
        ("top", "generator", ""),
        ("top", "still", 4),
        ("target", "objects", [-1]),
        ("target", "name", ""),
        ("target", "level_lufs", 0.0),
        ("target", "mask", {"height": 0}),
        ("target", "parts", 5),
        ("part", "prompt", ["dog"]),
        ("settings", "steps", 0),
        ("settings", "solver", "euler"),
        ("settings", "guidance", float("nan")),
        ("settings", "negative", "\x00"),
        ("settings", "version", "new"),
    ],
)
def test_a_damaged_value_is_a_sentence_that_names_its_key(place: str, key: str, value: Any) -> None:
    facts = whole_recipe()
    put(facts, place, key, value)
    with pytest.raises(BadInput) as told:
        read_request(facts)
    words = "each once" if value == [1, 1] else {"mask": "height"}.get(key, key)
    assert words in str(told.value)
    assert str(told.value).count("\n") == 0


def test_a_recipe_of_a_generator_that_is_not_here_is_told_and_kept_but_not_made() -> None:
    facts = {**whole_recipe(), "generator": "theremin", "settings": {"version": 4, "vibrato": 0.2}}
    request = read_request(facts)
    assert isinstance(request.settings, UnreadSettings)
    assert request_facts(request) == facts
    told = RecipeFacts.of(request_text(request))
    assert (told.generator, told.settings) == ("theremin", (("vibrato", 0.2),))


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "[" * 100_000, '{"a": ' * 50 + "1" + "}" * 50, "nul"])
def test_what_is_no_recipe_is_a_sentence_and_says_nothing(text: str) -> None:
    with pytest.raises(BadInput):
        read_recipe_text(text)
    assert RecipeFacts.of(text) == RecipeFacts()


def test_a_recipe_nested_too_deeply_is_refused() -> None:
    facts = whole_recipe()
    deep: Any = 1
    for _ in range(MOST_DEPTH + 1):
        deep = [deep]
    facts["deep"] = deep
    with pytest.raises(BadInput, match="nested"):
        read_recipe_text(json.dumps(facts))


def test_a_recipe_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "recipe.json"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    with pytest.raises(BadInput, match="larger"):
        read_recipe(path)


def test_facts_of_the_first_schema_and_of_today_are_alike() -> None:
    first = json.loads((MUSEUM / "recipe_1.json").read_text())["request"]
    assert RecipeFacts.of(json.dumps(first)) == RecipeFacts.of(json.dumps(whole_recipe()))


def mutated(facts: dict[str, Any], chance: random.Random) -> str:
    """The recipe with one to four things in it dropped, swapped for something strange, or cut off."""
    changed = copy.deepcopy(facts)
    for _ in range(chance.randint(1, 4)):
        holder: Any = changed
        while True:
            keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            if not keys:
                break
            key = chance.choice(keys)
            inner = holder[key]
            if isinstance(inner, dict | list) and inner and chance.random() < 0.75:
                holder = inner
                continue
            if chance.random() < 0.25:
                del holder[key]
            else:
                holder[key] = copy.deepcopy(chance.choice(STRANGE))
            break
    text = json.dumps(changed)
    return text[: chance.randrange(len(text))] if chance.random() < 0.05 else text


def test_five_thousand_damaged_recipes_give_no_traceback() -> None:
    chance = random.Random(8)  # noqa: S311 - repeatable damage, no secret
    recipes = [json.loads(path.read_text())["request"] for path in sorted(MUSEUM.glob("recipe_*.json"))]
    refused = 0
    for number in range(MUTATIONS):
        text = mutated(recipes[number % len(recipes)], chance)
        RecipeFacts.of(text)
        try:
            request = read_recipe_text(text)
            for target in request.targets:
                target.area()
        except BadInput as sentence:
            refused += 1
            assert 0 < len(str(sentence)) < 600
        else:
            assert read_request(request_facts(request)) == request
    assert 0 < refused < MUTATIONS


def test_a_thousand_damaged_recipe_files_give_no_traceback(tmp_path: Path) -> None:
    chance = random.Random(9)  # noqa: S311 - repeatable damage, no secret
    files = [json.loads(path.read_text()) for path in sorted(MUSEUM.glob("recipe_*.json"))]
    read = 0
    for number in range(1000):
        path = tmp_path / "recipe.json"
        path.write_text(mutated(files[number % len(files)], chance))
        try:
            read_recipe(path)
            read += 1
        except BadInput as sentence:
            assert str(sentence).count("\n") == 0
    assert 0 < read < 1000
