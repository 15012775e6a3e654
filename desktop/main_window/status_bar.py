"""The status bar: device, model, running tasks with remaining time, and why there is no sound."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QStatusBar, QWidget

from desktop.document.activity import Activity
from desktop.theme.dark_colours import DARK
from desktop.theme.icons import icon_pixmap


class StatusBar(QStatusBar):
    """Shows the tasks and facts of ``Activity``."""

    def __init__(self, running: Activity, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._running = running
        self.setSizeGripEnabled(False)
        self.setAccessibleName("Status")
        self.work = QLabel()
        self.work.setAccessibleName("What runs")
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.bar.setFixedWidth(72)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Something runs")
        self.facts = {name: QLabel() for name in ("sound", "device", "model")}
        self._lay_out()
        running.changed.connect(self._show_work)
        running.facts_changed.connect(self._show_facts)
        self._show_work()
        self._show_facts()

    def _lay_out(self) -> None:
        left = QWidget()
        row = QHBoxLayout(left)
        row.setContentsMargins(10, 3, 0, 3)
        row.setSpacing(10)
        row.addWidget(self.bar)
        row.addWidget(self.work)
        row.addStretch(1)
        self.addWidget(left, 1)
        signs = {"sound": "mute", "device": "device", "model": "waveform"}
        for name, label in self.facts.items():
            label.setAccessibleName(name.capitalize())
            held = QWidget()
            cells = QHBoxLayout(held)
            cells.setContentsMargins(6, 0, 8, 0)
            cells.setSpacing(6)
            sign = QLabel()
            sign.setPixmap(icon_pixmap(signs[name], DARK.faint, 14, self.devicePixelRatioF()))
            cells.addWidget(sign)
            cells.addWidget(label)
            for part in (self.work, label):
                part.setProperty("role", "small")
            self.addPermanentWidget(held)

    def _show_work(self) -> None:
        words = self._running.shown
        self.bar.setVisible(bool(words))
        self.work.setText(words or "Ready")

    def _show_facts(self) -> None:
        for name, label in self.facts.items():
            words = self._running.fact(name)
            label.setText(words)
            held = label.parentWidget()
            if held is not None:
                held.setVisible(bool(words))
