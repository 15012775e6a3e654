"""The list of files that an export will write, or wrote; sounds can be dragged out of it."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from desktop.export.words import FORMAT_NAMES, KINDS, level_text, size_text
from desktop.export.work import Written
from desktop.theme.colours import DARK
from desktop.theme.icons import icon
from engine.export.plan import ExportPlan, PlannedFile
from engine.export.run import Exported

ICONS = {"stem": "waveform", "mix": "together", "media": "copy", "interchange": "export"}
FILE, KIND, SIZE, LOUDNESS, PEAK = range(5)
TITLES = ("File", "What", "Size", "LUFS", "dBTP")
WIDTHS = {KIND: 190, SIZE: 76, LOUDNESS: 64, PEAK: 64}
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Row:
    """A file, and where and how large it is once it is written."""

    file: PlannedFile
    path: Path | None = None
    size: int = 0

    @property
    def draggable(self) -> bool:
        return self.path is not None or (self.file.kind in {"stem", "mix"} and self.file.format == "wav")


class FileList(QTreeWidget):
    """Signals:
    touched(Row): a row that can be dragged was pressed. dragged(Row): it is being dragged.
    """

    touched = Signal(object)
    dragged = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []
        self.setAccessibleName("Files")
        self.setHeaderLabels(TITLES)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setIconSize(QSize(15, 15))
        self.setDragEnabled(True)
        self.setItemDelegate(_Words(self))
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(FILE, QHeaderView.ResizeMode.Stretch)
        for column, width in WIDTHS.items():
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, width)
        for column in (SIZE, LOUDNESS, PEAK):
            self.headerItem().setTextAlignment(column, RIGHT)
        self._show_levels(None)

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(self._rows)

    def show_plan(self, plan: ExportPlan) -> None:
        """What will be written; nothing of it is there yet."""
        self._fill([Row(file) for file in plan.files])
        self._show_levels(None)

    def show_written(self, written: Written) -> None:
        """What was written, with its sizes and levels."""
        exported = written.exported
        sized = zip(exported.plan.files, written.sizes, strict=True)
        self._fill([Row(file, exported.folder / file.path, size) for file, size in sized])
        self._show_levels(exported)

    def set_known(self, known: bool) -> None:
        """Whether this is what will be written; what would have been is faint and cannot be dragged."""
        self.setEnabled(known)
        for place, row in enumerate(self._rows):
            _shade(self.topLevelItem(place), row, known=known)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        super().mousePressEvent(event)
        row = self._row_at(self.itemAt(event.position().toPoint()))
        if row is not None and row.draggable and event.button() == Qt.MouseButton.LeftButton:
            self.touched.emit(row)

    def startDrag(self, _actions: Qt.DropAction) -> None:  # noqa: N802 - Qt's name
        row = self._row_at(self.currentItem())
        if row is not None and row.draggable:
            self.dragged.emit(row)

    def _row_at(self, item: QTreeWidgetItem | None) -> Row | None:
        place = -1 if item is None else self.indexOfTopLevelItem(item)
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def _fill(self, rows: list[Row]) -> None:
        scrolled = self.verticalScrollBar().value()
        self._rows = rows
        self.clear()
        self.addTopLevelItems([_item(row) for row in rows])
        self.verticalScrollBar().setValue(scrolled)

    def _show_levels(self, exported: Exported | None) -> None:
        for column in (LOUDNESS, PEAK):
            self.setColumnHidden(column, exported is None)
        for place, facts in enumerate(exported.files if exported else ()):
            item = self.topLevelItem(place)
            if item is not None and facts.levels is not None:
                item.setText(LOUDNESS, level_text(facts.lufs))
                item.setText(PEAK, level_text(facts.true_peak_dbtp))


def _item(row: Row) -> QTreeWidgetItem:
    file = row.file
    folder, _, name = file.path.rpartition("/")
    shown = f"{folder} / {name}" if folder else name
    item = QTreeWidgetItem([shown, kind_text(file), _size_text(row)])
    shade = DARK.accent if file.kind in {"stem", "mix"} and file.format == "wav" else DARK.dim
    item.setIcon(FILE, icon(ICONS[file.kind], shade))
    for column in (SIZE, LOUDNESS, PEAK):
        item.setTextAlignment(column, RIGHT)
    _shade(item, row, known=True)
    tip = file.path if row.path is None else str(row.path)
    item.setToolTip(FILE, f"{tip}\nDrag it into another program" if row.draggable else tip)
    return item


def kind_text(file: PlannedFile) -> str:
    """What a file is: "Stem · rain", "Mix", "Reaper"."""
    if file.kind == "interchange":
        return FORMAT_NAMES[file.format]
    return KINDS["mix"] if file.kind == "mix" else f"{KINDS[file.kind]}  ·  {file.title}"


def _size_text(row: Row) -> str:
    """Of what other programs open, nobody knows the size beforehand."""
    if row.path is not None:
        return size_text(row.size)
    return "–" if row.file.kind == "interchange" else size_text(row.file.size)


def _shade(item: QTreeWidgetItem | None, row: Row, *, known: bool) -> None:
    if item is None:
        return
    main = "text" if row.file.kind in {"stem", "mix"} else "dim"
    for column in range(len(TITLES)):
        name = "dim" if column in {KIND, SIZE} else main
        item.setForeground(column, DARK.colour(name if known else "faint"))


class _Words(QStyledItemDelegate):
    """Long file names lose their middle, which keeps number and ending; other words their end."""

    def initStyleOption(  # noqa: N802 - Qt's name
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        if index.column() != FILE:
            option.textElideMode = Qt.TextElideMode.ElideRight
