"""The objects panel: the list, the generate controls and the queue. Follows the document and edits through it."""

from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from desktop.actions.key_map import KeyMap
from desktop.document.document import Document
from desktop.document.messages import Messages
from desktop.generation.generation_queue import GenerationQueue
from desktop.objects import edits
from desktop.objects.card import Busy, CardState, ObjectCard
from desktop.objects.controls import SHEET, icon_maker
from desktop.objects.filter_bar import FilterBar
from desktop.objects.footer import Footer
from desktop.objects.objects_commands import OBJECTS_COMMANDS
from desktop.objects.orphan_takes import OrphanTakes
from desktop.objects.panel_states import busy_objects, counted, empty_text, row_state
from desktop.objects.previews import Previews
from desktop.objects.queue_view import QueueView
from desktop.objects.take_commander import TakeCommander
from desktop.objects.take_filter import ORPHANS, TakeFilter
from desktop.objects.take_hint import TakeHint
from desktop.objects.take_list import TakeList
from desktop.objects.take_menu import KeyOf
from desktop.objects.take_row import TakeRow, TakeRowState
from desktop.objects.takes_commands import TAKES_COMMANDS
from desktop.theme.dark_colours import DARK
from engine.scene.objects import SoundingObject
from engine.scene.scene import Scene


