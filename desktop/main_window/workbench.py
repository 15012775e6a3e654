"""What the parts of the window mean to each other: who plays, and whose is a key that several could take."""

from collections.abc import Mapping

from PySide6.QtCore import QPoint
from PySide6.QtGui import QDrag

from desktop.actions.actions import Actions
from desktop.actions.key_map import KeyMap
from desktop.canvas.part import CanvasPart
from desktop.export.part import ExportPart
from desktop.main_window.panels import Panel, Panels
from desktop.objects.part import ObjectsPart
from desktop.objects.take_row import TakeRow
from desktop.timeline.interaction.take_mime import TAKE_MIME
from desktop.timeline.part import TimelinePart


def connect_parts(panels: Mapping[str, Panel], actions: Actions, exports: ExportPart) -> None:
    """Joins canvas, objects and timeline.

    Args:
        panels: by name.
        actions: of the window, after every part was bound to its own.
        exports: what is dragged out of the timeline.
    """
    canvas, objects, timeline = panels["canvas"], panels["objects"], panels["timeline"]
    assert isinstance(canvas, CanvasPart)
    assert isinstance(objects, ObjectsPart)
    assert isinstance(timeline, TimelinePart)
    canvas.canvas.space_tapped.connect(lambda: _connect_space_tap(actions, canvas.canvas.keys))
    canvas.vision.prepared.connect(lambda _: objects.worker.warm_up())
    objects.panel.play_requested.connect(timeline.player.play_take)
    _connect_clip_drags(timeline, exports)
    _connect_take_drags(objects, exports)


def _connect_space_tap(actions: Actions, keys: KeyMap) -> None:
    """The canvas keeps Space, which pans while it is held; tapped, it does what it does everywhere."""
    id_ = keys.action_of("Space")
    if id_ is not None:
        actions.action(id_).trigger()


def _connect_clip_drags(timeline: TimelinePart, exports: ExportPart) -> None:
    """Clips with Alt, and stems by the heads of their tracks, leave the window as files."""
    surface, headers = timeline.view.track_view, timeline.view.headers
    surface.drag_out.drag_prepared.connect(lambda clip: exports.prepare(clip=clip))
    surface.drag_out.drag_started.connect(lambda clip: exports.drag(surface, clip=clip))
    headers.drag_out.drag_prepared.connect(lambda track: exports.prepare(track=track))
    headers.drag_out.drag_started.connect(lambda track: exports.drag(headers, track=track))


def _connect_take_drags(objects: ObjectsPart, exports: ExportPart) -> None:
    """Takes leave the list for the timeline, or the window as files."""

    def carry(digest: str, row: TakeRow) -> None:
        def dress(drag: QDrag) -> None:
            drag.mimeData().setData(TAKE_MIME, digest.encode())
            drag.setPixmap(row.picture())
            drag.setHotSpot(QPoint(0, 0))

        exports.drag_take(row, digest, dress)

    objects.panel.take_drag_prepared.connect(exports.prepare_take)
    objects.panel.take_drag_started.connect(carry)


def default_panels() -> Panels:
    return Panels(canvas=CanvasPart, objects=ObjectsPart, timeline=TimelinePart, join=connect_parts)
