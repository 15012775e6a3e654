"""The floating bars of the canvas, shown and placed according to its state."""

from PySide6.QtCore import QObject, QRect, Qt, Signal
from PySide6.QtWidgets import QLabel, QWidget

from desktop.actions.key_map import KeyMap
from desktop.canvas.candidate_bar import CandidateBar
from desktop.canvas.canvas_state import CanvasState
from desktop.canvas.overlays import view_box
from desktop.canvas.pointer_actions import Tool
from desktop.canvas.tools import ProposalBar, ToolBar
from desktop.theme.dark_colours import DARK

GUIDE = "Click a thing to hear it, or drag a box round it"
OVER_OBJECT = "Click selects it, Shift+click begins a new mask here"
CAPTION = (
    f"background: {DARK.panel}; border: 1px solid {DARK.edge}; border-radius: 7px; "
    f"color: {DARK.dim}; padding: 4px 10px;"
)
EDGE = 10
BOTTOM_EDGE = 9


def guide_text(state: CanvasState) -> str:
    """Return what a click would do, where that is not obvious."""
    if state.size is None or state.tool is not Tool.HINT:
        return ""
    if not state.objects:
        return GUIDE
    return OVER_OBJECT if state.hovered_object is not None else ""


class CanvasBars(QObject):
    """Tools at the top; proposal, candidates or a caption at the bottom.

    Signals:
        command(CanvasCommand): a button was clicked.
    """

    command = Signal(object)

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.tools = ToolBar(canvas)
        self.proposal_bar = ProposalBar(canvas)
        self.candidate_bar = CandidateBar(canvas)
        self.caption = QLabel(canvas)
        self.caption.setStyleSheet(CAPTION)
        self.caption.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        for bar in (self.tools, self.proposal_bar, self.candidate_bar):
            bar.command.connect(self.command)

    def set_keys(self, keys: KeyMap) -> None:
        """Update the tooltips for another key map."""
        for bar in (self.tools, self.proposal_bar, self.candidate_bar):
            bar.set_keys(keys)

    def show_state(self, state: CanvasState) -> None:
        """Show and place the bars that belong to the state."""
        has_still, draft, picker = state.size is not None, state.draft, state.picker
        self.tools.setVisible(has_still)
        self.tools.move(EDGE, EDGE)
        self.tools.show_tool(state.tool)
        self.tools.show_diameter(state.diameter)
        self.tools.show_zoom(state.viewport.zoom * self._canvas.devicePixelRatioF())
        self.proposal_bar.setVisible(has_still and draft.open)
        self.proposal_bar.show_which(draft.index, len(draft.masks))
        self.candidate_bar.setVisible(has_still and picker.open)
        self.candidate_bar.show_count(len(picker.candidates), len(picker.selected), self._canvas.width())
        words = state.busy or guide_text(state)
        self.caption.setText(words)
        self.caption.adjustSize()
        self.caption.setVisible(has_still and bool(words) and not state.can_clear)
        for bar in (self.proposal_bar, self.candidate_bar, self.caption):
            self._place(bar, state)

    def _place(self, bar: QWidget, state: CanvasState) -> None:
        """Place a bar at the lower edge, or at the upper one where it would cover less of the proposed object."""
        x = (self._canvas.width() - bar.width()) // 2
        low = self._canvas.height() - bar.height() - BOTTOM_EDGE
        high = self.tools.geometry().bottom() + EDGE
        outline = state.draft.outline
        if outline is None:
            bar.move(x, low)
            return
        body = view_box(outline, state.viewport).toRect()

        def covers(y: int) -> int:
            common = QRect(x, y, bar.width(), bar.height()).intersected(body)
            return max(0, common.width()) * max(0, common.height())

        bar.move(x, min((low, high), key=covers))

    def covered(self) -> tuple[tuple[float, float, float, float], ...]:
        """Return the rectangles (x, y, width, height) of the view that visible bars cover."""
        bars = (self.tools, self.proposal_bar, self.candidate_bar, self.caption)
        boxes = [bar.geometry() for bar in bars if bar.isVisible()]
        return tuple((float(b.x()), float(b.y()), float(b.width()), float(b.height())) for b in boxes)
