"""The timeline: heads of the tracks, ruler and tracks, scroll bars, over a document."""

from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QScrollBar, QWidget

from desktop.actions.action_table import KeyMap
from desktop.actions.actions import pressed
from desktop.document.document import Document
from desktop.theme.dark_colours import DARK
from desktop.timeline.commander import Commander
from desktop.timeline.header import Headers
from desktop.timeline.interaction.gestures import Edit
from desktop.timeline.interaction.hit_test import Hit, Part
from desktop.timeline.keyboard_cursor import Walker
from desktop.timeline.layout.page_follow import Following
from desktop.timeline.layout.track_heights import Heights
from desktop.timeline.layout.track_layout import RULER, Geometry
from desktop.timeline.marker_field import MarkerField
from desktop.timeline.menus import menu_for
from desktop.timeline.painting.waveform_cache import Waveforms
from desktop.timeline.timeline_commands import SCOPE, command_of, deeds
from desktop.timeline.toolbar import Corner
from desktop.timeline.track_view import Surface
from engine.scene.edits import rename_marker
from engine.scene.scene import Scene
from engine.scene.timeline import Marker

ZOOM = 1.6
MOST_STEPS = 2**30
"""Scroll bars count in 32 bits, and an hour at the finest zoom has more pixels than that."""
EMPTY_SECONDS = 20.0


