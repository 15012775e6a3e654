"""Files and pictures dropped onto the window or pasted into it."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QFrame, QWidget

from desktop.theme.dark_colours import DARK

INSET = 3


class DropFrame(QFrame):
    """A frame round the window while something that it can open is dragged over it."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self.setObjectName("dropFrame")
        self.setStyleSheet(
            f"QFrame#dropFrame {{ border: 2px solid {DARK.accent}; border-radius: 8px;"
            " background: rgba(91, 168, 229, 28); }"
        )
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_over(self) -> None:
        over = self.parentWidget()
        if over is not None:
            self.setGeometry(over.rect().adjusted(INSET, INSET, -INSET, -INSET))
        self.show()
        self.raise_()


def accepts(event: QDragEnterEvent) -> bool:
    """Accept a drag from outside that holds a file or a picture, as a copy; return whether it was accepted."""
    if event.source() is not None:
        return False  # A drag that began in this window is not a file to open.
    if not event.possibleActions() & Qt.DropAction.CopyAction:
        return False  # Who only moves a file removes it afterwards.
    if not event.mimeData().hasImage() and not local_paths(event.mimeData().urls()):
        return False
    accept_copy(event)
    return True


def accept_copy(event: QDropEvent) -> None:
    """Accept as a copy: the file stays where it is, so its source must not remove it."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()


def open_content(
    data: QMimeData | None,
    open_path: Callable[[Path], None],
    open_picture: Callable[[QImage], None],
    tell: Callable[[str], None],
) -> bool:
    """Open the first file, or else the picture, of dropped or pasted data; return False if there is neither."""
    paths = local_paths(data.urls()) if data is not None and data.hasUrls() else []
    if paths:
        open_path(paths[0])
        if len(paths) > 1:
            tell(left_out_text(paths))
        return True
    if data is not None and data.hasImage():
        open_picture(QImage(data.imageData()))
        return True
    return False


def left_out_text(paths: Sequence[Path]) -> str:
    """Return what became of several files that came at once."""
    others = f"{paths[1].name} was" if len(paths) == 2 else f"{len(paths) - 1} others were"
    return f"A scene has one still: {paths[0].name} is opened, {others} left out."


def local_paths(urls: Sequence[QUrl]) -> list[Path]:
    """Return the local files and folders among dropped or pasted URLs."""
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
