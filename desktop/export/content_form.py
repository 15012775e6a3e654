"""The part of the export form that says what is written: sounds, range, stems, and how many channels."""

from collections.abc import Collection

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.export.form_parts import choice, heading, line, name_sign, rows, select, switch
from engine.export.choices import ExportChoices
from engine.scene.timeline import Timeline

CONTENTS = (("stems", "Stems and mix"), ("clips", "A file of each clip"), ("takes", "A file of each take"))
SPANS = (("", "The whole timeline"), ("loop", "From in to out"), ("selection", "The selected clips"))


class ContentForm(QWidget):
    """Shows what is written and lets the user change it.

    Args:
        choices: the first choices.
        timeline: its tracks are those of the stems.
        spans: names of the ranges that there are, of ``SPANS``.

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
        tell = self.changed.emit
        self.content = choice(CONTENTS, choices.content, tell)
        there = [(name, text) for name, text in SPANS if not name or name in spans]
        self.span = choice(there, choices.span, tell)
        self.stems = QPushButton()
        self.mix = switch("Mi&x", choices.mix, tell)
        self.mono = switch("Mo&no", choices.mono, tell)
        self.embed = switch("Sound inside &AAF", choices.embed, tell)
        self.library = line(choices.library, "Name of a library, for searching", 80, tell)
        self._left_out = set(choices.left_out)
        self._lay_out()
        self.show_timeline(timeline)
        self._show_state()
        self.content.currentIndexChanged.connect(lambda _index: self._show_state())

    def values(self) -> dict[str, object]:
        """Return the values of the controls by the names of ``ExportChoices``."""
        return {
            "content": self.content.currentData(),
            "span": self.span.currentData(),
            "left_out": tuple(sorted(self._left_out)),
            "mix": self.mix.isChecked(),
            "mono": self.mono.isChecked(),
            "embed": self.embed.isChecked(),
            "library": self.library.text().strip(),
        }

    def show_choices(self, choices: ExportChoices) -> None:
        """Set every control but those of this scene alone."""
        select(self.content, choices.content)
        self.mix.setChecked(choices.mix)
        self.mono.setChecked(choices.mono)
        self.embed.setChecked(choices.embed)
        self.library.setText(choices.library)

    def show_timeline(self, timeline: Timeline) -> None:
        """Offer the tracks that have clips as stems."""
        menu = QMenu(self.stems)
        for track in timeline.tracks:
            if track.clips:
                action = QAction(track.name.replace("&", "&&"), menu)
                action.setCheckable(True)
                action.setChecked(track.id not in self._left_out)
                action.setData(track.id)
                action.toggled.connect(lambda on, number=track.id: self._choose_stem(number, on=on))
                menu.addAction(action)
        self.stems.setMenu(menu)
        self._show_count()

    def _choose_stem(self, track: int, *, on: bool) -> None:
        self._left_out.discard(track) if on else self._left_out.add(track)
        self._show_count()
        self.changed.emit()

    def _show_state(self) -> None:
        """Enable what matters to the kind of content."""
        kind = self.content.currentData()
        self.mix.setEnabled(kind == "stems")
        self.stems.setEnabled(kind != "takes")
        self.span.setEnabled(kind != "takes")

    def _show_count(self) -> None:
        menu = self.stems.menu()
        actions = menu.actions() if menu is not None else []
        chosen = sum(action.isChecked() for action in actions)
        self.stems.setText("All tracks" if chosen == len(actions) else f"{chosen} of {len(actions)} tracks")

    def _lay_out(self) -> None:
        self.stems.setAutoDefault(False)
        self.stems.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        name_sign(self.mix, "Mix", "The sum of all stems, those left out too")
        name_sign(self.mono, "Mono", "Every file has one channel, whatever the timeline has")
        name_sign(
            self.embed,
            "Sound inside AAF",
            "The AAF holds its sound itself; else it names the files in media/",
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(heading("WHAT"))
        column.addLayout(
            rows(
                (
                    ("&What", self.content, "Stems and mix, or one file of each sound, for a library"),
                    ("Ran&ge", self.span, "Which part of the timeline; its handles are what lies beside it"),
                    ("S&tems", self.stems, "Tracks of which a stem is written"),
                    (
                        "Librar&y",
                        self.library,
                        "Written into every file, where libraries of sounds look for it",
                    ),
                )
            )
        )
        across = QHBoxLayout()
        for box in (self.mix, self.mono, self.embed):
            across.addWidget(box)
        across.addStretch(1)
        column.addLayout(across)
