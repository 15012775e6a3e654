"""The stage: the still and all that stands on it, drawn. It does nothing by itself; the canvas acts on it."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from desktop.actions.actions import shown_key
from desktop.actions.key_map import KeyMap
from desktop.actions.shortcut_guard import is_field
from desktop.canvas.candidate_bar import CandidateBar
from desktop.canvas.candidate_picker import CandidatePicker
from desktop.canvas.image_pyramid import ImagePyramid
from desktop.canvas.object_draft import ObjectDraft
from desktop.canvas.outline_style import PROPOSAL_COLOUR, BrushMark, CanvasState, ShownObject
from desktop.canvas.overlay_painter import paint_overlays
from desktop.canvas.overlays import Overlays, view_box
from desktop.canvas.pointer_actions import Tool
from desktop.canvas.pointer_input import PointerInput
from desktop.canvas.still_painter import StillPainter
from desktop.canvas.tools import ProposalBar, ToolBar
from desktop.canvas.trace_thread import TraceThread
from desktop.canvas.viewport import Viewport
from desktop.theme.dark_colours import DARK
from desktop.vision.candidates import MaskCandidate
from desktop.vision.geometry import Point
from desktop.vision.outline import Outline
from engine.scene.masks import Mask
from engine.scene.objects import SoundingObject
from engine.vision.still import Still

GUIDE = "Click a thing to hear it, or drag a box round it"
CAPTION = (
    f"background: {DARK.panel}; border: 1px solid {DARK.edge}; border-radius: 7px; "
    f"color: {DARK.dim}; padding: 4px 10px;"
)


class CanvasView(PointerInput):
    """Draws from what it is given, and from what its thread has made of it.

    Signals: zoom_changed(float), failed(Message). finding_changed(): found things are offered, or no longer.
    """

    zoom_changed = Signal(float)
    picker_changed = Signal()
    failed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._viewport = Viewport.fitting((1, 1), (1, 1))
        self._picture: StillPainter | None = None
        self._objects: tuple[SoundingObject, ...] = ()
        self._selection: tuple[int, ...] = ()
        self._outlines: dict[str, Outline] = {}
        self._last_outline: dict[int, Outline] = {}
        self._draft = ObjectDraft()
        self._picker = CandidatePicker()
        self._hover: Outline | None = None
        self._hover_at: Point | None = None
        self._pointed: int | None = None
        self._box: tuple[Point, Point] | None = None
        self._stroke: BrushMark | None = None
        self._diameter = 36.0
        self._busy = ""
        self._serial = 0
        self._overlays = Overlays()
        self._trace_thread = TraceThread(self)
        self._trace_thread.pyramid_built.connect(self._refine)
        self._trace_thread.traced.connect(self._keep_outline)
        self._trace_thread.failed.connect(self.failed)
        self.setAccessibleName("Still")
        self.tools = ToolBar(self)
        self.proposal_bar = ProposalBar(self)
        self.candidate_bar = CandidateBar(self)
        self.caption = QLabel(self)
        self.caption.setStyleSheet(CAPTION)
        self.caption.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.tools.show_tool(self.tool)
        self.tools.show_diameter(self._diameter)
        self.set_keys(self.keys)
        self._show_bars()

    # What is shown

    @property
    def viewport(self) -> Viewport:
        return self._viewport

    @property
    def draft(self) -> ObjectDraft:
        return self._draft

    @property
    def picker(self) -> CandidatePicker:
        return self._picker

    @property
    def hover(self) -> Outline | None:
        return self._hover

    @property
    def diameter(self) -> float:
        """Of the brush, in view pixels."""
        return self._diameter

    @property
    def settled(self) -> bool:
        """Whether all that is to be seen has been drawn as it will stay."""
        return self._trace_thread.waiting == 0

    def set_keys(self, keys: KeyMap) -> None:
        """Other keys, at once: what is pressed, and what tooltips name."""
        self.keys = keys
        self.tools.set_keys(keys)
        self.proposal_bar.set_keys(keys)
        self.candidate_bar.set_keys(keys)
        adds = shown_key("accept", keys)
        words = "Click a thing to propose it as an object"
        self.setAccessibleDescription(f"{words}; {adds} adds it." if adds else f"{words}.")

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(900, 600)

    def set_still(self, still: Still | None) -> None:
        """Shows another still, at once and whole; hints, proposal and objects of the one before go."""
        self._reset()
        self._objects, self._selection = (), ()
        self._last_outline.clear()
        if still is None:
            self._picture = None
        else:
            self._picture = StillPainter(still, DARK.colour("well"))
            self._trace_thread.build_pyramid(still)
            size = (float(still.width), float(still.height))
            self._move_to(Viewport.fitting(size, (float(self.width()), float(self.height()))))
        self._show_bars()
        self.update()

    def show_objects(self, objects: Sequence[SoundingObject], selection: Sequence[int]) -> None:
        """Shows these objects, the selected ones stronger. Their masks are of the still's size."""
        still = None if self._picture is None else self._picture.still
        size = (0, 0) if still is None else (still.height, still.width)
        self._objects = tuple(thing for thing in objects if thing.mask.shape == size)
        self._selection = tuple(selection)
        for thing in self._objects:
            if thing.mask_digest not in self._outlines:
                self._trace_thread.trace(thing.mask_digest, thing.mask)
        self._forget_outlines()
        self._show_bars()
        self.update()

    def show_proposal(
        self, masks: Sequence[Mask], index: int = 0, outlines: Sequence[Outline | None] = ()
    ) -> None:
        """Shows what the hints may mean. Without outlines they are traced first."""
        self._draft = self._draft.with_masks(masks, index, outlines)
        self._trace_proposal()
        self.show_hover(None)
        self._show_bars()
        self.update()

    def show_candidates(self, candidates: Sequence[MaskCandidate]) -> None:
        """Offers what was found, none of it chosen yet: most of a still is nothing that sounds."""
        self._picker = CandidatePicker(tuple(candidates))
        self.show_hover(None)
        self._show_bars()
        self.update()
        typing = QApplication.focusWidget()
        if self._picker.open and (typing is None or not is_field(typing)):
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.picker_changed.emit()

    def _pick_from(self, picker: CandidatePicker) -> None:
        """What is found is chosen differently, or no longer."""
        ended = self._picker.open and not picker.open
        self._picker = picker
        self._show_bars()
        self.update()
        if ended:
            self.picker_changed.emit()

    def show_hover(self, outline: Outline | None) -> None:
        """Shows what a click would take; nothing while it would take nothing."""
        if self._hover_at is None or self._draft.open or self._picker.open:
            outline = None
        before, self._hover = self._hover, outline
        for changed in (before, outline):
            if changed is not None:
                self.update(view_box(changed, self._viewport).toAlignedRect())

    def show_busy(self, words: str) -> None:
        """Says what the canvas waits for; "" says nothing."""
        self._busy = words
        self._show_bars()

    def release(self) -> None:
        """Ends the canvas's thread."""
        self._trace_thread.close()

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setClipRect(event.rect())
        if self._picture is None:
            painter.fillRect(event.rect(), DARK.colour("well"))
            return
        self._picture.paint(painter, event.rect(), self._viewport, self.devicePixelRatioF())
        paint_overlays(painter, QRectF(event.rect()), self._layout(), self._overlays, self.font())
        if self.focus_by_key:
            painter.setPen(DARK.colour("accent", 0.8))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _layout(self) -> CanvasState:
        shown = tuple(
            ShownObject(
                thing.index,
                thing.name,
                thing.colour,
                self._outlines.get(thing.mask_digest) or self._last_outline.get(thing.index),
                thing.index in self._selection,
                thing.index == self._pointed,
            )
            for thing in self._objects
        )
        floating = (self.tools, self.proposal_bar, self.candidate_bar, self.caption)
        bars = [bar.geometry() for bar in floating if bar.isVisible()]
        return CanvasState(
            self._viewport,
            self.devicePixelRatioF(),
            shown,
            picker=self._picker,
            hover=self._hover,
            proposal=self._draft.outline,
            hints=self._draft.hints,
            box=self._box,
            brush=self._brush_mark(),
            cursor=self.brush_at,
            keep_clear=tuple((float(g.x()), float(g.y()), float(g.width()), float(g.height())) for g in bars),
        )

    def _brush_mark(self) -> BrushMark | None:
        """The stroke being drawn, or only the circle of the brush."""
        if self._stroke is not None:
            return self._stroke
        if self.tool is Tool.HINT:
            return None
        adds = (self.tool is Tool.BRUSH) != self.held.alt
        return BrushMark((), self._diameter / self._viewport.zoom, PROPOSAL_COLOUR, adds)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._move_to(self._viewport.resized((float(self.width()), float(self.height()))))
        self._show_bars()

    def _move_to(self, viewport: Viewport) -> None:
        zoomed = viewport.zoom != self._viewport.zoom
        self._viewport = viewport
        self.tools.show_zoom(viewport.zoom * self.devicePixelRatioF())
        self.update()
        if zoomed:
            self.zoom_changed.emit(viewport.zoom)

    def _show_bars(self) -> None:
        """The bars as they should be, where they should be."""
        there = self._picture is not None
        masks = self._draft.masks
        self.tools.setVisible(there)
        self.tools.move(10, 10)
        self.proposal_bar.setVisible(there and self._draft.open)
        self.proposal_bar.show_which(self._draft.index, len(masks))
        self.candidate_bar.setVisible(there and self._picker.open)
        self.candidate_bar.show_count(len(self._picker.candidates), len(self._picker.selected), self.width())
        guide = GUIDE if there and not self._objects and self.tool is Tool.HINT else ""
        words = self._busy or guide
        self.caption.setText(words)
        self.caption.adjustSize()
        self.caption.setVisible(there and bool(words) and not self._draft.open and not self._picker.open)
        for bar in (self.proposal_bar, self.candidate_bar, self.caption):
            bar.move((self.width() - bar.width()) // 2, self.height() - bar.height() - 12)

    # What the artist answers

    @Slot(object)
    def _refine(self, pyramid: ImagePyramid) -> None:
        if self._picture is not None and self._picture.still.digest == pyramid.digest:
            self._picture.refine(pyramid)
            self.update()

    @Slot(str, object)
    def _keep_outline(self, name: str, outline: Outline) -> None:
        if not self.pointer.busy:
            self._stroke = None
        if name.startswith("proposal/"):
            _, serial, place = name.split("/")
            if int(serial) == self._serial:
                self._draft = self._draft.with_outline(int(place), outline)
        else:
            self._outlines[name] = outline
            for thing in self._objects:
                if thing.mask_digest == name:
                    self._last_outline[thing.index] = outline
        self.update()

    def _trace_proposal(self, only: int | None = None) -> None:
        """Asks for the outlines that are not there, or for that of the one mask that changed."""
        self._serial += 1
        for place, mask in enumerate(self._draft.masks):
            if place == only or self._draft.outlines[place] is None:
                self._trace_thread.trace(f"proposal/{self._serial}/{place}", mask)

    def _forget_outlines(self) -> None:
        """Keeps the outlines of what is shown, and those of late for undo."""
        shown = {thing.mask_digest for thing in self._objects}
        late = set(list(self._outlines)[-100:])
        self._outlines = {name: it for name, it in self._outlines.items() if name in shown | late}

    def _reset(self) -> None:
        self._draft, self._picker = ObjectDraft(), CandidatePicker()
        self._serial += 1
        self._hover, self._box, self._stroke = None, None, None
