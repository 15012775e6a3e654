"""The state of the tracks as one frozen value, and the only object that replaces it. No widgets."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop.timeline.clip_edits import with_groups
from desktop.timeline.interaction.hit_test import Hit, PlayheadAndLoop, hit
from desktop.timeline.layout.track_layout import ClipIndexCache, TrackLayout
from desktop.timeline.painting.view_state import TimelineViewState
from engine.scene.scene import Scene


class TrackModel(QObject):
    """Holds the ``TimelineViewState``.

    Signals:
        repaint_needed(): what is painted has changed.
        playhead_moved(int, int): only the playhead has moved, from and to these samples.
        selection_changed(frozenset): ids of the selected clips.
        geometry_changed(TrackLayout): another part is visible.
        scrolled_by_user(): the user has scrolled.
        scene_shown(): another or the edited scene is shown.
    """

    repaint_needed = Signal()
    playhead_moved = Signal(object, object)
    selection_changed = Signal(object)
    geometry_changed = Signal(object)
    scrolled_by_user = Signal()
    scene_shown = Signal()

    def __init__(self, scene: Scene, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.clip_indices = ClipIndexCache()
        self.clip_indices.keep(scene.timeline)
        self.state = TimelineViewState(scene, TrackLayout())

    def show_scene(self, scene: Scene) -> None:
        """Show another or the edited scene; drop deleted clips from the selection."""
        if scene.timeline is not self.state.scene.timeline:
            self.clip_indices.keep(scene.timeline)
        self.state = replace(self.state, scene=scene)
        if self.state.selected:
            there = {clip.id for track in scene.timeline.tracks for clip in track.clips}
            self.select(self.state.selected & there)
        if self.state.focused_clip is not None and scene.clip(self.state.focused_clip) is None:
            self.state = replace(self.state, focused_clip=None)
        self.set_geometry(self.state.geometry)
        self.scene_shown.emit()
        self.repaint_needed.emit()

    def set_geometry(self, geometry: TrackLayout) -> None:
        """Show another stretch of time or of tracks, within the limits."""
        lowest = geometry.lowest_scroll(len(self.state.scene.timeline.tracks))
        geometry = replace(geometry, scroll=min(max(0, geometry.scroll), lowest))
        if geometry != self.state.geometry:
            self.state = replace(self.state, geometry=geometry)
            self.geometry_changed.emit(geometry)
            self.repaint_needed.emit()

    def select(self, numbers: frozenset[int]) -> None:
        """Select these clips, and the others of their groups."""
        if numbers == self.state.selected:
            return
        numbers = with_groups(self.state.scene, numbers)
        if numbers != self.state.selected:
            self.state = replace(self.state, selected=numbers)
            self.selection_changed.emit(numbers)
            self.repaint_needed.emit()

    def go_to(self, number: int | None) -> None:
        """Move the keyboard cursor to this clip, or hide it."""
        self.show(focused_clip=number)

    def set_playhead(self, sample: int) -> None:
        before, self.state = self.state.playhead, replace(self.state, playhead=sample)
        if before != sample:
            self.playhead_moved.emit(before, sample)

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        self.state = replace(self.state, loop=loop)
        self.repaint_needed.emit()

    def set_spectrograms(self, on: bool) -> None:
        self.state = replace(self.state, spectrograms=on)
        self.repaint_needed.emit()

    def zoom(self, factor: float, x: float | None = None) -> None:
        """Zoom by a factor around ``x``, or else around the playhead if it is visible, or else around the middle."""
        geometry = self.state.geometry
        if x is None:
            playhead = geometry.scale.x_of(self.state.playhead)
            x = playhead if 0 <= playhead <= geometry.width else geometry.width / 2
        self.set_geometry(replace(geometry, scale=geometry.scale.zoomed(factor, x)))

    def hit_at(self, x: float, y: float) -> Hit:
        view = self.state
        return hit(
            view.geometry, view.scene, self.clip_indices, PlayheadAndLoop(view.playhead, view.loop), x, y
        )

    def scroll_by(self, right: float, down: float) -> None:
        geometry = self.state.geometry
        scale = geometry.scale.scrolled(right)
        self.set_geometry(replace(geometry, scale=scale, scroll=geometry.scroll + round(down)))
        self.scrolled_by_user.emit()

    def show(self, **changes: Any) -> None:
        changed = replace(self.state, **changes)
        if changed != self.state:
            self.state = changed
            self.repaint_needed.emit()
