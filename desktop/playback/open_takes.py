"""The takes of the project that is open, whichever that is."""

from PySide6.QtCore import QObject, Slot

from desktop.document import Document
from engine.errors import BadInput
from engine.sound.cache import TakeSource
from engine.sound.loudness import Waveform


class OpenTakes(QObject):
    """A source of takes for the playback thread; which project is open it learns in the GUI thread.

    Args:
        document: knows the project. Make this before whatever asks it for takes of a new scene.
    """

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._source: TakeSource | None = None
        self._follow()
        document.scene_changed.connect(self._follow)

    def __call__(self, digest: str) -> tuple[Waveform, int]:
        source = self._source
        if source is None:
            raise BadInput("There is no project open whose takes could be heard.")
        return source(digest)

    @Slot()
    def _follow(self) -> None:
        project = self._document.project
        self._source = None if project is None else project.takes
