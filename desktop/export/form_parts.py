"""Controls of the export form: headings, rows, choices, lines and switches that tell of their changes."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLabel, QLineEdit, QSizePolicy, QWidget

Tell = Callable[[], object]


def choice(choices: Sequence[tuple[Any, str]], value: Any, tell: Tell) -> QComboBox:
    """Create a box of (value, text) choices that calls ``tell`` on a change."""
    box = QComboBox()
    for each, text in choices:
        box.addItem(text, each)
    select(box, value)
    box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    box.currentIndexChanged.connect(lambda _index: tell())
    return box


def select(box: QComboBox, value: Any) -> None:
    """Select a value; one that is not there selects the first."""
    box.setCurrentIndex(max(0, box.findData(value)))


def line(text: str, hint: str, most: int, tell: Tell) -> QLineEdit:
    """Create a line of at most ``most`` letters that calls ``tell`` on a change."""
    field = QLineEdit(text)
    field.setPlaceholderText(hint)
    field.setMaxLength(most)
    field.textChanged.connect(lambda _text: tell())
    return field


def switch(text: str, on: bool, tell: Tell) -> QCheckBox:
    """Create a check box that calls ``tell`` on a change."""
    box = QCheckBox(text)
    box.setChecked(on)
    box.toggled.connect(lambda _on: tell())
    return box


def heading(words: str) -> QLabel:
    """Create a heading."""
    label = QLabel(words)
    label.setProperty("role", "heading")
    label.setContentsMargins(0, 10, 0, 2)
    return label


def name_sign(widget: QWidget, name: str, tip: str) -> None:
    """Set a control's accessible name and tooltip."""
    widget.setAccessibleName(name)
    widget.setToolTip(tip)


def rows(entries: Sequence[tuple[str, QWidget, str]]) -> QFormLayout:
    """Lay out (label, control, tooltip) entries in rows."""
    form = QFormLayout()
    form.setContentsMargins(0, 0, 0, 0)
    form.setHorizontalSpacing(14)
    form.setVerticalSpacing(7)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    for words, widget, tip in entries:
        name_sign(widget, words.replace("&", ""), tip)
        label = QLabel(words)
        label.setProperty("role", "dim")
        label.setMinimumWidth(82)
        label.setBuddy(widget)
        form.addRow(label, widget)
    return form
