"""Own recordings as a part of the window: sound files that are imported."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QPointF
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from desktop.actions.actions import Actions
from desktop.playback.player import Player
from desktop.services import Services
from desktop.settings.model_choice import model_choice
from desktop.theme.message_box import message_box
from desktop.timeline.recordings.importer import Place, SoundImporter
from desktop.timeline.recordings.recordings_commands import RECORDINGS_COMMANDS
from desktop.timeline.recordings.sound_drops import SoundDrops
from engine.sound.sound_file import ENDINGS

SOUNDS = f"Sounds ({' '.join(f'*{ending}' for ending in ENDINGS)});;All files (*)"


class RecordingsPart(QObject):
    """Imports sound files, from a dialog and from drops.

    Args:
        services: shared services.
        player: its position is where files are placed that no place is named for.
        parent: dialogs are shown over it.
    """

    def __init__(self, services: Services, player: Player, parent: QWidget) -> None:
        super().__init__(parent)
        self._services, self._player, self._parent = services, player, parent
        self.choose: Callable[[], list[Path]] = self._choose
        self.ask: Callable[[str], bool] = self._ask
        self.importer = SoundImporter(
            services.document,
            services.messages,
            services.activity,
            self._asked,
            hearing(services),
            self,
        )

    @property
    def has_project(self) -> bool:
        return self._services.document.project is not None

    def bind(self, actions: Actions) -> None:
        actions.register(RECORDINGS_COMMANDS, self)

    def import_sounds(self) -> None:
        """Ask for files and import them, for the selected object, else at the playhead."""
        paths = self.choose()
        if paths:
            selection = self._services.document.selection
            one = selection[0] if len(selection) == 1 else None
            self.import_for(paths, one)

    def import_for(self, paths: Sequence[Path], index: int | None) -> None:
        """Import files as takes of an object, or of none: then they are placed at the playhead."""
        place = Place(at=self._player.position) if index is None else Place(index)
        self.importer.import_files(paths, place)

    def import_at(self, paths: Sequence[Path], at: int, row: int) -> None:
        """Import files onto the track of a row of the timeline; below the last track, onto a new one."""
        tracks = self._services.document.scene.timeline.tracks
        track = tracks[row] if 0 <= row < len(tracks) else None
        place = Place(at=at) if track is None else Place(track.object, at, track.id)
        self.importer.import_files(paths, place)

    def accept_drops(self, widget: QWidget, object_at: Callable[[QPointF], int | None]) -> None:
        """Import what is dropped onto a widget, for the object at that place."""
        SoundDrops(widget, object_at).dropped.connect(self.import_for)

    def close(self) -> None:
        """End the threads."""
        self.importer.close()

    def _asked(self, words: str) -> bool:
        return self.ask(words)

    def _choose(self) -> list[Path]:
        begin = self._services.settings.preferences.projects_folder
        chosen, _ = QFileDialog.getOpenFileNames(self._parent, "Import sound", begin, SOUNDS)
        return [Path(name) for name in chosen]

    def _ask(self, words: str) -> bool:
        kind = QMessageBox.StandardButton
        box = message_box(self._parent, "Import sound", words)
        box.setStandardButtons(kind.Yes | kind.Cancel)
        box.button(kind.Yes).setText("&Import")
        box.button(kind.Yes).setProperty("primary", True)
        box.button(kind.Cancel).setText("&Cancel")
        return box.exec() == kind.Yes.value


def hearing(services: Services) -> Callable[[Path], str | None]:
    """Return a function that names what a sound file sounds like, with the chosen model; called in a thread."""

    def hear(path: Path) -> str | None:
        from desktop.generation.worker import studio_factory

        choice = model_choice(services.settings.preferences)
        return studio_factory(services.models)(choice).hear(path).name

    return hear
