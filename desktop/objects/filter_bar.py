"""The line above the list that filters takes: words, star, object, bin."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QToolButton, QWidget

from desktop.objects.controls import IconMaker, set_name_and_tip, small_button
from desktop.objects.take_filter import TakeFilter
from desktop.objects.take_menu import KeyOf
from engine.scene.scene import Scene

LEAVING = frozenset({Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down})


class SearchField(QLineEdit):
    """A search field that Return and Escape leave.

    Signals:
        left(): the keyboard goes to the takes that were found.
    """

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Escape:
            # As in every field: the text is as before, and the keyboard goes back (``FocusGuard``).
            event.accept()
        elif event.key() in LEAVING:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.key() in LEAVING:
            event.accept()
            return True
        return super().event(event)


class FilterBar(QWidget):
    """The controls of the filter; hidden while the scene has no takes.

    Signals:
        changed(TakeFilter): other takes are to be shown.
        left(): the keyboard goes to the takes.
        emptied(): empty the bin.
    """

    changed = Signal(object)
    left = Signal()
    emptied = Signal()

    def __init__(self, icons: IconMaker, keys: KeyOf, parent: QWidget) -> None:
        super().__init__(parent)
        self._icons, self._keys = icons, keys
        self._objects: list[tuple[int, str]] = []
        self.words = SearchField(self)
        self.words.setObjectName("field")
        self.words.setPlaceholderText("Find takes")
        self.words.setAccessibleName("Find takes")
        self.words.setClearButtonEnabled(True)
        self.object = QComboBox(self)
        self.object.setAccessibleName("Takes of which object")
        self.object.setToolTip("Show only the takes of one object")
        self.object.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.object.setMinimumContentsLength(5)
        self.star = small_button(
            self, icons("star"), "Only starred takes", "Show only starred takes", checkable=True
        )
        self.bin = small_button(self, icons("trash"), "Bin", "Show the takes in the bin", checkable=True)
        self.empty = QToolButton(self)
        self.empty.setObjectName("use")
        self.empty.setText("Empty")
        set_name_and_tip(self.empty, "Empty bin", "Remove the takes in the bin from the project")
        self._lay_out()
        self.set_keys()
        self.words.textChanged.connect(lambda _: self._tell())
        self.words.left.connect(self.left)
        self.object.currentIndexChanged.connect(lambda _: self._tell())
        self.star.toggled.connect(lambda _: self._tell())
        self.bin.toggled.connect(lambda _: self._tell())
        self.empty.clicked.connect(self.emptied)

    def set_keys(self) -> None:
        """Update the tooltip for another key map."""
        self.words.setToolTip(self._keys.tip("find_takes"))

    @property
    def chosen(self) -> TakeFilter:
        """The filter as it is set."""
        return TakeFilter(
            self.words.text().strip(), self.star.isChecked(), self.object.currentData(), self.bin.isChecked()
        )

    def show_scene(self, scene: Scene, chosen: TakeFilter) -> None:
        """Show the filter, and offer the objects of the scene."""
        deleted = sum(take.deleted for take in scene.takes)
        for control in (self.words, self.object, self.star, self.bin):
            control.blockSignals(True)
        if self.words.text().strip() != chosen.words:
            self.words.setText(chosen.words)
        self._offer([(thing.index, thing.name) for thing in scene.objects], chosen.number)
        self.star.setChecked(chosen.starred)
        self.star.setIcon(self._icons("star_filled" if chosen.starred else "star"))
        self.bin.setChecked(chosen.deleted)
        for control in (self.words, self.object, self.star, self.bin):
            control.blockSignals(False)
        self.bin.setVisible(bool(deleted) or chosen.deleted)
        self.bin.setToolTip(f"Show the takes in the bin: {deleted}")
        self.empty.setVisible(chosen.deleted)
        self.empty.setEnabled(bool(deleted))
        self.setVisible(bool(scene.takes))

    def _offer(self, objects: Sequence[tuple[int, str]], number: int | None) -> None:
        if list(objects) != self._objects or not self.object.count():
            self._objects = list(objects)
            self.object.clear()
            self.object.addItem("All", None)
            for index, name in objects:
                self.object.addItem(name, index)
        self.object.setCurrentIndex(max(0, self.object.findData(number)))

    def _tell(self) -> None:
        self.changed.emit(self.chosen)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 10, 4)
        row.setSpacing(4)
        row.addWidget(self.words, 1)
        row.addWidget(self.object)
        for button in (self.star, self.bin, self.empty):
            row.addWidget(button)
