"""Keyboard navigation between clips: moves the cursor, scrolls to it, announces it and selects."""

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

from desktop.document.document import Document
from desktop.timeline.clip_edits import with_groups
from desktop.timeline.layout import clip_navigation
from desktop.timeline.track_view import TrackView

ABOUT = "Tracks with their clips, under a ruler of timecode"


class KeyboardCursor:
    """The clip that keyboard commands apply to.

    Args:
        document: holds the clips.
        track_view: shows the cursor.
    """

    def __init__(self, document: Document, track_view: TrackView) -> None:
        self._document = document
        self._surface = track_view
        track_view.setAccessibleDescription(ABOUT)

    @property
    def focused_clip(self) -> int | None:
        """Id of the clip that the cursor is on, or None."""
        return self._surface.view.focused_clip

    def step(self, steps: int) -> None:
        """Move the cursor by ``steps`` clips along the track."""
        timeline, current = self._document.scene.timeline, self.focused_clip
        self._go(self._enter() if current is None else clip_navigation.clip_along(timeline, current, steps))

    def change_row(self, down: int) -> None:
        """Move the cursor to the next track below (1) or above (-1) that has clips."""
        timeline, current = self._document.scene.timeline, self.focused_clip
        self._go(self._enter() if current is None else clip_navigation.clip_across(timeline, current, down))

    def select(self) -> None:
        """Select only the clip under the cursor."""
        if self.focused_clip is not None:
            self._choose(frozenset({self.focused_clip}))

    def extend_selection(self) -> None:
        """Toggle the clip under the cursor in the selection."""
        if self.focused_clip is not None:
            group = with_groups(self._document.scene, {self.focused_clip})
            self._choose(self._surface.view.selected ^ group)

    def clear_selection(self) -> None:
        """Cancel the running gesture; without one, clear selection and cursor."""
        if not self._surface.cancel():
            self._surface.select(frozenset())
            self._surface.go_to(None)
            self._surface.setAccessibleDescription(ABOUT)

    def can(self, command: str) -> bool:
        """Return whether a keyboard command has an effect now; if not, its key goes to the window."""
        view = self._surface.view
        if command in {"pick", "pick_more"}:
            return view.focused_clip is not None
        if command == "let_go":
            return self._surface.busy or bool(view.selected) or view.focused_clip is not None
        return True

    def _enter(self) -> int | None:
        """Return the clip the cursor starts at: a single selected one, else the nearest to the playhead in view."""
        view, timeline = self._surface.view, self._document.scene.timeline
        if len(view.selected) == 1:
            return next(iter(view.selected))
        first = view.geometry.rows(len(timeline.tracks)).start
        return clip_navigation.entry_clip(timeline, first, view.playhead)

    def _go(self, number: int | None) -> None:
        found = None if number is None else self._document.scene.clip(number)
        if found is None or number is None:
            return
        row = clip_navigation.row_of(self._document.scene.timeline, number)
        self._surface.go_to(number)
        self._surface.show_focus()
        self._surface.set_geometry(self._surface.view.geometry.revealing(found[1], row or 0))
        self._say(number)

    def _choose(self, numbers: frozenset[int]) -> None:
        self._surface.select(numbers)
        self._surface.show_focus()
        if self.focused_clip is not None:
            self._say(self.focused_clip)

    def _say(self, number: int) -> None:
        words = clip_navigation.accessible_text(self._document.scene, number, self._surface.view.selected)
        self._surface.setAccessibleDescription(words)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._surface, words))
