"""What the next takes are made with, and the buttons that make them."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QSpinBox, QVBoxLayout, QWidget

from desktop.actions.actions import tooltip
from desktop.actions.key_map import KeyMap
from desktop.generation.requester import GenerationOptions
from desktop.objects.objects_commands import OBJECTS_COMMANDS
from desktop.theme.icons import icon
from engine.generation.requests import DRAFT, FINAL, MOST_TAKES, Quality


class Footer(QWidget):
    """Signals: generate(bool together)."""

    generate = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._qualities = (DRAFT, FINAL)
        self.takes = QSpinBox(self)
        self.takes.setRange(1, MOST_TAKES)
        self.takes.lineEdit().setTextMargins(4, 0, 0, 0)
        self.takes.setAccessibleName("Takes at once")
        self.takes.setToolTip("How many variations of each are made at once")
        self.quality = QComboBox(self)
        self.quality.addItems(["Draft", "Final"])
        self.quality.setAccessibleName("Quality")
        self.quality.setToolTip("Draft is fast; Final takes more steps and sounds better")
        self.each = QPushButton("Generate &each", self)
        self.each.setProperty("primary", True)
        self.together = QPushButton("&Together", self)
        self.together.setAccessibleName("Generate together")
        self.together.setIcon(icon("together"))
        self.each.clicked.connect(lambda: self.generate.emit(False))
        self.together.clicked.connect(lambda: self.generate.emit(True))
        self._lay_out()
        self.set_keys(KeyMap(OBJECTS_COMMANDS))
        self.show_selection(0)

    def set_keys(self, keys: KeyMap) -> None:
        """Other keys: the tooltips name them."""
        self.each.setToolTip(tooltip(keys.command("generate"), keys))
        words = "One take of all that is selected, sounding together"
        self.together.setToolTip(tooltip(keys.command("together"), keys, words))

    @property
    def choice(self) -> GenerationOptions:
        return GenerationOptions(self.takes.value(), self._qualities[self.quality.currentIndex()])

    def set_qualities(self, draft: Quality, final: Quality) -> None:
        """How many steps a draft and a final take are."""
        self._qualities = (draft, final)

    def show_selection(self, count: int) -> None:
        self.each.setEnabled(count >= 1)
        self.each.setText("Generate &each" if count > 1 else "&Generate")
        self.together.setEnabled(count >= 2)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 10)
        column.setSpacing(8)
        choices = QHBoxLayout()
        choices.setSpacing(8)
        for text, field in (("Takes", self.takes), ("Quality", self.quality)):
            label = QLabel(text, self)
            label.setProperty("role", "small")
            label.setBuddy(field)
            choices.addWidget(label)
            choices.addWidget(field, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.each, 3)
        buttons.addWidget(self.together, 2)
        column.addLayout(choices)
        column.addLayout(buttons)
