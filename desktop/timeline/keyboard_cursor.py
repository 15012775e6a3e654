"""Goes from clip to clip by keys: shows where it is, scrolls there, says it aloud, and selects it."""

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

from desktop.document.document import Document
from desktop.timeline.layout import clip_navigation
from desktop.timeline.track_view import Surface

ABOUT = "Tracks with their clips, under a ruler of timecode"


class Walker:
    """Args:
    document: holds the clips.
    surface: shows which of them the keyboard is on.
    """

    def __init__(self, document: Document, surface: Surface) -> None:
        self._document = document
        self._surface = surface
        surface.setAccessibleDescription(ABOUT)

    @property
    def current(self) -> int | None:
        """The clip that the keyboard has gone to."""
        return self._surface.view.current

    def step(self, steps: int) -> None:
        """So many clips on along the track."""
        timeline, current = self._document.scene.timeline, self.current
        self._go(self._enter() if current is None else clip_navigation.along(timeline, current, steps))

    def change_row(self, down: int) -> None:
        """To the next track below (1) or above (-1) that has clips."""
        timeline, current = self._document.scene.timeline, self.current
        self._go(self._enter() if current is None else clip_navigation.across(timeline, current, down))

    def pick(self) -> None:
        """Selects the clip gone to, and no other."""
        if self.current is not None:
            self._choose(frozenset({self.current}))

    def pick_more(self) -> None:
        """Adds the clip gone to to the selected ones, or takes it from them."""
        if self.current is not None:
            self._choose(self._surface.view.chosen ^ {self.current})

    def let_go(self) -> None:
        """Takes back the drag that runs; else nothing is selected, and no clip gone to."""
        if not self._surface.cancel():
            self._surface.choose(frozenset())
            self._surface.go_to(None)
            self._surface.setAccessibleDescription(ABOUT)

    def can(self, command: str) -> bool:
        """Whether a command of the keyboard does anything now; else its key is the window's."""
        view = self._surface.view
        if command in {"pick", "pick_more"}:
            return view.current is not None
        if command == "let_go":
            return self._surface.busy or bool(view.chosen) or view.current is not None
        return True

    def _enter(self) -> int | None:
        """Where walking begins: the selected clip if it is one, else what is nearest to the playhead in view."""
        view, timeline = self._surface.view, self._document.scene.timeline
        if len(view.chosen) == 1:
            return next(iter(view.chosen))
        first = view.geometry.rows(len(timeline.tracks)).start
        return clip_navigation.entered(timeline, first, view.playhead)

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
        self._surface.choose(numbers)
        self._surface.show_focus()
        if self.current is not None:
            self._say(self.current)

    def _say(self, number: int) -> None:
        words = clip_navigation.spoken(self._document.scene, number, self._surface.view.chosen)
        self._surface.setAccessibleDescription(words)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._surface, words))
