"""Migration of older scene.json files to the current schema, one version at a time.

Each step is a function from JSON to JSON and knows only the two versions it converts between. Unknown keys
pass unchanged, and so does damaged data, which the reader reports.
"""

import math
from collections.abc import Callable
from typing import Any

from engine.errors import BadInput
from engine.project.json_text import UnreadableJson
from engine.project.schema import SCHEMA
from engine.scene import limits
from engine.scene.limits import real, whole
from engine.scene.recipe_facts import Facts
from engine.scene.timeline import LEAST_GAIN_DB, MOST_GAIN_DB, MOST_SAMPLES


def migrate(facts: Facts) -> Facts:
    """Convert to the current schema; the argument is not modified.

    Raises:
        BadInput: it was written by a newer version.
        UnreadableJson: its schema is missing.
    """
    version = facts.get("schema")
    if not isinstance(version, int) or not whole(version, 1, limits.MOST_NUMBER):
        raise UnreadableJson("It is no scene of Foleyscape, or a damaged one: its schema is missing.")
    if version > SCHEMA:
        raise BadInput(
            f"This project was saved by a newer Foleyscape (schema {version}; this one knows {SCHEMA}): "
            "update Foleyscape to open it. Nothing was changed."
        )
    for number in range(version, SCHEMA):
        facts = {**STEPS[number](facts), "schema": number + 1}
    return facts


def _seconds_to_samples(facts: Facts) -> Facts:
    """Convert version 1 to 2: times were seconds, gains were factors, and tracks had no ids."""
    timeline = facts.get("timeline")
    if not isinstance(timeline, dict):
        return facts
    rate = timeline.get("rate")
    if not isinstance(rate, int) or not whole(rate, 1, 10**6):
        return facts
    lengths = _take_lengths(facts.get("takes"), rate)
    tracks = _each(timeline, "tracks", lambda track: _track_from_1(track, rate, lengths))
    following = facts.get("next_id", 1)
    if isinstance(following, int) and whole(following, 1, MOST_SAMPLES):
        tracks = [
            {**track, "id": following + place} if isinstance(track, dict) else track
            for place, track in enumerate(tracks)
        ]
        facts = {**facts, "next_id": following + len(tracks)}
    markers = _each(timeline, "markers", lambda marker: _in_samples(marker, rate, "at"))
    timeline = _gain_from_1(
        {**timeline, "tracks": tracks, "markers": markers}, "master_gain", "master_gain_db"
    )
    return {**facts, "timeline": timeline}


def _track_from_1(track: Facts, rate: int, lengths: dict[str, int]) -> Facts:
    clips = _each(track, "clips", lambda clip: _clip_from_1(clip, rate, lengths))
    return _gain_from_1({**track, "clips": clips}, "gain", "gain_db")


def _clip_from_1(clip: Facts, rate: int, lengths: dict[str, int]) -> Facts:
    offset, length = clip.get("offset"), clip.get("length")
    changed = _gain_from_1(_in_samples(clip, rate, "start", "offset", "length"), "gain", "gain_db")
    for key in ("fade_in", "fade_out"):
        fade = clip.get(key)
        if isinstance(fade, list) and len(fade) == 2:
            changed[key] = [_samples(fade[0], rate), fade[1]]
    if _is_time(offset) and _is_time(length) and offset is not None:
        # Computed from the end, which was rounded once, so that it never exceeds the take by half a sample.
        end = min(round((offset + length) * rate), lengths.get(str(clip.get("take")), MOST_SAMPLES))
        changed["length"] = end - changed["offset"]
    return changed


def _without_automatic_fades(facts: Facts) -> Facts:
    """Convert version 3 to 4: clips had no automatic fades, and shall sound as they did."""
    timeline = facts.get("timeline")
    if not isinstance(timeline, dict):
        return facts
    return {**facts, "timeline": {"edge_fade_ms": 0.0, "auto_crossfade": False, **timeline}}


def _gain_from_1(facts: Facts, before: str, after: str) -> Facts:
    """Convert an amplitude factor to dB. A factor of 0 becomes the lowest gain, muted."""
    changed = {key: value for key, value in facts.items() if key != before}
    gain = facts.get(before, 1.0)
    if not real(gain, 0.0, 1e6):
        return {**changed, after: gain}
    gain_db = 20.0 * math.log10(gain) if gain > 0 else LEAST_GAIN_DB
    silent = {"muted": True} if gain == 0 and after == "gain_db" else {}
    return {**changed, after: min(max(gain_db, LEAST_GAIN_DB), MOST_GAIN_DB), **silent}


def _in_samples(facts: Facts, rate: int, *keys: str) -> Facts:
    return {key: _samples(value, rate) if key in keys else value for key, value in facts.items()}


def _samples(seconds: Any, rate: int) -> Any:
    return round(seconds * rate) if _is_time(seconds) else None


def _is_time(seconds: Any) -> bool:
    return real(seconds, 0.0, MOST_SAMPLES / 96_000)


def _take_lengths(takes: Any, rate: int) -> dict[str, int]:
    """Return the length of each take at the timeline's rate, where it is known."""
    found = {}
    for take in takes if isinstance(takes, list) else []:
        if (
            isinstance(take, dict)
            and whole(take.get("samples"), 1, MOST_SAMPLES)
            and whole(take.get("rate"), 1, 10**6)
        ):
            found[str(take.get("digest"))] = round(take["samples"] * rate / take["rate"])
    return found


def _each(facts: Facts, key: str, change: Callable[[Facts], Facts]) -> list[Any]:
    entries = facts.get(key)
    if not isinstance(entries, list):
        return []
    return [change(entry) if isinstance(entry, dict) else entry for entry in entries]


def _same(facts: Facts) -> Facts:
    """Convert version 2 to 3: takes got a kind, a licence and a note, clips a speed, a pitch and a direction.

    All have defaults. The version changed because a program that knows none of them would leave out clips that are
    slower than their take.
    """
    return facts


STEPS: dict[int, Callable[[Facts], Facts]] = {
    1: _seconds_to_samples,
    2: _same,
    3: _without_automatic_fades,
}
"""The step that converts each schema version to the next."""
