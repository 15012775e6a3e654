"""How a take travels by drag and drop: its digest, under a type of our own."""

from PySide6.QtCore import QMimeData

TAKE_MIME = "application/x-foleyscape-take"


def take_data(digest: str) -> QMimeData:
    """What is dragged."""
    data = QMimeData()
    data.setData(TAKE_MIME, digest.encode())
    return data


def take_in(data: QMimeData) -> str | None:
    """The digest of the take that is dragged, or None."""
    if not data.hasFormat(TAKE_MIME):
        return None
    return bytes(data.data(TAKE_MIME).data()).decode(errors="replace")