class ObjectsPanel(QWidget):
    """The panel.

    Args:
        document: holds the scene and applies every edit.
        queue: the jobs shown below the list.
        previews: thumbnails and waveforms.
        new_seed: draws seeds.
        messages: shows what the commands of the takes have to say; None drops it.

    Attributes:
        takes: the current take and its commands; says what is to be played.

    Signals:
        generate_requested(tuple, bool): indices of objects, and whether to generate them together.
        regenerate_requested(tuple): indices of objects.
        take_drag_prepared(str): the take of this digest was pressed and may be dragged.
        take_drag_started(str, TakeRow): it is being dragged by this row.
        nothing_selected(str): what to do, as a sentence, for a command that needs a selected object.
    """

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
        messages: Messages | None = None,
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
        self._keys = KeyOf()
        self.takes = TakeCommander(document, messages, self)
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
        self._connect_takes()
        previews.ready.connect(self._refresh_pictures)
        self.set_keys(KeyMap((*OBJECTS_COMMANDS, *TAKES_COMMANDS)))
        self._refresh()

    def set_keys(self, keys: KeyMap) -> None:
        """Update tooltips and the empty list's text for another key map."""
        self._keys.keys = keys
        self.hint.setText(empty_text(keys))
        self.filter_bar.set_keys()
        self.take_hint.show_keys()
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

    @property
    def take_row(self) -> TakeRow | None:
        """The row of the current take, or None."""
        if self.takes.current is None:
            return None
        number, digest = self.takes.current
        if number == ORPHANS:
            return self.orphans.takes.row(digest)
        return self._cards[number].takes.row(digest) if number in self._cards else None

    @Slot(str, float)
    def show_take_seconds(self, digest: str, seconds: float) -> None:
        """Move the play line of a take that is heard."""
        for takes in self._lists():
            row = takes.row(digest)
            if row is not None and row.state.playing:
                row.show_seconds(seconds)

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
            card.setVisible(bool(state.rows) or not self.takes.filter.active)
            cards[thing.index] = card
            if self._list.indexOf(card) != place:
                self._list.insertWidget(place, card)
        self._cards = cards
        self.orphans.show_rows(self._rows_of(scene, ORPHANS), unfolded=self.takes.filter.active)
        self.hint.setVisible(not cards)
        self._heading.setText(f"OBJECTS · {len(cards)}" if cards else "OBJECTS")
        self.filter_bar.show_scene(scene, self.takes.filter)
        self.take_hint.setVisible(bool(scene.takes))
        self.footer.show_selection(len(self._document.selection))
        self._refresh_pictures()

    def _rows_of(self, scene: Scene, number: int) -> tuple[TakeRowState, ...]:
        return tuple(
            row_state(scene, number, take, self.takes.heard)
            for take in self.takes.filter.takes_of(scene, number)
        )

    def _state(self, scene: Scene, thing: SoundingObject, busy: Busy | None) -> CardState:
        number, selection, chosen = thing.index, self._document.selection, self.takes.filter
        track, rows = edits.object_track(scene, number), self._rows_of(scene, number)
        return CardState(
            thing=thing,
            rows=rows,
            counted=counted(scene, number, chosen, len(rows)),
            muted=track is not None and track.muted,
            soloed=track is not None and track.soloed,
            selected=number in selection,
            expanded=chosen.active or self._folded.get(number, selection[-1:] == (number,)),
            editing=not chosen.active,
            busy=busy,
            capabilities=self.footer.capabilities,
            guesses=self._guesses.get(number, ()) if thing.prompt is None else (),
        )

    @Slot()
    def _refresh_pictures(self) -> None:
        for card in self._cards.values():
            card.show_thumb(self._previews.thumbnail(card.thing))
        for takes in self._lists():
            for row in takes.rows:
                if row.isVisible():
                    row.show_peaks(self._previews.peaks(row.take))

    def _lists(self) -> Iterator[TakeList]:
        yield from (card.takes for card in self._cards.values())
        yield self.orphans.takes

    @Slot(object)
    def _follow_selection(self, selection: tuple[int, ...]) -> None:
        self._folded = {number: open_ for number, open_ in self._folded.items() if open_}
        self._refresh()
        if selection:
            self._reveal(self._cards[selection[-1]])

    @Slot()
    def _forget(self) -> None:
        """Drop typed text and unfolded cards: another still has other objects."""
        self._folded.clear()
        self._guesses.clear()
        self.takes.show_only(TakeFilter())
        for card in self._cards.values():
            self._retire(card)
        self._cards = {}

    # Cards

    def _new_card(self, state: CardState) -> ObjectCard:
        card, number = (
            ObjectCard(self._icons, state, self._new_seed, self._keys, self._inside),
            state.thing.index,
        )
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
        card.play.connect(lambda digest: self.takes.play_requested.emit(digest, 0.0))
        self._connect_list(number, card.takes)
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

    # Takes

    def _connect_takes(self) -> None:
        takes = self.takes
        takes.shown_changed.connect(self._refresh)
        takes.moved.connect(self._focus_take)
        takes.left.connect(self._leave_takes)
        takes.edit_requested.connect(self._edit_take)
        takes.find_requested.connect(
            lambda: self.filter_bar.words.setFocus(Qt.FocusReason.ShortcutFocusReason)
        )
        self.filter_bar.changed.connect(takes.show_only)
        self.filter_bar.left.connect(takes.enter)
        self.filter_bar.emptied.connect(takes.empty_bin)
        self.orphans.folded.connect(self._refresh)
        self._connect_list(ORPHANS, self.orphans.takes)

    def _connect_list(self, number: int, takes: TakeList) -> None:
        takes.entered.connect(lambda digest: self._enter(number, digest))
        takes.commanded.connect(lambda digest, command: self._command(number, digest, command))
        takes.played_from.connect(self.takes.play_requested)
        takes.edited.connect(self.takes.set_text)
        takes.drag_prepared.connect(self.take_drag_prepared)
        takes.drag_started.connect(self.take_drag_started)

    def _enter(self, number: int, digest: str) -> None:
        self.takes.make_current((number, digest))
        if number in self._cards and number not in self._document.selection:
            self._document.select((number,))

    def _command(self, number: int, digest: str, command: str) -> None:
        self.takes.make_current((number, digest))
        self.takes.run(command)

    @Slot()
    def _focus_take(self) -> None:
        """Unfold the list of the current take, show its row and give it the keyboard."""
        if self.takes.current is None:
            return
        number = self.takes.current[0]
        if number == ORPHANS:
            self.orphans.unfold()
        elif number in self._cards and self.take_row is None:
            self._folded[number] = True
            self._refresh()
        row = self.take_row
        if row is not None:
            row.setFocus(Qt.FocusReason.OtherFocusReason)
            self._reveal(row)

    @Slot()
    def _leave_takes(self) -> None:
        selection = self._document.selection
        home: QWidget = self._cards[selection[-1]] if selection and selection[-1] in self._cards else self
        home.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(str)
    def _edit_take(self, what: str) -> None:
        row = self.take_row
        if row is not None:
            row.begin_edit(what)

    def _reveal(self, part: QWidget) -> None:
        """Scroll to a card or row; one that is higher than the list begins at its top."""
        layout = self._inside.layout()
        for widget in (part, part.parentWidget(), self._inside):
            inner = widget.layout() if widget is not None else None
            if inner is not None:
                inner.activate()
        assert layout is not None
        view, bar = self._scroll.viewport().height(), self._scroll.verticalScrollBar()
        self._inside.resize(self._scroll.viewport().width(), max(self._inside.sizeHint().height(), view))
        layout.activate()
        top = part.mapTo(self._inside, part.rect().topLeft()).y() - 8
        bottom = top + min(part.height() + 16, view)
        bar.setMaximum(max(bar.maximum(), self._inside.height() - view))
        if top < bar.value() or part.height() > view:
            bar.setValue(top)
        elif bottom > bar.value() + view:
            bar.setValue(bottom - view)

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
        self.filter_bar = FilterBar(self._icons, self._keys, self)
        self.take_hint = TakeHint(self._keys, self)
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
        self.orphans = OrphanTakes(self._icons, self._keys, self._inside)
        inside.addLayout(self._list)
        inside.addWidget(self.orphans)
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
        column.addWidget(self.filter_bar)
        column.addWidget(self._scroll, 1)
        column.addWidget(self.take_hint)
        column.addWidget(self.queue_view)
        column.addWidget(self.footer)
        self.setMinimumWidth(324)
