"""The window's actions, made from the table of keys: in menus, on buttons, with their keys and tooltips."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from desktop.actions.action_table import ACTIONS, MENUS, ActionSpec, KeyMap
from desktop.theme.icons import icon


@dataclass(frozen=True)
class Binding:
    """What an action does, and when it can be done."""

    run: Callable[[], None]
    enabled: Callable[[], bool]
    checked: Callable[[], bool] | None = None


def always_enabled() -> bool:
    return True


class Actions(QObject):
    """One ``QAction`` for each line of the table. An action that nothing is bound to does not show.

    Args:
        home: the window whose keys they are.
        keys: which keys each has.
    """

    def __init__(self, home: QWidget, keys: KeyMap, table: tuple[ActionSpec, ...] = ACTIONS) -> None:
        super().__init__(home)
        self._home = home
        self._table = {spec.id: spec for spec in table}
        self._bindings: dict[str, Binding] = {}
        self._made = {spec.id: self._make(spec) for spec in table}
        self.set_keys(keys)

    def bind(
        self,
        id_: str,
        run: Callable[[], None],
        enabled: Callable[[], bool] = always_enabled,
        checked: Callable[[], bool] | None = None,
    ) -> None:
        """Makes the action do something. ``enabled`` and ``checked`` are asked again at every ``refresh``."""
        self._bindings[id_] = Binding(run, enabled, checked)
        self._made[id_].setVisible(True)
        self.refresh()

    def action(self, id_: str) -> QAction:
        return self._made[id_]

    def bound(self) -> tuple[ActionSpec, ...]:
        """The lines of the table that do something here, in its order."""
        return tuple(spec for spec in self._table.values() if spec.id in self._bindings)

    def refresh(self) -> None:
        """Asks every action again whether it can be done now."""
        for id_, made in self._made.items():
            deed = self._bindings.get(id_)
            made.setEnabled(deed is not None and deed.enabled())
            if deed is not None and deed.checked is not None:
                made.setChecked(deed.checked())

    def set_keys(self, keys: KeyMap) -> None:
        for id_, made in self._made.items():
            spec = self._table[id_]
            made.setToolTip(tooltip(spec, keys))
            if not spec.scope:
                made.setShortcuts([QKeySequence(key) for key in keys.keys(id_)])
            else:  # Its part of the window takes the key; the menu only says which.
                made.setText(f"{spec.text}\t{shown_key(id_, keys)}".rstrip())

    def rename(self, id_: str, text: str) -> None:
        """Another text, such as what would be undone."""
        self._made[id_].setText(text)

    def fill(self, bar: QMenuBar) -> None:
        """Makes the menus; one in which nothing is bound is left out."""
        bar.clear()
        for title in MENUS:
            there = [spec for spec in self.bound() if spec.menu == title]
            if there:
                self._fill_menu(bar.addMenu(title), there)

    def _fill_menu(self, menu: QMenu, there: list[ActionSpec]) -> None:
        menu.setObjectName(menu.title().replace("&", "").lower())
        menu.aboutToShow.connect(self.refresh)
        for before, spec in zip([None, *there[:-1]], there, strict=True):
            if before is not None and before.group != spec.group:
                menu.addSeparator()
            menu.addAction(self._made[spec.id])

    def _make(self, spec: ActionSpec) -> QAction:
        made = QAction(spec.text, self)
        made.setObjectName(spec.id)
        made.setCheckable(spec.checkable)
        made.setStatusTip(spec.tip)
        made.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        made.setVisible(False)
        made.setEnabled(False)
        if spec.icon:
            made.setIcon(icon(spec.icon))
        made.setIconVisibleInMenu(False)
        made.triggered.connect(lambda _checked=False, id_=spec.id: self._run_bound(id_))
        self._home.addAction(made)
        return made

    def _run_bound(self, id_: str) -> None:
        deed = self._bindings.get(id_)
        if deed is not None and deed.enabled():
            deed.run()
        self.refresh()


def tooltip(spec: ActionSpec, keys: KeyMap, words: str = "") -> str:
    """What it does, in other words where they are given, and its key: "Play from the playhead, or stop  (Space)"."""
    words, key = words or spec.tip or spec.plain, shown_key(spec.id, keys)
    return f"{words}  ({key})" if key else words


def shown_key(id_: str, keys: KeyMap) -> str:
    """The first key of an action as this system writes it, or ""."""
    first = next(iter(keys.keys(id_)), None)
    return "" if first is None else QKeySequence(first).toString(QKeySequence.SequenceFormat.NativeText)


def pressed(event: QKeyEvent) -> str:
    """The key of an event, as the table of keys writes it."""
    return QKeySequence(event.keyCombination()).toString(QKeySequence.SequenceFormat.PortableText)
