"""The main window: creates and connects the parts; decisions are made elsewhere."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QRect, QSize, Qt, QUrl
from PySide6.QtGui import (
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QMoveEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QMainWindow, QMenu, QSplitter, QStackedWidget, QWidget

from desktop.actions.actions import Actions, holds_focus
from desktop.actions.key_map import KeyMap
from desktop.document.document import Document
from desktop.document.project_io import LoadedProject, Recoverable
from desktop.export.part import ExportPart
from desktop.main_window.dialogs import Dialogs, QtDialogs
from desktop.main_window.drops import DropFrame, accept_copy, accepts, local_paths, open_content
from desktop.main_window.help_dialogs import about_dialog, tour_dialog
from desktop.main_window.message_bar import MessageBar
from desktop.main_window.panels import Panel, PanelFactory, Panels
from desktop.main_window.placement import moved_inside, room_on
from desktop.main_window.recent_menu import RecentMenu
from desktop.main_window.status_bar import StatusBar
from desktop.main_window.welcome.page import WelcomePage
from desktop.main_window.welcome.samples import SampleStill
from desktop.main_window.window_commands import WINDOW_COMMANDS, WINDOW_ROUTES
from desktop.main_window.window_state import WindowState
from desktop.services import Services
from desktop.settings.preferences_dialog import PreferencesDialog
from desktop.settings.table import Preferences
from engine.logs import current_log_file
from engine.scene.history import History

LEAST = QSize(960, 600)
USUAL = QSize(1440, 900)
SHARES = {"across": [1020, 420], "down": [540, 320]}


class MainWindow(QMainWindow):
    """Welcome page, canvas, objects panel, timeline and status bar over one document.

    Args:
        services: what all parts share.
        panels: factories of the parts.
        samples: sample stills for the welcome page.
        ask: the modal dialogs; None uses Qt's.
        room: where the window may stand; None is its screen.
    """

    def __init__(
        self,
        services: Services,
        panels: Panels,
        *,
        samples: Sequence[SampleStill] = (),
        ask: Dialogs | None = None,
        room: QRect | None = None,
    ) -> None:
        super().__init__()
        self.services = services
        self._sample_names = {sample.path: sample.name for sample in samples}
        self._ask: Dialogs = ask or QtDialogs(self)
        self._leaving = False
        self._room = room or room_on(self.screen())
        self.setMinimumSize(LEAST.boundedTo(self._room.size()))
        self.setAcceptDrops(True)
        self.actions_ = Actions(self, services.settings.keys)
        self.welcome = WelcomePage(services.background, samples)
        self.panels: dict[str, Panel] = {}
        self._join = panels.join
        self.exports = ExportPart(
            services.document, services.messages, services.settings, services.activity, self
        )
        self._splits: dict[str, QSplitter] = {}
        self._pages = QStackedWidget()
        self._pages.addWidget(self.welcome)
        self._pages.addWidget(self._workbench(panels))
        self.setCentralWidget(self._pages)
        self.messages = MessageBar(self._pages)
        self._drop_frame = DropFrame(self._pages)
        self._state = WindowState(services.state, services.background, services.messages, self, self._splits)
        self._recent_menu = RecentMenu(self._state.read_again, self)
        status = StatusBar(services.activity)
        status.fact_clicked.connect(lambda _: self.show_preferences())
        self.setStatusBar(status)
        self._bind()
        self._connect()
        self._restore()
        self.welcome.show_recent(self._state.recent.paths)
        self._show_title()

    # User actions

    def open_path(self, path: Path) -> None:
        """Open a still or project after asking about unsaved changes. A sample is called as its card is."""
        self._leave_scene(lambda: self.services.session.open(path, self._sample_names.get(path)))

    def open_still(self) -> None:
        chosen = self._ask.still(self._last_folder())
        if chosen is not None:
            self.open_path(chosen)

    def open_project(self) -> None:
        chosen = self._ask.project(self._projects_folder())
        if chosen is not None:
            self.open_path(chosen)

    def paste(self) -> None:
        """Open the picture, or the file, in the clipboard; a scene that is open is left only after a question."""
        messages, timeline = self.services.messages, self.panels.get("timeline")
        if self.has_scene and timeline is not None and holds_focus(timeline.widget):
            messages.tell("No clips are copied. Select clips and copy them first.")
            return
        data = QGuiApplication.clipboard().mimeData()
        if not self._may_paste():
            return
        if not open_content(data, self.open_path, partial(self._open_picture, "pasted"), messages.tell):
            messages.tell("There is no picture in the clipboard. Copy one first.")

    def _may_paste(self) -> bool:
        """Ask before a paste closes a scene without changes; one with changes is asked about anyway."""
        data = QGuiApplication.clipboard().mimeData()
        holds = data is not None and (data.hasImage() or bool(local_paths(data.urls())))
        document = self.services.document
        if not holds or not self.has_scene or document.unsaved:
            return True
        return self._ask.replace_scene(document.scene.name)

    def save(self, on_success: Callable[[], None] | None = None) -> None:
        if self.services.session.untitled:
            self.save_as(on_success)
        else:
            self.services.session.save(on_success)

    def save_as(self, on_success: Callable[[], None] | None = None) -> None:
        chosen = self._ask.save_as(self._projects_folder(), self.services.document.scene.name)
        if chosen is not None:
            self.services.session.save_as(chosen, on_success)

    def close_scene(self) -> None:
        self._leave_scene(self.services.session.close_scene)

    def show_preferences(self, page: str = "") -> None:
        settings = self.services.settings
        dialog = PreferencesDialog(settings.preferences, settings.keys, page, self)
        if dialog.exec():
            self._set(dialog.preferences, dialog.keys)
        dialog.deleteLater()

    def _set(self, preferences: Preferences, keys: KeyMap) -> None:
        failure = self.services.settings.set(preferences, keys)
        if failure is not None:
            self.services.messages.fail(failure)

    def reveal(self) -> None:
        project = self.services.document.project
        if project is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(project.path)))

    def _leave_scene(self, on_success: Callable[[], None]) -> None:
        """Ask about unsaved changes, if there are any, and call ``on_success`` unless the user cancels."""
        document = self.services.document
        answer = self._ask.unsaved(document.scene.name, document.new_takes) if document.unsaved else "discard"
        if answer == "save":
            self.save(on_success)
        elif answer == "discard":
            on_success()

    # Wiring

    def _workbench(self, panels: Panels) -> QWidget:
        down, across = QSplitter(Qt.Orientation.Vertical), QSplitter(Qt.Orientation.Horizontal)
        across.addWidget(down)
        for split in (down, across):
            split.setChildrenCollapsible(False)
        self._splits = {"down": down, "across": across}
        self._place("canvas", panels.canvas, down)
        self._place("objects", panels.objects, across)
        self._place("library", panels.library, across)
        self._place("timeline", panels.timeline, down)
        across.setStretchFactor(0, 1)
        down.setStretchFactor(0, 1)
        return across

    def _place(self, name: str, make: PanelFactory | None, split: QSplitter) -> None:
        if make is not None:
            panel = make(self.services, split)
            split.addWidget(panel.widget)
            self.panels[name] = panel

    def _bind(self) -> None:
        self.actions_.register(WINDOW_COMMANDS, self)
        self.actions_.route(WINDOW_ROUTES, self, None)
        for panel in self.panels.values():
            panel.bind(self.actions_)
        if self._join is not None:
            self._join(self.panels, self.actions_, self.exports)
        self.exports.bind(self.actions_)
        self.actions_.fill(self.menuBar())
        file_menu = next(menu for menu in self.menuBar().findChildren(QMenu) if menu.objectName() == "file")
        file_menu.insertMenu(self.actions_.action("save"), self._recent_menu)

    def toggle_panel(self, name: str) -> None:
        widget = self.panels[name].widget
        widget.setVisible(widget.isHidden())

    def can_toggle(self, name: str) -> bool:
        return self.has_scene and name in self.panels

    def shows_panel(self, name: str) -> bool:
        return name in self.panels and not self.panels[name].widget.isHidden()

    def _connect(self) -> None:
        services, welcome = self.services, self.welcome
        services.messages.shown.connect(self.messages.show_message)
        services.document.history_changed.connect(self._show_title)
        services.document.replaced.connect(self.messages.clear)
        services.document.selection_changed.connect(self._refresh)
        services.settings.changed.connect(self._apply_preferences)
        services.settings.keys_changed.connect(self.actions_.set_keys)
        services.session.opened.connect(self._note_opened)
        services.session.saved.connect(self._note_saved)
        services.session.closed.connect(self._note_closed)
        services.session.busy_changed.connect(lambda words: services.activity.set_task("files", words))
        services.session.recovery_offered.connect(self._offer_recovery)
        services.session.recoverable_found.connect(welcome.show_recoverable)
        self._state.recent_changed.connect(lambda recent: welcome.show_recent(recent.paths))
        self._recent_menu.picked.connect(self.open_path)
        self._recent_menu.clear_requested.connect(self._state.clear_recent)
        welcome.still_asked.connect(self.open_still)
        welcome.project_asked.connect(self.open_project)
        welcome.paste_asked.connect(self.paste)
        welcome.picked.connect(self.open_path)
        welcome.recovery_picked.connect(services.session.recover)
        welcome.recovery_refused.connect(self._forget)
        self._apply_preferences(services.settings.preferences)

    def _apply_preferences(self, preferences: Preferences) -> None:
        self.services.session.set_autosave(preferences.autosave_seconds)

    def quit(self) -> None:
        self.close()

    def show_about(self) -> None:
        activity = self.services.activity
        about_dialog({name: activity.fact(name) for name in ("model", "device")}, self).open()

    def show_tour(self) -> None:
        tour_dialog(self.services.settings.keys, self).open()

    def copy_diagnostics(self) -> None:
        """Copy a report on this installation to the clipboard, for bug reports."""
        from engine.diagnostics import diagnostics

        activity = self.services.activity
        facts = {name: activity.fact(name) for name in ("model", "device", "sound")}

        def copy(report: str) -> None:
            QGuiApplication.clipboard().setText(report)
            self.services.messages.tell("The diagnostics are in the clipboard. Paste them into your report.")

        log_file = current_log_file()
        fail = self.services.messages.fail
        self.services.background.run(lambda: diagnostics(facts, log_file), copy, fail)

    def show_log(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(current_log_file().parent)))

    def toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    @property
    def document(self) -> Document:
        return self.services.document

    @property
    def has_scene(self) -> bool:
        return self.services.document.project is not None

    # Reactions to signals

    def _note_opened(self, path: Path | None) -> None:
        if path is not None:
            self._state.note_recent(path)
        self._show_page()

    def _note_saved(self, path: Path) -> None:
        if self._state.recent.paths[:1] != (path,):
            self._state.note_recent(path)
        self.services.messages.tell(f"Saved in {path}.")

    def _offer_recovery(self, loaded: LoadedProject) -> None:
        if self._ask.recover(loaded.scene.name, loaded.recoverable[0].when):
            self.services.session.recover_newest(loaded)
        else:
            self.services.session.decline_recovery(loaded)

    def _forget(self, found: Recoverable) -> None:
        """Delete a scene that was never saved; one with takes only after a question."""
        if not found.takes or self._ask.delete(found.name, found.takes):
            self.services.session.forget(found)

    def _note_closed(self) -> None:
        self._show_page()
        if not self._leaving:
            self.services.session.look_for_recoverable()

    def _show_page(self) -> None:
        self._pages.setCurrentIndex(1 if self.has_scene else 0)
        if self.has_scene:
            self.panels["canvas"].widget.setFocus()
        self._refresh()

    def _show_title(self) -> None:
        document, history = self.services.document, self.services.document.history
        name = f"{document.scene.name}[*] - " if self.has_scene else "[*]"
        self.setWindowTitle(f"{name}Foleyscape")
        self.setWindowModified(self.has_scene and document.unsaved)
        self.actions_.rename("undo", f"&Undo {history.undo_name or ''}".rstrip())
        self.actions_.action("undo").setStatusTip(undo_tip(history))
        self.actions_.rename("redo", f"&Redo {history.redo_name or ''}".rstrip())
        self._refresh()

    def _refresh(self) -> None:
        self.actions_.refresh()

    # State

    def _last_folder(self) -> Path:
        return self._state.recent.paths[0].parent if self._state.recent.paths else Path.home()

    def _projects_folder(self) -> Path:
        chosen = self.services.settings.preferences.projects_folder
        return Path(chosen) if chosen else self._last_folder()

    def _restore(self) -> None:
        """Restore size, position and splitters from the last run."""
        self.resize(USUAL)
        self._state.restore_geometry()
        self.setGeometry(moved_inside(self.geometry(), self._room))
        self._state.restore_splits(SHARES)

    def remember(self) -> None:
        """Save size, position and splitters."""
        self._state.close()

    def abandon(self) -> None:
        """Close without asking and without saving the window's state."""
        self._end()
        self.close()

    # Events

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        if accepts(event):
            self._drop_frame.show_over()

    def dragLeaveEvent(self, _: QDragLeaveEvent) -> None:  # noqa: N802 - Qt's name
        self._drop_frame.hide()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        self._drop_frame.hide()
        accept_copy(event)
        open_content(
            event.mimeData(),
            self.open_path,
            partial(self._open_picture, "dropped"),
            self.services.messages.tell,
        )

    def _open_picture(self, how: str, picture: QImage) -> None:
        self._leave_scene(lambda: self.services.session.open_picture(picture, f"{how} picture"))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._note_place()

    def moveEvent(self, event: QMoveEvent) -> None:  # noqa: N802 - Qt's name
        super().moveEvent(event)
        self._note_place()

    def _note_place(self) -> None:
        if self.isVisible() and not self._leaving:
            self._state.note_place()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Dismiss the message by Escape, if nothing else used the key."""
        if event.key() == Qt.Key.Key_Escape and self.messages.shown is not None:
            self.messages.clear()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        if not self._leaving:
            self._leave_scene(self._leave)
        event.setAccepted(self._leaving)

    def _leave(self) -> None:
        """Close all parts, then the window; called again by itself if a save came first."""
        self.remember()
        self._end()
        if self.isVisible():
            self.close()

    def _end(self) -> None:
        self._leaving = True
        self._state.stop()
        self.exports.close()
        for panel in self.panels.values():
            panel.close()
        self.services.session.close_scene()
        self.services.background.close()
        self.messages.clear()


def undo_tip(history: History) -> str:
    """Return what undo will do, in a sentence."""
    if not history.past:
        return "There is nothing to undo"
    if history.past[-1].task is None:
        return f"Take back: {history.past[-1].name}"
    return "Stop making these takes; those that are there stay in the list, set aside, and leave the timeline"
