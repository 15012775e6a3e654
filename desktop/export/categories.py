"""UCS categories of stems in the file list: their texts, and the cell editor to choose them."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QCompleter, QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from engine.export.plan import PlannedFile

CatIds = Mapping[str, tuple[str, str]]
"""CatID to category and subcategory."""
DIVIDER = "  ·  "
FIELD_TIP = "Type a part of a category's name or CatID; empty is the suggestion again"


def category_of(file: PlannedFile) -> str:
    """Return the CatID with which a file's UCS name begins."""
    name = file.path.rpartition("/")[2]
    return name.partition("_")[0].partition("-")[0]


def completion_lines(cat_ids: CatIds) -> list[str]:
    """Return the lines of the completion list: "ANMLDog  ·  Animals, dog"."""
    return [
        f"{cat_id}{DIVIDER}{category.capitalize()}, {sub.lower()}"
        for cat_id, (category, sub) in cat_ids.items()
    ]


def parse_category(words: str, cat_ids: CatIds) -> str | None:
    """Return the CatID of a typed or completed text in its exact case; "" for no text, None if it is no CatID."""
    wanted = words.partition(DIVIDER)[0].strip().casefold()
    if not wanted:
        return ""
    return next((cat_id for cat_id in cat_ids if cat_id.casefold() == wanted), None)


def with_category(chosen: Sequence[tuple[int, str]], track: int, cat_id: str) -> tuple[tuple[int, str], ...]:
    """Return the choices with this track's CatID set; "" removes it, so that the suggested one is used."""
    others = [(number, other) for number, other in chosen if number != track]
    return tuple(sorted([*others, (track, cat_id)] if cat_id else others))


class CategoryCell(QStyledItemDelegate):
    """A cell editor with completion. Texts that are not a category leave the previous one.

    Args:
        column: the only column it edits.
        cat_ids: all categories.

    Signals:
        chosen(int, str): row and CatID, "" for none.
    """

    chosen = Signal(int, str)

    def __init__(self, column: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._column = column
        self.cat_ids: CatIds = {}

    def createEditor(  # noqa: N802 - Qt's name
        self, parent: QWidget, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        if index.column() != self._column:
            return None  # type: ignore[return-value]  # None makes the cell read-only in Qt.
        field = QLineEdit(parent)
        field.setAccessibleName("UCS category")
        field.setToolTip(FIELD_TIP)
        field.setPlaceholderText("As suggested")
        field.setStyleSheet("QLineEdit { padding: 0 4px; min-height: 0; border-radius: 3px; }")
        completer = QCompleter(completion_lines(self.cat_ids), field)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setMaxVisibleItems(12)
        popup = completer.popup()
        if popup is not None:
            popup.setObjectName("completions")
            popup.setMinimumWidth(300)
        field.setCompleter(completer)
        return field

    def setModelData(  # noqa: N802 - Qt's name
        self, editor: QWidget, model: QAbstractItemModel, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        assert isinstance(editor, QLineEdit)
        cat_id = parse_category(editor.text(), self.cat_ids)
        if index.isValid() and cat_id is not None and cat_id != index.data():
            model.setData(index, cat_id)
            self.chosen.emit(index.row(), cat_id)
