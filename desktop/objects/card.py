"""The card of one object in the list: name, settings and takes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.objects.controls import IconMaker, letter_button, restyle, small_button
from desktop.objects.curve_dialog import CurveDialog
from desktop.objects.editor import ObjectEditor
from desktop.objects.name_chips import NameChips, pick_name
from desktop.objects.parameter_panel import ParameterPanel
from desktop.objects.swatch import Swatch
from desktop.objects.take_list import TakeList
from desktop.objects.take_menu import KeyOf
from desktop.objects.take_row import TakeRow, TakeRowState
from desktop.objects.vocabulary import name_entries
from desktop.theme.dark_colours import DARK
from desktop.theme.elided import ElidedLabel
from desktop.theme.label_field import LabelField
from engine.generation.generator import ANYTHING, Capabilities, parameters_of
from engine.scene.colours import Colour
from engine.scene.edits import recolour_object, rename_object, set_controls
from engine.scene.limits import MOST_NAME
from engine.scene.objects import SoundingObject
from engine.scene.sound_controls import SoundControls

THUMB = 44
STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


@dataclass(frozen=True)
class Busy:
    """The state of an object's generation: that it runs or waits, or why there is no take.

    How far it is stands in the queue below the list, and nowhere else.

    Attributes:
        words: the state as text.
        failed: whether generation failed.
    """

    words: str
    failed: bool = False


@dataclass(frozen=True)
class CardState:
    """All that a card shows.

    Attributes:
        thing: the object.
        rows: its takes that are shown.
        counted: how many takes it has, as text.
        muted: whether its track is muted.
        soloed: whether its track is soloed.
        selected: whether it is selected.
        expanded: whether its takes are shown.
        editing: whether its settings are shown above its takes.
        busy: the state of its generation, or None.
        capabilities: of the chosen generator.
        guesses: names that the model is not sure of.
    """

    thing: SoundingObject
    rows: tuple[TakeRowState, ...]
    counted: str
    muted: bool
    soloed: bool
    selected: bool
    expanded: bool
    editing: bool = True
    busy: Busy | None = None
    capabilities: Capabilities = ANYTHING
    guesses: tuple[str, ...] = ()

    @property
    def caption(self) -> str:
        if self.busy is not None:
            return self.busy.words
        if self.guesses:
            return "Not sure what it is"
        return self.counted


class ObjectCard(QFrame):
    """The card of one object; ``takes`` are its rows of takes.

    Signals:
        edited(str, object, object): name, change and key, as ``Document.edit`` takes them.
        edit_finished(): a drag of a value has ended.
        clicked(bool, bool): clicked, with Control (toggle), with Shift (span).
        focus_moved(int, bool): move the focus up or down the list, with Shift (span).
        reorder_requested(int): move it down by places.
        dragged(int): it is being dragged to y in the list's coordinates.
        dropped(int): it was dropped at y in the list's coordinates.
        expand(bool): show or hide its takes.
        remove(): delete the object.
        regenerate(): generate again.
        solo(bool): solo its track.
        mute(bool): mute its track.
        play(str): play a take, by its digest.
    """

    edited = Signal(str, object, object)
    edit_finished = Signal()
    clicked = Signal(bool, bool)
    focus_moved = Signal(int, bool)
    reorder_requested = Signal(int)
    dragged = Signal(int)
    dropped = Signal(int)
    expand = Signal(bool)
    remove = Signal()
    regenerate = Signal()
    solo = Signal(bool)
    mute = Signal(bool)
    play = Signal(str)

    def __init__(
        self, icons: IconMaker, state: CardState, new_seed: Callable[[], int], keys: KeyOf, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._icons = icons
        self._keys = keys
        self._state = state
        self._new_seed = new_seed
        self._pressed: QPoint | None = None
        self._dragging = False
        self._image: QImage | None = None
        self.editor: ObjectEditor | None = None
        self.curve: CurveDialog | None = None
        self.parameters: ParameterPanel | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._make_controls()
        self._lay_out()
        self._connect()
        self._update_ui()

    @property
    def thing(self) -> SoundingObject:
        return self._state.thing

    @property
    def rows(self) -> tuple[TakeRow, ...]:
        """Rows of the takes, from the top; empty while the card is folded."""
        return self.takes.rows if self._state.expanded else ()

    def show_state(self, state: CardState) -> None:
        if state != self._state:
            self._state = state
            self._update_ui()

    def show_thumb(self, image: QImage | None) -> None:
        if image is self._image:
            return
        self._image = image
        if image is None:
            self.thumb.setPixmap(QPixmap())
            return
        ratio = self.devicePixelRatioF()
        scaled = image.scaled(
            QSize(THUMB, THUMB) * ratio,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        pixmap = QPixmap.fromImage(scaled)
        pixmap.setDevicePixelRatio(ratio)
        self.thumb.setPixmap(pixmap)

    def choose_name(self) -> None:
        """Open the list of what the model can make."""
        pick_name(name_entries(self._state.capabilities.sounds), self.name, self._rename)

    def begin_rename(self) -> None:
        self.name.begin_edit()

    def menu(self) -> QMenu:
        """Return the context menu, created on demand."""
        menu = QMenu(self)
        for guess in self._state.guesses:
            menu.addAction(f"It is: {guess}").triggered.connect(partial(self._rename, guess))
        menu.addAction("Rename").triggered.connect(self.begin_rename)
        menu.addAction("Choose a name…").triggered.connect(self.choose_name)
        menu.addAction("Regenerate").triggered.connect(self.regenerate)
        menu.addMenu(self.swatch.menu_of_colours()).setText("Colour")
        self._add_controls(menu)
        menu.addSeparator()
        menu.addAction("Move up\tAlt+Up").triggered.connect(lambda: self.reorder_requested.emit(-1))
        menu.addAction("Move down\tAlt+Down").triggered.connect(lambda: self.reorder_requested.emit(1))
        menu.addSeparator()
        menu.addAction(self._icons("trash"), "Remove").triggered.connect(self.remove)
        return menu

    def _add_controls(self, menu: QMenu) -> None:
        """Add what the chosen generator can do beside words."""
        if self._state.capabilities.takes("curves"):
            menu.addAction("Curve…").triggered.connect(self.open_curve)
        if self._state.capabilities.takes("loop"):
            loop = menu.addAction("Loop")
            loop.setCheckable(True)
            loop.setChecked(self.thing.controls.loop)
            loop.toggled.connect(lambda on: self._commit_controls(replace(self.thing.controls, loop=on)))

    def open_curve(self) -> CurveDialog:
        """Open the dialog in which the course of its sound is drawn."""
        if self.curve is None:
            self.curve = CurveDialog(self.thing, self._play_used, self)
            self.curve.changed.connect(self._commit_controls)
        self.curve.show()
        self.curve.raise_()
        return self.curve

    def _play_used(self) -> None:
        used = next((row.take.digest for row in self._state.rows if row.used), None)
        if used is not None:
            self.play.emit(used)

    def _commit_controls(self, controls: SoundControls) -> None:
        if controls != self.thing.controls:
            change = partial(set_controls, index=self.thing.index, controls=controls)
            self.edited.emit("Change curve", change, None)

    def _commit_parameters(self, controls: SoundControls) -> None:
        index = self.thing.index
        change = partial(set_controls, index=index, controls=controls)
        self.edited.emit("Change sound", change, f"object {index} parameters")

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shade = "selected" if self._state.selected else "raised"
        painter.setPen(DARK.colour("accent", 0.7) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(DARK.colour(shade, 0.85 if self._state.selected else 0.45))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if event.button() != Qt.MouseButton.LeftButton:
            return
        held = event.modifiers()
        toggle = bool(held & Qt.KeyboardModifier.ControlModifier)
        self._pressed = event.position().toPoint()
        self.clicked.emit(toggle, bool(held & Qt.KeyboardModifier.ShiftModifier))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if self._pressed is None:
            return
        moved = (event.position().toPoint() - self._pressed).manhattanLength()
        if self._dragging or moved >= QApplication.startDragDistance():
            self._dragging = True
            self.dragged.emit(self.mapToParent(event.position().toPoint()).y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if self._dragging:
            self.dropped.emit(self.mapToParent(event.position().toPoint()).y())
        self._pressed, self._dragging = None, False

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        self._pop_up(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        step, held = STEPS.get(Qt.Key(event.key())), event.modifiers()
        if step is not None and held & Qt.KeyboardModifier.AltModifier:
            self.reorder_requested.emit(step)
        elif step is not None:
            self.focus_moved.emit(step, bool(held & Qt.KeyboardModifier.ShiftModifier))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.expand.emit(not self._state.expanded)
        else:
            super().keyPressEvent(event)

    def _make_controls(self) -> None:
        icons = self._icons
        self.swatch = Swatch(self)
        self.thumb = QLabel(self)
        self.thumb.setFixedSize(THUMB, THUMB)
        self.thumb.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.name = LabelField("", self)
        self.name.setObjectName("name")
        self.name.setMaxLength(MOST_NAME)
        self.name.setAccessibleName("Name")
        self.name.setToolTip("What it is called. Double-click to change it  (F2)")
        self.caption = ElidedLabel(self)
        self.caption.setObjectName("caption")
        self.caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.chips = NameChips(self)
        self.solo_button = letter_button(self, "S", "Solo", "Hear only what is soloed  (S)")
        self.mute_button = letter_button(self, "M", "Mute", "Silence it  (M)")
        self.again = small_button(self, icons("refresh"), "Regenerate", "A new take, by another seed  (R)")
        self.more = small_button(self, icons("more"), "More", "Colour, order, remove")
        self.fold = small_button(
            self, icons("chevron_right"), "Details", "Show or hide its words and takes  (Enter)"
        )

    def _lay_out(self) -> None:
        self._body = QVBoxLayout(self)
        self._body.setContentsMargins(4, 5, 8, 6)
        self._body.setSpacing(5)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.setContentsMargins(2, 2, 0, 2)
        words.addWidget(self.name)
        words.addWidget(self.caption)
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.swatch)
        head.addWidget(self.thumb)
        head.addLayout(words, 1)
        for button in (self.solo_button, self.mute_button, self.again, self.more, self.fold):
            head.addWidget(button)
        self._body.addLayout(head)
        self._body.addWidget(self.chips)
        self._inside = QWidget(self)
        self.takes = TakeList(self._icons, self._keys, self._inside)
        inside = QVBoxLayout(self._inside)
        inside.setContentsMargins(4, 2, 0, 2)
        inside.setSpacing(6)
        inside.addWidget(self.takes)
        self._inside.hide()
        self._body.addWidget(self._inside)

    def _connect(self) -> None:
        self.name.editingFinished.connect(self._commit_name)
        self.chips.chosen.connect(self._rename)
        self.chips.more_requested.connect(self.choose_name)
        self.swatch.chosen.connect(self._commit_colour)
        self.solo_button.clicked.connect(self.solo)
        self.mute_button.clicked.connect(self.mute)
        self.again.clicked.connect(self.regenerate)
        self.more.clicked.connect(lambda: self._pop_up(self.more.mapToGlobal(self.more.rect().bottomLeft())))
        self.fold.clicked.connect(lambda: self.expand.emit(not self._state.expanded))

    def _pop_up(self, where: QPoint) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(where)

    def _pass_on(self, name: str, change: object, key: str | None) -> None:
        # If the focus is lost because another scene is shown, the field would commit text typed for the old one.
        if self.editor is not None and self.editor.thing == self.thing:
            self.edited.emit(name, change, key)

    def _commit_name(self) -> None:
        name = " ".join(self.name.text().split())
        if not name:
            self.name.setText(self.thing.name)
        elif name != self.thing.name:
            self._rename(name)

    def _rename(self, name: str, _: bool = False) -> None:
        self.edited.emit("Rename object", partial(rename_object, index=self.thing.index, name=name), None)

    def _commit_colour(self, colour: Colour | None) -> None:
        change = partial(recolour_object, index=self.thing.index, colour=colour)
        self.edited.emit("Change colour", change, None)

    def _update_ui(self) -> None:
        state, thing = self._state, self._state.thing
        self.name.show_text(thing.name)
        self.setAccessibleName(f"{thing.name}, {state.caption}")
        self.caption.setText(state.caption)
        restyle(self.caption, "busy", state.busy is not None and not state.busy.failed)
        restyle(self.caption, "failed", state.busy is not None and state.busy.failed)
        self.caption.setToolTip(state.caption if state.busy is not None or state.guesses else "")
        self.chips.show_guesses(state.guesses)
        self.swatch.show_colour(thing.colour)
        self.solo_button.setChecked(state.soloed)
        self.mute_button.setChecked(state.muted)
        self.fold.setIcon(self._icons("chevron_down" if state.expanded else "chevron_right"))
        if state.expanded:
            if state.editing:
                self._update_editor()
            if self.editor is not None and self.parameters is not None:
                self.editor.setVisible(state.editing)
                self.parameters.setVisible(state.editing and bool(self.parameters.sliders))
            self.takes.show_rows(state.rows)
        if self.curve is not None:
            self.curve.show_thing(thing)
        self._inside.setVisible(state.expanded)
        self.update()

    def _update_editor(self) -> None:
        state = self._state
        if self.editor is None:
            self.editor = ObjectEditor(self._icons, state.thing, self._new_seed, self._inside)
            self.editor.edited.connect(self._pass_on)
            self.editor.edit_finished.connect(self.edit_finished)
            layout = self._inside.layout()
            assert isinstance(layout, QVBoxLayout)
            layout.insertWidget(0, self.editor)
            self.parameters = ParameterPanel(self._icons, self._inside)
            self.parameters.changed.connect(self._commit_parameters)
            self.parameters.finished.connect(self.edit_finished)
            layout.insertWidget(1, self.parameters)
        self.editor.show_thing(state.thing)
        self.editor.show_capabilities(state.capabilities)
        words = state.thing.prompt or state.thing.name
        assert self.parameters is not None
        self.parameters.show_parameters(
            parameters_of(state.capabilities.parameters, words), state.thing.controls
        )
