"""The status bar: device, model, running tasks with remaining time, and why there is no sound."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QStatusBar, QToolButton, QWidget

from desktop.document.activity import Activity
from desktop.theme.dark_colours import DARK
from desktop.theme.icons import icon_pixmap

FACT_TIPS = {
    "sound": "Why there is no sound. Click for the preferences",
    "device": "What the models run on. Click to change it",
    "model": "The model that looks and sounds. Click to change it",
}


class StatusBar(QStatusBar):
    """Shows the tasks and facts of ``Activity``.

    Signals:
        fact_clicked(str): the fact of this name was clicked, to change it.
    """

    fact_clicked = Signal(str)

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
        self.facts = {name: self._fact(name) for name in FACT_TIPS}
        self._lay_out()
        running.changed.connect(self._show_work)
        running.facts_changed.connect(self._show_facts)
        self._show_work()
        self._show_facts()

    def _fact(self, name: str) -> QToolButton:
        fact = QToolButton()
        fact.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        fact.setToolTip(FACT_TIPS[name])
        fact.setStyleSheet(f"QToolButton {{ color: {DARK.dim}; font-size: 11px; padding: 0 3px; }}")
        fact.clicked.connect(lambda _checked=False: self.fact_clicked.emit(name))
        return fact

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
            self.work.setProperty("role", "small")
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
