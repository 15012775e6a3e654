"""Number fields that take any number and say so when it is out of range."""

import re

from PySide6.QtCore import QPoint
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSpinBox, QToolTip, QWidget

NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d*)?|[+-]?[.,]\d+")
Validated = tuple[QValidator.State, str, int]


def number_in(text: str) -> float | None:
    """Return the number that a text begins with, or None."""
    found = NUMBER.search(text)
    return None if found is None else float(found[0].replace(",", "."))


def told_range(field: QAbstractSpinBox, least: float, most: float, unit: str) -> None:
    """Say at a field which numbers it takes."""
    words = f"From {least:g} to {most:g}{unit}"
    QToolTip.showText(field.mapToGlobal(QPoint(0, field.height())), words, field)
    field.setAccessibleDescription(words)


class NumberField(QDoubleSpinBox):
    """A field for a number. One out of range can be typed; it becomes the nearest allowed one, and that is said."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)

    def validate(self, text: str, pos: int) -> Validated:
        number = number_in(text)
        if number is not None and not self.minimum() <= number <= self.maximum():
            return QValidator.State.Intermediate, text, pos
        found: Validated = super().validate(text, pos)
        return found

    def fixup(self, text: str) -> str:
        number = number_in(text)
        if number is None:
            return str(super().fixup(text))
        told_range(self, self.minimum(), self.maximum(), self.suffix())
        return self.textFromValue(min(max(number, self.minimum()), self.maximum())) + self.suffix()


class WholeNumberField(QSpinBox):
    """The same for whole numbers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)

    def validate(self, text: str, pos: int) -> Validated:
        number = number_in(text)
        if number is not None and not self.minimum() <= number <= self.maximum():
            return QValidator.State.Intermediate, text, pos
        found: Validated = super().validate(text, pos)
        return found

    def fixup(self, text: str) -> str:
        number = number_in(text)
        if number is None:
            return str(super().fixup(text))
        told_range(self, self.minimum(), self.maximum(), self.suffix())
        return self.textFromValue(round(min(max(number, self.minimum()), self.maximum()))) + self.suffix()
