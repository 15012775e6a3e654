"""Goes from clip to clip by keys: shows where it is, scrolls there, says it aloud, and selects it."""

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

from desktop.document.document import Document
from desktop.timeline.layout import clip_navigation
from desktop.timeline.track_view import TrackView

ABOUT = "Tracks with their clips, under a ruler of timecode"


class KeyboardCursor:
    """Args:
    document: holds the clips.
    surface: shows which of them the keyboard is on.
    """

    def __init__(self, document: Document, track_view: TrackView) -> None:
        self._document = document
        self._surface = track_view
        track_view.setAccessibleDescription(ABOUT)

    @property
    def focused_clip(self) -> int | None:
        """The clip that the keyboard has gone to."""
        return self._surface.view.focused_clip

    def step(self, steps: int) -> None:
        """This many clips on along the track."""
        timeline, current = self._document.scene.timeline, self.focused_clip
        self._go(self._enter() if current is None else clip_navigation.clip_along(timeline, current, steps))

    def change_row(self, down: int) -> None:
        """To the next track below (1) or above (-1) that has clips."""
        timeline, current = self._document.scene.timeline, self.focused_clip
        self._go(self._enter() if current is None else clip_navigation.clip_across(timeline, current, down))

    def select(self) -> None:
        """Selects the clip gone to, and no other."""
        if self.focused_clip is not None:
            self._choose(frozenset({self.focused_clip}))

    def extend_selection(self) -> None:
        """Adds the clip gone to to the selected ones, or takes it from them."""
        if self.focused_clip is not None:
            self._choose(self._surface.view.selected ^ {self.focused_clip})

    def clear_selection(self) -> None:
        """Takes back the drag that runs; else nothing is selected, and no clip gone to."""
        if not self._surface.cancel():
            self._surface.select(frozenset())
            self._surface.go_to(None)
            self._surface.setAccessibleDescription(ABOUT)

    def can(self, command: str) -> bool:
        """Whether a command of the keyboard does anything now; else its key is the window's."""
        view = self._surface.view
        if command in {"pick", "pick_more"}:
            return view.focused_clip is not None
        if command == "let_go":
            return self._surface.busy or bool(view.selected) or view.focused_clip is not None
        return True

    def _enter(self) -> int | None:
        """Where walking begins: the selected clip if it is one, else what is nearest to the playhead in view."""
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
