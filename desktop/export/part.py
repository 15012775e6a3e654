"""The export part of the window: the dialog, the worker threads, and drags of clips, stems and takes."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Slot
from PySide6.QtWidgets import QWidget

from desktop.actions.actions import Actions
from desktop.document.activity import Activity
from desktop.document.document import Document
from desktop.document.messages import Messages
from desktop.export.drags import DecorateDrag, FileDrags
from desktop.export.export_commands import EXPORT_COMMANDS
from desktop.export.last_export import LastExportStore, last_export_file
from desktop.export.single_file import SingleExport, single_export, take_export
from desktop.export.take_file import TakeFile
from desktop.export.worker import ExportProgress, ExportWorker
from desktop.settings.store import SettingsStore
from engine.errors import BadInput
from engine.export.choices import ExportChoices
from engine.sound.cache import TakeSource

if TYPE_CHECKING:
    from desktop.export.export_dialog import ExportDialog
    from engine.export.span import Span

WHO = "export"


class ExportPart(QObject):
    """Opens the export dialog and renders drags.

    Attributes:
        spans: returns the ranges of the timeline that can be exported alone, by their names.

    Args:
        document: holds the scene.
        messages: shows errors.
        settings: the preferences.
        running: shows progress in the status bar.
        window: the parent of the dialog.
        work: the export threads; None creates them.
        drags: renders dragged files; None creates it.
        memory: the last export's choices; None reads them from disk.
    """

    def __init__(
        self,
        document: Document,
        messages: Messages,
        settings: SettingsStore,
        running: Activity,
        window: QWidget,
        *,
        work: ExportWorker | None = None,
        drags: FileDrags | None = None,
        memory: LastExportStore | None = None,
    ) -> None:
        super().__init__(window)
        self._document, self._messages, self._settings = document, messages, settings
        self._running, self._window = running, window
        self.work = work or ExportWorker(parent=self)
        self.drags = drags or FileDrags(messages, parent=self)
        self.take_file = TakeFile(self.drags, messages, window)
        self._memory = memory or LastExportStore(last_export_file())
        self.spans: Callable[[], Mapping[str, Span]] = dict
        self.dialog: ExportDialog | None = None
        self.work.progressed.connect(self._tell)
        self.work.done.connect(self._tell_end)
        self.work.failed.connect(self._tell_end)
        self.work.cancelled.connect(self._tell_end)

    def bind(self, actions: Actions) -> None:
        actions.register(EXPORT_COMMANDS, self)

    @property
    def can_export(self) -> bool:
        return self._takes is not None

    def show(self) -> None:
        """Open the dialog, or bring it to the front."""
        if self.dialog is None:
            takes = self._takes
            if takes is None:
                return
            # The dialog and what it needs of the engine are loaded when they are first wanted.
            from desktop.export.export_dialog import ExportDialog

            self.dialog = ExportDialog(
                self._document,
                takes,
                self.work,
                self.drags,
                self._memory,
                self._begin(),
                messages=self._messages,
                spans=self.spans(),
                parent=self._window,
            )
            self.dialog.finished.connect(self._forget)
            self.dialog.open()
        self.dialog.raise_()

    def prepare(self, *, track: int | None = None, clip: int | None = None) -> None:
        """Render a stem or a clip that was pressed and may be dragged."""
        wanted, takes = self._piece(track, clip), self._takes
        if wanted is not None and takes is not None:
            self.drags.prepare(wanted, takes)

    def drag(self, source: QWidget, *, track: int | None = None, clip: int | None = None) -> None:
        """Drag a stem or a clip out of ``source`` as a file; with neither, the mix."""
        wanted, takes = self._piece(track, clip), self._takes
        if wanted is not None and takes is not None:
            self.drags.drag(wanted, takes, source)

    def prepare_take(self, digest: str) -> None:
        """Render a take that was pressed and may be dragged."""
        wanted, takes = self._take_piece(digest), self._takes
        if wanted is not None and takes is not None:
            self.drags.prepare(wanted, takes)

    def drag_take(self, source: QWidget, digest: str, decorate: DecorateDrag) -> None:
        """Drag a take out of ``source``, with what ``decorate`` adds within the window, elsewhere as a file."""
        wanted, takes = self._take_piece(digest), self._takes
        if wanted is not None and takes is not None:
            self.drags.drag(wanted, takes, source, decorate)

    def save_take(self, digest: str) -> None:
        """Ask for a path, and write a take there as a file."""
        wanted, takes, take = self._take_piece(digest), self._takes, self._document.scene.take(digest)
        if wanted is not None and takes is not None and take is not None:
            from engine.export.file_names import safe_name

            name = safe_name(take.title or f"{take.name} take {take.number}", "take")
            self.take_file.save(wanted, takes, self._begin() / f"{name}.wav")

    def close(self) -> None:
        """Cancel a running export and end the threads."""
        self.work.close()
        self.drags.close()
        if self.dialog is not None:
            self.dialog.done(0)

    @property
    def _takes(self) -> TakeSource | None:
        project = self._document.project
        return project.takes if project is not None else None

    def _piece(self, track: int | None, clip: int | None) -> SingleExport | None:
        return self._made(lambda choices: single_export(self._document.scene, choices, track, clip))

    def _take_piece(self, digest: str) -> SingleExport | None:
        return self._made(lambda choices: take_export(self._document.scene, choices, digest))

    def _made(self, make: Callable[[ExportChoices], SingleExport]) -> SingleExport | None:
        project = self._document.project
        try:
            return make(self._memory.last.for_project(str(project.path) if project else ""))
        except BadInput as refusal:
            self._messages.fail(refusal)
            return None

    def _begin(self) -> Path:
        """Return the preferred folder, else that of the last export, else the user's home."""
        music = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MusicLocation)
        home = music if Path(music).is_dir() else Path.home()
        return Path(self._settings.preferences.export_folder or self._memory.last.folder or home).expanduser()

    @Slot(object)
    def _tell(self, progressed: ExportProgress) -> None:
        if self.work.running:
            self._running.set_task(WHO, progressed.text or "Exporting", progressed.seconds)

    @Slot()
    @Slot(object)
    def _tell_end(self, _end: object = None) -> None:
        self._running.set_task(WHO, "")

    @Slot()
    def _forget(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None
