"""The MIME data of a dragged take: its digest, under a type of our own."""

from PySide6.QtCore import QMimeData

TAKE_MIME = "application/x-foleyscape-take"


def take_data(digest: str) -> QMimeData:
    """Return the MIME data of a take."""
    data = QMimeData()
    data.setData(TAKE_MIME, digest.encode())
    return data


def take_in(data: QMimeData) -> str | None:
    """Return the digest of the dragged take, or None."""
    if not data.hasFormat(TAKE_MIME):
        return None
    return bytes(data.data(TAKE_MIME).data()).decode(errors="replace")
