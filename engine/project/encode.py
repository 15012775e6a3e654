"""A scene as what stands in scene.json."""

from typing import Any

from engine.errors import BadInput
from engine.project import schema
from engine.project.codec import Form, Wrong
from engine.project.json_text import MOST_BYTES, layout
from engine.scene.scene import Scene
from engine.scene.timeline import Timeline, Track
from engine.scene.validity import problems


def scene_bytes(scene: Scene) -> bytes:
    """The scene as the bytes of scene.json; equal scenes give equal bytes, and ``decode`` reads them back.

    Raises:
        BadInput: it holds what could not be read again.
    """
    try:
        data = layout(scene_facts(scene))
    except (Wrong, ValueError, RecursionError) as wrong:
        raise BadInput(f"The scene cannot be saved: {wrong}.") from wrong
    if len(data) > MOST_BYTES:
        raise BadInput(
            f"The scene cannot be saved: it would be over {MOST_BYTES // 1_000_000} MB. Delete takes first."
        )
    return data


def checked_bytes(scene: Scene) -> bytes:
    """The bytes of a scene that is valid as well.

    Raises:
        BadInput: it is not valid, or holds what could not be read again.
    """
    wrong = problems(scene)
    if wrong:
        raise BadInput(f"The scene cannot be saved: {wrong[0]}")
    return scene_bytes(scene)


def scene_facts(scene: Scene) -> dict[str, Any]:
    """The scene as what ``json`` can write. Masks and takes stand in it by their digests.

    Raises:
        Wrong: it holds what could not be read again.
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
        **schema.SCENE.write_extra(scene),
    }


def _timeline(timeline: Timeline) -> dict[str, Any]:
    return {
        **schema.TIMELINE.write(timeline),
        "tracks": [_track(track) for track in timeline.tracks],
        "markers": [_plain(schema.MARKER, marker) for marker in timeline.markers],
        **schema.TIMELINE.write_extra(timeline),
    }


def _track(track: Track) -> dict[str, Any]:
    return {
        **schema.TRACK.write(track),
        "clips": [_plain(schema.CLIP, clip) for clip in track.clips],
        **schema.TRACK.write_extra(track),
    }


def _plain(form: Form, value: Any) -> dict[str, Any]:
    return {**form.write(value), **form.write_extra(value)}
