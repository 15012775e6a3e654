"""The preferences dialog, built from the settings table: a page for each section, and one for the keys."""

from collections.abc import Callable
from dataclasses import Field, fields, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.actions.key_map import KeyMap
from desktop.settings.keys_page import KeysPage
from desktop.settings.table import SECTIONS, FieldInfo, Preferences, field_info
from desktop.theme.number_field import NumberField, WholeNumberField

RESTART = "from the next start"


class PreferencesDialog(QDialog):
    """Shows preferences and keys and returns changed ones.

    Args:
        preferences: the current preferences.
        keys: the current key map.
        page: name of the first page shown, such as "Keys".
    """

    def __init__(
        self, preferences: Preferences, keys: KeyMap, page: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Preferences")
        self.resize(620, 520)
        self._begun = preferences
        self._readers: dict[str, Callable[[], Any]] = {}
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        for section in SECTIONS:
            self._tabs.addTab(self._page(section), section)
        self._keys = KeysPage(keys)
        self._tabs.addTab(self._keys, "Keys")
        names = [self._tabs.tabText(place) for place in range(self._tabs.count())]
        self._tabs.setCurrentIndex(names.index(page) if page in names else 0)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 6, 0, 12)
        rows.addWidget(self._tabs, 1)
        rows.addWidget(self._buttons())

    @property
    def preferences(self) -> Preferences:
        """The preferences as the controls are set now."""
        return replace(self._begun, **{name: read() for name, read in self._readers.items()})

    @property
    def keys(self) -> KeyMap:
        return self._keys.keys

    def control(self, name: str) -> QWidget:
        """Return the control of a setting, by the setting's name."""
        found = self.findChild(QWidget, name)
        if not isinstance(found, QWidget):
            raise KeyError(name)
        return found

    def restore_usual(self) -> None:
        """Reset every control to its default."""
        begun = self._begun
        names = list(self._readers)
        while self._tabs.count() > 1:
            old = self._tabs.widget(0)
            self._tabs.removeTab(0)
            if old is not None:
                old.deleteLater()
        self._begun = Preferences()
        self._readers.clear()
        for place, section in enumerate(SECTIONS):
            self._tabs.insertTab(place, self._page(section), section)
        self._begun = begun
        self._keys.restore_usual()
        self._tabs.setCurrentIndex(0)
        assert list(self._readers) == names

    def _buttons(self) -> QWidget:
        standard = QDialogButtonBox.StandardButton
        box = QDialogButtonBox(standard.Ok | standard.Cancel | standard.RestoreDefaults)
        box.setContentsMargins(16, 0, 16, 0)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        box.button(standard.Ok).setProperty("primary", True)
        box.button(standard.RestoreDefaults).setText("Restore &defaults")
        box.button(standard.RestoreDefaults).clicked.connect(self.restore_usual)
        return box

    def _page(self, section: str) -> QWidget:
        page = QWidget()
        form = QFormLayout(page)
        form.setContentsMargins(24, 20, 24, 12)
        form.setHorizontalSpacing(20)
        form.setVerticalSpacing(12)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        for entry in fields(Preferences):
            words = field_info(entry)
            if words.section == section:
                self._add_row(form, entry, words)
        return page

    def _add_row(self, form: QFormLayout, entry: "Field[Any]", words: FieldInfo) -> None:
        control, row = self._control(entry, words)
        if isinstance(control, QAbstractSpinBox):
            # The style sheet's padding does not apply to the text of a spin box.
            control.lineEdit().setTextMargins(6, 0, 0, 0)
        control.setObjectName(entry.name)
        control.setAccessibleName(words.label)
        control.setToolTip(f"{words.help} Counts {RESTART}." if words.restart else words.help)
        label = QLabel("" if isinstance(control, QCheckBox) else words.label)
        label.setBuddy(control)
        label.setProperty("role", "dim")
        form.addRow(label, _with_remark(row, RESTART) if words.restart else row)

    def _control(self, entry: "Field[Any]", words: FieldInfo) -> tuple[QWidget, QWidget]:
        """Return the control itself and the widget to put into the row."""
        value = getattr(self._begun, entry.name)
        if words.choices or words.listed is not None:
            control: QWidget = self._choice(entry.name, value, words)
        elif isinstance(value, bool):
            control = self._switch(entry.name, value, words)
        elif isinstance(value, int):
            control = self._whole_number(entry.name, value, words)
        elif isinstance(value, float):
            control = self._number(entry.name, value, words)
        else:
            line = self._line(entry.name, value, words)
            return line, _with_folder_button(line, words.label) if words.folder else line
        return control, control

    def _choice(self, name: str, value: Any, words: FieldInfo) -> QComboBox:
        box = QComboBox()
        choices = words.choices if words.listed is None else words.listed()
        if value not in [choice for choice, _ in choices]:
            choices = (*choices, (value, f"{value} (not there)"))
        for choice, text in choices:
            box.addItem(text, choice)
        box.setCurrentIndex(box.findData(value))
        self._readers[name] = box.currentData
        return box

    def _switch(self, name: str, value: bool, words: FieldInfo) -> QCheckBox:
        box = QCheckBox(words.label)
        box.setChecked(value)
        self._readers[name] = box.isChecked
        return box

    def _whole_number(self, name: str, value: int, words: FieldInfo) -> WholeNumberField:
        box = WholeNumberField()
        box.setRange(int(words.least), int(words.most))
        box.setSpecialValueText(words.nothing)
        box.setValue(value)
        box.setSuffix(f" {words.unit}" if words.unit else "")
        self._readers[name] = box.value
        return box

    def _number(self, name: str, value: float, words: FieldInfo) -> NumberField:
        box = NumberField()
        box.setRange(words.least, words.most)
        box.setDecimals(1)
        box.setSingleStep(0.5)
        box.setValue(value)
        box.setSuffix(f" {words.unit}" if words.unit else "")
        self._readers[name] = box.value
        return box

    def _line(self, name: str, value: str, words: FieldInfo) -> QLineEdit:
        line = QLineEdit(value)
        line.setPlaceholderText(words.nothing)
        self._readers[name] = line.text
        return line


def _with_remark(row: QWidget, remark: str) -> QWidget:
    held = QWidget()
    cells = QHBoxLayout(held)
    cells.setContentsMargins(0, 0, 0, 0)
    cells.setSpacing(10)
    cells.addWidget(row, 1)
    label = QLabel(remark)
    label.setProperty("role", "small")
    cells.addWidget(label)
    return held


def _with_folder_button(line: QLineEdit, label: str) -> QWidget:
    held = QWidget()
    cells = QHBoxLayout(held)
    cells.setContentsMargins(0, 0, 0, 0)
    cells.addWidget(line, 1)
    button = QPushButton("Choose…")
    button.setAccessibleName(f"Choose the {label.lower()}")
    button.setAutoDefault(False)
    button.clicked.connect(lambda _checked=False: _choose_folder(line, label))
    cells.addWidget(button)
    return held


def _choose_folder(line: QLineEdit, label: str) -> None:
    begin = line.text() or str(Path.home())
    chosen = QFileDialog.getExistingDirectory(line.window(), label, begin)
    if chosen:
        line.setText(chosen)
