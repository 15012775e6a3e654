"""The list of files that an export will write or has written; audio files can be dragged out of it."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from desktop.export.categories import CategoryCell, CatIds, category_of
from desktop.export.words import FORMAT_NAMES, KINDS, level_text, size_text
from desktop.export.worker import ExportResult
from desktop.theme.dark_colours import DARK
from desktop.theme.icons import icon
from engine.export.plan import ExportPlan, PlannedFile
from engine.export.run import Exported

ICONS = {
    "clip": "waveform",
    "take": "waveform",
    "stem": "waveform",
    "mix": "together",
    "media": "copy",
    "interchange": "export",
}
FILE, KIND, SIZE, LOUDNESS, PEAK, CATEGORY = range(6)
TITLES = ("File", "What", "Size", "LUFS", "dBTP", "Category")
WIDTHS = {KIND: 190, SIZE: 76, LOUDNESS: 64, PEAK: 64, CATEGORY: 116}
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class FileRow:
    """A file, with its path and size once it is written."""

    file: PlannedFile
    path: Path | None = None
    size: int = 0

    @property
    def draggable(self) -> bool:
        return self.path is not None or (self.file.kind in {"stem", "mix"} and self.file.format == "wav")


class FileList(QTreeWidget):
    """The list.

    Signals:
        drag_prepared(FileRow): a row that can be dragged was pressed.
        drag_started(FileRow): it is being dragged.
        categorised(int, str): a UCS category was chosen for the stem of this track; "" is the suggested one.
    """

    drag_prepared = Signal(object)
    drag_started = Signal(object)
    categorised = Signal(int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[FileRow] = []
        self.setAccessibleName("Files")
        self.setHeaderLabels(TITLES)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setIconSize(QSize(15, 15))
        self.setDragEnabled(True)
        self._cell = _ElidingDelegate(CATEGORY, self)
        self.setItemDelegate(self._cell)
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
        header.moveSection(header.visualIndex(CATEGORY), KIND)
        for column in (SIZE, LOUDNESS, PEAK):
            self.headerItem().setTextAlignment(column, RIGHT)
        self._show_levels(None)
        self._show_categories({})
        self._cell.chosen.connect(self._take_category)
        self.itemClicked.connect(self._edit_category)

    @property
    def rows(self) -> tuple[FileRow, ...]:
        return tuple(self._rows)

    def show_plan(self, plan: ExportPlan, cat_ids: CatIds | None = None) -> None:
        """Show what will be written. With UCS categories, those of stems can be changed."""
        self._fill([FileRow(file) for file in plan.files])
        self._show_levels(None)
        self._show_categories(cat_ids or {})

    def show_written(self, written: ExportResult) -> None:
        """Show what was written, with sizes and levels."""
        exported = written.exported
        sized = zip(exported.plan.files, written.sizes, strict=True)
        self._fill([FileRow(file, exported.folder / file.path, size) for file, size in sized])
        self._show_levels(exported)
        self._show_categories({})

    def set_known(self, known: bool) -> None:
        """Set whether this is what will be written; if not, it is greyed and cannot be dragged."""
        self.setEnabled(known)
        for place, row in enumerate(self._rows):
            _shade(self.topLevelItem(place), row, known=known)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        super().mousePressEvent(event)
        row = self._row_at(self.itemAt(event.position().toPoint()))
        if row is not None and row.draggable and event.button() == Qt.MouseButton.LeftButton:
            self.drag_prepared.emit(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        item = self.currentItem()
        if event.key() == Qt.Key.Key_F2 and item is not None:
            self._edit_category(item, CATEGORY)
        else:
            super().keyPressEvent(event)

    def startDrag(self, _actions: Qt.DropAction) -> None:  # noqa: N802 - Qt's name
        row = self._row_at(self.currentItem())
        if row is not None and row.draggable:
            self.drag_started.emit(row)

    def _row_at(self, item: QTreeWidgetItem | None) -> FileRow | None:
        place = -1 if item is None else self.indexOfTopLevelItem(item)
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def _fill(self, rows: list[FileRow]) -> None:
        scrolled = self.verticalScrollBar().value()
        self._rows = rows
        self.clear()
        self.addTopLevelItems([_item(row) for row in rows])
        self.verticalScrollBar().setValue(scrolled)

    def _edit_category(self, item: QTreeWidgetItem, column: int) -> None:
        if column == CATEGORY and item.flags() & Qt.ItemFlag.ItemIsEditable:
            self.editItem(item, CATEGORY)

    def _take_category(self, place: int, cat_id: str) -> None:
        track = self._rows[place].file.track
        if track is not None:
            self.categorised.emit(track, cat_id)

    def _show_categories(self, cat_ids: CatIds) -> None:
        """Show the category column if there are stems."""
        self.setColumnHidden(CATEGORY, not cat_ids)
        self._cell.cat_ids = cat_ids
        for place, row in enumerate(self._rows if cat_ids else ()):
            item = self.topLevelItem(place)
            if item is not None and row.file.kind in {"stem", "mix"}:
                _show_category(item, row.file, cat_ids)

    def _show_levels(self, exported: Exported | None) -> None:
        for column in (LOUDNESS, PEAK):
            self.setColumnHidden(column, exported is None)
        for place, facts in enumerate(exported.files if exported else ()):
            item = self.topLevelItem(place)
            if item is not None and facts.levels is not None:
                item.setText(LOUDNESS, level_text(facts.lufs))
                item.setText(PEAK, level_text(facts.true_peak_dbtp))


def _item(row: FileRow) -> QTreeWidgetItem:
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


def _show_category(item: QTreeWidgetItem, file: PlannedFile, cat_ids: CatIds) -> None:
    cat_id = category_of(file)
    item.setText(CATEGORY, cat_id)
    if file.kind == "stem":
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
        item.setToolTip(CATEGORY, f"{', '.join(cat_ids.get(cat_id, ()))}\nClick to choose another  (F2)")


def kind_text(file: PlannedFile) -> str:
    """Return what a file is: "Stem · rain", "Mix", "Reaper"."""
    if file.kind == "interchange":
        return FORMAT_NAMES[file.format]
    return KINDS["mix"] if file.kind == "mix" else f"{KINDS[file.kind]}  ·  {file.title}"


def _size_text(row: FileRow) -> str:
    """Return the size; unknown beforehand for files of other programs."""
    if row.path is not None:
        return size_text(row.size)
    return "–" if row.file.kind == "interchange" else size_text(row.file.size)


def _shade(item: QTreeWidgetItem | None, row: FileRow, *, known: bool) -> None:
    if item is None:
        return
    main = "text" if row.file.kind in {"stem", "mix"} else "dim"
    for column in range(len(TITLES)):
        name = "dim" if column in {KIND, SIZE, CATEGORY} else main
        item.setForeground(column, DARK.colour(name if known else "faint"))


class _ElidingDelegate(CategoryCell):
    """Elides long file names in the middle, which keeps number and extension, and other texts at the end."""

    def initStyleOption(  # noqa: N802 - Qt's name
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        if index.column() != FILE:
            option.textElideMode = Qt.TextElideMode.ElideRight
