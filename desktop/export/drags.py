"""Audio files dragged out of the window: rendered in a thread beforehand, dragged once they exist."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

from PySide6.QtCore import QMimeData, QObject, QStandardPaths, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDrag, QGuiApplication
from PySide6.QtWidgets import QWidget

from desktop.document.messages import Messages
from desktop.export.single_file import Rendered, SingleExport, delete_old, render_single
from desktop.export.worker import WriteExport, engine_export
from desktop.theme.icons import icon_pixmap
from desktop.threads.request_thread import Reply, RequestThread
from engine.errors import Cancelled
from engine.progress import Progress
from engine.sound.cache import TakeSource

Launch = Callable[[QDrag], object]
DecorateDrag = Callable[[QDrag], None]
"""Adds the data and the pixmap that a drag has within the window; the file is added to them."""
PICTURE = 28


@dataclass(frozen=True)
class _RenderRequest:
    piece: SingleExport
    takes: TakeSource = field(repr=False, compare=False)


class FileDrags(QObject):
    """Renders files and starts drags of them.

    Args:
        messages: shows errors.
        home: folder for the files; None is the user's cache folder.
        write: renders; None is the engine's export.
        launch: starts a drag.
        held: returns whether the mouse button is still down.

    Signals:
        prepared(SingleExport): the file can be dragged now.
        waiting(str): a drag starts when this has been rendered; empty when it has started or cannot.
    """

    prepared = Signal(object)
    waiting = Signal(str)

    def __init__(
        self,
        messages: Messages,
        home: Path | None = None,
        *,
        write: WriteExport | None = None,
        launch: Launch | None = None,
        held: Callable[[], bool] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._messages = messages
        self._home = home or drags_folder()
        self._launch = launch or _launch
        self._held = held or _button_held
        self._done: dict[tuple[object, ...], Rendered] = {}
        self._orders: dict[tuple[object, ...], SingleExport] = {}
        self._wanted: tuple[SingleExport, QWidget, DecorateDrag | None] | None = None
        self._stop = Event()
        home_, stop = self._home, self._stop
        self._thread = RequestThread(lambda: _handler(home_, write or engine_export(), stop), self)
        self._thread.replied.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def prepare(self, piece: SingleExport, takes: TakeSource) -> None:
        """Render the file in the thread, unless it exists or is being rendered."""
        if piece.batch not in self._orders and self.path_of(piece) is None:
            self._orders[piece.batch] = piece
            self._thread.ask(_RenderRequest(piece, takes))

    def path_of(self, piece: SingleExport) -> Path | None:
        """Return the file, or None if it does not exist yet."""
        path = self._done.get(piece.batch, {}).get(piece.clip if piece.clip is not None else piece.track)
        return path if path is not None and path.is_file() else None

    def drag(
        self, piece: SingleExport, takes: TakeSource, source: QWidget, decorate: DecorateDrag | None = None
    ) -> None:
        """Start a drag of the file, at once or, while the mouse button is held, as soon as it exists.

        Args:
            piece: what to render.
            takes: returns the samples of a take.
            source: the widget that the drag starts from.
            decorate: adds data for drops within the window, which work even if no file can be rendered.
        """
        path = self.path_of(piece)
        if path is not None:
            self.drag_file(path, source, decorate)
            return
        self._wanted = piece, source, decorate
        self.waiting.emit("Rendering the sound to drag…")
        self.prepare(piece, takes)

    def drag_file(self, path: Path | None, source: QWidget, decorate: DecorateDrag | None = None) -> None:
        """Start a drag of an existing file, or only of the data that ``decorate`` adds."""
        drag = QDrag(source)
        drag.setMimeData(mime_of(path) if path is not None else QMimeData())
        drag.setPixmap(icon_pixmap("waveform", "#dde1e6", PICTURE, source.devicePixelRatioF()))
        if decorate is not None:
            decorate(drag)
        self._launch(drag)

    def close(self) -> None:
        """End the thread. The files stay: an editor may refer to them."""
        self._wanted = None
        self._stop.set()
        self._thread.close()

    @Slot(object)
    def _take(self, answer: Reply) -> None:
        piece: SingleExport = answer.request.piece
        self._orders.pop(piece.batch, None)
        if answer.error is None:
            self._done[piece.batch] = answer.value
            self.prepared.emit(piece)
        elif not isinstance(answer.error, Cancelled):
            self._messages.fail(answer.error)
        if self._wanted is not None and self._wanted[0].batch == piece.batch:
            self._begin_wanted()

    def _begin_wanted(self) -> None:
        assert self._wanted is not None
        (piece, source, decorate), self._wanted = self._wanted, None
        self.waiting.emit("")
        path = self.path_of(piece)
        if (path is not None or decorate is not None) and self._held():
            self.drag_file(path, source, decorate)


def mime_of(path: Path) -> QMimeData:
    """Return MIME data with the file's URL, and its path for programs that accept text."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    data.setText(str(path))
    return data


def drags_folder() -> Path:
    """Return the folder of dragged files, in the user's cache."""
    cache = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericCacheLocation)
    return Path(cache) / "foleyscape" / "dragged"


def _handler(home: Path, write: WriteExport, stop: Event) -> Callable[[Any], Rendered]:
    """Return the request handler. Runs in the thread."""
    delete_old(home)
    progress = Progress(None, stop.is_set)
    return lambda order: render_single(order.piece, order.takes, home, write, progress)


def _launch(drag: QDrag) -> object:
    return drag.exec(Qt.DropAction.CopyAction)


def _button_held() -> bool:
    return bool(QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton)