class TimelineView(QWidget):
    """Args:
    document: holds the scene and takes every edit.
    waveforms: what takes look like; whoever made it closes it.
    keys: which key does what while the timeline has the focus.

    Signals:
        seek_requested(int): put the playhead at this sample.
        loop_changed(int, int): from, to before; equal when there is no loop any more.
        clips_selected(frozenset): numbers of the selected clips.
        snap_changed(bool), spectrograms_changed(bool): switched here.
        lane_changed(int): tracks are so high now.
    """

    # Samples go as objects: Signal(int) ends at 2**31.
    seek_requested = Signal(object)
    loop_changed = Signal(object, object)
    clips_selected = Signal(object)
    snap_changed = Signal(object)
    spectrograms_changed = Signal(object)
    lane_changed = Signal(int)

    def __init__(
        self,
        document: Document,
        waveforms: Waveforms,
        keys: KeyMap | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._keys = keys or KeyMap()
        self.surface = Surface(document.scene, waveforms, self)
        self.commander = Commander(document, self.surface)
        self._walker = Walker(document, self.surface)
        self.corner = Corner(self._keys, self)
        self.headers = Headers(document, self.corner, self)
        self._across = QScrollBar(Qt.Orientation.Horizontal, self)
        self._down = QScrollBar(Qt.Orientation.Vertical, self)
        self._unit = 1.0
        self._length = 0
        self._following = Following()
        self._heights = Heights()
        self._deeds = deeds(self, self.commander, self._walker)
        self._arrange()
        self._connect()
        self._show_scene(document.scene)

    @property
    def chosen(self) -> frozenset[int]:
        """Numbers of the selected clips."""
        return self.surface.view.chosen

    @property
    def playhead(self) -> int:
        return self.surface.view.playhead

    @property
    def loop(self) -> tuple[int, int] | None:
        return self.surface.view.loop

    @property
    def snap(self) -> bool:
        return self.surface.snap

    @property
    def spectrograms(self) -> bool:
        return self.surface.view.spectrograms

    def set_keys(self, keys: KeyMap) -> None:
        """Other keys, at once: what is pressed, and what tooltips name."""
        self._keys = keys
        self.corner.set_keys(keys)

    def set_playhead(self, sample: int, *, follow: bool = True) -> None:
        """Where the player is. ``follow`` turns the page when that is out of view and nothing is being dragged."""
        geometry = self.surface.view.geometry
        follow = follow and not self.surface.busy
        scale = self._following.page(geometry.scale, geometry.width, sample) if follow else geometry.scale
        if scale != geometry.scale:
            self.surface.set_geometry(replace(geometry, scale=scale))
        self.surface.set_playhead(sample)
        self.corner.show_time(sample, self._document.scene.timeline)

    def set_speed(self, speed: float) -> None:
        """How fast it plays; 0 when it does not. Playing from a standstill, the page follows the playhead again."""
        self._following = self._following.playing(speed)

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        """What the player loops over; tells nobody."""
        self.surface.set_loop(loop)

    def set_snap(self, on: bool) -> None:
        if on != self.surface.snap:
            self.surface.snap = on
            self.corner.snap.setChecked(on)
            self.snap_changed.emit(on)

    def set_spectrograms(self, on: bool) -> None:
        if on != self.spectrograms:
            self.surface.set_spectrograms(on)
            self.corner.spectrograms.setChecked(on)
            self.spectrograms_changed.emit(on)

    def mark_in(self) -> None:
        """The loop begins at the playhead."""
        end = self.loop[1] if self.loop is not None else self._length
        self._loop(self.playhead, end if end > self.playhead else self.playhead + self._one_second())

    def mark_out(self) -> None:
        """The loop ends at the playhead."""
        start = self.loop[0] if self.loop is not None and self.loop[0] < self.playhead else 0
        if self.playhead > start:
            self._loop(start, self.playhead)

    def clear_loop(self) -> None:
        self.surface.set_loop(None)
        self.loop_changed.emit(0, 0)

    def zoom_in(self) -> None:
        self.surface.zoom(ZOOM)

    def zoom_out(self) -> None:
        self.surface.zoom(1 / ZOOM)

    def zoom_all(self) -> None:
        geometry, timeline = self.surface.view.geometry, self._document.scene.timeline
        length = self._length or EMPTY_SECONDS * timeline.rate
        self.surface.set_geometry(replace(geometry, scale=geometry.scale.showing(0, length, geometry.width)))

    def set_lane(self, height: int) -> None:
        """Every track so high, as near as can be."""
        self._set_heights(self._heights.every(height))

    def scale_lanes(self, steps: int) -> None:
        """Every track higher, or below 0 lower, by so many steps."""
        self._set_heights(self._heights.scaled(steps))
        self.lane_changed.emit(self._heights.lane)

    def _size_lane(self, track: int, height: int, every: bool) -> None:
        heights = self._heights
        self._set_heights(heights.every(height) if every else heights.one(track, height))

    def _set_heights(self, heights: Heights) -> None:
        self._heights = heights
        tracks = self._document.scene.timeline.tracks
        self.surface.set_geometry(heights.shown(self.surface.view.geometry, tracks))

    def obey(self, command: str) -> None:
        """Does what an action of ``desktop.timeline.timeline_commands.COMMANDS`` is called."""
        self._deeds[command]()

    def event(self, event: QEvent) -> bool:
        """Keys that are the timeline's alone come before the window's."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            own = self._keys.action_in(pressed(event), SCOPE)
            if own is not None and self.surface.hasFocus() and self._walker.can(own):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        command = command_of(pressed(event), self._keys)
        if command is not None:
            self.obey(command)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(DARK.ground))
        painter.end()

    def rename(self, marker: Marker) -> None:
        """Opens a field for the marker's name on its flag."""

        def name(words: str) -> None:
            self._document.edit("Rename marker", lambda scene: rename_marker(scene, marker.id, words))

        x = round(self.surface.view.geometry.scale.x_of(marker.at)) + 6
        MarkerField(marker, x, self.surface).named.connect(name)

    def _arrange(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self.headers, 0, 0)
        grid.addWidget(self.surface, 0, 1)
        grid.addWidget(self._down, 0, 2)
        grid.addWidget(self._across, 1, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(0, 1)
        self._across.setAccessibleName("Scroll through time")
        self._down.setAccessibleName("Scroll through tracks")
        self.setFocusProxy(self.surface)
        self.setMinimumHeight(RULER + 80)

    def _connect(self) -> None:
        surface = self.surface
        self._document.scene_changed.connect(self._show_scene)
        surface.edited.connect(self._edit)
        surface.settled.connect(self._document.settle)
        surface.sought.connect(self._seek)
        surface.looped.connect(self._loop)
        surface.chosen_changed.connect(self.clips_selected)
        surface.geometry_changed.connect(self._show_geometry)
        surface.left.connect(self._leave)
        surface.dropped.connect(self.commander.drop)
        surface.menu_requested.connect(self._open_menu)
        surface.opened.connect(self._open)
        self.headers.wheeled.connect(self._scroll_down_by)
        self.headers.sized.connect(self._size_lane)
        self.headers.unsized.connect(lambda track: self._set_heights(self._heights.usual(track)))
        self.headers.sizing_ended.connect(lambda: self.lane_changed.emit(self._heights.lane))
        self._across.valueChanged.connect(self._scroll_across)
        self._down.valueChanged.connect(self._scroll_down)
        self.corner.snap.toggled.connect(self.set_snap)
        self.corner.spectrograms.toggled.connect(self.set_spectrograms)
        self.corner.add.clicked.connect(self._add_track)

    def _add_track(self) -> None:
        self.commander.add_track()

    def _show_scene(self, scene: Scene) -> None:
        self._length = scene.timeline.length
        self.surface.show_scene(scene)
        self._set_heights(self._heights)
        self.headers.show_scene(scene)
        self.corner.show_time(self.playhead, scene.timeline)
        self._show_geometry(self.surface.view.geometry)

    def _show_geometry(self, geometry: Geometry) -> None:
        self.headers.show_geometry(geometry)
        self._set_bars(geometry)

    def _set_bars(self, geometry: Geometry) -> None:
        scale, timeline = geometry.scale, self._document.scene.timeline
        page = scale.length_of(geometry.width)
        lead = scale.length_of(12)
        end = max(self._length + page / 2, scale.start + page)
        self._unit = max((end + lead) / MOST_STEPS, scale.per_pixel)
        across, down = self._across, self._down
        for bar in (across, down):
            bar.blockSignals(True)
        across.setRange(0, max(0, round((end + lead - page) / self._unit)))
        across.setPageStep(max(1, round(page / self._unit)))
        across.setSingleStep(max(1, round(scale.length_of(40) / self._unit)))
        across.setValue(round((scale.start + lead) / self._unit))
        down.setRange(0, geometry.lowest_scroll(len(timeline.tracks)))
        down.setPageStep(max(1, geometry.height - RULER))
        down.setSingleStep(geometry.lane // 2)
        down.setValue(geometry.scroll)
        for bar in (across, down):
            bar.blockSignals(False)

    def _scroll_across(self, value: int) -> None:
        geometry = self.surface.view.geometry
        start = value * self._unit - geometry.scale.length_of(12)
        self.surface.set_geometry(replace(geometry, scale=geometry.scale.at(start)))
        self._leave()

    def _leave(self) -> None:
        """A person scrolled by hand: while it plays on, the page stays where they look."""
        self._following = self._following.scrolled()

    def _scroll_down(self, value: int) -> None:
        self.surface.set_geometry(replace(self.surface.view.geometry, scroll=value))

    def _scroll_down_by(self, pixels: float) -> None:
        self._scroll_down(self.surface.view.geometry.scroll + round(pixels))

    def _edit(self, edit: Edit, number: int) -> None:
        self._document.edit(edit.name, edit.change, f"timeline gesture {number}")

    def _seek(self, sample: int) -> None:
        self.set_playhead(sample, follow=False)
        self.seek_requested.emit(sample)

    def _loop(self, start: int, stop: int) -> None:
        if (start, stop) != self.loop:
            self.surface.set_loop((start, stop))
            self.loop_changed.emit(start, stop)

    def _open_menu(self, hit: Hit, place: QPoint) -> None:
        scene = self._document.scene
        menu = menu_for(hit, scene, self.commander, self.rename, self._document.settle, self, keys=self._keys)
        menu.popup(place)

    def _open(self, hit: Hit) -> None:
        """A double click: a marker is renamed, a gain line goes back to 0 dB."""
        if hit.part is Part.GAIN:
            self.commander.set_gain(0.0)
            self._document.settle()
        marker = next((one for one in self._document.scene.timeline.markers if one.id == hit.marker), None)
        if marker is not None:
            self.rename(marker)

    def _one_second(self) -> int:
        return self._document.scene.timeline.rate
