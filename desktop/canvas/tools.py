"""The floating bars of the canvas: tools and zoom, and the open proposal."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QSlider, QToolButton, QWidget

from desktop.actions.actions import shown_key, tooltip
from desktop.actions.key_map import KeyMap
from desktop.canvas.brush import SIZES
from desktop.canvas.canvas_commands import CanvasCommand, action_id_of
from desktop.canvas.pointer_actions import Tool
from desktop.theme.dark_colours import DARK
from desktop.theme.icons import icon

TOOLS = {
    Tool.HINT: ("cursor", CanvasCommand.HINT, "Pick objects; click or drag a box to propose one"),
    Tool.BRUSH: ("brush", CanvasCommand.BRUSH, "Paint more onto the selected object's mask; Alt takes away"),
    Tool.ERASE: ("eraser", CanvasCommand.ERASE, "Take from the selected object's mask; Alt adds"),
}
SHEET = f"""
#canvasBar {{ background: {DARK.panel}; border: 1px solid {DARK.edge}; border-radius: 7px; }}
#canvasBar QLabel {{ background: transparent; border: none; color: {DARK.dim}; }}
#canvasBar QToolButton {{ background: transparent; border: none; border-radius: 4px; padding: 3px; }}
#canvasBar QToolButton:hover {{ background: {DARK.hover}; }}
#canvasBar QToolButton:pressed {{ background: {DARK.raised}; }}
#canvasBar QToolButton:checked {{ background: {DARK.selected}; }}
#canvasBar QToolButton:focus {{ border: 1px solid {DARK.accent}; padding: 2px; }}
#canvasBar QToolButton:disabled {{ color: {DARK.faint}; }}
#canvasBar QToolButton#main {{ background: {DARK.accent}; color: {DARK.on_accent}; padding: 3px 10px; }}
#canvasBar QToolButton#main:hover {{ background: {DARK.colour("accent").lighter(112).name()}; }}
#canvasBar QToolButton#main:disabled {{ background: {DARK.raised}; color: {DARK.faint}; }}
#canvasBar QFrame#rule {{ background: {DARK.edge}; border: none; }}
"""


class FloatingBar(QFrame):
    """A row of controls with a rounded background."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("canvasBar")
        self.setAccessibleName(name)
        self.setStyleSheet(SHEET)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(5, 4, 5, 4)
        self.row.setSpacing(2)
        self._tips: dict[QToolButton, tuple[CanvasCommand, str]] = {}

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        event.accept()  # Between its buttons too, a click is not meant for what lies below.

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        event.accept()

    def set_keys(self, keys: KeyMap) -> None:
        """Update the tooltips for another key map."""
        for button, (command, words) in self._tips.items():
            button.setToolTip(tooltip(keys.command(action_id_of(command)), keys, words))

    def button(
        self, picture: str, command: CanvasCommand, tip: str = "", colour: str = DARK.text
    ) -> QToolButton:
        """Create a button that emits a command."""
        button = QToolButton(self)
        button.setIcon(icon(picture, colour))
        button.setIconSize(QSize(18, 18))
        button.setAccessibleName(command.value)
        self._tips[button] = command, tip or command.value
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.row.addWidget(button)
        return button

    def rule(self) -> None:
        line = QFrame(self)
        line.setObjectName("rule")
        line.setFixedSize(1, 18)
        self.row.addSpacing(3)
        self.row.addWidget(line)
        self.row.addSpacing(3)


