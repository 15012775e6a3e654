"""The library panel: a search field, what was found, and what is being read."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    Qt,
    QTimer,
    QUrl,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.library.result_delegate import SOUND, ResultDelegate, wave_area
from engine.library.found_sound import FoundSound
from engine.library.search_filter import SearchFilter

TYPING_MS = 180
FILTERS: tuple[tuple[str, SearchFilter], ...] = (
    ("Any length", SearchFilter()),
    ("Under 2 s", SearchFilter(max_seconds=2.0)),
    ("2 to 10 s", SearchFilter(min_seconds=2.0, max_seconds=10.0)),
    ("Over 10 s", SearchFilter(min_seconds=10.0)),
    ("Bright", SearchFilter(min_centroid=2_500.0)),
    ("Dull", SearchFilter(max_centroid=800.0)),
    ("Tonal", SearchFilter(max_flatness=0.02)),
    ("Noisy", SearchFilter(min_flatness=0.15)),
    ("Mono", SearchFilter(channels=1)),
    ("Stereo", SearchFilter(channels=2)),
    ("Starred", SearchFilter(starred=True)),
)


class ResultModel(QAbstractListModel):
    """The found sounds; dragged as files."""

    def __init__(self) -> None:
        super().__init__()
        self.found: tuple[FoundSound, ...] = ()

    def show(self, found: Sequence[FoundSound]) -> None:
        self.beginResetModel()
        self.found = tuple(found)
        self.endResetModel()

    def rowCount(self, _: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's
        return len(self.found)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> object:
        sound = self.found[index.row()]
        if role == SOUND:
            return sound
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return sound.name
        if role == Qt.ItemDataRole.ToolTipRole:
            words = f"\nMatches: {', '.join(sound.matched)}" if sound.matched else ""
            return f"{sound.path}{words}"
        return None

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: N802 - Qt's name
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(self.found[index.row()].path)) for index in indexes])
        return data


class ResultList(QListView):
    """The list of found sounds: the arrow keys play at once, a click in the waveform plays from there.

    Signals:
        play_requested(object, float): a found sound, from a second in it.
        use_requested(object): put a found sound on the timeline.
        star_requested(object): star it, or take its star away.
        like_requested(object): search for sounds like it.
        stop_requested(): stop playing.
    """

    play_requested = Signal(object, float)
    use_requested = Signal(object)
    star_requested = Signal(object)
    like_requested = Signal(object)
    stop_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Found sounds")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setDragEnabled(True)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.playing: tuple[int, float] | None = None
        self._delegate = ResultDelegate(self._play_place)
        self.setItemDelegate(self._delegate)

    @property
    def current(self) -> FoundSound | None:
        index = self.currentIndex()
        return index.data(SOUND) if index.isValid() else None

    def show_playing(self, content: int | None, seconds: float = 0.0) -> None:
        """Show where a sound plays; None for none."""
        self.playing = None if content is None else (content, seconds)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        sound = self.current
        actions = {
            Qt.Key.Key_Return: self.use_requested.emit,
            Qt.Key.Key_Enter: self.use_requested.emit,
            Qt.Key.Key_S: self.star_requested.emit,
            Qt.Key.Key_L: self.like_requested.emit,
        }
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if sound is not None and plain and event.key() in actions:
            actions[Qt.Key(event.key())](sound)
        elif plain and event.key() == Qt.Key.Key_Space and sound is not None:
            self._toggle(sound)
        else:
            before = self.currentIndex()
            super().keyPressEvent(event)
            after = self.current
            if after is not None and self.currentIndex() != before:
                self.play_requested.emit(after, after.start)

    def event(self, event: QEvent) -> bool:
        """Take the plain keys of the list before the window's commands have them."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            mine = {Qt.Key.Key_Space, Qt.Key.Key_S, Qt.Key.Key_L, Qt.Key.Key_Return, Qt.Key.Key_Enter}
            mine |= {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}
            mine |= {Qt.Key.Key_Home, Qt.Key.Key_End}
            if not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier and event.key() in mine:
                event.accept()
                return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        super().mousePressEvent(event)
        sound, index = self.current, self.indexAt(event.position().toPoint())
        if sound is None or not index.isValid() or event.button() != Qt.MouseButton.LeftButton:
            return
        area = wave_area(QRectF(self.visualRect(index)))
        if area.contains(event.position()):
            share = (event.position().x() - area.left()) / area.width()
            self.play_requested.emit(sound, share * sound.seconds)

    def mouseDoubleClickEvent(self, _: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if self.current is not None:
            self.use_requested.emit(self.current)

    def _toggle(self, sound: FoundSound) -> None:
        if self.playing is not None and self.playing[0] == sound.content:
            self.stop_requested.emit()
        else:
            self.play_requested.emit(sound, sound.start)

    def _play_place(self, sound: FoundSound) -> float | None:
        return self.playing[1] if self.playing is not None and self.playing[0] == sound.content else None


class LibraryPanel(QWidget):
    """The panel's widgets.

    Signals:
        searched(str, object): the text and the filter have changed.
        folders_requested(): the user wants to add a folder.
        update_requested(): read what is new, or pause reading.
    """

    searched = Signal(str, object)
    folders_requested = Signal()
    update_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("library")
        self.field = QLineEdit(
            placeholderText='Words, "phrases", AND, OR, NOT, begin*', clearButtonEnabled=True
        )
        self.field.setAccessibleName("Search the library")
        self.filter = QComboBox()
        self.filter.setAccessibleName("Filter")
        for name, _ in FILTERS:
            self.filter.addItem(name)
        self.model, self.results = ResultModel(), ResultList()
        self.results.setModel(self.model)
        self.note = QLabel(wordWrap=True)
        self.bar = QProgressBar(textVisible=False, maximum=1_000)
        self.bar.setFixedHeight(4)
        self.add_button, self.update_button = QPushButton("Add folder…"), QPushButton("Read new files")
        self._lay_out()
        self._timer = QTimer(self, singleShot=True, interval=TYPING_MS)
        self._timer.timeout.connect(self._search)
        self.field.textEdited.connect(lambda _: self._timer.start())
        self.field.returnPressed.connect(self._enter_results)
        self.filter.currentIndexChanged.connect(lambda _: self._search())
        self.add_button.clicked.connect(self.folders_requested)
        self.update_button.clicked.connect(self.update_requested)
        self.show_reading(None, "")

    def _lay_out(self) -> None:
        top, bottom, column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        top.addWidget(self.field, 1)
        top.addWidget(self.filter)
        bottom.addWidget(self.note, 1)
        bottom.addWidget(self.update_button)
        bottom.addWidget(self.add_button)
        column.addLayout(top)
        column.addWidget(self.results, 1)
        column.addWidget(self.bar)
        column.addLayout(bottom)
        self.setMinimumWidth(300)

    @property
    def search_filter(self) -> SearchFilter:
        return FILTERS[self.filter.currentIndex()][1]

    def show_found(self, found: Sequence[FoundSound], note: str) -> None:
        """Show results, the first one selected without being played."""
        self.model.show(found)
        if found:
            self.results.setCurrentIndex(self.model.index(0))
        self.note.setText(note)

    def show_reading(self, fraction: float | None, words: str) -> None:
        """Show how far reading is; None for no reading."""
        self.bar.setVisible(fraction is not None)
        self.bar.setValue(round(1_000 * (fraction or 0.0)))
        self.update_button.setText("Read new files" if fraction is None else "Pause")
        if words:
            self.note.setText(words)

    def focus_field(self) -> None:
        """Give the keyboard to the search field."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def _enter_results(self) -> None:
        self._timer.stop()
        self._search()
        self.results.setFocus(Qt.FocusReason.TabFocusReason)

    def _search(self) -> None:
        self.searched.emit(self.field.text(), self.search_filter)
