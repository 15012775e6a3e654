"""What stands in for slow exports, for people, and for the file manager."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Event

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QWidget

from desktop.export.confirmations import TakenAnswer
from engine.errors import Cancelled
from engine.export.plan import ExportSettings
from engine.export.run import Exported, export
from engine.files import FolderSurvey
from engine.progress import Progress, no_progress
from engine.scene.scene import Scene
from engine.sound.cache import TakeSource


class SlowExport:
    """Waits in the middle until it is let go or cancelled, then fails or really exports."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.go, self.started = Event(), Event()
        self.begun = self.cancelled = self.ended = 0
        self.settings: list[ExportSettings | None] = []

    def __call__(
        self,
        scene: Scene,
        takes: TakeSource,
        out: Path,
        settings: ExportSettings | None = None,
        *,
        made: datetime,
        progress: Progress | None = None,
    ) -> Exported:
        progress = progress or no_progress()
        self.begun += 1
        self.settings.append(settings)
        try:
            progress.report(0.5, "Writing stems and mix")
            self.started.set()
            while not self.go.wait(0.005):
                progress.raise_if_cancelled()
            if self.error is not None:
                raise self.error
            return export(scene, takes, out, settings, made=made, progress=progress)
        except Cancelled:
            self.cancelled += 1
            raise
        finally:
            self.ended += 1


class FakeExportDialogs:
    """Answers questions, and keeps what was asked."""

    def __init__(self, *, answer: TakenAnswer = "cancel", folder: Path | None = None) -> None:
        self.answer, self.chosen = answer, folder
        self.asked: list[tuple[Path, FolderSurvey]] = []
        self.begun: list[Path] = []
        self.shown: list[Path] = []

    def folder(self, over: QWidget, begin: Path) -> Path | None:
        self.begun.append(begin)
        return self.chosen

    def taken(self, over: QWidget, folder: Path, found: FolderSurvey) -> TakenAnswer:
        self.asked.append((folder, found))
        return self.answer

    def reveal(self, folder: Path) -> None:
        self.shown.append(folder)


class Launches:
    """Takes drags instead of carrying them out."""

    def __init__(self, *, held: bool = True) -> None:
        self.paths: list[Path] = []
        self.data: list[QMimeData] = []
        self.held: Callable[[], bool] = lambda: held

    def __call__(self, drag: QDrag) -> None:
        copy = QMimeData()
        for kind in drag.mimeData().formats():
            copy.setData(kind, drag.mimeData().data(kind))
        self.data.append(copy)
        (url,) = drag.mimeData().urls()
        assert url.isLocalFile() and not drag.pixmap().isNull()
        self.paths.append(Path(url.toLocalFile()))
        drag.deleteLater()
