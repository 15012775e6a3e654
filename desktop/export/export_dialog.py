"""The export dialog: form on the left, preview of the files on the right, and the running export."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from PySide6.QtCore import QSize, Qt, QUrl, SignalInstance
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop.document.document import Document
from desktop.document.messages import Message, Messages
from desktop.export.categories import with_category
from desktop.export.confirmations import ExportDialogs, QtExportDialogs
from desktop.export.drags import FileDrags
from desktop.export.file_list import FileRow
from desktop.export.form import ExportForm
from desktop.export.form_parts import name_sign
from desktop.export.last_export import LastExport, LastExportStore, suggested_folder
from desktop.export.preset_row import PresetRow
from desktop.export.preview import ExportPreview, PreviewRequest
from desktop.export.results import ResultPane
from desktop.export.single_file import SingleExport, single_export
from desktop.export.words import done_text, holds_text
from desktop.export.worker import ExportProgress, ExportRequest, ExportResult, ExportWorker
from desktop.theme.dark_colours import DARK
from desktop.theme.icons import icon
from engine.export.run import Exported
from engine.export.span import Span
from engine.scene.scene import Scene
from engine.sound.cache import TakeSource

FORM_WIDTH = 372
SIZE = QSize(1140, 710)
Notice = tuple[str, str]
"""Kind and text, as ``ResultPane.show_notice`` takes them."""
SILENT: Notice = ("", "")


class ExportDialog(QDialog):
    """Exports the document's scene. Closing it while an export runs cancels the export first.

    Args:
        document: holds the scene.
        takes: returns the samples of a take.
        work: the export threads, which outlive the dialog.
        drags: renders dragged files; outlives the dialog.
        memory: the last export's choices.
        begin: parent of the suggested folder.
        messages: shows errors.
        ask: the modal dialogs.
        reveal: shows a folder in the file manager.
        spans: ranges that can be chosen, by their names in ``ContentForm``.
    """

    def __init__(  # noqa: PLR0913 - each is a thing that outlives the dialog
        self,
        document: Document,
        takes: TakeSource,
        work: ExportWorker,
        drags: FileDrags,
        memory: LastExportStore,
        begin: Path,
        *,
        messages: Messages,
        ask: ExportDialogs | None = None,
        reveal: Callable[[Path], object] | None = None,
        spans: Mapping[str, Span] = MappingProxyType({}),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._takes, self._work, self._drags = document, takes, work, drags
        self._memory, self._messages = memory, messages
        self._ask: ExportDialogs = ask or QtExportDialogs()
        self._reveal_folder = reveal or show_folder
        self._number = 0
        self._preview: ExportPreview | None = None
        self._written: Exported | None = None
        self._outcome: Notice = SILENT
        self._cancelling = self._closing = self._over = False
        self._project = str(document.project.path) if document.project else ""
        scene = document.scene
        begun = memory.last.for_project(self._project)
        self._spans = spans
        self.form, self._categories = ExportForm(begun, scene.timeline, spans), begun.categories
        self.presets = PresetRow(memory.presets)
        self.results = ResultPane(str(suggested_folder(begin, scene.name)))
        self.export_button, self.close_button = QPushButton("&Export"), QPushButton("Close")
        self.reveal_button = QPushButton("Show in file &manager")
        self._lay_out()
        self._connect()
        self._look()

    @property
    def preview(self) -> ExportPreview | None:
        """What the current choices would export; None while it is being computed."""
        newest = self._preview is not None and self._preview.asked.number == self._number
        return self._preview if newest else None

    def reject(self) -> None:
        """Close; a running export is cancelled first, and the dialog closes when it has ended."""
        if self._work.running:
            self._closing = True
            self._cancel()
        else:
            super().reject()

    def done(self, code: int) -> None:
        if not self._over:
            self._over = True
            for signal, slot in self._outside():
                signal.disconnect(slot)
        super().done(code)

    # User actions

    def _look(self, outcome: Notice = SILENT, written: Exported | None = None) -> None:
        """Request a preview. The outcome of the last export stays visible until something changes."""
        self._number += 1
        self._outcome, self._written = outcome, written
        scene, project = self._document.scene, self._document.project
        home = project.path if project else None
        choices = replace(self.form.choices, categories=self._categories)
        span = self._spans.get(choices.span)
        self._work.look(PreviewRequest(self._number, scene, choices, self.results.folder.text(), home, span))
        self._show_state()

    def _control_changed(self) -> None:
        self._look()

    def _use_preset(self, name: str) -> None:
        if name in self._memory.presets:
            self.form.show_choices(self._memory.presets[name])

    def _save_preset(self, name: str) -> None:
        self._memory.keep_preset(name, self.form.choices)
        self._presets_changed(name)

    def _remove_preset(self, name: str) -> None:
        self._memory.presets.pop(name, None)
        self._presets_changed("")

    def _presets_changed(self, current: str) -> None:
        self.presets.show_names(self._memory.presets, current)
        self._work.remember(self._memory)

    def _categorise(self, track: int, cat_id: str) -> None:
        self._categories = with_category(self._categories, track, cat_id)
        self._look()

    def _scene_changed(self, scene: Scene) -> None:
        self.form.show_timeline(scene.timeline)
        if not self._work.running:
            self._look()

    def _export(self) -> None:
        shown = self.preview
        if shown is None or not shown.ready or self._work.running:
            return
        answer = self._ask.taken(self, shown.folder, shown.found) if shown.holds else "replace"
        if answer == "cancel":
            return
        self._remember(shown)
        settings = shown.settings(overwrite=shown.holds and answer == "replace")
        self._outcome, self._written = SILENT, None
        numbered = answer == "number"
        self._work.export(ExportRequest(shown.asked.scene, self._takes, shown.folder, settings, numbered))
        self.results.show_plan(shown.plan)
        self.results.show_running(ExportProgress(0.0, "Starting"))
        self._show_state()

    def _close_or_cancel(self) -> None:
        if self._work.running:
            self._cancel()
        else:
            self.reject()

    def _cancel(self) -> None:
        self._cancelling = True
        self._work.cancel()
        self.results.show_cancelling()
        self._show_state()

    def _choose_folder(self) -> None:
        begin = Path(self.results.folder.text() or Path.home())
        nearest = next((place for place in (begin, *begin.parents) if place.is_dir()), Path.home())
        chosen = self._ask.folder(self, nearest)
        if chosen is not None:
            self.results.folder.setText(str(chosen))

    def _reveal(self) -> None:
        if self._written is not None:
            self._reveal_folder(self._written.folder)

    def _remember(self, shown: ExportPreview) -> None:
        self._memory.last = LastExport(shown.asked.choices, str(shown.folder.parent), self._project)
        self._work.remember(self._memory)

    def _touch(self, row: FileRow) -> None:
        """Render what may be dragged."""
        wanted = self._piece(row)
        if wanted is not None:
            self._drags.prepare(wanted, self._takes)

    def _drag(self, row: FileRow) -> None:
        wanted = self._piece(row)
        if row.path is not None:
            self._drags.drag_file(row.path, self.results.files)
        elif wanted is not None:
            self._drags.drag(wanted, self._takes, self.results.files)

    def _piece(self, row: FileRow) -> SingleExport | None:
        """Return what to render for a row; None if its file is written already, or an export is running."""
        shown = self.preview
        if row.path is not None or self._work.running or shown is None or shown.plan is None:
            return None
        return single_export(shown.asked.scene, shown.asked.choices, row.file.track)

    # Results

    def _take_preview(self, preview: ExportPreview) -> None:
        if preview.asked.number != self._number or self._work.running:
            return
        self._preview = preview
        if self._written is None:
            self.results.show_plan(preview.plan, preview.cat_ids)
        self._show_state()

    def _take_progress(self, progressed: ExportProgress) -> None:
        if not self._cancelling:
            self.results.show_running(progressed)

    def _take_done(self, written: ExportResult) -> None:
        self.results.files.show_written(written)
        self._ended(("good", done_text(written.exported)), written.exported)

    def _take_failure(self, message: Message) -> None:
        self._ended()
        self._messages.show(message)

    def _take_cancelled(self) -> None:
        self._ended(("info", "Cancelled. Nothing was written."))

    def _ended(self, outcome: Notice = SILENT, written: Exported | None = None) -> None:
        self._cancelling = False
        self.results.show_running(None)
        if self._closing:
            super().reject()
        else:
            self._look(outcome, written)

    def _take_message(self, message: Message) -> None:
        """Show a message of the window here too: the window's message bar is behind this dialog."""
        self._outcome = message.kind, message.text
        self._show_state()

    def _take_waiting(self, words: str) -> None:
        self._outcome = ("info", words) if words else SILENT
        self._show_state()

    # Display

    def _show_state(self) -> None:
        running, shown = self._work.running, self.preview
        self.form.setEnabled(not running)
        self.presets.setEnabled(not running)
        self.results.set_editable(not running)
        self.export_button.setEnabled(shown is not None and shown.ready and not running)
        self.close_button.setText("Cancel export" if running else "Close")
        self.close_button.setEnabled(not self._cancelling)
        self.reveal_button.setEnabled(self._written is not None)
        if running:
            self.results.show_notice(*self._outcome)
        elif shown is not None or self._outcome != SILENT:
            self.results.show_notice(*self._notice(shown))

    def _notice(self, shown: ExportPreview | None) -> Notice:
        if self._outcome != SILENT:
            return self._outcome
        if shown is not None and shown.problems:
            return "warning", " ".join(shown.problems)
        if shown is not None and shown.holds:
            return "info", holds_text(shown.found)
        return SILENT

    # Wiring

    def _lay_out(self) -> None:
        self.setWindowTitle(f"Export {self._document.scene.name}")
        self.resize(SIZE)
        across = QHBoxLayout()
        across.setSpacing(20)
        left = QVBoxLayout()
        left.addWidget(self.presets)
        left.addWidget(self._scrolled_form(), 1)
        across.addLayout(left)
        across.addWidget(self.results, 1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(22, 10, 22, 18)
        rows.setSpacing(14)
        rows.addLayout(across, 1)
        rows.addLayout(self._buttons())

    def _scrolled_form(self) -> QScrollArea:
        """Return the form in an area that scrolls where the screen is low."""
        self.form.setFixedWidth(FORM_WIDTH)
        area = QScrollArea()
        area.setWidget(self.form)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFixedWidth(FORM_WIDTH + area.verticalScrollBar().sizeHint().width() + 6)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return area

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(10)
        name_sign(self.reveal_button, "Show in file manager", "Show the folder that was written")
        name_sign(self.close_button, "Close or cancel", "Close, or cancel the export that runs  (Esc)")
        name_sign(self.export_button, "Export", "Write the files  (Enter)")
        self.reveal_button.setIcon(icon("folder", DARK.dim))
        self.export_button.setProperty("primary", True)
        self.export_button.setDefault(True)
        self.export_button.setMinimumWidth(110)
        for button in (self.reveal_button, self.close_button):
            button.setAutoDefault(False)
        row.addWidget(self.reveal_button)
        row.addStretch(1)
        row.addWidget(self.close_button)
        row.addWidget(self.export_button)
        return row

    def _connect(self) -> None:
        self.form.changed.connect(self._control_changed)
        self.presets.chosen.connect(self._use_preset)
        self.presets.saved.connect(self._save_preset)
        self.presets.removed.connect(self._remove_preset)
        self.results.folder.textChanged.connect(lambda _text: self._control_changed())
        self.results.choose.clicked.connect(lambda _checked=False: self._choose_folder())
        self.results.files.drag_prepared.connect(self._touch)
        self.results.files.drag_started.connect(self._drag)
        self.results.files.categorised.connect(self._categorise)
        self.export_button.clicked.connect(lambda _checked=False: self._export())
        self.close_button.clicked.connect(lambda _checked=False: self._close_or_cancel())
        self.reveal_button.clicked.connect(lambda _checked=False: self._reveal())
        for signal, slot in self._outside():
            signal.connect(slot)

    def _outside(self) -> tuple[tuple[SignalInstance, Callable[..., None]], ...]:
        """Return signals of objects that outlive the dialog, with their slots here, to be disconnected at the end."""
        work = self._work
        return (
            (self._document.scene_changed, self._scene_changed),
            (self._messages.shown, self._take_message),
            (self._drags.waiting, self._take_waiting),
            (work.previewed, self._take_preview),
            (work.progressed, self._take_progress),
            (work.done, self._take_done),
            (work.failed, self._take_failure),
            (work.cancelled, self._take_cancelled),
            (work.forgotten, self._messages.show),
        )


def show_folder(path: Path) -> None:
    """Show a folder in the file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
