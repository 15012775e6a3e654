"""Edits of markers."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from engine.scene import limits
from engine.scene.edits.lookup import find_marker, raise_first_problem, take_next_id, with_timeline
from engine.scene.scene import Scene
from engine.scene.timeline import Marker
from engine.scene.validity import marker_problems


def add_marker(scene: Scene, at: int, name: str = "Marker", *, hit: bool = False) -> Scene:
    """Add a marker, whose number is the old ``scene.next_id``.

    Args:
        scene: the scene to edit.
        at: position in samples of the timeline.
        name: the label.
        hit: whether it marks an impact in the picture.

    Raises:
        BadInput: ``at`` is not on the timeline, or the name is invalid.
    """
    marker = Marker(scene.next_id, at, limits.normalize_whitespace(name), hit)
    raise_first_problem(marker_problems(marker))
    return _with(take_next_id(scene), (*scene.timeline.markers, marker))


def move_marker(scene: Scene, marker_id: int, at: int) -> Scene:
    """Move a marker to another sample of the timeline.

    Raises:
        BadInput: there is no such marker, or ``at`` is not on the timeline.
    """
    return _changed(scene, marker_id, at=at)


def rename_marker(scene: Scene, marker_id: int, name: str) -> Scene:
    """Rename a marker.

    Raises:
        BadInput: there is no such marker, or the name is invalid.
    """
    return _changed(scene, marker_id, name=limits.normalize_whitespace(name))


def hit_marker(scene: Scene, marker_id: int, *, hit: bool = True) -> Scene:
    """Set whether a marker marks an impact in the picture.

    Raises:
        BadInput: there is no such marker.
    """
    return _changed(scene, marker_id, hit=hit)


def remove_marker(scene: Scene, marker_id: int) -> Scene:
    """Remove a marker.

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
