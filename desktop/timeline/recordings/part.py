"""Own recordings as a part of the window: sound files that are imported, and takes from the microphone."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QPointF, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from desktop.actions.actions import Actions
from desktop.playback.output_devices import open_device
from desktop.playback.output_thread import OpenDevice
from desktop.playback.player import Player
from desktop.services import Services
from desktop.settings.model_choice import model_choice
from desktop.settings.store import unsaved_folder
from desktop.theme.message_box import message_box
from desktop.threads.background import Background
from desktop.timeline.recordings.calibration import keep_round_trip, measure_median
from desktop.timeline.recordings.importer import NO_PROJECT, Place, SoundImporter
from desktop.timeline.recordings.input_devices import InputDevice, OpenInput, Push, open_input
from desktop.timeline.recordings.record_bar import RecordBar
from desktop.timeline.recordings.recorder import Recorder, RecordRequest
from desktop.timeline.recordings.recordings_commands import RECORDINGS_COMMANDS
from desktop.timeline.recordings.sound_drops import SoundDrops
from engine.errors import FoleyscapeError
from engine.library.found_sound import FoundSound
from engine.sound.sound_file import ENDINGS

WHOLE_SECONDS = 30.0
"""A sound of the library up to this length is imported as a whole."""
SOUNDS = f"Sounds ({' '.join(f'*{ending}' for ending in ENDINGS)});;All files (*)"


class RecordingsPart(QObject):
    """Imports sound files, from a dialog and from drops, and records from the microphone.

    Args:
        services: shared services.
        player: its position is where files are placed that no place is named for; it plays while recording.
        parent: dialogs are shown over it.
        open_output: opens the audio output, to measure latencies.
        input_: opens the audio input.

    Signals:
        measuring_changed(): the latency begins or ends to be measured.
    """

    measuring_changed = Signal()

    def __init__(
        self,
        services: Services,
        player: Player,
        parent: QWidget,
        open_output: OpenDevice = open_device,
        input_: OpenInput = open_input,
    ) -> None:
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

        self.open_output, self.open_input = open_output, input_
        self.recorder = Recorder(
            services.document,
            player,
            services.messages,
            services.state,
            folder=recordings_folder(),
            open_input=self._opened_input,
            parent=self,
        )
        self.bar = RecordBar(self.recorder, parent)
        self._measuring = Background(self)
        self.measuring = False

    @property
    def has_project(self) -> bool:
        return self._services.document.project is not None

    @property
    def recording(self) -> bool:
        return self.recorder.active

    def bind(self, actions: Actions) -> None:
        actions.register(RECORDINGS_COMMANDS, self)
        self.recorder.changed.connect(actions.refresh)
        self.measuring_changed.connect(actions.refresh)

    def toggle_recording(self) -> None:
        """Record for the selected object from the playhead, or between the marks if there are any; again to stop."""
        if self.recorder.active:
            self.recorder.stop()
            return
        selection, preferences = self._services.document.selection, self._services.settings.preferences
        marks = self._player.loop
        start, stop = marks if marks is not None else (self._player.position, None)
        index = selection[0] if len(selection) == 1 else None
        request = RecordRequest(index, start, stop, preferences.pre_roll, preferences.input_device)
        self.recorder.begin(request)

    def measure_latency(self) -> None:
        """Play clicks and find them in what the microphone hears; what is found is kept for these devices."""
        if self.measuring or self.recorder.active:
            return
        self._player.stop()
        self.measuring = True
        self.measuring_changed.emit()
        self._services.activity.set_task("latency", "Measuring the recording latency: four clicks are played")
        preferences, rate = self._services.settings.preferences, self._player.timeline.rate
        work = partial(measure_median, self.open_output, self.open_input, rate, preferences.input_device)
        self._measuring.run(work, self._keep_latency, self._fail_latency)

    def tell_of_leftovers(self) -> None:
        """Say which recordings a crash has cut off, and where they are."""
        folder = recordings_folder()
        left = sorted(folder.glob("*.wav")) if folder.is_dir() else []
        if left:
            many = "A recording was" if len(left) == 1 else f"{len(left)} recordings were"
            self._services.messages.warn(
                f"{many} not finished and can be imported from {folder}, by File > Import sound."
            )

    def _opened_input(self, rate: int, push: Push, name: str) -> InputDevice:
        return self.open_input(rate, push, name)

    def _keep_latency(self, found: tuple[str, float]) -> None:
        self._end_measuring()
        key, seconds = found
        try:
            keep_round_trip(self._services.state, key, seconds)
        except FoleyscapeError as failure:
            self._services.messages.fail(failure)
            return
        self._services.messages.tell(
            f"Recordings come {1000 * seconds:.1f} ms late, and are moved by that from now on."
        )

    def _fail_latency(self, error: BaseException) -> None:
        self._end_measuring()
        self._services.messages.fail(error)

    def _end_measuring(self) -> None:
        self.measuring = False
        self.measuring_changed.emit()
        self._services.activity.set_task("latency", "")

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

    def use_found(self, sound: FoundSound) -> None:
        """Import a sound of the library at the playhead: for the selected object on its track, else on a new one.

        Of a sound longer than ``WHOLE_SECONDS``, only from the stretch that was found on.
        """
        if not self.has_project:
            self._services.messages.tell(NO_PROJECT)
            return
        selection = self._services.document.selection
        index = selection[0] if len(selection) == 1 else None
        is_long = sound.seconds > WHOLE_SECONDS
        start, seconds = (sound.start, WHOLE_SECONDS) if is_long else (0.0, None)
        place = Place(index, self._player.position, None, start, seconds, sound.licence)
        self.importer.import_files([sound.path], place)

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
        self.recorder.close()
        self._measuring.close()

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


def recordings_folder() -> Path:
    """Return the folder in which files are written while they are recorded."""
    return unsaved_folder().parent / "recordings"


def hearing(services: Services) -> Callable[[Path], str | None]:
    """Return a function that names what a sound file sounds like, with the chosen model; called in a thread."""

    def hear(path: Path) -> str | None:
        from desktop.generation.worker import studio_factory

        choice = model_choice(services.settings.preferences)
        return studio_factory(services.models)(choice).hear(path).name

    return hear
