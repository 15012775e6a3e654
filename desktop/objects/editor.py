"""Edits what an object's next takes are generated from: prompt, negative prompt, duration, seed."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QRegularExpression, QStringListModel, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QWidget

from desktop.objects.controls import IconMaker, NoScrollSpinBox, field_label, small_button
from desktop.objects.vocabulary import complete_with, name_entries, words_of
from desktop.theme.elided import ElidedLine
from engine.generation.generator import Capabilities, Option
from engine.generation.prompt_check import prompt_remark
from engine.scene.edits import lock_seed, prompt_object, set_duration, set_negative, set_seed
from engine.scene.limits import LEAST_SECONDS, MOST_SECONDS, MOST_SEED, MOST_TEXT
from engine.scene.objects import SoundingObject


class ObjectEditor(QWidget):
    """The controls of an object's generation settings.

    Signals:
        edited(str, object, object): name, change and key, as ``Document.edit`` takes them.
        edit_finished(): a drag of a value has ended.
    """

    edited = Signal(str, object, object)
    edit_finished = Signal()

    def __init__(
        self, icons: IconMaker, thing: SoundingObject, new_seed: Callable[[], int], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._icons = icons
        self._thing = thing
        self._new_seed = new_seed
        self._labels: dict[QLineEdit, QLabel] = {}
        self.prompt = self._line("Prompt", "What it sounds like; empty leaves that to the picture", MOST_TEXT)
        self.prompt.setPlaceholderText("from the picture")
        self._words = QStringListModel(self)
        complete_with(self.prompt, self._words, self)
        self.remark = QLabel(self)
        self.remark.setObjectName("remark")
        self.remark.setWordWrap(True)
        self.remark.hide()
        self._sounds: frozenset[str] | None = None
        self.negative = self._line("Negative prompt", "What it should not sound like", MOST_TEXT)
        self.duration = NoScrollSpinBox(self)
        self.duration.setRange(LEAST_SECONDS, MOST_SECONDS)
        self.duration.setDecimals(1)
        self.duration.setSingleStep(0.5)
        self.duration.setSuffix(" s")
        self.duration.setAccessibleName("Duration")
        self.duration.setToolTip("How long the next take is")
        self.seed = self._line("Seed", "The same seed and words make the same sound", 19)
        self.seed.setValidator(QRegularExpressionValidator(QRegularExpression(r"\d{1,19}"), self))
        self.dice = small_button(self, icons("dice"), "New seed", "Draw another seed")
        self.lock = small_button(
            self, icons("unlock"), "Lock seed", "Keep this seed for every take", checkable=True
        )
        self._lay_out()
        self._connect()
        self.show_thing(thing)

    @property
    def thing(self) -> SoundingObject:
        """The object being shown."""
        return self._thing

    def show_thing(self, thing: SoundingObject) -> None:
        self._thing = thing
        self._show_remark()
        _show(self.prompt, thing.prompt or "")
        _show(self.negative, thing.negative)
        _show(self.seed, str(thing.seed))
        self.duration.blockSignals(True)
        self.duration.setValue(thing.duration)
        self.duration.blockSignals(False)
        self.lock.setChecked(thing.seed_locked)
        self.lock.setIcon(self._icons("lock" if thing.seed_locked else "unlock"))
        self.dice.setEnabled(not thing.seed_locked)

    def show_capabilities(self, can: Capabilities) -> None:
        """Show only the fields that the chosen generator supports."""
        if can.sounds != self._sounds:
            self._sounds = can.sounds
            self._words.setStringList(words_of(name_entries(can.sounds)))
            self._show_remark()
        options: tuple[tuple[Option, QLineEdit], ...] = (("prompt", self.prompt), ("negative", self.negative))
        for option, field in options:
            field.setVisible(can.takes(option))
            self._labels[field].setVisible(can.takes(option))

    def _show_remark(self) -> None:
        """Say before takes are made what the model does not know of the prompt."""
        remark = prompt_remark(self._thing.prompt, self._sounds)
        self.remark.setText(remark or "")
        self.remark.setVisible(remark is not None)

    def _connect(self) -> None:
        self.prompt.editingFinished.connect(self._commit_prompt)
        self.negative.editingFinished.connect(self._commit_negative)
        self.seed.editingFinished.connect(self._commit_seed)
        self.duration.valueChanged.connect(self._commit_duration)
        self.duration.editingFinished.connect(self.edit_finished)
        self.dice.clicked.connect(self._draw)
        self.lock.clicked.connect(self._commit_lock)

    def _commit_prompt(self) -> None:
        words = self.prompt.text().strip()
        if words != (self._thing.prompt or ""):
            self._edit("Change prompt", partial(prompt_object, index=self._thing.index, prompt=words or None))

    def _commit_negative(self) -> None:
        if self.negative.text() != self._thing.negative:
            change = partial(set_negative, index=self._thing.index, negative=self.negative.text())
            self._edit("Change negative prompt", change)

    def _commit_seed(self) -> None:
        text = self.seed.text()
        if not text:
            self.seed.setText(str(self._thing.seed))
        elif int(text) != self._thing.seed:
            seed = min(int(text), MOST_SEED)
            self._edit("Change seed", partial(set_seed, index=self._thing.index, seed=seed))

    def _commit_duration(self, seconds: float) -> None:
        if seconds != self._thing.duration:
            index = self._thing.index
            change = partial(set_duration, index=index, duration=seconds)
            self._edit("Change duration", change, f"object {index} duration")

    def _commit_lock(self, locked: bool) -> None:
        name = "Lock seed" if locked else "Unlock seed"
        self._edit(name, partial(lock_seed, index=self._thing.index, locked=locked))

    def _draw(self) -> None:
        self._edit("New seed", partial(set_seed, index=self._thing.index, seed=self._new_seed()))

    def _edit(self, name: str, change: object, key: str | None = None) -> None:
        self.edited.emit(name, change, key)

    def _line(self, name: str, tip: str, most: int) -> QLineEdit:
        line = ElidedLine(self)
        line.setObjectName("field")
        line.setAccessibleName(name)
        line.setToolTip(tip)
        line.setMaxLength(most)
        return line

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 2)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        for place, (text, field) in enumerate((("Prompt", self.prompt), ("Negative", self.negative))):
            self._labels[field] = field_label(self, text, field)
            grid.addWidget(self._labels[field], 2 * place, 0)
            grid.addWidget(field, 2 * place, 1)
        grid.addWidget(self.remark, 1, 1)
        line = QHBoxLayout()
        line.setSpacing(4)
        self.duration.setFixedWidth(76)
        line.addWidget(self.duration)
        line.addSpacing(6)
        line.addWidget(field_label(self, "Seed", self.seed))
        line.addWidget(self.seed, 1)
        line.addWidget(self.dice)
        line.addWidget(self.lock)
        grid.addWidget(field_label(self, "Length", self.duration), 3, 0)
        grid.addLayout(line, 3, 1)
        grid.setColumnStretch(1, 1)


def _show(line: QLineEdit, text: str) -> None:
    """Set a field's text, unless the user is typing in it."""
    typing = line.hasFocus() and line.isModified()
    if line.text() != text and not typing:
        line.setText(text)
        line.setCursorPosition(0)
    if line.text() == text:
        line.setModified(False)
