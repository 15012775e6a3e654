"""The export form: a control for each choice."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.export.content_form import ContentForm
from desktop.export.form_parts import choice, heading, line, name_sign, rows, select, switch
from desktop.export.words import FORMAT_NAMES, preset_text, usual_texts
from engine.export.choices import ExportChoices
from engine.export.plan import BITS, FORMATS, INTERCHANGE_FORMATS, MOST_HANDLES, SOUND_FORMATS
from engine.export.presets import PRESETS
from engine.scene.timecode import RATES
from engine.scene.timeline import PROJECT_RATES, Timeline

BIT_NAMES = {16: "16 bit", 24: "24 bit", 32: "32 bit float"}
ENDINGS = {
    "wav": "Broadcast WAVE with time stamps, the delivery itself",
    "flac": "Exact copies for listening, in listening-copies/",
    "ogg": "Small copies for listening, in listening-copies/",
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

    def __init__(
        self,
        choices: ExportChoices,
        timeline: Timeline,
        spans: Collection[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        usual = usual_texts(timeline)
        presets = [("", usual["preset"]), *((name, preset_text(p)) for name, p in PRESETS.items())]
        rates = [(0, usual["rate"]), *((rate, f"{rate / 1000:g} kHz") for rate in PROJECT_RATES)]
        self.preset = choice(presets, choices.preset, self.changed.emit)
        self.rate = choice(rates, choices.rate, self.changed.emit)
        self.bits = choice([(bits, BIT_NAMES[bits]) for bits in BITS], choices.bits, self.changed.emit)
        frame_rates = [("", usual["frame_rate"]), *((name, f"{name} fps") for name in RATES)]
        self.frame_rate = choice(frame_rates, choices.frame_rate, self.changed.emit)
        self.start = line(choices.start, usual["start"], 11, self.changed.emit)
        self.handles = self._handles(choices.handles)
        self.formats = {
            name: switch(FORMAT_NAMES[name], name in choices.formats, self.changed.emit) for name in FORMATS
        }
        self.ucs = switch("&UCS file names", choices.ucs, self.changed.emit)
        self.creator = line(choices.creator, "Initials or a short name", 40, self.changed.emit)
        self.source = line(choices.source, "Show, library or project", 40, self.changed.emit)
        self.content = ContentForm(choices, timeline, spans)
        self.content.changed.connect(self.changed)
        self._lay_out()
        self._show_ucs(choices.ucs)
        self.ucs.toggled.connect(self._show_ucs)
        self.content.embed.setEnabled("aaf" in choices.formats)
        self.formats["aaf"].toggled.connect(self.content.embed.setEnabled)

    @property
    def choices(self) -> ExportChoices:
        made = ExportChoices(
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
        values: dict[str, Any] = self.content.values()
        return replace(made, **values)

    def show_choices(self, choices: ExportChoices) -> None:
        """Set every control but those of this scene alone."""
        for box, value in (
            (self.preset, choices.preset),
            (self.rate, choices.rate),
            (self.bits, choices.bits),
            (self.frame_rate, choices.frame_rate),
        ):
            select(box, value)
        self.handles.setValue(choices.handles)
        for name, box_of_format in self.formats.items():
            box_of_format.setChecked(name in choices.formats)
        self.ucs.setChecked(choices.ucs)
        self.creator.setText(choices.creator)
        self.source.setText(choices.source)
        self.content.show_choices(choices)

    def show_timeline(self, timeline: Timeline) -> None:
        """Show the timeline's own values where a choice defaults to them."""
        usual = usual_texts(timeline)
        for name in ("preset", "rate", "frame_rate"):
            box: QComboBox = getattr(self, name)
            box.setItemText(0, usual[name])
        self.start.setPlaceholderText(usual["start"])
        self.content.show_timeline(timeline)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
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
        column.addWidget(self.content)
        column.addWidget(heading("SOUND"))
        column.addLayout(rows(level))
        column.addWidget(heading("TIME"))
        column.addLayout(rows(time))
        column.addWidget(heading("SOUND FILES"))
        column.addLayout(self._boxes(SOUND_FORMATS))
        column.addWidget(heading("FOR OTHER PROGRAMS"))
        column.addLayout(self._boxes(INTERCHANGE_FORMATS))
        column.addWidget(heading("NAMES"))
        name_sign(self.ucs, "UCS file names", "Names by the Universal Category System 8.2.1")
        column.addWidget(self.ucs)
        names = (
            ("&Creator", self.creator, "Who made it, as the names say it"),
            ("S&ource", self.source, "What it was made for, as the names say it"),
        )
        column.addLayout(rows(names))
        column.addStretch(1)

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
