"""The page of keyboard shortcuts in the preferences."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from desktop.actions.command_spec import MENUS
from desktop.actions.key_map import KeyMap

PLAIN = QKeySequence.SequenceFormat.PortableText
ID = Qt.ItemDataRole.UserRole
PLACES = {
    "": "Elsewhere",
    "canvas": "On the still",
    "takes": "In the list of takes",
    "timeline": "In the timeline",
}
"""Where a scope's keys act, as shown."""


class KeyRecorder(QKeySequenceEdit):
    """Records one key; Escape keeps the key that was there."""

    def __init__(self) -> None:
        super().__init__()
        self._before = QKeySequence()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        self._before = self.keySequence()
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Escape and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.setKeySequence(self._before)
            self.clearFocus()
            event.accept()
        else:
            super().keyPressEvent(event)


class KeysPage(QWidget):
    """Shows a key map and lets it be searched and changed."""

    def __init__(self, keys: KeyMap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.keys = keys
        self._rows: dict[str, QTreeWidgetItem] = {}
        self._branches: list[QTreeWidgetItem] = []
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search an action or a key")
        self.search.setAccessibleName("Search actions")
        self.search.setClearButtonEnabled(True)
        self.tree = self._make_tree()
        self.edit = KeyRecorder()
        self.edit.setMaximumSequenceLength(1)
        self.edit.setAccessibleName("New key")
        self.keep = QCheckBox("&Add to its keys")
        self.keep.setToolTip("The action keeps the keys it has, and gets the new one too")
        self.note = QLabel("Select an action, then press its new key. Esc keeps the old one.")
        self.note.setProperty("role", "small")
        self.remove = QPushButton("&Clear")
        self.usual = QPushButton("&Default")
        self._lay_out()
        self._connect()
        self._show_keys()
        self._follow()

    def shown(self) -> list[str]:
        """Return the ids of the commands that match the search."""
        return [id_ for id_, row in self._rows.items() if not row.isHidden()]

    def select(self, id_: str) -> None:
        self.tree.setCurrentItem(self._rows[id_])

    def restore_usual(self) -> None:
        self._become(self.keys.defaults())

    def _make_tree(self) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setColumnCount(2)
        tree.setHeaderLabels(["Action", "Key"])
        tree.setAccessibleName("Actions and their keys")
        tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for menu in MENUS:
            branch = QTreeWidgetItem([menu.replace("&", ""), ""])
            branch.setFlags(Qt.ItemFlag.ItemIsEnabled)
            tree.addTopLevelItem(branch)
            self._branches.append(branch)
            for spec in (spec for spec in self.keys.commands if spec.menu == menu):
                row = QTreeWidgetItem([spec.plain, ""])
                row.setData(0, ID, spec.id)
                row.setToolTip(0, spec.tip)
                branch.addChild(row)
                self._rows[spec.id] = row
        tree.expandAll()
        return tree

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(24, 16, 24, 12)
        rows.setSpacing(10)
        rows.addWidget(self.search)
        rows.addWidget(self.tree, 1)
        cells = QHBoxLayout()
        cells.addWidget(self.edit, 1)
        cells.addWidget(self.keep)
        cells.addWidget(self.remove)
        cells.addWidget(self.usual)
        rows.addLayout(cells)
        rows.addWidget(self.note)
        for button in (self.remove, self.usual):
            button.setAutoDefault(False)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._filter)
        self.tree.currentItemChanged.connect(lambda *_: self._follow())
        self.edit.editingFinished.connect(self._take)
        self.remove.clicked.connect(lambda _checked=False: self._give(()))
        self.usual.clicked.connect(lambda _checked=False: self._give_usual())

    def _current(self) -> str | None:
        item = self.tree.currentItem()
        id_ = item.data(0, ID) if item is not None else None
        return str(id_) if id_ else None

    def _follow(self) -> None:
        """Update the controls below the list for the selected row."""
        id_ = self._current()
        for control in (self.edit, self.keep, self.remove, self.usual):
            control.setEnabled(id_ is not None)
        first = next(iter(self.keys.keys(id_)), "") if id_ else ""
        self.edit.setKeySequence(QKeySequence(first))

    def _take(self) -> None:
        key, id_ = self.edit.keySequence().toString(PLAIN), self._current()
        if not key or id_ is None:
            return
        there = self.keys.keys(id_)
        if key in there:
            return
        self._give((*there, key) if self.keep.isChecked() else (key,))

    def _give_usual(self) -> None:
        id_ = self._current()
        if id_ is not None:
            self._give(self.keys.command(id_).keys)

    def _give(self, keys: tuple[str, ...]) -> None:
        id_ = self._current()
        if id_ is None or keys == self.keys.keys(id_):
            return
        before = self.keys
        self._become(before.with_keys(id_, keys))
        self.note.setText(self._told(id_, keys[-1], before) if keys else "")

    def _told(self, id_: str, key: str, before: KeyMap) -> str:
        """Return which other command had the key, or still has it in another part of the window."""
        scope, said = self.keys.command(id_).scope, []
        for where, words in PLACES.items():
            other = before.action_in(key, where)
            if other not in (None, id_) and where == scope:
                said.append(f"Taken from {self._rows[str(other)].text(0)}.")
            elif other is not None and "" in (where, scope):
                said.append(f"{words} the key stays with {self._rows[other].text(0)}.")
        return " ".join(said)

    def _become(self, keys: KeyMap) -> None:
        self.keys = keys
        self._show_keys()
        self._follow()

    def _show_keys(self) -> None:
        for id_, row in self._rows.items():
            shown = [
                QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
                for key in self.keys.keys(id_)
            ]
            row.setText(1, ", ".join(shown))
            font = row.font(1)
            font.setBold(id_ in self.keys.changed)
            row.setFont(1, font)

    def _filter(self, text: str) -> None:
        wanted = text.strip().lower()
        for row in self._rows.values():
            row.setHidden(wanted not in _searched(row))
        for menu, branch in zip(MENUS, self._branches, strict=True):
            there = [self._rows[spec.id] for spec in self.keys.commands if spec.menu == menu]
            branch.setHidden(all(row.isHidden() for row in there))


def _searched(row: QTreeWidgetItem) -> str:
    return f"{row.text(0)} {row.text(1)}".lower()
