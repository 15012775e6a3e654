"""The canvas widget: the still with the objects on it."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QWidget

from desktop.actions.actions import shown_key
from desktop.actions.key_map import KeyMap
from desktop.actions.shortcut_guard import is_field
from desktop.canvas.candidate_picker import CandidatePicker
from desktop.canvas.canvas_bars import CanvasBars
from desktop.canvas.canvas_layout import CanvasLayout, ShownObject
from desktop.canvas.canvas_state import CanvasState
from desktop.canvas.image_pyramid import ImagePyramid
from desktop.canvas.interaction import CanvasInteraction
from desktop.canvas.object_draft import ObjectDraft
from desktop.canvas.outline_tracer import OutlineTracer
from desktop.canvas.overlays import Overlays, view_box
from desktop.canvas.paint_layers import PaintContext, paint_layers
from desktop.canvas.pointer_actions import Tool
from desktop.canvas.pointer_input import PointerInput
from desktop.canvas.still_painter import StillPainter
from desktop.canvas.viewport import Viewport
from desktop.theme.dark_colours import DARK
from desktop.vision.candidates import MaskCandidate
from desktop.vision.geometry import Point
from desktop.vision.outline import Outline
from engine.scene.masks import Mask
from engine.scene.objects import SoundingObject
from engine.vision.still import Still


class Canvas(QWidget):
    """Shows values and emits signals; knows neither document nor engine. Call ``release`` before it is destroyed.

    The widget only paints. Its state is one frozen ``CanvasState``; ``PointerInput`` reads its events,
    ``CanvasInteraction`` applies them, ``OutlineTracer`` traces outlines, and ``CanvasBars`` holds the floating bars.

    Signals: those of ``CanvasInteraction`` for the window, and
        failed(Message): tracing failed.
    """

    failed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._interaction = interaction = CanvasInteraction(self)
        self._input = PointerInput(self, interaction)
        self._tracer = OutlineTracer(self)
        self._picture: StillPainter | None = None
        self._overlays = Overlays()
        self._bars = CanvasBars(self)
        self.tools, self.caption = self._bars.tools, self._bars.caption
        self.proposal_bar, self.candidate_bar = self._bars.proposal_bar, self._bars.candidate_bar
        self.hovered, self.hints_changed = interaction.hovered, interaction.hints_changed
        self.accepted, self.candidates_accepted = interaction.accepted, interaction.candidates_accepted
        self.cleared, self.object_clicked = interaction.cleared, interaction.object_clicked
        self.mask_edited, self.find_requested = interaction.mask_edited, interaction.find_requested
        self.hint_shown, self.picker_changed = interaction.hint_shown, interaction.picker_changed
        self.tool_changed, self.zoom_changed = interaction.tool_changed, interaction.zoom_changed
        self.space_tapped = interaction.space_tapped
        self.menu_requested = interaction.menu_requested
        self.execute, self.can_execute = interaction.execute, interaction.can_execute
        self.set_tool, self.set_diameter = interaction.set_tool, interaction.set_diameter
        self.clear_hints, self.on_zoom = interaction.clear_hints, interaction.on_zoom
        self.show_hover = interaction.show_hover
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(240, 160)
        self.setAccessibleName("Still")
        self._connect()
        self.set_keys(self.keys)
        self._show_bars()

    def _connect(self) -> None:
        interaction, tracer, bars = self._interaction, self._tracer, self._bars
        interaction.bars_changed.connect(self._show_bars)
        interaction.repaint_needed.connect(self.update)
        interaction.hover_changed.connect(self._repaint_outlines)
        interaction.pointer_rested.connect(self._input.show_cursor)
        interaction.draft_changed.connect(lambda only: tracer.trace_draft(self.draft, only))
        interaction.draft_forgotten.connect(tracer.forget_draft)
        tracer.object_traced.connect(self._show_outlines)
        tracer.draft_traced.connect(self._keep_draft_outline)
        tracer.pyramid_built.connect(self._refine)
        tracer.failed.connect(self.failed)
        bars.command.connect(interaction.execute)
        bars.tools.tool_chosen.connect(interaction.set_tool)
        bars.tools.diameter_chosen.connect(interaction.set_diameter)
        bars.candidate_bar.all_toggled.connect(interaction.toggle_all)

    # What is shown

    @property
    def state(self) -> CanvasState:
        return self._interaction.state

    @property
    def viewport(self) -> Viewport:
        return self.state.viewport

    @property
    def draft(self) -> ObjectDraft:
        return self.state.draft

    @property
    def picker(self) -> CandidatePicker:
        return self.state.picker

    @property
    def hover(self) -> Outline | None:
        return self.state.hover

    @property
    def tool(self) -> Tool:
        return self.state.tool

    @property
    def diameter(self) -> float:
        """Brush diameter in view pixels."""
        return self.state.diameter

    @property
    def keys(self) -> KeyMap:
        return self._input.keys

    @property
    def settled(self) -> bool:
        """Whether nothing is being traced or refined any more."""
        return self._tracer.waiting == 0

    def set_keys(self, keys: KeyMap) -> None:
        """Use another key map, also in the tooltips."""
        self._input.keys = keys
        self._bars.set_keys(keys)
        adds = shown_key("accept", keys)
        words = "Click a thing to propose it as an object"
        self.setAccessibleDescription(f"{words}; {adds} adds it." if adds else f"{words}.")

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(900, 600)

    def set_still(self, still: Still | None) -> None:
        """Show another still, fitted; hints, proposal and objects are removed."""
        zoom = self.viewport.zoom
        size = None if still is None else (still.height, still.width)
        self._interaction.state = self.state.with_still(size, self._view_size())
        self._picture = None if still is None else StillPainter(still, DARK.colour("well"))
        self._tracer.begin(still)
        if self.viewport.zoom != zoom:
            self.zoom_changed.emit(self.viewport.zoom)
        self._show_bars()

    def show_objects(self, objects: Sequence[SoundingObject], selection: Sequence[int]) -> None:
        """Show these objects. Their masks have the still's size; selected objects are drawn stronger."""
        fitting = tuple(thing for thing in objects if thing.mask.shape == (self.state.size or (0, 0)))
        self._interaction.state = replace(self.state, objects=fitting, selection=tuple(selection))
        self._tracer.trace_objects(fitting)
        self._show_bars()

    def show_proposal(
        self, masks: Sequence[Mask], index: int = 0, outlines: Sequence[Outline | None] = ()
    ) -> None:
        """Show the masks proposed for the hints. Missing outlines are traced first."""
        draft = self.draft.with_masks(masks, index, outlines)
        self._interaction.state = replace(self.state, draft=draft)
        self._tracer.trace_draft(draft)
        self.show_hover(None)
        self._show_bars()

    def show_candidates(self, candidates: Sequence[MaskCandidate]) -> None:
        """Offer candidates, none selected: most of a still makes no sound."""
        self._interaction.state = replace(self.state, picker=CandidatePicker(tuple(candidates)))
        self.show_hover(None)
        self._show_bars()
        typing = QApplication.focusWidget()
        if self.picker.open and (typing is None or not is_field(typing)):
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.picker_changed.emit()

    def show_busy(self, words: str) -> None:
        """Show what the canvas waits for; "" hides it."""
        self._interaction.state = replace(self.state, busy=words)
        self._show_bars()

    def release(self) -> None:
        """Stop the canvas's thread."""
        self._tracer.close()

    # Events

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._interaction.move_to(self.viewport.resized(self._view_size()))
        self._show_bars()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setClipRect(event.rect())
        if self._picture is None:
            painter.fillRect(event.rect(), DARK.colour("well"))
            return
        self._picture.paint(painter, event.rect(), self.viewport, self.devicePixelRatioF())
        exposed = QRectF(event.rect())
        paint_layers(PaintContext(painter, exposed, self._layout(), self._overlays, self.font()))
        if self.state.focus_by_key:
            painter.setPen(DARK.colour("accent", 0.8))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _layout(self) -> CanvasLayout:
        state = self.state
        shown = tuple(
            ShownObject(
                thing.index,
                thing.name,
                thing.colour,
                self._tracer.outline_of(thing),
                thing.index in state.selection,
                thing.index == state.hovered_object,
            )
            for thing in state.objects
        )
        return CanvasLayout(
            state.viewport,
            self.devicePixelRatioF(),
            shown,
            picker=state.picker,
            hover=state.hover,
            proposal=state.draft.outline,
            hints=state.draft.hints,
            box=state.box,
            brush=state.brush_mark(),
            cursor=state.brush_at,
            keep_clear=self._bars.covered(),
        )

    def _view_size(self) -> Point:
        return float(self.width()), float(self.height())

    @Slot()
    def _show_bars(self) -> None:
        self._interaction.device_pixel_ratio = self.devicePixelRatioF()
        self._bars.show_state(self.state)
        self.update()

    @Slot(object, object)
    def _repaint_outlines(self, *outlines: Outline | None) -> None:
        for outline in outlines:
            if outline is not None:
                self.update(view_box(outline, self.viewport).toAlignedRect())

    # Results of the tracing thread

    @Slot(object)
    def _refine(self, pyramid: ImagePyramid) -> None:
        if self._picture is not None and self._picture.still.digest == pyramid.digest:
            self._picture.refine(pyramid)
            self.update()

    @Slot()
    def _show_outlines(self) -> None:
        self._end_shown_stroke()
        self.update()

    @Slot(int, object)
    def _keep_draft_outline(self, place: int, outline: Outline) -> None:
        self._end_shown_stroke()
        if place >= 0:
            draft = self.draft.with_outline(place, outline)
            self._interaction.state = replace(self.state, draft=draft)
        self.update()

    def _end_shown_stroke(self) -> None:
        """Remove the stroke: the new outline of its mask has arrived."""
        if not self._interaction.tracker.busy:
            self._interaction.state = replace(self.state, stroke=None)
