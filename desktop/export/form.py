"""The export form: a control for each choice."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QGridLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.export.choices import ExportChoices
from desktop.export.words import FORMAT_NAMES, preset_text, usual_texts
from engine.export.plan import BITS, FORMATS, INTERCHANGE_FORMATS, MOST_HANDLES, SOUND_FORMATS
from engine.export.presets import PRESETS
from engine.scene.timecode import RATES
from engine.scene.timeline import PROJECT_RATES, Timeline

BIT_NAMES = {16: "16 bit", 24: "24 bit", 32: "32 bit float"}
ENDINGS = {
    "wav": "Broadcast WAVE with time stamps, the delivery itself",
    "flac": "Exact copies for listening, in audition/",
    "ogg": "Small copies for listening, in audition/",
    "rpp": "A Reaper project, .rpp, with the takes in media/",
    "otio": "An OpenTimelineIO timeline, .otio, with the takes in media/",
    "edl": "CMX 3600 edit lists, .edl, two tracks each, with the takes in media/",
    "csv": "A table of every clip with its take, prompt and licence, .csv",
    "aaf": "AAF for Pro Tools and Media Composer, .aaf, with the takes in media/",
    "fcpxml": "Final Cut Pro XML, .fcpxml, with the takes in media/",
}


class ExportForm(QWidget):
    """Shows choices and lets the user change them.

    Signals:
        changed(): a control has another value.
    """

    changed = Signal()

    def __init__(self, choices: ExportChoices, timeline: Timeline, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        usual = usual_texts(timeline)
        presets = [("", usual["preset"]), *((name, preset_text(p)) for name, p in PRESETS.items())]
        rates = [(0, usual["rate"]), *((rate, f"{rate / 1000:g} kHz") for rate in PROJECT_RATES)]
        self.preset = self._choice(presets, choices.preset)
        self.rate = self._choice(rates, choices.rate)
        self.bits = self._choice([(bits, BIT_NAMES[bits]) for bits in BITS], choices.bits)
        frame_rates = [("", usual["frame_rate"]), *((name, f"{name} fps") for name in RATES)]
        self.frame_rate = self._choice(frame_rates, choices.frame_rate)
        self.start = self._line(choices.start, usual["start"], 11)
        self.handles = self._handles(choices.handles)
        self.formats = {name: self._switch(FORMAT_NAMES[name], name in choices.formats) for name in FORMATS}
        self.ucs = self._switch("&UCS file names", choices.ucs)
        self.creator = self._line(choices.creator, "Initials or a short name", 40)
        self.source = self._line(choices.source, "Show, library or project", 40)
        self._lay_out()
        self._show_ucs(choices.ucs)
        self.ucs.toggled.connect(self._show_ucs)

    @property
    def choices(self) -> ExportChoices:
        return ExportChoices(
            preset=self.preset.currentData(),
            rate=self.rate.currentData(),
            bits=self.bits.currentData(),
            frame_rate=self.frame_rate.currentData(),
            start=self.start.text().strip(),
            handles=self.handles.value(),
            formats=tuple(name for name, box in self.formats.items() if box.isChecked()),
            ucs=self.ucs.isChecked(),
            creator=self.creator.text().strip(),
            source=self.source.text().strip(),
        )

    def show_timeline(self, timeline: Timeline) -> None:
        """Show the timeline's own values where a choice defaults to them."""
        usual = usual_texts(timeline)
        for name in ("preset", "rate", "frame_rate"):
            box: QComboBox = getattr(self, name)
            box.setItemText(0, usual[name])
        self.start.setPlaceholderText(usual["start"])

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(6)
        level = (
            ("&Loudness", self.preset, "What the mix is brought to; every stem is changed alike"),
            ("Sample &rate", self.rate, "Samples a second of every sound file"),
            ("&Bit depth", self.bits, "16 and 24 bits are dithered; 32 bits are exact"),
        )
        time = (
            ("&Frame rate", self.frame_rate, "Of the picture that the files are for"),
            ("&Start", self.start, "Timecode at the start of the timeline, HH:MM:SS:FF; empty is its own"),
            ("&Handles", self.handles, "Run-up before the start and run-out after the end of every file"),
        )
        rows.addWidget(heading("SOUND"))
        rows.addLayout(_rows(level))
        rows.addWidget(heading("TIME"))
        rows.addLayout(_rows(time))
        rows.addWidget(heading("SOUND FILES"))
        rows.addLayout(self._boxes(SOUND_FORMATS))
        rows.addWidget(heading("FOR OTHER PROGRAMS"))
        rows.addLayout(self._boxes(INTERCHANGE_FORMATS))
        rows.addWidget(heading("NAMES"))
        name_sign(self.ucs, "UCS file names", "Names by the Universal Category System 8.2.1")
        rows.addWidget(self.ucs)
        names = (
            ("&Creator", self.creator, "Who made it, as the names say it"),
            ("S&ource", self.source, "What it was made for, as the names say it"),
        )
        rows.addLayout(_rows(names))
        rows.addStretch(1)

    def _boxes(self, names: Sequence[str]) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(7)
        columns = 3 if len(names) == 3 else 2
        for number, name in enumerate(names):
            name_sign(self.formats[name], FORMAT_NAMES[name], ENDINGS[name])
            grid.addWidget(self.formats[name], number // columns, number % columns)
        for column in range(columns):
            grid.setColumnStretch(column, 1)
        return grid

    def _show_ucs(self, on: bool) -> None:
        self.creator.setEnabled(on)
        self.source.setEnabled(on)

    def _choice(self, choices: Sequence[tuple[Any, str]], value: Any) -> QComboBox:
        box = QComboBox()
        for choice, text in choices:
            box.addItem(text, choice)
        box.setCurrentIndex(max(0, box.findData(value)))
        box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        box.currentIndexChanged.connect(lambda _index: self.changed.emit())
        return box

    def _line(self, text: str, hint: str, most: int) -> QLineEdit:
        line = QLineEdit(text)
        line.setPlaceholderText(hint)
        line.setMaxLength(most)
        line.textChanged.connect(lambda _text: self.changed.emit())
        return line

    def _handles(self, value: float) -> QDoubleSpinBox:
        box = QDoubleSpinBox()
        box.setRange(0.0, MOST_HANDLES)
        box.setDecimals(2)
        box.setSingleStep(0.5)
        box.setSuffix(" s")
        box.setSpecialValueText("None")
        box.setValue(value)
        box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        box.lineEdit().setTextMargins(6, 0, 0, 0)
        box.valueChanged.connect(lambda _value: self.changed.emit())
        return box

    def _switch(self, text: str, on: bool) -> QCheckBox:
        box = QCheckBox(text)
        box.setChecked(on)
        box.toggled.connect(lambda _on: self.changed.emit())
        return box


def heading(words: str) -> QLabel:
    """Create a heading."""
    label = QLabel(words)
    label.setProperty("role", "heading")
    label.setContentsMargins(0, 10, 0, 2)
    return label


def name_sign(widget: QWidget, name: str, tip: str) -> None:
    """Set a control's accessible name and tooltip."""
    widget.setAccessibleName(name)
    widget.setToolTip(tip)


def _rows(entries: Sequence[tuple[str, QWidget, str]]) -> QFormLayout:
    form = QFormLayout()
    form.setContentsMargins(0, 0, 0, 0)
    form.setHorizontalSpacing(14)
    form.setVerticalSpacing(7)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
    for words, widget, tip in entries:
        name_sign(widget, words.replace("&", ""), tip)
        label = QLabel(words)
        label.setProperty("role", "dim")
        label.setMinimumWidth(82)
        label.setBuddy(widget)
        form.addRow(label, widget)
    return form
