"""Named presets of the export dialog: chosen, saved under a name, removed."""

from collections.abc import Collection

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from desktop.export.form_parts import name_sign

MOST_LETTERS = 60


class PresetRow(QWidget):
    """A field with the names of presets, and buttons to save and remove the one that it names.

    Args:
        names: of the presets that there are.

    Signals:
        chosen(str): a preset was chosen from the list.
        saved(str): the present choices are to be saved under this name.
        removed(str): the preset of this name is to be removed.
    """

    chosen = Signal(str)
    saved = Signal(str)
    removed = Signal(str)

    def __init__(self, names: Collection[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field, self.save, self.remove = QComboBox(), QPushButton("Sa&ve"), QPushButton("Remove")
        self.field.setEditable(True)
        self.field.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        name_sign(self.field, "Preset", "Choices that were saved under a name; type a name to save these")
        name_sign(self.save, "Save the preset", "Save the choices under this name")
        name_sign(self.remove, "Remove the preset", "Remove the preset of this name")
        words = QLabel("&Preset")
        words.setProperty("role", "dim")
        words.setMinimumWidth(82)
        words.setBuddy(self.field)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        for widget in (words, self.field, self.save, self.remove):
            across.addWidget(widget, 1 if widget is self.field else 0)
        for button in (self.save, self.remove):
            button.setAutoDefault(False)
        self.show_names(names)
        self.field.textActivated.connect(self.chosen)
        self.field.editTextChanged.connect(lambda _text: self._show_state())
        self.save.clicked.connect(lambda _checked=False: self.saved.emit(self.name))
        self.remove.clicked.connect(lambda _checked=False: self.removed.emit(self.name))

    @property
    def name(self) -> str:
        """The name in the field."""
        return " ".join(self.field.currentText().split())[:MOST_LETTERS]

    def show_names(self, names: Collection[str], current: str = "") -> None:
        """Show the presets that there are, and one of their names in the field."""
        self.field.clear()
        self.field.addItems(sorted(names, key=str.casefold))
        self.field.setEditText(current)
        line = self.field.lineEdit()
        if line is not None:
            line.setPlaceholderText("Name")
            name_sign(line, "Name of the preset", self.field.toolTip())
        self._show_state()

    def _show_state(self) -> None:
        self.save.setEnabled(bool(self.name))
        self.remove.setEnabled(self.field.findText(self.name) >= 0)
