"""Runs the commands of the list of takes: which take is current, what is shown, and the edits of takes."""

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from desktop.document.document import Document
from desktop.document.messages import Messages
from desktop.objects import edits
from desktop.objects.take_filter import ORPHANS, TakeFilter, order_of
from desktop.objects.takes_commands import RUN
from desktop.playback.ab_compare import TakePair
from engine.scene.edits import (
    delete_take,
    empty_bin,
    note_take,
    reject_take,
    rename_take,
    set_licence,
    star_take,
)
from engine.scene.scene import TakeRecord

Place = tuple[int, str]
"""A row of the list: number of the object, and digest of the take."""
EDITS = {
    "title": ("Rename take", rename_take),
    "note": ("Note of take", note_take),
    "licence": ("Licence of take", set_licence),
}


@dataclass(frozen=True)
class TakeHeard:
    """What of the takes is heard.

    Attributes:
        digest: the take that plays by itself, or None.
        pair: the takes being compared, or None.
        looping: whether a take begins again at its end.
    """

    digest: str | None = None
    pair: TakePair | None = None
    looping: bool = False

    def side(self, digest: str) -> str:
        """Return "A" or "B" for a take that is compared, else ""."""
        if self.pair is None:
            return ""
        return {self.pair.a: "A", self.pair.b: "B"}.get(digest, "")


