"""The list of running, waiting and recently ended jobs; hidden while it is empty."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.actions.actions import tooltip
from desktop.actions.key_map import KeyMap
from desktop.document.activity import time_left_text
from desktop.generation.generation_queue import GenerationQueue
from desktop.generation.worker import GenerationJob
from desktop.objects.controls import IconMaker, small_button
from desktop.theme.dark_colours import DARK

MOST_HEIGHT = 132
MOST_WORDS = 190
COLOURS = {"done": DARK.good, "failed": DARK.error, "running": DARK.text, "cancelling": DARK.dim}


def status_text(job: GenerationJob) -> str:
    """Return a job's state on one line."""
    if job.state == "running" and job.progress is not None:
        left = time_left_text(job.progress.seconds_left)
        return f"{job.progress.words}, {left} to go" if left else job.progress.words
    if job.state == "failed":
        return job.message
    plain = {"waiting": "waits", "running": "begins", "cancelling": "is being cancelled"}
    return plain.get(job.state, job.state)


def worth_showing(jobs: Sequence[GenerationJob]) -> list[GenerationJob]:
    """Return the active and failed jobs and the last of the others: finished takes show themselves."""
    ended = [job.id for job in jobs if not job.active and job.state != "failed"]
    return [job for job in jobs if job.id not in ended[:-1]]


class ElidedLabel(QLabel):
    """A label that elides its text; the tooltip has the whole text."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        self.setToolTip(self.text() if words != self.text() else "")


class JobRow(QWidget):
    """One job with its cancel button."""

    def __init__(self, icons: IconMaker, job: GenerationJob, queue: GenerationQueue, parent: QWidget) -> None:
        super().__init__(parent)
        self.label = ElidedLabel(self)
        self.label.setObjectName("job")
        self.state = QLabel(self)
        self.state.setProperty("role", "small")
        self.state.setTextFormat(Qt.TextFormat.PlainText)
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("How far it is")
        self.cancel = small_button(self, icons("close"), f"Cancel {job.label}", "Cancel this one")
        self.cancel.clicked.connect(lambda: queue.cancel(job.id))
        self._lay_out()
        self.show_job(job)

    def show_job(self, job: GenerationJob) -> None:
        words = status_text(job)
        self.label.setText(job.label)
        self.state.setText(self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, MOST_WORDS))
        self.state.setToolTip(words)
        self.state.setStyleSheet(f"color: {COLOURS.get(job.state, DARK.dim)}")
        self.bar.setVisible(job.state == "running")
        if job.progress is not None:
            self.bar.setValue(round(job.progress.fraction * 1000))
        self.cancel.setVisible(job.active)
        self.cancel.setEnabled(job.state != "cancelling")

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.label, 1)
        line.addWidget(self.state)
        line.addWidget(self.cancel)
        column.addLayout(line)
        column.addWidget(self.bar)


class QueueView(QWidget):
    """Shows the queue, newest last."""

    def __init__(self, queue: GenerationQueue, icons: IconMaker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._queue = queue
        self._icons = icons
        self._rows: dict[int, JobRow] = {}
        self._followed: int | None = None
        self.heading = QLabel("QUEUE", self)
        self.heading.setProperty("role", "heading")
        self.cancel_all = self._button("Cancel &all", "Stop all that runs or waits")
        self.clear = self._button("C&lear", "Forget those that have ended")
        self.cancel_all.clicked.connect(queue.cancel_all)
        self.clear.clicked.connect(queue.forget_ended)
        self._lay_out()
        queue.changed.connect(self._refresh)
        self._refresh()

    def set_keys(self, keys: KeyMap) -> None:
        """Update the tooltip for another key map."""
        self.cancel_all.setToolTip(tooltip(keys.command("cancel"), keys))

    @property
    def rows(self) -> tuple[JobRow, ...]:
        return tuple(self._rows.values())

    @Slot()
    def _refresh(self) -> None:
        jobs = worth_showing(self._queue.jobs)
        there = {job.id for job in jobs}
        for id_ in [id_ for id_ in self._rows if id_ not in there]:
            self._rows.pop(id_).deleteLater()
        for job in jobs:
            row = self._rows.get(job.id)
            if row is None:
                row = self._rows[job.id] = JobRow(self._icons, job, self._queue, self._list)
                self._column.addWidget(row)
            row.show_job(job)
        active = sum(job.active for job in jobs)
        self.heading.setText(f"QUEUE · {active}" if active else "QUEUE")
        self.cancel_all.setVisible(active > 0)
        self.clear.setVisible(active < len(jobs))
        self.setVisible(bool(jobs))
        wanted = self._column.sizeHint().height() + 4
        self._scroll.setFixedHeight(min(wanted, MOST_HEIGHT))
        running = self._queue.running
        if running is not None and running.id != self._followed:
            self._followed = running.id
            self._list.adjustSize()
            self._scroll.ensureWidgetVisible(self._rows[running.id], 0, 0)

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setFlat(True)
        button.setToolTip(tip)
        button.setStyleSheet("padding: 1px 8px; font-size: 11px; min-height: 16px;")
        return button

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 6)
        column.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(self.heading)
        head.addStretch(1)
        head.addWidget(self.cancel_all)
        head.addWidget(self.clear)
        column.addLayout(head)
        self._list = QWidget(self)
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(0, 0, 4, 0)
        self._column.setSpacing(6)
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._list)
        column.addWidget(self._scroll)
