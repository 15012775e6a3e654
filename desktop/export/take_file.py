"""Writes a take into a file that the user names."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.document.messages import Messages
from desktop.export.drags import FileDrags
from desktop.export.single_file import SingleExport
from engine.errors import FoleyscapeError
from engine.files import disk_errors, write_file
from engine.sound.cache import TakeSource

AskPath = Callable[[QWidget, Path], Path | None]
"""Asks where a file is to be written, beginning with a proposal; None if the user cancels."""


class TakeFile(QObject):
    """Asks for a path, lets the take be rendered as a drag of it would be, and copies that file.

    Args:
        drags: renders the take.
        messages: says where it was written, or why not.
        window: the parent of the dialog.
        ask: asks for the path.
    """

    def __init__(
        self, drags: FileDrags, messages: Messages, window: QWidget, ask: AskPath | None = None
    ) -> None:
        super().__init__(window)
        self._drags, self._messages, self._window = drags, messages, window
        self._ask = ask or _ask_path
        self._wanted: list[tuple[SingleExport, Path]] = []
        drags.prepared.connect(self._write)

    def save(self, piece: SingleExport, takes: TakeSource, proposal: Path) -> None:
        """Ask where to write a take, and write it as soon as it is rendered."""
        path = self._ask(self._window, proposal)
        if path is None:
            return
        self._wanted.append((piece, path))
        if self._drags.path_of(piece) is not None:
            self._write(piece)
        else:
            self._drags.prepare(piece, takes)

    @Slot(object)
    def _write(self, piece: SingleExport) -> None:
        rendered = self._drags.path_of(piece)
        for wanted, path in list(self._wanted):
            if rendered is not None and wanted.batch == piece.batch:
                self._wanted.remove((wanted, path))
                self._copy(rendered, path)

    def _copy(self, rendered: Path, path: Path) -> None:
        try:
            with disk_errors(rendered):
                data = rendered.read_bytes()
            write_file(path, data)
        except FoleyscapeError as failure:
            self._messages.fail(failure)
        else:
            self._messages.tell(f"The take is in {path}.")


def _ask_path(window: QWidget, proposal: Path) -> Path | None:
    chosen, _ = QFileDialog.getSaveFileName(window, "Export take", str(proposal), "Sound (*.wav)")
    if not chosen:
        return None
    path = Path(chosen)
    return path if path.suffix.lower() == ".wav" else path.with_name(f"{path.name}.wav")
