"""The widget of ruler and tracks: a thin widget over a model, an event filter and paint layers."""

from dataclasses import replace

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.timeline.interaction.track_pointer import TrackPointer
from desktop.timeline.layout.track_layout import RULER_HEIGHT
from desktop.timeline.painting.track_layers import paint_track_layers
from desktop.timeline.painting.track_painter import TrackPainter
from desktop.timeline.painting.view_state import TimelineViewState
from desktop.timeline.painting.waveform_loader import WaveformLoader
from desktop.timeline.track_model import TrackModel
from engine.scene.scene import Scene

PLAYHEAD_MARGIN = 8


class TrackView(QWidget):
    """Ruler and tracks.

    Args:
        scene: the first scene.
        waveforms: waveforms and spectrograms of takes.

    Signals: those of ``TrackModel`` and ``TrackPointer``. ``drag_out`` has its own, for clips dragged with Alt.
    """

    def __init__(self, scene: Scene, waveforms: WaveformLoader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model = TrackModel(scene, self)
        self._pointer = pointer = TrackPointer(self, model)
        self._track_painter = TrackPainter(waveforms, model.clip_indices)
        self.selection_changed, self.geometry_changed = model.selection_changed, model.geometry_changed
        self.scrolled_by_user = model.scrolled_by_user
        self.edited, self.gesture_ended = pointer.edited, pointer.gesture_ended
        self.seek_requested, self.looped, self.dropped = (
            pointer.seek_requested,
            pointer.looped,
            pointer.dropped,
        )
        self.scrubbed, self.files_dropped = pointer.scrubbed, pointer.files_dropped
        self.menu_requested, self.opened = pointer.menu_requested, pointer.opened
        self.drag_out = pointer.drag_out
        self.show_scene, self.set_geometry = model.show_scene, model.set_geometry
        self.select, self.go_to, self.hit_at = model.select, model.go_to, model.hit_at
        self.set_playhead, self.set_loop = model.set_playhead, model.set_loop
        self.set_spectrograms, self.zoom, self.scroll_by = model.set_spectrograms, model.zoom, model.scroll_by
        self.show_focus, self.cancel = pointer.show_focus, pointer.cancel
        waveforms.ready.connect(self._show_arrived)
        model.repaint_needed.connect(self.update)
        model.playhead_moved.connect(self._repaint_playhead)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, RULER_HEIGHT + 40)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Timeline")

    @property
    def view(self) -> TimelineViewState:
        """What is shown."""
        return self._model.state

    @property
    def busy(self) -> bool:
        """Whether a gesture is running."""
        return self._pointer.busy

    @property
    def snap(self) -> bool:
        return self._pointer.snap

    @snap.setter
    def snap(self, on: bool) -> None:
        self._pointer.snap = on

    @property
    def pictures_drawn(self) -> int:
        """Number of track pictures drawn so far; cached ones are not drawn again."""
        return self._track_painter.drawn

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        self._model.state = replace(self._model.state, ratio=self.devicePixelRatioF())
        painter = QPainter(self)
        paint_track_layers(painter, self.rect(), self._model.state, self._track_painter)
        painter.end()

    def resizeEvent(self, _event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        self.set_geometry(replace(self.view.geometry, width=self.width(), height=self.height()))

    @Slot(object, object)
    def _repaint_playhead(self, *samples: int) -> None:
        """Repaint only the old and the new position of the line."""
        for at in samples:
            x = round(self.view.geometry.scale.x_of(at))
            if -PLAYHEAD_MARGIN <= x <= self.width() + PLAYHEAD_MARGIN:
                self.update(x - PLAYHEAD_MARGIN, 0, 2 * PLAYHEAD_MARGIN, self.height())

    @Slot(str)
    def _show_arrived(self, digest: str) -> None:
        self._track_painter.arrived(digest)
        self.update()
