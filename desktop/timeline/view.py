"""The timeline widget: track headers, ruler, tracks and scroll bars over a document."""

from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.actions.actions import pressed
from desktop.actions.key_map import KeyMap
from desktop.document.document import Document
from desktop.theme.dark_colours import DARK
from desktop.timeline.clip_naming import ClipNaming
from desktop.timeline.clip_versions import ClipVersions
from desktop.timeline.commander import Commander
from desktop.timeline.headers import Headers
from desktop.timeline.interaction.gestures import GestureEdit
from desktop.timeline.interaction.hit_test import Hit
from desktop.timeline.keyboard_cursor import KeyboardCursor
from desktop.timeline.layout.clip_navigation import changed_clips, edge_from, marker_from
from desktop.timeline.layout.page_follow import PageFollow
from desktop.timeline.layout.track_heights import TrackHeights
from desktop.timeline.layout.track_layout import RULER_HEIGHT, TrackLayout
from desktop.timeline.menus import menu_for, track_menu
from desktop.timeline.painting.waveform_loader import WaveformLoader
from desktop.timeline.scroll_bars import TimelineScrollBars
from desktop.timeline.timeline_commands import command_of, default_keys, runners
from desktop.timeline.timeline_target import SCOPE
from desktop.timeline.toolbar import TimelineToolbar
from desktop.timeline.track_view import TrackView
from engine.scene.scene import Scene

ZOOM = 1.6
EMPTY_SECONDS = 20.0
USE_TAKE = "Use take"
"""Name of the edit by which the objects panel changes the take of clips."""


