"""Writing of a scene as the content of scene.json."""

from collections.abc import Mapping
from typing import Any

from engine.errors import BadInput
from engine.project import schema
from engine.project.codec import Codec, InvalidValue
from engine.project.json_text import MOST_BYTES, format_json
from engine.scene.scene import Scene
from engine.scene.timeline import Timeline, Track
from engine.scene.validity import problems


def scene_bytes(scene: Scene, more: Mapping[str, Any] | None = None) -> bytes:
    """Return the bytes of scene.json; equal scenes give equal bytes, and ``decode`` reads them back.

    Args:
        scene: the scene.
        more: keys of the file that are not part of the scene.

    Raises:
        BadInput: a value could not be read back.
    """
    try:
        data = format_json({**scene_facts(scene), **(more or {})})
    except (InvalidValue, ValueError, RecursionError) as wrong:
        raise BadInput(f"The scene cannot be saved: {wrong}.") from wrong
    if len(data) > MOST_BYTES:
        raise BadInput(
            f"The scene cannot be saved: it would be over {MOST_BYTES // 1_000_000} MB. Delete takes first."
        )
    return data


def checked_bytes(scene: Scene, more: Mapping[str, Any] | None = None) -> bytes:
    """Validate a scene and return the bytes of scene.json; see ``scene_bytes``.

    Raises:
        BadInput: the scene is invalid, or a value could not be read back.
    """
    wrong = problems(scene)
    if wrong:
        raise BadInput(f"The scene cannot be saved: {wrong[0]}")
    return scene_bytes(scene, more)


def scene_facts(scene: Scene) -> dict[str, Any]:
    """Return the scene as JSON values, with masks and takes by digest.

    Raises:
        InvalidValue: a value could not be read back.
    """
    still = None if scene.still is None else _plain(schema.STILL, scene.still)
    return {
        "schema": schema.SCHEMA,
        **schema.SCENE.write(scene),
        "still": still,
        "objects": [_plain(schema.OBJECT, thing) for thing in scene.objects],
        "takes": [_plain(schema.TAKE, take) for take in scene.takes],
        "chosen": [schema.CHOSEN.write(pair) for pair in scene.chosen],
        "timeline": _timeline(scene.timeline),
        **schema.SCENE.write_unknown_fields(scene),
    }


def _timeline(timeline: Timeline) -> dict[str, Any]:
    return {
        **schema.TIMELINE.write(timeline),
        "tracks": [_track(track) for track in timeline.tracks],
        "markers": [_plain(schema.MARKER, marker) for marker in timeline.markers],
        **schema.TIMELINE.write_unknown_fields(timeline),
    }


def _track(track: Track) -> dict[str, Any]:
    return {
        **schema.TRACK.write(track),
        "clips": [_plain(schema.CLIP, clip) for clip in track.clips],
        **schema.TRACK.write_unknown_fields(track),
    }


def _plain(form: Codec, value: Any) -> dict[str, Any]:
    return {**form.write(value), **form.write_unknown_fields(value)}
