"""The settings of the next takes, and the generate buttons."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktop.actions.actions import tooltip
from desktop.actions.key_map import KeyMap
from desktop.generation.requester import GenerationOptions
from desktop.objects.objects_commands import OBJECTS_COMMANDS
from desktop.theme.icons import icon
from desktop.theme.number_field import WholeNumberField
from engine.generation.generator import ANYTHING, Capabilities, GeneratorInfo
from engine.generation.request_limits import MOST_TAKES
from engine.generation.requests import DRAFT, FINAL, Quality


class Footer(QWidget):
    """Generator, number of takes and quality, with the generate buttons.

    Signals:
        generate(bool): generate; True generates the objects together.
        generator_changed(): another generator was chosen, or the list has changed.
        generator_chosen(str): the user chose the generator with this id.
    """

    generate = Signal(bool)
    generator_changed = Signal()
    generator_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._qualities = (DRAFT, FINAL)
        self._generators: tuple[GeneratorInfo, ...] = ()
        self._selected = 0
        self.wanted: str | None = None
        """Id of the generator to choose once there is one of that id."""
        self.candidates: int | None = None
        self.generator = QComboBox(self)
        self.generator.setAccessibleName("Generator")
        self.generator.setToolTip("What makes the sounds")
        self.takes = WholeNumberField(self)
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
        self.generator.currentIndexChanged.connect(self._follow_generator)
        self.generator.activated.connect(self._tell_choice)
        self.each.clicked.connect(lambda: self.generate.emit(False))
        self.together.clicked.connect(lambda: self.generate.emit(True))
        self._lay_out()
        self.set_keys(KeyMap(OBJECTS_COMMANDS))
        self._follow_generator()

    def set_keys(self, keys: KeyMap) -> None:
        """Update the tooltips for another key map."""
        self.each.setToolTip(tooltip(keys.command("generate"), keys))
        words = "One take of all selected objects together"
        self.together.setToolTip(tooltip(keys.command("together"), keys, words))

    @property
    def choice(self) -> GenerationOptions:
        quality = self._qualities[self.quality.currentIndex()]
        return GenerationOptions(self.takes.value(), quality, self.generator.currentData(), self.candidates)

    @property
    def capabilities(self) -> Capabilities:
        """Capabilities of the chosen generator."""
        chosen = self.generator.currentData()
        return next((info.capabilities for info in self._generators if info.id == chosen), ANYTHING)

    @Slot(object)
    def set_generators(self, generators: tuple[GeneratorInfo, ...]) -> None:
        """Offer these generators, the default one first; the current choice is kept."""
        chosen = self.generator.currentData() or self.wanted
        self.generator.blockSignals(True)
        self._generators = generators
        self.generator.clear()
        for info in generators:
            self.generator.addItem(info.title, info.id)
        self.generator.setCurrentIndex(max(0, self.generator.findData(chosen)))
        self.generator.blockSignals(False)
        self._follow_generator()

    def set_qualities(self, draft: Quality, final: Quality) -> None:
        """Set the numbers of steps of draft and final takes."""
        self._qualities = (draft, final)

    def show_selection(self, count: int) -> None:
        self._selected, can = count, self.capabilities
        self.each.setEnabled(count >= 1 and can.takes("objects"))
        self.each.setText("Generate &each" if count > 1 else "&Generate")
        self.together.setEnabled(count >= 2 and can.takes("together"))

    @Slot()
    def _tell_choice(self) -> None:
        self.generator_chosen.emit(self.generator.currentData())

    @Slot()
    def _follow_generator(self) -> None:
        """Show only the controls that the chosen generator supports."""
        can = self.capabilities
        self._show_row(self.generator, len(self._generators) > 1)
        self._show_row(self.quality, can.takes("quality"))
        self.together.setVisible(can.takes("together"))
        self.show_selection(self._selected)
        self.generator_changed.emit()

    def _show_row(self, field: QWidget, shown: bool) -> None:
        field.setVisible(shown)
        self._labels[field].setVisible(shown)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 10)
        column.setSpacing(8)
        self._labels: dict[QWidget, QLabel] = {}
        rows: list[list[tuple[str, QWidget]]] = [
            [("Generator", self.generator)],
            [("Takes", self.takes), ("Quality", self.quality)],
        ]
        for row in rows:
            choices = QHBoxLayout()
            choices.setSpacing(8)
            for text, field in row:
                label = QLabel(text, self)
                label.setProperty("role", "small")
                label.setBuddy(field)
                self._labels[field] = label
                choices.addWidget(label)
                choices.addWidget(field, 1)
            column.addLayout(choices)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.each, 3)
        buttons.addWidget(self.together, 2)
        column.addLayout(buttons)