class TakeCommander(QObject):
    """The current take and what is done with it.

    Args:
        document: holds the scene and applies every edit.
        messages: says what using a take did to others.

    Signals:
        play_requested(str, float): play the take from a place in it, 0 to 1.
        stop_requested(): stop playing.
        loop_requested(bool): switch looping of takes.
        place_requested(int, str): place the take of an object at the playhead.
        again_requested(int, str): generate another take with the settings of this one.
        export_requested(str): write the take as a file.
        file_requested(str): show the file of the take.
        moved(): another take is current and gets the keyboard.
        left(): the keyboard goes back to the object.
        find_requested(): give the keyboard to the search field.
        edit_requested(str): edit "title", "note" or "licence" of the current take.
        shown_changed(): another filter, or something else is heard.
    """

    play_requested = Signal(str, float)
    stop_requested = Signal()
    loop_requested = Signal(bool)
    place_requested = Signal(int, str)
    again_requested = Signal(int, str)
    export_requested = Signal(str)
    file_requested = Signal(str)
    moved = Signal()
    left = Signal()
    find_requested = Signal()
    edit_requested = Signal(str)
    shown_changed = Signal()

    def __init__(
        self, document: Document, messages: Messages | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._messages = messages or Messages(self)
        self.current: Place | None = None
        self.filter = TakeFilter()
        self.heard = TakeHeard()
        document.scene_changed.connect(self._follow)

    @property
    def order(self) -> tuple[Place, ...]:
        """Every take that is shown, from the top of the list."""
        return order_of(self._document.scene, self.filter)

    @property
    def take(self) -> TakeRecord | None:
        """The current take."""
        return None if self.current is None else self._document.scene.take(self.current[1])

    @property
    def current_digest(self) -> str | None:
        return None if self.current is None else self.current[1]

    @property
    def has_takes(self) -> bool:
        return bool(self._document.scene.takes)

    @property
    def has_current(self) -> bool:
        return self.current is not None

    @property
    def has_recording(self) -> bool:
        return self.take is not None and self.take.kind == "recording"

    @property
    def has_deleted(self) -> bool:
        return any(take.deleted for take in self._document.scene.takes)

    @property
    def looping(self) -> bool:
        return self.heard.looping

    @property
    def shows_bin(self) -> bool:
        return self.filter.deleted

    def run(self, command: str) -> None:
        """Run a command of ``takes_commands`` by its id."""
        RUN[command](self)

    def make_current(self, place: Place) -> None:
        """Note which take has the keyboard."""
        self.current = place

    @Slot(object)
    def show_heard(self, heard: TakeHeard) -> None:
        if heard != self.heard:
            self.heard = heard
            self.shown_changed.emit()

    def show_only(self, chosen: TakeFilter) -> None:
        """Show only these takes."""
        if chosen != self.filter:
            self.filter = chosen
            self._follow()
            self.shown_changed.emit()

    def enter(self) -> None:
        """Go to the current take, else to the first of the object selected last, else to the first."""
        order = self.order
        if self.current not in order:
            number = next(reversed(self._document.selection), None)
            own = next((place for place in order if place[0] == number), None)
            self.current = own or next(iter(order), None)
        if self.current is not None:
            self.moved.emit()

    def leave(self) -> None:
        self.stop_requested.emit()
        self.left.emit()

    def step(self, by: int) -> None:
        """Go to another take and play it; at the ends of the list stay."""
        order = self.order
        if self.current in order:
            place = order.index(self.current) + by
            if 0 <= place < len(order):
                self._go(order[place], play=True)

    def play(self) -> None:
        """Play the current take from its beginning, or stop it."""
        if self.current is not None:
            if self.heard.digest == self.current[1]:
                self.stop_requested.emit()
            else:
                self.play_requested.emit(self.current[1], 0.0)

    def use(self) -> None:
        """Use the current take; one in the bin is taken out of it."""
        take, current = self.take, self.current
        if take is None or current is None:
            return
        if take.deleted:
            self.delete()
            return
        if current[0] == ORPHANS:
            self._document.edit("Use take", partial(edits.place_at, number=ORPHANS, digest=take.digest, at=0))
            return
        self._document.edit("Use take", partial(edits.use_take, number=current[0], digest=take.digest))
        if len(take.objects) > 1:
            self._messages.tell(
                f"“{take.name}” is used instead of the takes of each: their tracks are muted."
            )

    def star(self) -> None:
        take = self.take
        if take is not None:
            name = "Unstar take" if take.starred else "Star take"
            self._document.edit(name, partial(star_take, digest=take.digest, starred=not take.starred))

    def reject(self) -> None:
        """Reject the current take and go on to the next, which plays; or take the rejection back."""
        take = self.take
        if take is None:
            return
        change = partial(reject_take, digest=take.digest, rejected=not take.rejected)
        if take.rejected:
            self._document.edit("Take back", change)
            return
        following = self._beside()
        if self._document.edit("Reject take", change) and following is not None:
            self._go(following, play=True)

    def delete(self) -> None:
        """Move the current take to the bin, or out of it, and go to the one beside it."""
        take = self.take
        if take is None:
            return
        following, name = self._beside(), "Restore take" if take.deleted else "Delete take"
        if self.heard.digest == take.digest:
            self.stop_requested.emit()
        self._document.edit(name, partial(delete_take, digest=take.digest, deleted=not take.deleted))
        if following is not None:
            self._go(following, play=False)
        else:
            self.left.emit()

    def loop(self) -> None:
        self.loop_requested.emit(not self.heard.looping)

    def place(self) -> None:
        if self.current is not None:
            self.place_requested.emit(*self.current)

    def edit(self, what: str) -> None:
        """Edit a text of the current take. The licence of a generated take is that of its generator."""
        if self.current is not None and (what != "licence" or self.has_recording):
            self.edit_requested.emit(what)

    def set_text(self, digest: str, what: str, text: str) -> None:
        """Give a take another title, note or licence."""
        name, change = EDITS[what]
        self._document.edit(name, lambda scene: change(scene, digest, text))

    def again(self) -> None:
        if self.current is not None:
            self.again_requested.emit(*self.current)

    def show_file(self) -> None:
        if self.current is not None:
            self.file_requested.emit(self.current[1])

    def export(self) -> None:
        if self.current is not None:
            self.export_requested.emit(self.current[1])

    def find(self) -> None:
        self.find_requested.emit()

    def show_bin(self, on: bool) -> None:
        self.show_only(TakeFilter(deleted=on))

    def empty_bin(self) -> None:
        """Remove the takes in the bin; those that clips play stay there, and a message says so."""
        self._document.edit("Empty bin", empty_bin)
        left = sum(take.deleted for take in self._document.scene.takes)
        if left:
            are = "is" if left == 1 else "are"
            self._messages.tell(f"{left} of the takes in the bin {are} on the timeline, and kept.")
        self.show_bin(self.shows_bin and bool(left))

    def _beside(self) -> Place | None:
        """Return the take after the current one, else the one before it, in the list as it is shown."""
        order = self.order
        if self.current not in order:
            return None
        place = order.index(self.current)
        return next(iter((*order[place + 1 :], *reversed(order[:place]))), None)

    def _go(self, place: Place, *, play: bool) -> None:
        self.current = place
        if place[0] != ORPHANS and place[0] not in self._document.selection:
            self._document.select((place[0],))
        self.moved.emit()
        if play:
            self.play_requested.emit(place[1], 0.0)

    @Slot()
    def _follow(self) -> None:
        """Forget a current take that is not shown any more."""
        if self.current is not None and self.current not in self.order:
            self.current = None
