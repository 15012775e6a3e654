"""A recipe with any value replaced by any other kind is read, or refused in a sentence."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.errors import BadInput
from engine.generation.recipe import read_recipe
from tests.engine.generation.sample_recipe import recipe

KINDS: tuple[Any, ...] = (
    None,
    True,
    -1,
    5,
    2**80,
    1.5,
    1e400,
    float("nan"),
    "",
    "words",
    "\udce9",
    "\0",
    "x" * 20_000,
    [],
    [None],
    [[[]]],
    {},
    {"a": 1},
)
Place = tuple[str | int, ...]


def places(value: Any, above: Place = ()) -> Iterator[Place]:
    """Yield the path of every value, inner ones included."""
    entries = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, inner in entries:
        yield (*above, key)
        yield from places(inner, (*above, key))


def changed(place: Place, value: Any) -> dict[str, Any]:
    facts = copy.deepcopy(recipe())
    inner: Any = facts
    for key in place[:-1]:
        inner = inner[key]
    if value is places:  # stands for: the key is left out
        del inner[place[-1]]
    else:
        inner[place[-1]] = value
    return facts


@pytest.mark.parametrize("place", list(places(recipe())), ids=lambda place: ".".join(map(str, place)))
def test_any_value_of_any_kind_is_read_or_refused_in_a_sentence(tmp_path: Path, place: Place) -> None:
    path = tmp_path / "recipe.json"
    for value in (*KINDS, places):
        path.write_text(json.dumps(changed(place, value)), "utf-8")
        try:
            read = read_recipe(path)
            for target in read.request.targets:
                target.area()
        except BadInput as refusal:
            assert refusal.message.endswith(".")
            assert len(refusal.message) < 500
            assert "\n" not in refusal.message
