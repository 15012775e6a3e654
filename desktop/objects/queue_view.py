"""The queue of generations on one line, which unfolds into its jobs."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
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
from desktop.theme.elided import ElidedLabel

MOST_HEIGHT = 132
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
    """Return the active and failed jobs: what is done shows itself as takes."""
    return [job for job in jobs if job.active or job.state == "failed"]


def line_text(jobs: Sequence[GenerationJob]) -> str:
    """Return all jobs as one line: what runs and how far it is, how many wait, and what failed."""
    active = [job for job in jobs if job.active]
    first = next((job for job in active if job.state != "waiting"), None)
    parts = [f"{first.label}: {status_text(first)}"] if first is not None else []
    waiting = len(active) - len(parts)
    if waiting:
        parts.append(f"{waiting} wait" + "s" * (waiting == 1))
    parts += [f"{job.label}: {job.message}" for job in jobs if job.state == "failed"]
    return " · ".join(parts)


class JobRow(QWidget):
    """One job with its cancel button."""

    def __init__(self, icons: IconMaker, job: GenerationJob, queue: GenerationQueue, parent: QWidget) -> None:
        super().__init__(parent)
        self.label = ElidedLabel(self)
        self.label.setObjectName("job")
        self.state = ElidedLabel(self)
        self.state.setProperty("role", "small")
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
        self.state.setText(words)
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
        line.addWidget(self.state, 2)
        line.addWidget(self.cancel)
        column.addLayout(line)
        column.addWidget(self.bar)


class QueueView(QWidget):
    """The queue as one line that unfolds into its jobs, newest last; hidden when all is done.

    This is the one place of the window that says how far a generation is.
    """

    def __init__(self, queue: GenerationQueue, icons: IconMaker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._queue = queue
        self._icons = icons
        self._rows: dict[int, JobRow] = {}
        self._followed: int | None = None
        self.fold = small_button(
            self, icons("chevron_right"), "Queue", "Show or hide the jobs one by one", checkable=True
        )
        self.line = ElidedLabel(self)
        self.line.setObjectName("job")
        self.line.setAccessibleName("Queue")
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(3)
        self.bar.setAccessibleName("How far it is")
        self.cancel_all = self._button("Cancel &all", "Stop all that runs or waits")
        self.clear = self._button("C&lear", "Forget those that have ended")
        self.fold.toggled.connect(self._unfold)
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
            gone = self._rows.pop(id_)
            self._column.removeWidget(gone)
            gone.deleteLater()
        for job in jobs:
            row = self._rows.get(job.id)
            if row is None:
                row = self._rows[job.id] = JobRow(self._icons, job, self._queue, self._list)
                self._column.addWidget(row)
            row.show_job(job)
        active = sum(job.active for job in jobs)
        self.cancel_all.setVisible(active > 0)
        self.clear.setVisible(active < len(jobs))
        self.setVisible(bool(jobs))
        self._show_line(jobs)
        wanted = self._column.sizeHint().height() + 4
        self._scroll.setFixedHeight(min(wanted, MOST_HEIGHT))
        self._follow_running()

    def _show_line(self, jobs: Sequence[GenerationJob]) -> None:
        running = self._queue.running
        self.line.setText(line_text(jobs))
        self.bar.setVisible(running is not None)
        if running is not None and running.progress is not None:
            self.bar.setValue(round(running.progress.fraction * 1000))

    def _follow_running(self) -> None:
        running = self._queue.running
        if running is not None and running.id != self._followed:
            self._followed = running.id
            self._list.adjustSize()
            self._scroll.ensureWidgetVisible(self._rows[running.id], 0, 0)

    @Slot(bool)
    def _unfold(self, on: bool) -> None:
        self.fold.setIcon(self._icons("chevron_down" if on else "chevron_right"))
        self._scroll.setVisible(on)

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setFlat(True)
        button.setToolTip(tip)
        button.setStyleSheet("padding: 1px 6px; font-size: 11px; min-height: 16px;")
        return button

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 10, 2)
        column.setSpacing(3)
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.fold)
        head.addWidget(self.line, 1)
        head.addWidget(self.cancel_all)
        head.addWidget(self.clear)
        column.addLayout(head)
        column.addWidget(self.bar)
        self._list = QWidget(self)
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(4, 0, 4, 0)
        self._column.setSpacing(6)
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._list)
        self._scroll.hide()
        column.addWidget(self._scroll)
