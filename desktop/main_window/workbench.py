"""What the parts of the window mean to each other: who plays, and whose is a key that several could take."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPoint
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QApplication, QWidget

from desktop.actions.action_table import KeyMap
from desktop.actions.actions import Actions
from desktop.canvas.part import CanvasPart
from desktop.export.part import ExportPart
from desktop.main_window.panels import Panel, Panels
from desktop.objects.part import ObjectsPart
from desktop.objects.take_row import TakeRow
from desktop.timeline.interaction.take_mime import TAKE_MIME
from desktop.timeline.part import TimelinePart


def connect_parts(
    panels: Mapping[str, Panel], actions: Actions, paste: Callable[[], None], exports: ExportPart
) -> None:
    """Joins canvas, objects and timeline.

    Args:
        panels: by name.
        actions: of the window, after every part was bound to its own.
        paste: what pasting does where there are no clips to paste.
        exports: what is dragged out of the timeline.
    """
    canvas, objects, timeline = panels["canvas"], panels["objects"], panels["timeline"]
    assert isinstance(canvas, CanvasPart)
    assert isinstance(objects, ObjectsPart)
    assert isinstance(timeline, TimelinePart)
    canvas.canvas.space_tapped.connect(lambda: _connect_space_tap(actions, canvas.canvas.keys))
    canvas.vision.prepared.connect(lambda _: objects.worker.warm_up())
    objects.panel.play_requested.connect(timeline.player.play_take)
    _bind_shared_actions(actions, objects, timeline, paste)
    _connect_clip_drags(timeline, exports)
    _connect_take_drags(objects, exports)
    timeline.view.clips_selected.connect(lambda _: actions.refresh())


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


def _bind_shared_actions(
    actions: Actions, objects: ObjectsPart, timeline: TimelinePart, paste: Callable[[], None]
) -> None:
    """Keys that several could take: the timeline's while it has the focus, else the objects' or the window's."""
    view, panel = timeline.view, objects.panel

    def in_timeline() -> bool:
        return holds_focus(view)

    def delete() -> None:
        if in_timeline() and view.selected:
            view.execute("delete")
        else:
            panel.remove()

    def paste_here() -> None:
        if in_timeline() and view.commander.has_copied:
            view.execute("paste")
        else:
            paste()

    def select_all() -> None:
        if in_timeline():
            view.execute("select_all")
        else:
            panel.select_all()

    def meant() -> bool:
        """Whether the tracks of the selected clips are meant, rather than the selected objects."""
        return bool(view.selected) and (in_timeline() or not panel.selected)

    def solo() -> None:
        (view.commander.solo_tracks if meant() else panel.solo)()

    def mute() -> None:
        (view.commander.mute_tracks if meant() else panel.mute)()

    actions.bind("solo", solo, lambda: panel.selected or bool(view.selected))
    actions.bind("mute", mute, lambda: panel.selected or bool(view.selected))
    actions.bind("delete", delete)
    actions.bind("paste", paste_here)
    actions.bind("select_all", select_all)


def holds_focus(widget: QWidget) -> bool:
    """Whether the keyboard is in this widget or one inside it."""
    focus = QApplication.focusWidget()
    return focus is not None and (focus is widget or widget.isAncestorOf(focus))


def default_panels() -> Panels:
    return Panels(canvas=CanvasPart, objects=ObjectsPart, timeline=TimelinePart, join=connect_parts)
