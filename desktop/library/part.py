"""The library as a part of the window: search, audition, and what is put on the timeline."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.actions.actions import Actions
from desktop.library.index_process import IndexProcess
from desktop.library.library_commands import LIBRARY_COMMANDS
from desktop.library.library_panel import LibraryPanel
from desktop.library.search_backend import LibrarySearchRequest, SearchAnswer, SearchBackend, StarRequest
from desktop.services import Services
from desktop.settings.model_choice import model_choice
from desktop.threads.background import Background
from desktop.threads.request_thread import Reply, RequestThread
from engine.errors import FoleyscapeError
from engine.library.found_sound import FoundSound
from engine.library.library import library_folder
from engine.library.search_filter import SearchFilter
from engine.sound.sound_file import read_sound
from engine.sound.waveform import Waveform, from_db

AUDITION_SECONDS = 60.0
AUDITION_LUFS = -23.0
"""Found sounds are heard at this loudness, so that the louder one does not seem the better one."""
MOST_GAIN_DB = 30.0
EMPTY = "The library is empty. Where are your sounds? Add a folder; nothing in it is changed."


class LibraryPart(QObject):
    """The library panel, its search thread and its reading program.

    Args:
        services: shared services.
        parent: parent widget.
        folder: where the index lies; None is the user's own.

    Signals:
        play_requested(str, object, float): a key, samples at the timeline's rate, and the second to begin at.
        stop_requested(): stop playing.
        use_requested(object): put a found sound on the timeline.
    """

    play_requested = Signal(str, object, float)
    stop_requested = Signal()
    use_requested = Signal(object)

    def __init__(self, services: Services, parent: QWidget, folder: Path | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self.folder = folder or library_folder()
        self.panel = LibraryPanel(parent)
        self.panel.hide()
        self.reading = IndexProcess(self)
        self.choose_folder: Callable[[], Path | None] = self._choose_folder
        self._thread = RequestThread(self._backend, self)
        self._loading = Background(self)
        self._asked: LibrarySearchRequest | None = None
        self._loaded: tuple[int, Waveform, float] | None = None
        self._said = ""
        self._connect()

    def _connect(self) -> None:
        panel, results = self.panel, self.panel.results
        self._thread.replied.connect(self._answer)
        panel.searched.connect(self._search_words)
        panel.folders_requested.connect(self.add_folder)
        panel.update_requested.connect(self.toggle_reading)
        results.play_requested.connect(self._play)
        results.use_requested.connect(self.use_requested)
        results.star_requested.connect(self._star)
        results.like_requested.connect(self._search_like)
        results.stop_requested.connect(self.stop_requested)
        self.reading.progressed.connect(panel.show_reading)
        self.reading.ended.connect(self._read)
        self.reading.running_changed.connect(self._show_running)

    @property
    def widget(self) -> QWidget:
        return self.panel

    def bind(self, actions: Actions) -> None:
        actions.register(LIBRARY_COMMANDS, self)

    def close(self) -> None:
        """End the threads and the reading program."""
        self.reading.close()
        self._thread.close()
        self._loading.close()

    @property
    def has_one_object(self) -> bool:
        return len(self._services.document.selection) == 1 and self._services.document.still is not None

    # Searching

    def search(self) -> None:
        """Show the panel with the keyboard in its search field."""
        self.panel.show()
        self.panel.focus_field()
        if self._asked is None:
            self._ask(LibrarySearchRequest())

    def search_for_object(self) -> None:
        """Search for sounds of the selected object."""
        document = self._services.document
        thing = document.scene.object(document.selection[0])
        if thing is None or document.still is None:
            return
        self.panel.show()
        self.panel.field.clear()
        self._ask(
            LibrarySearchRequest(still=document.still, thing=thing, search_filter=self.panel.search_filter)
        )
        self.panel.results.setFocus()

    @Slot(str, object)
    def _search_words(self, text: str, search_filter: SearchFilter) -> None:
        self._ask(LibrarySearchRequest(text, search_filter=search_filter))

    @Slot(object)
    def _search_like(self, sound: FoundSound) -> None:
        self._ask(LibrarySearchRequest(like=sound.content, search_filter=self.panel.search_filter))

    def _ask(self, request: LibrarySearchRequest) -> None:
        self._asked = request
        self.panel.note.setText("Searching…")
        self._thread.ask(request)

    @Slot(object)
    def _answer(self, reply: Reply) -> None:
        if isinstance(reply.error, FoleyscapeError):
            self.panel.note.setText(reply.error.message)
        elif reply.error is not None:
            self._services.messages.fail(reply.error)
        elif isinstance(reply.request, StarRequest):
            self._ask(self._asked or LibrarySearchRequest())
        elif reply.request is self._asked and isinstance(reply.request, LibrarySearchRequest):
            self._show(reply.request, reply.value)

    def _show(self, request: LibrarySearchRequest, answer: SearchAnswer) -> None:
        what = "" if request.thing is None else f"Sounds of {request.thing.name}. "
        what = "Sounds like it. " if request.like is not None else what
        count = f"{len(answer.found)} of {answer.total} sounds." if answer.total else EMPTY
        said, self._said = self._said, ""
        self.panel.show_found(answer.found, f"{said} {what}{count} {answer.note}".strip())

    @Slot(object)
    def _star(self, sound: FoundSound) -> None:
        self._thread.ask(StarRequest(sound.content, not sound.starred))

    # Listening

    @Slot(object, float)
    def _play(self, sound: FoundSound, seconds: float) -> None:
        """Play a found sound from a second in it, at the loudness of all found sounds."""
        if self._loaded is not None and self._loaded[0] == sound.content and seconds >= self._loaded[2]:
            self._play_loaded(sound, seconds)
            return
        rate = self._services.document.scene.timeline.rate
        begin = 0.0 if sound.seconds <= AUDITION_SECONDS else seconds
        work = partial(read_audition, sound, rate, begin)
        self._loading.run(work, partial(self._load, sound, seconds, begin), self._services.messages.fail)

    def _load(self, sound: FoundSound, seconds: float, begin: float, samples: Waveform) -> None:
        self._loaded = (sound.content, samples, begin)
        current = self.panel.results.current
        if current is not None and current.content == sound.content:
            self._play_loaded(sound, seconds)

    def _play_loaded(self, sound: FoundSound, seconds: float) -> None:
        assert self._loaded is not None
        _, samples, begin = self._loaded
        self.play_requested.emit(sound.digest.hex(), samples, seconds - begin)

    @Slot(str, float)
    def show_playing(self, key: str, seconds: float) -> None:
        """Show where the sound with this key plays."""
        sound = self.panel.results.current
        if sound is not None and self._loaded is not None and key == sound.digest.hex():
            self.panel.results.show_playing(sound.content, seconds + self._loaded[2])

    @Slot()
    def show_stopped(self) -> None:
        """Show that no found sound plays."""
        self.panel.results.show_playing(None)

    # Reading

    def add_folder(self) -> None:
        """Ask for a folder, and read it."""
        chosen = self.choose_folder()
        if chosen is not None:
            self.reading.add([str(chosen), "--library", str(self.folder)])

    def toggle_reading(self) -> None:
        """Read what is new, or pause reading."""
        if self.reading.running:
            self.reading.stop()
        else:
            self.reading.update(["--library", str(self.folder)])

    @Slot(bool)
    def _show_running(self, running: bool) -> None:
        if running:
            self.panel.show_reading(0.0, "Looking for new recordings")

    @Slot(str)
    def _read(self, words: str) -> None:
        self.panel.show_reading(None, words)
        self._said = words
        self._ask(self._asked or LibrarySearchRequest())

    def _choose_folder(self) -> Path | None:
        chosen = QFileDialog.getExistingDirectory(self.panel, "Add a folder of recordings")
        return Path(chosen) if chosen else None

    def _backend(self) -> SearchBackend:
        """Create the backend, in the search thread."""
        from desktop.generation.worker import studio_factory

        choice = model_choice(self._services.settings.preferences)
        make = studio_factory(self._services.models)
        return SearchBackend(self.folder, lambda: make(choice))


def read_audition(sound: FoundSound, rate: int, begin: float) -> Waveform:
    """Read a found sound from a second on, at the loudness at which found sounds are heard; called in a thread."""
    samples = read_sound(sound.path, rate, start=begin, seconds=AUDITION_SECONDS).samples
    gain = 0.0 if sound.lufs is None else min(AUDITION_LUFS - sound.lufs, MOST_GAIN_DB)
    return samples * from_db(gain)
