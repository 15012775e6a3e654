"""The objects panel: the list, the generate controls and the queue. Follows the document and edits through it."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop.actions.actions import shown_key
from desktop.actions.key_map import KeyMap
from desktop.document.document import Document
from desktop.generation.generation_queue import GenerationQueue
from desktop.generation.worker import GenerationJob
from desktop.objects import edits
from desktop.objects.card import Busy, CardState, ObjectCard
from desktop.objects.controls import SHEET, icon_maker
from desktop.objects.footer import Footer
from desktop.objects.objects_commands import OBJECTS_COMMANDS
from desktop.objects.previews import Previews
from desktop.objects.queue_view import QueueView, status_text
from desktop.theme.dark_colours import DARK
from engine.scene.edits import reject_take, star_take
from engine.scene.objects import SoundingObject
from engine.scene.scene import Scene


class ObjectsPanel(QWidget):
    """The panel.

    Args:
        document: holds the scene and applies every edit.
        queue: the jobs shown below the list.
        previews: thumbnails and waveforms.
        new_seed: draws seeds.

    Signals:
        play_requested(str): play the take of this digest.
        generate_requested(tuple, bool): indices of objects, and whether to generate them together.
        regenerate_requested(tuple): indices of objects.
        take_drag_prepared(str): the take of this digest was pressed and may be dragged.
        take_drag_started(str, TakeRow): it is being dragged by this row.
        nothing_selected(str): what to do, as a sentence, for a command that needs a selected object.
    """

    play_requested = Signal(str)
    generate_requested = Signal(object, bool)
    regenerate_requested = Signal(object)
    take_drag_prepared = Signal(str)
    take_drag_started = Signal(str, object)
    nothing_selected = Signal(str)

    def __init__(
        self,
        document: Document,
        queue: GenerationQueue,
        previews: Previews,
        new_seed: Callable[[], int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet(SHEET)
        self._document = document
        self._queue = queue
        self._previews = previews
        self._new_seed = new_seed
        self._icons = icon_maker()
        self._cards: dict[int, ObjectCard] = {}
        self._folded: dict[int, bool] = {}
        self._guesses: dict[int, tuple[str, ...]] = {}
        self.footer = Footer(self)
        self.queue_view = QueueView(queue, self._icons, self)
        self._lay_out()
        self.footer.generate.connect(self.generate)
        self.footer.generator_changed.connect(self._refresh)
        document.scene_changed.connect(self._refresh)
        document.selection_changed.connect(self._follow_selection)
        document.still_changed.connect(self._forget)
        queue.changed.connect(self._refresh)
        previews.ready.connect(self._refresh_pictures)
        self.set_keys(KeyMap(OBJECTS_COMMANDS))
        self._refresh()

    def set_keys(self, keys: KeyMap) -> None:
        """Update tooltips and the empty list's text for another key map."""
        self.hint.setText(empty_text(keys))
        self.footer.set_keys(keys)
        self.queue_view.set_keys(keys)

    @property
    def cards(self) -> tuple[ObjectCard, ...]:
        """The cards from the top."""
        return tuple(self._cards.values())

    @property
    def selected(self) -> bool:
        """Whether any object is selected."""
        return bool(self._document.selection)

    @property
    def selection(self) -> tuple[int, ...]:
        """Indices of the selected objects."""
        return self._document.selection

    def card(self, number: int) -> ObjectCard:
        return self._cards[number]

    @Slot(bool)
    def generate(self, together: bool = False) -> None:
        """Request takes of the selected objects."""
        self.generate_requested.emit(self._document.selection, together)

    def regenerate(self) -> None:
        self.regenerate_requested.emit(self._document.selection)

    @Slot(int, object)
    def show_guesses(self, number: int, guesses: tuple[str, ...]) -> None:
        """Offer names for an object of which the model is not sure, until it has a prompt."""
        self._guesses[number] = guesses
        self._refresh()

    def rename(self) -> None:
        """Edit the name of the object selected last; without a selection, say what to do."""
        if self._document.selection:
            self._cards[self._document.selection[-1]].begin_rename()
        else:
            self.nothing_selected.emit("Nothing is selected. Select an object first, then rename it.")

    def remove(self) -> None:
        numbers = self._document.selection
        if numbers:
            name = "Remove object" if len(numbers) == 1 else "Remove objects"
            self._document.edit(name, partial(edits.remove_objects, numbers=numbers))

    def select_all(self) -> None:
        self._document.select(self._cards)

    def solo(self) -> None:
        """Solo the selected objects; unsolo them if all are soloed."""
        tracks = [edits.object_track(self._document.scene, number) for number in self._document.selection]
        self._solo(self._document.selection, not all(track is not None and track.soloed for track in tracks))

    def mute(self) -> None:
        """Mute the selected objects; unmute them if all are muted."""
        tracks = [edits.object_track(self._document.scene, number) for number in self._document.selection]
        self._mute(self._document.selection, not all(track is not None and track.muted for track in tracks))

    def _solo(self, numbers: tuple[int, ...], on: bool) -> None:
        if numbers:
            change = partial(edits.solo_objects, numbers=numbers, soloed=on)
            self._document.edit("Solo" if on else "Unsolo", change)

    def _mute(self, numbers: tuple[int, ...], on: bool) -> None:
        if numbers:
            change = partial(edits.mute_objects, numbers=numbers, muted=on)
            self._document.edit("Mute" if on else "Unmute", change)

    # Display

    @Slot()
    def _refresh(self) -> None:
        scene = self._document.scene
        numbers = [thing.index for thing in scene.objects]
        for number in [number for number in self._cards if number not in numbers]:
            self._retire(self._cards.pop(number))
        busy = busy_objects(tuple(filter(self._queue.is_own, self._queue.jobs)))
        cards: dict[int, ObjectCard] = {}
        for place, thing in enumerate(scene.objects):
            state = self._state(scene, thing, busy.get(thing.index))
            card = self._cards.get(thing.index) or self._new_card(state)
            card.show_state(state)
            cards[thing.index] = card
            if self._list.indexOf(card) != place:
                self._list.insertWidget(place, card)
        self._cards = cards
        self.hint.setVisible(not cards)
        self._heading.setText(f"OBJECTS · {len(cards)}" if cards else "OBJECTS")
        self.footer.show_selection(len(self._document.selection))
        self._refresh_pictures()

    def _state(self, scene: Scene, thing: SoundingObject, busy: Busy | None) -> CardState:
        number, selection = thing.index, self._document.selection
        track, chosen = edits.object_track(scene, number), scene.chosen_of(number)
        return CardState(
            thing=thing,
            takes=edits.takes_with(scene, number),
            used=None if chosen is None else chosen.digest,
            muted=track is not None and track.muted,
            soloed=track is not None and track.soloed,
            selected=number in selection,
            expanded=self._folded.get(number, selection[-1:] == (number,)),
            busy=busy,
            capabilities=self.footer.capabilities,
            guesses=self._guesses.get(number, ()) if thing.prompt is None else (),
        )

    @Slot()
    def _refresh_pictures(self) -> None:
        for card in self._cards.values():
            card.show_thumb(self._previews.thumbnail(card.thing))
            for row in card.rows:
                row.show_peaks(self._previews.peaks(row.take))

    @Slot(object)
    def _follow_selection(self, selection: tuple[int, ...]) -> None:
        self._folded = {number: open_ for number, open_ in self._folded.items() if open_}
        self._refresh()
        if selection:
            self._scroll.ensureWidgetVisible(self._cards[selection[-1]], 0, 8)

    @Slot()
    def _forget(self) -> None:
        """Drop typed text and unfolded cards: another still has other objects."""
        self._folded.clear()
        self._guesses.clear()
        for card in self._cards.values():
            self._retire(card)
        self._cards = {}

    # Cards

    def _new_card(self, state: CardState) -> ObjectCard:
        card, number = ObjectCard(self._icons, state, self._new_seed, self._inside), state.thing.index
        card.edited.connect(partial(self._edit, number))
        card.edit_finished.connect(self._document.settle)
        card.clicked.connect(partial(self._click, number))
        card.focus_moved.connect(partial(self._step, number))
        card.reorder_requested.connect(partial(self._shift, number))
        card.dragged.connect(partial(self._drag, number))
        card.dropped.connect(partial(self._drop, number))
        card.expand.connect(partial(self._expand, number))
        card.remove.connect(partial(self._remove, number))
        card.regenerate.connect(lambda: self.regenerate_requested.emit((number,)))
        card.solo.connect(partial(self._solo, (number,)))
        card.mute.connect(partial(self._mute, (number,)))
        card.play.connect(self.play_requested)
        card.drag_prepared.connect(self.take_drag_prepared)
        card.drag_started.connect(self.take_drag_started)
        card.use.connect(partial(self._use, number))
        card.starred.connect(self._star)
        card.rejected.connect(self._reject)
        return card

    def _retire(self, card: ObjectCard) -> None:
        """Remove a card without committing what was typed into it: another object may get its index."""
        card.blockSignals(True)
        card.hide()
        self._list.removeWidget(card)
        card.deleteLater()

    def _edit(self, number: int, name: str, change: Callable[[Scene], Scene], key: str | None) -> None:
        if number in self._cards:
            self._document.edit(name, change, key)

    def _click(self, number: int, toggle: bool, span: bool) -> None:
        order = tuple(self._cards)
        selection = edits.clicked(self._document.selection, order, number, toggle=toggle, span=span)
        self._document.select(selection)
        self._cards[number].setFocus(Qt.FocusReason.MouseFocusReason)

    def _step(self, number: int, places: int, span: bool) -> None:
        order = tuple(self._cards)
        place = min(max(order.index(number) + places, 0), len(order) - 1)
        target = order[place]
        kept = tuple(other for other in self._document.selection if other != target) if span else ()
        self._document.select((*kept, target))
        self._cards[target].setFocus(Qt.FocusReason.TabFocusReason)

    def _expand(self, number: int, open_: bool) -> None:
        self._folded[number] = open_
        self._refresh()

    def _remove(self, number: int) -> None:
        if number in self._document.selection:
            self.remove()
        else:
            self._document.edit("Remove object", partial(edits.remove_objects, numbers=(number,)))

    def _shift(self, number: int, places: int) -> None:
        self._document.edit("Move object", partial(edits.shift_object, number=number, places=places))
        self._cards[number].setFocus(Qt.FocusReason.TabFocusReason)

    def _use(self, number: int, digest: str) -> None:
        self._document.edit("Use take", partial(edits.use_take, number=number, digest=digest))
        self._refresh()  # A checked button unchecks itself when it is clicked.
        for row in self._cards[number].rows:
            row.chooser.setChecked(row.chooser.text() == "In use")

    def _star(self, digest: str, on: bool) -> None:
        self._document.edit(
            "Star take" if on else "Unstar take", partial(star_take, digest=digest, starred=on)
        )

    def _reject(self, digest: str, on: bool) -> None:
        change = partial(reject_take, digest=digest, rejected=on)
        self._document.edit("Reject take" if on else "Take back", change)

    def _place_at(self, number: int, y: int) -> int:
        middles = [card.geometry().center().y() for card in self._cards.values()]
        return edits.drop_place(y, middles, tuple(self._cards).index(number))

    def _drag(self, number: int, y: int) -> None:
        others = [card for card in self._cards.values() if card.thing.index != number]
        if not others:
            return
        place = self._place_at(number, y)
        edge = others[place].y() - 4 if place < len(others) else others[-1].geometry().bottom() + 3
        self._mark.setGeometry(2, edge, self._inside.width() - 4, 2)
        self._mark.raise_()
        self._mark.show()

    def _drop(self, number: int, y: int) -> None:
        self._mark.hide()
        places = self._place_at(number, y) - tuple(self._cards).index(number)
        if places:
            self._shift(number, places)

    def _lay_out(self) -> None:
        self._heading = QLabel("OBJECTS", self)
        self._heading.setProperty("role", "heading")
        self._heading.setContentsMargins(12, 10, 12, 4)
        self._inside = QWidget(self)
        self.hint = QLabel(self._inside)
        self.hint.setProperty("role", "dim")
        self.hint.setWordWrap(True)
        self.hint.setContentsMargins(6, 8, 6, 8)
        self._mark = QFrame(self._inside)
        self._mark.setStyleSheet(f"background: {DARK.accent}; border-radius: 1px;")
        self._mark.hide()
        inside = QVBoxLayout(self._inside)
        inside.setContentsMargins(8, 4, 8, 8)
        inside.setSpacing(6)
        self._list = QVBoxLayout()
        self._list.setSpacing(6)
        inside.addLayout(self._list)
        inside.addWidget(self.hint)
        inside.addStretch(1)
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._heading)
        column.addWidget(self._scroll, 1)
        column.addWidget(self.queue_view)
        column.addWidget(self.footer)
        self.setMinimumWidth(300)


RANKS = {"running": 2, "cancelling": 2, "waiting": 1}


def busy_objects(jobs: tuple[GenerationJob, ...]) -> dict[int, Busy]:
    """Return the state of each object in the queue: the running job's, else a waiting one's, else a failed one's."""
    told: dict[int, GenerationJob] = {}
    for job in jobs:
        for number in job.objects:
            before = told.get(number)
            if before is None or RANKS.get(job.state, 0) > RANKS.get(before.state, 0) or not before.active:
                told[number] = job
    return {
        number: Busy(
            status_text(job), job.progress.fraction if job.progress else 0.0, failed=job.state == "failed"
        )
        for number, job in told.items()
        if job.active or job.state == "failed"
    }


def empty_text(keys: KeyMap) -> str:
    """Return the text of the empty list."""
    accept, find = shown_key("accept", keys), shown_key("find", keys)
    adding = f", and press {accept}." if accept else ", and add it."
    finding = f"\nOr press {find} to find objects." if find else ""
    return f"Click something in the still that should be heard{adding}{finding}"
