"""A scene goes into scene.json and comes out the same; what is damaged in there costs only itself."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import BadInput
from engine.project.decode import read_scene
from engine.project.encode import scene_bytes, scene_facts
from engine.project.json_text import UnreadableJson, format_json, parse_json
from engine.project.repair import WarningList
from engine.scene.masks import Mask
from engine.scene.objects import SoundingObject
from engine.scene.scene import Scene, StillRecord, TakeRecord
from engine.scene.timeline import MOST_SAMPLES
from engine.scene.validity import problems
from tests.engine.project.toy_project import SIZE, toy_objects, toy_timeline

FIRST, SECOND = "a" * 64, "b" * 64


def full_scene() -> Scene:
    """One of everything, with keys of a newer Foleyscape in every value."""
    newer = (("newer", '{"deep":[1,"ü",null]}'),)
    takes = tuple(
        TakeRecord(
            digest,
            "Dog",
            (0,),
            number,
            16_000,
            1,
            800,
            '{"seed": 1}',
            starred=True,
            unknown_fields=newer,
            kind="recording",
            licence="CC0-1.0",
            note="by the door",
        )
        for number, digest in enumerate((FIRST, SECOND), 1)
    )
    return Scene(
        name="Straße",
        still=StillRecord("still.png", "c" * 64, *SIZE, "street.png", newer),
        objects=toy_objects(),
        takes=takes,
        chosen=((0, SECOND),),
        timeline=toy_timeline(FIRST, SECOND),
        next_id=9,
        next_object=3,
        unknown_fields=newer,
    )


def mask_of(digest: str, _: StillRecord) -> Mask:
    for thing in toy_objects():
        if thing.mask_digest == digest:
            return thing.mask
    raise BadInput("There is no such mask.")


def read_back(facts: dict[str, Any]) -> tuple[Scene, tuple[str, ...]]:
    notes = WarningList()
    return read_scene(facts, mask_of, notes), notes.all()


def test_a_scene_comes_back_the_same_and_its_bytes_too() -> None:
    scene = full_scene()
    assert problems(scene) == ()
    data = scene_bytes(scene)
    again, warnings = read_back(parse_json(data, "scene.json"))
    assert again == scene
    assert warnings == ()
    assert scene_bytes(again) == data


def test_keys_of_a_newer_program_are_kept_in_every_value() -> None:
    def with_unknown(value: Any) -> Any:
        if isinstance(value, list):
            return [with_unknown(entry) for entry in value]
        if isinstance(value, dict):
            return {
                **{key: with_unknown(entry) for key, entry in value.items()},
                "zz": {"a": [1, {"b": 0.1}]},
            }
        return value

    facts = with_unknown(scene_facts(replace(full_scene(), unknown_fields=())))
    scene, warnings = read_back(facts)
    assert warnings == ()
    assert scene_facts(scene) == facts


def test_a_line_each_so_that_versions_compare() -> None:
    lines = scene_bytes(full_scene()).decode().splitlines()
    assert sum('"fade_in"' in line for line in lines) == 2
    assert sum(FIRST in line for line in lines) == 2


Damage = Callable[[dict[str, Any]], Any]


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda facts: facts["objects"][1].update(mask_digest="../../etc/passwd"), "'Tür' was left out"),
        (lambda facts: facts["objects"][1].update(mask_digest="d" * 64), "There is no such mask"),
        (lambda facts: facts["objects"].append("an object"), "Object 3 was left out"),
        (lambda facts: facts["takes"][0].update(digest=f"/{'a' * 63}"), "digest of 64"),
        (lambda facts: facts["takes"][0].update(rate=10**30), "rate must be a whole number"),
        (lambda facts: facts["takes"][0].update(samples=math.inf), "samples must be a whole number"),
        (lambda facts: facts["timeline"]["tracks"][0]["clips"][0].update(start=-1), "start must be a whole"),
        (
            lambda facts: facts["timeline"]["tracks"][0]["clips"][0].update(length=2.5),
            "length must be a whole",
        ),
        (lambda facts: facts["timeline"]["tracks"][0]["clips"][0].pop("take"), "it has no take"),
        (lambda facts: facts["timeline"]["tracks"][0]["clips"][0].update(gain_db=math.nan), "gain_db must"),
        (lambda facts: facts["timeline"]["tracks"][0].update(muted=1), "muted must be one of True, False"),
        (lambda facts: facts["timeline"].update(frame_rate="26"), "frame_rate must be one of 23.976"),
        (lambda facts: facts["timeline"].update(markers={"a": 1}), "The list of markers is damaged"),
        (
            lambda facts: facts["timeline"]["markers"][0].update(at=MOST_SAMPLES + 1),
            "at must be a whole number",
        ),
        (lambda facts: facts["still"].update(file="../still.png"), "opens without"),
        (lambda facts: facts["still"].update(width=2**70), "opens without"),
        (lambda facts: facts.update(chosen=[[0, FIRST, 3]]), "number of an object and the digest"),
        (lambda facts: facts.update(next_id="7"), "next_id must be a whole number"),
    ],
)
def test_what_is_damaged_costs_only_itself_and_is_told(damage: Damage, words: str) -> None:
    facts = json.loads(scene_bytes(full_scene()))
    damage(facts)
    scene, warnings = read_back(facts)
    assert words in "\n".join(warnings)
    assert scene.name == "Straße"
    assert len(scene.timeline.tracks) == 2


@pytest.mark.parametrize(
    "damage",
    [
        lambda facts: facts.update(timeline=7),
        lambda facts: facts["timeline"].update(rate=47_999),
    ],
)
def test_where_nothing_has_a_meaning_any_more_nothing_is_opened(damage: Damage) -> None:
    facts = json.loads(scene_bytes(full_scene()))
    damage(facts)
    with pytest.raises(UnreadableJson, match="scene is damaged: of the timeline"):
        read_back(facts)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b'{"schema": 2, "name": "Al', "cut short"),
        (b'{"schema": 2,, "name": 1}', "damaged in line 1"),
        (b'{"a": "\xff"}', "no text"),
        (b'{"a": "\\ud800"}', "no text"),
        (b"[1, 2]", "holds no scene"),
        (b"", "cut short"),
        (b'{"a":' * 100_000 + b"}" * 100_000, "nested too deeply|damaged in line"),
        (b" " * 64_000_001, "larger than 64 MB"),
    ],
)
def test_what_is_no_json_object_is_refused_with_a_sentence(text: bytes, words: str) -> None:
    with pytest.raises(UnreadableJson, match=words):
        parse_json(text, "scene.json")


def test_a_number_of_a_million_digits_is_read_in_no_time_and_accepted_nowhere() -> None:
    facts = parse_json(b'{"a": ' + b"9" * 1_000_000 + b', "b": 1e999999}', "scene.json")
    assert facts == {"a": math.inf, "b": math.inf}
    with pytest.raises(UnreadableJson, match="a number that is none"):
        read_back(facts)


def test_what_could_not_be_read_again_is_not_written() -> None:
    scene = full_scene()
    clip = replace(scene.timeline.tracks[0].clips[0], start=2**50)
    track = replace(scene.timeline.tracks[0], clips=(clip,))
    broken = replace(scene, timeline=replace(scene.timeline, tracks=(track,)))
    with pytest.raises(BadInput, match="cannot be saved: its start must be"):
        scene_bytes(broken)


def test_no_more_warnings_than_a_person_can_read() -> None:
    facts = json.loads(scene_bytes(full_scene()))
    facts["takes"] = [7] * 5_000
    _, warnings = read_back(facts)
    assert len(warnings) == 101
    assert warnings[-1] == "4900 more parts of this project are damaged."


def test_nonsense_by_the_million_is_not_read_one_by_one() -> None:
    facts = json.loads(scene_bytes(full_scene()))
    facts["timeline"]["tracks"][0]["clips"] = [{}] * 1_000_000
    with pytest.raises(UnreadableJson, match="lists more than 200000 things"):
        read_back(facts)


def test_one_large_mask_for_ever_more_objects_takes_no_more_memory_than_is_given() -> None:
    facts = json.loads(scene_bytes(full_scene()))
    facts["still"].update(width=50_000, height=20_000)
    facts["objects"] = [{**facts["objects"][0], "index": number} for number in range(5)]
    scene, warnings = read_back(facts)
    assert len(scene.objects) == 2
    assert "Object 3 'Dog' was left out: there are more masks than memory is given for." in warnings


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.text(), anything, max_size=4))
def test_any_json_is_laid_out_so_that_it_reads_the_same(facts: dict[str, Any]) -> None:
    assert json.loads(format_json(facts)) == facts


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), anything, max_size=3))
def test_any_unknown_keys_of_an_object_survive(unknown: dict[str, Any]) -> None:
    facts = json.loads(scene_bytes(full_scene()))
    known = facts["objects"][0]
    facts["objects"][0] = {**unknown, **known}
    scene, _ = read_back(facts)
    assert scene_facts(scene)["objects"][0] == {**unknown, **known}


def test_an_object_keeps_the_mask_that_it_had() -> None:
    scene, _ = read_back(json.loads(scene_bytes(full_scene())))
    kept: SoundingObject = scene.objects[1]
    assert kept.mask_digest == toy_objects()[1].mask_digest
    assert (kept.mask == toy_objects()[1].mask).all()


def test_unknown_keys_nested_too_deeply_cost_what_holds_them_and_a_list_that_is_none_too() -> None:
    facts = scene_facts(full_scene())
    deep: Any = 1
    for _ in range(100):
        deep = [deep]
    facts["takes"][0]["newer"] = deep
    facts["takes"][1]["objects"] = 5
    scene, warnings = read_back(facts)
    assert [take.digest for take in scene.takes] == []
    assert "nested too deeply" in warnings[0]
    assert "list of at most" in warnings[1]
