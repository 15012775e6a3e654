"""Edits of markers: named places on the timeline."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from engine.scene import limits
from engine.scene.edits.common import find_marker, raise_first_problem, take_next_id, with_timeline
from engine.scene.scene import Scene
from engine.scene.timeline import Marker
from engine.scene.validity import marker_problems


def add_marker(scene: Scene, at: int, name: str = "Marker", *, hit: bool = False) -> Scene:
    """The scene with one more marker; its number is the old ``scene.next_id``.

    Args:
        scene: to be changed.
        at: the sample of the timeline it stands at.
        name: what is there.
        hit: whether something in the picture strikes there.

    Raises:
        BadInput: that place is not on the timeline, or it is no name.
    """
    marker = Marker(scene.next_id, at, limits.normalize_whitespace(name), hit)
    raise_first_problem(marker_problems(marker))
    return _with(take_next_id(scene), (*scene.timeline.markers, marker))


def move_marker(scene: Scene, marker_id: int, at: int) -> Scene:
    """The scene with a marker at another sample of the timeline.

    Raises:
        BadInput: there is no such marker, or that place is not on the timeline.
    """
    return _changed(scene, marker_id, at=at)


def rename_marker(scene: Scene, marker_id: int, name: str) -> Scene:
    """The scene with a marker under another name.

    Raises:
        BadInput: there is no such marker, or it is no name.
    """
    return _changed(scene, marker_id, name=limits.normalize_whitespace(name))


def hit_marker(scene: Scene, marker_id: int, *, hit: bool = True) -> Scene:
    """The scene with a marker that says that something strikes there, or no longer does.

    Raises:
        BadInput: there is no such marker.
    """
    return _changed(scene, marker_id, hit=hit)


def remove_marker(scene: Scene, marker_id: int) -> Scene:
    """The scene without a marker.

    Raises:
        BadInput: there is no such marker.
    """
    gone = find_marker(scene, marker_id)
    return _with(scene, (marker for marker in scene.timeline.markers if marker is not gone))


def _changed(scene: Scene, marker_id: int, **changes: Any) -> Scene:
    old = find_marker(scene, marker_id)
    new = replace(old, **changes)
    raise_first_problem(marker_problems(new))
    return _with(scene, (new if marker is old else marker for marker in scene.timeline.markers))


def _with(scene: Scene, markers: Iterable[Marker]) -> Scene:
    return with_timeline(scene, markers=tuple(sorted(markers, key=lambda marker: (marker.at, marker.id))))