class TimelineView(QWidget):
    """The timeline.

    Args:
        document: holds the scene and applies every edit.
        waveforms: waveforms and spectrograms of takes; closed by its creator.
        keys: the key map while the timeline has the focus.

    Signals:
        seek_requested(int): move the playhead to this sample.
        scrubbed(int): the playhead is dragged to this sample, which is to be heard.
        loop_changed(int, int): start and end of the loop; equal if there is none any more.
        clips_selected(frozenset): ids of the selected clips.
        snap_changed(bool): snapping was switched here.
        spectrograms_changed(bool): spectrograms were switched here.
        track_height_changed(int): the common height of the tracks.
    """

    # Signal(int) overflows at 2**31; sample positions may be larger.
    seek_requested = Signal(object)
    scrubbed = Signal(object)
    loop_changed = Signal(object, object)
    clips_selected = Signal(object)
    snap_changed = Signal(object)
    spectrograms_changed = Signal(object)
    track_height_changed = Signal(int)

    def __init__(
        self,
        document: Document,
        waveforms: WaveformLoader,
        keys: KeyMap | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._keys = keys or default_keys()
        self.track_view = TrackView(document.scene, waveforms, self)
        self.commander = Commander(document, self.track_view)
        self.naming = ClipNaming(document, self.track_view, self.commander)
        self.clip_cursor = KeyboardCursor(document, self.track_view)
        self.versions = ClipVersions(document, self.commander.clips, self)
        self.toolbar = TimelineToolbar(self._keys, self)
        self.headers = Headers(document, self.toolbar, self)
        self._bars = TimelineScrollBars(self)
        self._length = 0
        self._page_follow = PageFollow()
        self._heights = TrackHeights()
        self._commands = runners(self)
        self._arrange()
        self._connect()
        self._show_scene(document.scene)

    @property
    def selected(self) -> frozenset[int]:
        """Ids of the selected clips."""
        return self.track_view.view.selected

    @property
    def playhead(self) -> int:
        return self.track_view.view.playhead

    @property
    def loop(self) -> tuple[int, int] | None:
        return self.track_view.view.loop

    @property
    def spans(self) -> dict[str, tuple[int, int]]:
        """Ranges that stand out, by name: "loop", from in to out, and "selection", round the selected clips."""
        tracks = self.track_view.view.scene.timeline.tracks
        clips = [clip for track in tracks for clip in track.clips if clip.id in self.selected]
        found = {} if self.loop is None else {"loop": self.loop}
        if clips:
            found["selection"] = min(clip.start for clip in clips), max(clip.end for clip in clips)
        return found

    @property
    def snap(self) -> bool:
        return self.track_view.snap

    @property
    def spectrograms(self) -> bool:
        return self.track_view.view.spectrograms

    def set_keys(self, keys: KeyMap) -> None:
        """Use another key map, also in the tooltips."""
        self._keys = keys
        self.toolbar.set_keys(keys)

    def set_playhead(self, sample: int, *, follow: bool = True) -> None:
        """Show the playhead. ``follow`` turns the page if the playhead is not visible and nothing is being dragged."""
        geometry = self.track_view.view.geometry
        follow = follow and not self.track_view.busy
        scale = self._page_follow.page(geometry.scale, geometry.width, sample) if follow else geometry.scale
        if scale != geometry.scale:
            self.track_view.set_geometry(replace(geometry, scale=scale))
        self.track_view.set_playhead(sample)

    def set_speed(self, speed: float) -> None:
        """Set the playback speed, 0 while stopped. When playback starts, the page follows the playhead again."""
        self._page_follow = self._page_follow.playing(speed)

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        """Show the player's loop without emitting ``loop_changed``."""
        self.track_view.set_loop(loop)

    def set_snap(self, on: bool) -> None:
        if on != self.track_view.snap:
            self.track_view.snap = on
            self.toolbar.snap.setChecked(on)
            self.snap_changed.emit(on)

    def set_spectrograms(self, on: bool) -> None:
        if on != self.spectrograms:
            self.track_view.set_spectrograms(on)
            self.toolbar.spectrograms.setChecked(on)
            self.spectrograms_changed.emit(on)

    def mark_in(self) -> None:
        """Set the loop's start to the playhead."""
        end = self.loop[1] if self.loop is not None else self._length
        self._loop(
            self.playhead, end if end > self.playhead else self.playhead + self._document.scene.timeline.rate
        )

    def mark_out(self) -> None:
        """Set the loop's end to the playhead."""
        start = self.loop[0] if self.loop is not None and self.loop[0] < self.playhead else 0
        if self.playhead > start:
            self._loop(start, self.playhead)

    def clear_loop(self) -> None:
        self.track_view.set_loop(None)
        self.loop_changed.emit(0, 0)

    def zoom_in(self) -> None:
        self.track_view.zoom(ZOOM)

    def zoom_out(self) -> None:
        self.track_view.zoom(1 / ZOOM)

    def zoom_all(self) -> None:
        geometry, timeline = self.track_view.view.geometry, self._document.scene.timeline
        length = self._length or EMPTY_SECONDS * timeline.rate
        self.track_view.set_geometry(
            replace(geometry, scale=geometry.scale.showing(0, length, geometry.width))
        )

    def set_track_height(self, height: int) -> None:
        """Set the height of all tracks, within the limits."""
        self._set_heights(self._heights.every(height))

    def scale_track_heights(self, steps: int) -> None:
        """Scale all track heights up, or down if negative, by steps."""
        self._set_heights(self._heights.scaled(steps))
        self.track_height_changed.emit(self._heights.lane)

    def _set_one_height(self, track: int, height: int, every: bool) -> None:
        heights = self._heights
        self._set_heights(heights.every(height) if every else heights.one(track, height))

    def _set_heights(self, heights: TrackHeights) -> None:
        self._heights = heights
        tracks = self._document.scene.timeline.tracks
        self.track_view.set_geometry(heights.shown(self.track_view.view.geometry, tracks))

    def execute(self, command: str) -> None:
        """Run a command of ``desktop.timeline.timeline_commands`` by its id."""
        self._commands[command]()

    def event(self, event: QEvent) -> bool:
        """Handle the timeline's own keys before the window's shortcuts."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            own = self._keys.action_in(pressed(event), SCOPE)
            if own is not None and self.track_view.hasFocus() and self.clip_cursor.can(own):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        command = command_of(pressed(event), self._keys)
        if command is not None:
            self.execute(command)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(DARK.ground))
        painter.end()

    def go_to_edge(self, steps: int) -> None:
        """Move the playhead to the edge of a clip, ``steps`` on."""
        self._go_to(edge_from(self._document.scene.timeline, self.playhead, steps))

    def go_to_marker(self, steps: int) -> None:
        """Move the playhead to a marker of the timeline or a clip, ``steps`` on."""
        self._go_to(marker_from(self._document.scene.timeline, self.playhead, steps))

    def clear_range(self, *, ripple: bool) -> None:
        """Remove what sounds between in and out, and close the gap if ``ripple``."""
        if self.loop is not None:
            self.commander.clear_range(*self.loop, ripple=ripple)

    def reveal_clip(self, number: int) -> bool:
        """Scroll to a clip if it is out of view; return whether there is such a clip."""
        return self.naming.reveal_clip(number)

    def _go_to(self, sample: int | None) -> None:
        if sample is not None:
            self._seek(sample)
            self.naming.reveal_playhead()

    def _arrange(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self.headers, 0, 0)
        grid.addWidget(self.track_view, 0, 1)
        grid.addWidget(self._bars.down, 0, 2)
        grid.addWidget(self._bars.across, 1, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(0, 1)
        self.setFocusProxy(self.track_view)
        self.setMinimumHeight(RULER_HEIGHT + 80)

    def _connect(self) -> None:
        surface = self.track_view
        self._document.scene_changed.connect(self._show_scene)
        surface.edited.connect(self._edit)
        surface.gesture_ended.connect(self._document.settle)
        surface.seek_requested.connect(self._seek)
        surface.scrubbed.connect(self._scrub)
        surface.looped.connect(self._loop)
        surface.selection_changed.connect(self.clips_selected)
        surface.geometry_changed.connect(self._show_geometry)
        surface.scrolled_by_user.connect(self._leave)
        surface.dropped.connect(self.commander.drop)
        surface.menu_requested.connect(self._open_menu)
        surface.opened.connect(self.naming.double_click)
        self.headers.menu_requested.connect(self._open_track_menu)
        self.headers.moved.connect(self.commander.move_track)
        self.headers.wheeled.connect(self._scroll_down_by)
        self.headers.sized.connect(self._set_one_height)
        self.headers.unsized.connect(lambda track: self._set_heights(self._heights.usual(track)))
        self.headers.sizing_ended.connect(lambda: self.track_height_changed.emit(self._heights.lane))
        self._bars.time_scrolled.connect(self._scroll_across)
        self._bars.tracks_scrolled.connect(self._scroll_down)
        self.toolbar.snap.toggled.connect(self.set_snap)
        self.toolbar.spectrograms.toggled.connect(self.set_spectrograms)
        self.toolbar.add.clicked.connect(self.commander.add_track)

    def _show_scene(self, scene: Scene) -> None:
        before, history = self.track_view.view.scene, self._document.history
        self._length = scene.timeline.length
        self.track_view.show_scene(scene)
        self._set_heights(self._heights)
        self.headers.show_scene(scene)
        if USE_TAKE in {history.undo_name, history.redo_name} and before is not scene:
            # Pressed in another part of the window: what it changed may be out of view.
            self.naming.reveal_one_of(changed_clips(before.timeline, scene.timeline))
        self._show_geometry(self.track_view.view.geometry)

    def _show_geometry(self, geometry: TrackLayout) -> None:
        self.headers.show_geometry(geometry)
        self._bars.show_geometry(geometry, self._length, len(self._document.scene.timeline.tracks))

    def _scroll_across(self, start: float) -> None:
        geometry = self.track_view.view.geometry
        self.track_view.set_geometry(replace(geometry, scale=geometry.scale.at(start)))
        self._leave()

    def _leave(self) -> None:
        """Stop following the playhead until playback starts again: the user has scrolled."""
        self._page_follow = self._page_follow.scrolled()

    def _scroll_down(self, value: int) -> None:
        self.track_view.set_geometry(replace(self.track_view.view.geometry, scroll=value))

    def _scroll_down_by(self, pixels: float) -> None:
        self._scroll_down(self.track_view.view.geometry.scroll + round(pixels))

    def _edit(self, edit: GestureEdit, number: int) -> None:
        self._document.edit(edit.name, edit.change, f"timeline gesture {number}")

    def _seek(self, sample: int) -> None:
        self.set_playhead(sample, follow=False)
        self.seek_requested.emit(sample)

    def _scrub(self, sample: int) -> None:
        self.set_playhead(sample, follow=False)
        self.scrubbed.emit(sample)

    def _loop(self, start: int, stop: int) -> None:
        if (start, stop) != self.loop:
            self.track_view.set_loop((start, stop))
            self.loop_changed.emit(start, stop)

    def _open_menu(self, hit: Hit, place: QPoint) -> None:
        scene = self._document.scene
        menu = menu_for(hit, scene, self.commander, self.naming, self._document.settle, self, keys=self._keys)
        if hit.clip is not None:
            menu.addSeparator()
            self.versions.add_to(menu, self._keys)
        menu.popup(place)

    def _open_track_menu(self, number: int, place: QPoint) -> None:
        scene = self._document.scene
        track = scene.track(number)
        if track is not None:
            track_menu(track, scene, self.commander, lambda: self.headers.rename(number), self).popup(place)