class ToolBar(FloatingBar):
    """Tools, brush size and zoom.

    Signals:
        tool_chosen(Tool): a tool button was clicked.
        command(CanvasCommand): another button was clicked.
        diameter_chosen(int): the brush slider was moved.
    """

    tool_chosen = Signal(object)
    command = Signal(object)
    diameter_chosen = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Canvas tools", parent)
        self._buttons = QButtonGroup(self)
        self.tools = {tool: self._tool(tool) for tool in Tool}
        self.diameter = QSlider(Qt.Orientation.Horizontal, self)
        self.diameter.setRange(*SIZES)
        self.diameter.setFixedWidth(90)
        self.diameter.setAccessibleName("Brush size")
        self.diameter.valueChanged.connect(self.diameter_chosen)
        self.row.addWidget(self.diameter)
        self.diameter_text = QLabel(self)
        self.diameter_text.setAccessibleName("Brush size in pixels of the screen")
        self.diameter_text.setMinimumWidth(self.diameter_text.fontMetrics().horizontalAdvance("400 px"))
        self.row.addWidget(self.diameter_text)
        self.rule()
        self.find_all = self._plain("find", CanvasCommand.FIND, "Find objects in the whole still")
        self.rule()
        self.farther = self._plain("zoom_out", CanvasCommand.FARTHER)
        self.zoom = QLabel("100 %", self)
        self.zoom.setAccessibleName("Zoom")
        self.zoom.setMinimumWidth(46)
        self.zoom.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.row.addWidget(self.zoom)
        self.closer = self._plain("zoom_in", CanvasCommand.CLOSER)
        self.fit = self._plain("fit", CanvasCommand.FIT)
        self.actual = self._plain("actual", CanvasCommand.ACTUAL)

    def set_keys(self, keys: KeyMap) -> None:
        super().set_keys(keys)
        named = {name: shown_key(name, keys) for name in ("smaller", "larger")}
        there = ", ".join(f"{key} {name}" for name, key in named.items() if key)
        self.diameter.setToolTip(f"Brush size  ({there})" if there else "Brush size")

    def show_tool(self, tool: Tool) -> None:
        self.tools[tool].setChecked(True)
        self.diameter.setVisible(tool is not Tool.HINT)
        self.diameter_text.setVisible(tool is not Tool.HINT)
        self.adjustSize()

    def show_zoom(self, zoom: float) -> None:
        self.zoom.setText(f"{zoom * 100:.0f} %")

    def show_diameter(self, diameter: float) -> None:
        blocked = self.diameter.blockSignals(True)
        self.diameter.setValue(round(diameter))
        self.diameter_text.setText(f"{diameter:.0f} px")
        self.diameter.blockSignals(blocked)

    def _tool(self, tool: Tool) -> QToolButton:
        picture, command, tip = TOOLS[tool]
        button = self.button(picture, command, tip)
        button.setCheckable(True)
        self._buttons.addButton(button)
        button.clicked.connect(lambda: self.tool_chosen.emit(tool))
        return button

    def _plain(self, picture: str, command: CanvasCommand, tip: str = "") -> QToolButton:
        button = self.button(picture, command, tip)
        button.clicked.connect(lambda: self.command.emit(command))
        return button


class ProposalBar(FloatingBar):
    """Which of the proposed masks is shown, with buttons to change, accept and drop it.

    Signals:
        command(CanvasCommand): a button was clicked.
    """

    command = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Proposed object", parent)
        self.previous = self._button("chevron_left", CanvasCommand.PREVIOUS)
        self.index = QLabel(self)
        self.index.setAccessibleName("Which proposal")
        self.index.setMinimumWidth(84)
        self.index.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.row.addWidget(self.index)
        self.next = self._button("chevron_right", CanvasCommand.NEXT)
        self.more = QLabel("Click adds, right-click: not this", self)
        self.row.addSpacing(6)
        self.row.addWidget(self.more)
        self.rule()
        self.clear = self._button("close", CanvasCommand.CLEAR)
        self.accept = self._button("check", CanvasCommand.ACCEPT, DARK.on_accent)
        self.accept.setObjectName("main")
        self.accept.setText("Add object")
        self.accept.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)

    def show_which(self, index: int, count: int) -> None:
        self.index.setText(f"Mask {index + 1} of {count}" if count else "Looking…")
        for button in (self.previous, self.next):
            button.setEnabled(count > 1)
        self.accept.setEnabled(count > 0)
        self.adjustSize()

    def _button(self, picture: str, command: CanvasCommand, colour: str = DARK.text) -> QToolButton:
        button = self.button(picture, command, colour=colour)
        button.clicked.connect(lambda: self.command.emit(command))
        return button
