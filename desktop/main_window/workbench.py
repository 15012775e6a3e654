"""Connects the parts of the window to each other: previews to the player, drags to the export."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QMenu

from desktop.actions.actions import Actions
from desktop.actions.key_map import KeyMap
from desktop.canvas.interaction import NO_OBJECT
from desktop.canvas.object_draft import object_at
from desktop.canvas.part import CanvasPart
from desktop.export.part import ExportPart
from desktop.library.part import LibraryPart
from desktop.main_window.panels import Panel, Panels
from desktop.objects.card import ObjectCard
from desktop.objects.part import ObjectsPart
from desktop.objects.take_commander import TakeHeard
from desktop.objects.take_row import TakeRow
from desktop.timeline.interaction.take_mime import TAKE_MIME
from desktop.timeline.part import TimelinePart

STILL_MENU = ("find", "point", "brush", "erase", "fit", "actual")


def connect_parts(panels: Mapping[str, Panel], actions: Actions, exports: ExportPart) -> None:
    """Connect canvas, objects panel and timeline.

    Args:
        panels: the parts by name.
        actions: the window's actions, after every part has bound its own.
        exports: renders what is dragged out of the window.
    """
    canvas, objects, timeline = panels["canvas"], panels["objects"], panels["timeline"]
    assert isinstance(canvas, CanvasPart)
    assert isinstance(objects, ObjectsPart)
    assert isinstance(timeline, TimelinePart)
    canvas.canvas.space_tapped.connect(lambda: _connect_space_tap(actions, canvas.canvas.keys))
    canvas.canvas.menu_requested.connect(partial(_show_canvas_menu, canvas, objects, actions))
    canvas.controller.guessed.connect(objects.panel.show_guesses)
    canvas.vision.prepared.connect(lambda _: objects.warm_up())
    _connect_auditioning(objects, timeline, exports)
    _connect_clip_drags(timeline, exports)
    exports.spans = lambda: timeline.view.spans
    _connect_take_drags(objects, exports)
    library = panels.get("library")
    if isinstance(library, LibraryPart):
        _connect_library(library, timeline)
    _connect_sound_drops(canvas, objects, timeline)


def _show_canvas_menu(
    canvas: CanvasPart, objects: ObjectsPart, actions: Actions, number: int, place: tuple[int, int]
) -> None:
    """Show the menu of an object of the still, or of the still where there is none."""
    if number != NO_OBJECT:
        if number not in objects.panel.selection:
            canvas.canvas.object_clicked.emit(number, False)
        menu = objects.panel.card(number).menu()
    else:
        menu = QMenu(canvas.canvas)
        for id_ in STILL_MENU:
            menu.addAction(actions.action(id_))
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.popup(QPoint(*place))


def _connect_space_tap(actions: Actions, keys: KeyMap) -> None:
    """Trigger the window's Space action for a tap of Space on the canvas, which pans while Space is held."""
    id_ = keys.action_of("Space")
    if id_ is not None:
        actions.action(id_).trigger()


def _connect_auditioning(objects: ObjectsPart, timeline: TimelinePart, exports: ExportPart) -> None:
    """Let the takes of the list be heard, compared, placed and written, and show there what is heard."""
    takes, player = objects.panel.takes, timeline.player

    def show_heard() -> None:
        takes.show_heard(TakeHeard(player.take_heard, player.pair, player.take_looping))

    takes.play_requested.connect(
        lambda digest, place: player.play_take(digest, objects.seconds_of(digest, place))
    )
    takes.stop_requested.connect(player.stop_take)
    takes.loop_requested.connect(player.set_take_looping)
    takes.place_requested.connect(lambda number, digest: objects.place(number, digest, player.position))
    takes.export_requested.connect(exports.save_take)
    player.state_changed.connect(show_heard)
    player.take_moved.connect(objects.panel.show_take_seconds)
    timeline.compare.current = lambda: takes.current_digest
    objects.take_made.connect(lambda digest: None if player.busy else player.play_take(digest))


def _connect_library(library: LibraryPart, timeline: TimelinePart) -> None:
    """Let found sounds be heard through the player, and put on the timeline."""
    player = timeline.player
    library.play_requested.connect(player.play_sound)
    library.stop_requested.connect(player.stop)
    library.use_requested.connect(timeline.recordings.use_found)
    player.take_moved.connect(library.show_playing)

    def show_stopped() -> None:
        if player.take_heard is None:
            library.show_stopped()

    player.state_changed.connect(show_stopped)


def _connect_clip_drags(timeline: TimelinePart, exports: ExportPart) -> None:
    """Render clips dragged with Alt, and stems dragged by their track headers, as files."""
    surface, headers = timeline.view.track_view, timeline.view.headers
    surface.drag_out.drag_prepared.connect(lambda clip: exports.prepare(clip=clip))
    surface.drag_out.drag_started.connect(lambda clip: exports.drag(surface, clip=clip))
    headers.drag_out.drag_prepared.connect(lambda track: exports.prepare(track=track))
    headers.drag_out.drag_started.connect(lambda track: exports.drag(headers, track=track))


def _connect_take_drags(objects: ObjectsPart, exports: ExportPart) -> None:
    """Let takes be dragged from the list onto the timeline, or out of the window as files."""

    def drag_take(digest: str, row: TakeRow) -> None:
        def decorate(drag: QDrag) -> None:
            drag.mimeData().setData(TAKE_MIME, digest.encode())
            drag.setPixmap(row.picture())
            drag.setHotSpot(QPoint(0, 0))

        exports.drag_take(row, digest, decorate)

    objects.panel.take_drag_prepared.connect(exports.prepare_take)
    objects.panel.take_drag_started.connect(drag_take)


def _connect_sound_drops(canvas: CanvasPart, objects: ObjectsPart, timeline: TimelinePart) -> None:
    """Let sound files be dropped onto objects in the still and onto their cards."""

    def in_still(place: QPointF) -> int | None:
        shown = canvas.canvas
        thing = object_at(shown.state.objects, *shown.viewport.to_still((place.x(), place.y())))
        return None if thing is None else thing.index

    def in_list(place: QPointF) -> int | None:
        found = objects.panel.childAt(place.toPoint())
        while found is not None and not isinstance(found, ObjectCard):
            found = found.parentWidget()
        return None if found is None else found.thing.index

    timeline.recordings.accept_drops(canvas.canvas, in_still)
    timeline.recordings.accept_drops(objects.panel, in_list)


def default_panels() -> Panels:
    """Return the factories of the real parts."""
    return Panels(
        canvas=CanvasPart,
        objects=ObjectsPart,
        timeline=TimelinePart,
        library=LibraryPart,
        join=connect_parts,
    )
