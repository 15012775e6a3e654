"""The right side of the export dialog: files, folder, progress and a notice."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.document.activity import time_left_text
from desktop.export.categories import CatIds
from desktop.export.file_list import FileList
from desktop.export.form_parts import heading, name_sign
from desktop.export.words import plan_text
from desktop.export.worker import ExportProgress
from desktop.theme.dark_colours import DARK
from desktop.theme.icons import icon_pixmap
from engine.export.plan import ExportPlan

STEPS = 1000
SIGNS = {
    "info": ("info", DARK.accent),
    "good": ("check", DARK.good),
    "warning": ("warning", DARK.warning),
    "error": ("error", DARK.error),
}


class ResultPane(QWidget):
    """Shows a plan, its folder, the progress of the export, and its result.

    Args:
        folder: the first folder.
    """

    def __init__(self, folder: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.files = FileList()
        self.folder = QLineEdit(folder)
        self.choose = QPushButton("Choose…")
        self.choose.setAutoDefault(False)
        self.bar, self.doing = QProgressBar(), QLabel()
        self._total, self._sign, self._notice = QLabel(), QLabel(), QLabel()
        self._lay_out()
        self.show_notice("", "")
        self.show_running(None)

    @property
    def notice(self) -> str:
        """Text of the notice."""
        return self._notice.text()

    @property
    def total(self) -> str:
        return self._total.text()

    def show_plan(self, plan: ExportPlan | None, cat_ids: CatIds | None = None) -> None:
        """Show what will be written; if ``plan`` is None, the last plan stays, greyed.

        Args:
            plan: what will be written.
            cat_ids: UCS categories to choose from, if file names have one.
        """
        if plan is not None:
            self.files.show_plan(plan, cat_ids or {})
        self.files.set_known(plan is not None)
        self._total.setText(plan_text(plan) if plan is not None else "")

    def show_notice(self, kind: str, words: str) -> None:
        """Show a notice; an empty text hides it."""
        self._notice.setText(words)
        self._notice.setAccessibleName(words)
        if words:
            name, colour = SIGNS[kind]
            self._sign.setPixmap(icon_pixmap(name, colour, 16, self.devicePixelRatioF()))
        self._sign.setVisible(bool(words))

    def show_running(self, progressed: ExportProgress | None) -> None:
        """Show the progress; None if no export is running."""
        for widget in (self.bar, self.doing):
            widget.setVisible(progressed is not None)
        if progressed is not None:
            self.bar.setValue(round(progressed.fraction * STEPS))
            to_go = time_left_text(progressed.seconds)
            self.doing.setText(f"{progressed.text}…  {to_go} to go" if to_go else f"{progressed.text}…")

    def show_cancelling(self) -> None:
        self.doing.setText("Cancelling…")

    def set_editable(self, on: bool) -> None:
        self.folder.setEnabled(on)
        self.choose.setEnabled(on)

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        rows.addLayout(self._head())
        rows.addWidget(self._framed(), 1)
        rows.addLayout(self._notice_row())
        rows.addLayout(self._folder_row())
        rows.addLayout(self._progress_row())

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self._total.setProperty("role", "small")
        self._total.setAccessibleName("What will be written")
        row.addWidget(heading("FILES"), 1)
        row.addWidget(self._total, 0, Qt.AlignmentFlag.AlignBottom)
        return row

    def _framed(self) -> QFrame:
        frame = QFrame()
        frame.setObjectName("panel")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(4, 4, 4, 4)
        inside.addWidget(self.files)
        return frame

    def _notice_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(9)
        self._notice.setWordWrap(True)
        self._notice.setMinimumHeight(36)
        self._notice.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row.addWidget(self._sign)
        row.addWidget(self._notice, 1)
        return row

    def _folder_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        name_sign(self.folder, "Folder", "The folder that the files go into; it is made if it is not there")
        name_sign(self.choose, "Choose the folder", "Choose a folder")
        label = QLabel("Fol&der")
        label.setProperty("role", "dim")
        label.setBuddy(self.folder)
        row.addWidget(label)
        row.addWidget(self.folder, 1)
        row.addWidget(self.choose)
        return row

    def _progress_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        self.bar.setRange(0, STEPS)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress")
        self.doing.setProperty("role", "small")
        self.doing.setAccessibleName("What runs")
        self.doing.setMinimumSize(170, 18)
        row.addWidget(self.bar, 1)
        row.addWidget(self.doing)
        for widget in (self.bar, self.doing):
            kept = widget.sizePolicy()
            kept.setRetainSizeWhenHidden(True)
            widget.setSizePolicy(kept)
        return row
