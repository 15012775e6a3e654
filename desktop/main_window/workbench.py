"""What the parts of the window mean to each other: who plays, and whose is a key that several could take."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPoint
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QApplication, QWidget

from desktop.actions.action_table import KeyMap
from desktop.actions.actions import Actions
from desktop.canvas.part import CanvasPanel
from desktop.export.part import Exports
from desktop.objects.part import ObjectsPart
from desktop.objects.take_row import TakeRow
from desktop.services import Panel, Panels
from desktop.timeline.interaction.take_mime import TAKE_MIME
from desktop.timeline.part import TimelinePart


def join(panels: Mapping[str, Panel], actions: Actions, paste: Callable[[], None], exports: Exports) -> None:
    """Joins canvas, objects and timeline.

    Args:
        panels: by name.
        actions: of the window, after every part was bound to its own.
        paste: what pasting does where there are no clips to paste.
        exports: what is dragged out of the timeline.
    """
    canvas, objects, timeline = panels["canvas"], panels["objects"], panels["timeline"]
    assert isinstance(canvas, CanvasPanel)
    assert isinstance(objects, ObjectsPart)
    assert isinstance(timeline, TimelinePart)
    canvas.canvas.tapped.connect(lambda: _tap(actions, canvas.canvas.keys))
    canvas.vision.prepared.connect(lambda _: objects.worker.warm_up())
    objects.panel.play_requested.connect(timeline.player.play_take)
    _share(actions, objects, timeline, paste)
    _carry(timeline, exports)
    _carry_takes(objects, exports)
    timeline.view.clips_selected.connect(lambda _: actions.refresh())


def _tap(actions: Actions, keys: KeyMap) -> None:
    """The canvas keeps Space, which pans while it is held; tapped, it does what it does everywhere."""
    id_ = keys.action_of("Space")
    if id_ is not None:
        actions.action(id_).trigger()


def _carry(timeline: TimelinePart, exports: Exports) -> None:
    """Clips with Alt, and stems by the heads of their tracks, leave the window as files."""
    surface, headers = timeline.view.surface, timeline.view.headers
    surface.carrying.touched.connect(lambda clip: exports.prepare(clip=clip))
    surface.carrying.carried.connect(lambda clip: exports.drag(surface, clip=clip))
    headers.carrying.touched.connect(lambda track: exports.prepare(track=track))
    headers.carrying.carried.connect(lambda track: exports.drag(headers, track=track))


def _carry_takes(objects: ObjectsPart, exports: Exports) -> None:
    """Takes leave the list for the timeline, or the window as files."""

    def carry(digest: str, row: TakeRow) -> None:
        def dress(drag: QDrag) -> None:
            drag.mimeData().setData(TAKE_MIME, digest.encode())
            drag.setPixmap(row.picture())
            drag.setHotSpot(QPoint(0, 0))

        exports.drag_take(row, digest, dress)

    objects.panel.take_touched.connect(exports.prepare_take)
    objects.panel.take_carried.connect(carry)


def _share(actions: Actions, objects: ObjectsPart, timeline: TimelinePart, paste: Callable[[], None]) -> None:
    """Keys that several could take: the timeline's while it has the focus, else the objects' or the window's."""
    view, panel = timeline.view, objects.panel

    def in_timeline() -> bool:
        return holds_focus(view)

    def delete() -> None:
        if in_timeline() and view.chosen:
            view.obey("delete")
        else:
            panel.remove()

    def paste_here() -> None:
        if in_timeline() and view.commander.has_copied:
            view.obey("paste")
        else:
            paste()

    def select_all() -> None:
        if in_timeline():
            view.obey("select_all")
        else:
            panel.select_all()

    def meant() -> bool:
        """Whether the tracks of the selected clips are meant, rather than the selected objects."""
        return bool(view.chosen) and (in_timeline() or not panel.selected)

    def solo() -> None:
        (view.commander.solo_tracks if meant() else panel.solo)()

    def mute() -> None:
        (view.commander.mute_tracks if meant() else panel.mute)()

    actions.bind("solo", solo, lambda: panel.selected or bool(view.chosen))
    actions.bind("mute", mute, lambda: panel.selected or bool(view.chosen))
    actions.bind("delete", delete)
    actions.bind("paste", paste_here)
    actions.bind("select_all", select_all)


def holds_focus(widget: QWidget) -> bool:
    """Whether the keyboard is in this widget or one inside it."""
    focus = QApplication.focusWidget()
    return focus is not None and (focus is widget or widget.isAncestorOf(focus))


def real_panels() -> Panels:
    return Panels(canvas=CanvasPanel, objects=ObjectsPart, timeline=TimelinePart, join=join)
