"""The schema of scene.json: the keys of every value and what each may hold."""

import re
from itertools import pairwise
from typing import Any

from engine.project.codec import (
    Codec,
    FieldCodec,
    InvalidValue,
    fixed_list,
    list_of,
    number,
    one_of,
    optional,
    text_that,
    whole,
)
from engine.project.control_codec import CONTROLS_FIELD
from engine.scene import limits
from engine.scene.objects import SoundingObject
from engine.scene.scene import Scene, StillRecord, TakeRecord
from engine.scene.take_version import LEAST_SPEED, MOST_PITCH, MOST_SPEED
from engine.scene.takes import TAKE_KINDS
from engine.scene.timecode import RATES
from engine.scene.timeline import (
    FADE_SHAPES,
    LAYOUT_IDS,
    LEAST_GAIN_DB,
    LOUDNESS_PRESETS,
    MOST_CLIP_MARKERS,
    MOST_EDGE_FADE_MS,
    MOST_GAIN_DB,
    MOST_SAMPLES,
    PROJECT_RATES,
    Clip,
    ClipMarker,
    Fade,
    Marker,
    Timeline,
    Track,
)

SCHEMA = 4
"""The version written here; ``engine.project.migrations`` converts older ones."""

MOST_RECIPE = 16_000_000
MOST_TAKE_SAMPLES = 2**28
"""Total over all channels: 1 GiB of float32, an hour and a half of mono at 48 kHz."""


def is_still_file(name: str) -> bool:
    """Return whether this is a valid file name for the still of a project."""
    return re.fullmatch(r"still\.[a-z0-9]{1,8}", name) is not None


def _is_recipe(words: str) -> bool:
    return len(words) <= MOST_RECIPE and not any("\ud800" <= letter <= "\udfff" for letter in words)


def _fade() -> FieldCodec:
    pair = fixed_list(whole(0, MOST_SAMPLES), one_of(*FADE_SHAPES), words="a number of samples and a shape")
    return FieldCodec(lambda value: Fade(*pair.read(value)), lambda fade: [fade.samples, fade.shape])


def _frame_rate() -> FieldCodec:
    name = one_of(*RATES)
    return FieldCodec(lambda value: RATES[name.read(value)], lambda rate: rate.name)


_flag = one_of(True, False)
_id = whole(1, limits.MOST_NUMBER - 1)
_object = whole(0, limits.MOST_OBJECTS - 1)
_name = text_that(limits.name, f"a name of 1 to {limits.MOST_NAME} plain characters")
_text = text_that(
    lambda value: limits.text(value, limits.MOST_TEXT),
    f"text of at most {limits.MOST_TEXT} plain characters",
)
_title = text_that(
    lambda value: limits.text(value, limits.MOST_NAME),
    f"text of at most {limits.MOST_NAME} plain characters",
)
_digest = text_that(limits.digest, "a digest of 64 hexadecimal letters")
_gain = number(LEAST_GAIN_DB, MOST_GAIN_DB)
_pan = number(-1.0, 1.0)
_span = whole(0, MOST_SAMPLES)
_colour = fixed_list(*(whole(0, 255),) * 3, words="red, green and blue")


def _clip_markers() -> FieldCodec:
    pair = fixed_list(_span, _name, words="a position in samples and a name")
    pairs = list_of(pair, MOST_CLIP_MARKERS, "positions with names")

    def read(value: Any) -> tuple[ClipMarker, ...]:
        markers = tuple(ClipMarker(*entry) for entry in pairs.read(value))
        if any(before.at >= after.at for before, after in pairwise(markers)):
            raise InvalidValue("must be in the order of their positions, each once")
        return markers

    return FieldCodec(read, lambda markers: [[marker.at, marker.name] for marker in markers])


STILL = Codec(
    StillRecord,
    {
        "file": text_that(is_still_file, "still. and the kind of picture, such as still.jpg"),
        "digest": _digest,
        "width": whole(1, limits.MOST_SIDE),
        "height": whole(1, limits.MOST_SIDE),
        "name": _name,
    },
)

OBJECT = Codec(
    SoundingObject,
    {
        "index": _object,
        "mask_digest": _digest,
        "name": _name,
        "prompt": optional(_text),
        "level_lufs": number(limits.LEAST_LEVEL_LUFS, limits.MOST_LEVEL_LUFS),
        "chosen_colour": optional(_colour),
        "negative": _text,
        "duration": number(limits.LEAST_SECONDS, limits.MOST_SECONDS),
        "seed": whole(0, limits.MOST_SEED),
        "seed_locked": _flag,
        "controls": CONTROLS_FIELD,
    },
)

TAKE = Codec(
    TakeRecord,
    {
        "digest": _digest,
        "name": _name,
        "objects": list_of(_object, 10_000, "numbers of objects"),
        "number": _id,
        "rate": whole(limits.LEAST_RATE, limits.MOST_RATE),
        "channels": whole(1, limits.MOST_CHANNELS),
        "samples": whole(1, MOST_TAKE_SAMPLES),
        "recipe": text_that(_is_recipe, "the recipe of a take, as text"),
        "starred": _flag,
        "rejected": _flag,
        "title": _title,
        "note": _text,
        "deleted": _flag,
        "kind": one_of(*TAKE_KINDS),
        "licence": _text,
    },
)

CLIP = Codec(
    Clip,
    {
        "id": _id,
        "take": _digest,
        "start": _span,
        "offset": _span,
        "length": whole(1, MOST_SAMPLES),
        "gain_db": _gain,
        "pan": _pan,
        "fade_in": _fade(),
        "fade_out": _fade(),
        "muted": _flag,
        "speed": number(LEAST_SPEED, MOST_SPEED),
        "pitch": number(-MOST_PITCH, MOST_PITCH),
        "reversed": _flag,
        "name": optional(_name),
        "group": optional(_id),
        "auto_fades": _flag,
        "markers": _clip_markers(),
    },
)

TRACK = Codec(
    Track,
    {
        "id": _id,
        "name": _name,
        "object": optional(_object),
        "gain_db": _gain,
        "pan": _pan,
        "muted": _flag,
        "soloed": _flag,
        "chosen_colour": optional(_colour),
    },
    inner=("clips",),
)

MARKER = Codec(Marker, {"id": _id, "at": _span, "name": _name, "hit": _flag})

TIMELINE = Codec(
    Timeline,
    {
        "rate": one_of(*PROJECT_RATES),
        "frame_rate": _frame_rate(),
        "start_frame": whole(0, MOST_SAMPLES),
        "master_gain_db": _gain,
        "loudness": one_of(*LOUDNESS_PRESETS),
        "layout": one_of(*LAYOUT_IDS),
        "edge_fade_ms": number(0.0, MOST_EDGE_FADE_MS),
        "auto_crossfade": _flag,
    },
    inner=("tracks", "markers"),
    needed=("rate",),
)

SCENE = Codec(
    Scene,
    {
        "name": _name,
        "next_id": whole(1, limits.MOST_NUMBER),
        "next_object": whole(0, limits.MOST_OBJECTS),
    },
    inner=("schema", "still", "objects", "takes", "chosen", "timeline"),
)

CHOSEN = fixed_list(_object, _digest, words="the number of an object and the digest of a take")
