"""The floating bar shown while candidates are offered."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from desktop.actions.actions import shown_key
from desktop.actions.key_map import KeyMap
from desktop.canvas.candidate_picker import count_text
from desktop.canvas.canvas_commands import CANVAS_COMMANDS, CanvasCommand
from desktop.canvas.tools import FloatingBar
from desktop.theme.dark_colours import DARK
from desktop.theme.icons import icon

MARGIN = 24
ICON_ROOM = 44
PAD = 12


class CandidateBar(FloatingBar):
    """Number of candidates found and selected, with buttons to add, toggle and leave them.

    Signals:
        command(CanvasCommand): a button was clicked.
        all_toggled(): the button that selects all or none was clicked.
    """

    command = Signal(object)
    all_toggled = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Found things", parent)
        self._keys = KeyMap(CANVAS_COMMANDS)
        self._shown = (0, 0, 0)
        self.count = QLabel(self)
        self.count.setContentsMargins(8, 0, 8, 0)
        self.row.addWidget(self.count)
        self.all = self._button("All")
        self.all.clicked.connect(self.all_toggled)
        self.leave = self._button("Skip")
        self.leave.clicked.connect(lambda: self.command.emit(CanvasCommand.CLEAR))
        self.add = self._button("Add")
        self.add.setIcon(icon("check", DARK.on_accent))
        self.add.setObjectName("main")
        self.add.clicked.connect(lambda: self.command.emit(CanvasCommand.ACCEPT))

    def set_keys(self, keys: KeyMap) -> None:
        self._keys = keys
        self.show_count(*self._shown)

    def show_count(self, count: int, selected: int, room: int) -> None:
        """Show the numbers of candidates; the text is shorter if ``room`` (pixels) is small."""
        self._shown = count, selected, room
        adds, leaves = (shown_key(id_, self._keys) for id_ in ("accept", "clear"))
        adds = "Enter" if adds == "Return" else adds  # Most keyboards label Return as Enter.
        every = count > 0 and selected == count
        self.all.setVisible(count > 1)
        self.all.setText("None" if every else "All")
        _name(self.all, "Choose none of them" if every else "Choose all of them")
        _name(self.leave, "Add nothing of what was found", leaves)
        self.add.setText(f"Add {selected}" if selected else "Add")
        self.add.setFixedWidth(_widest(self.add, ["Add", f"Add {count}"]) + ICON_ROOM)
        self.all.setFixedWidth(_widest(self.all, ["None", "All"]) + PAD)
        self.add.setEnabled(selected > 0)
        _name(self.add, "Make what is chosen objects" if selected else "Choose something first", adds)
        for short in (False, True):
            texts = [count_text(count, number, adds, leaves, short=short) for number in range(count + 1)]
            self.count.setText(texts[min(selected, count)])
            self.count.setFixedWidth(_widest(self.count, texts) + 20)
            self.adjustSize()
            if self.width() <= room - MARGIN:
                break

    def _button(self, text: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.row.addWidget(button)
        return button


def _name(button: QToolButton, words: str, key: str = "") -> None:
    button.setAccessibleName(words)
    button.setToolTip(f"{count_text}  ({key})" if key else words)


def _widest(widget: QWidget, texts: Sequence[str]) -> int:
    """Return the width of the longest text, so that nothing moves under the pointer when another is shown."""
    return max(widget.fontMetrics().horizontalAdvance(text) for text in texts)
