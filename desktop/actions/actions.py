"""The window's QActions, made from the command tables, with their menus, keys and tooltips."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QMenu, QMenuBar, QWidget

from desktop.actions.command_spec import MENUS, Command, Route
from desktop.actions.key_map import KeyMap
from desktop.theme.icons import icon

Part = TypeVar("Part")


@dataclass(frozen=True)
class Binding:
    """The functions of an action: what it does, whether it is enabled and whether it is checked."""

    run: Callable[[], None]
    enabled: Callable[[], bool]
    checked: Callable[[], bool] | None = None


@dataclass(frozen=True)
class _BoundRoute:
    """A part's route with the widget whose focus selects it; None is the window itself."""

    run: Callable[[], None]
    enabled: Callable[[], bool]
    widget: QWidget | None


class Actions(QObject):
    """One ``QAction`` for each command. Commands that no part has registered are not shown.

    Args:
        home: the window that the shortcuts belong to.
        keys: the key map.
    """

    def __init__(self, home: QWidget, keys: KeyMap) -> None:
        super().__init__(home)
        self._home = home
        self._table = {command.id: command for command in keys.commands}
        self._bindings: dict[str, Binding] = {}
        self._routes: dict[str, list[_BoundRoute]] = {}
        self._made = {command.id: self._make(command) for command in keys.commands}
        self.set_keys(keys)

    def register(self, commands: Sequence[Command[Part]], part: Part) -> None:
        """Bind a part's commands to it. ``enabled`` and ``checked`` are evaluated at every ``refresh``.

        Raises:
            ValueError: a command is bound already, is routed by focus, or is not in the window's table.
        """
        for command in commands:
            if command.run is None:
                raise ValueError(f"The command {command.id!r} is shared: give a route for it.")
            checked = None if command.checked is None else partial(command.checked, part)
            self._bind(command.id, partial(command.run, part), partial(command.enabled, part), checked)
        self.refresh()

    def route(self, routes: Sequence[Route[Part]], part: Part, widget: QWidget | None) -> None:
        """Add what a part does for shared commands while the keyboard focus is in ``widget``.

        If the part with the focus cannot run the command, the first part that can does, in the order of these calls.

        Raises:
            ValueError: the command is not shared.
        """
        for route in routes:
            if self._table[route.id].run is not None:
                raise ValueError(f"The command {route.id!r} belongs to one part; it is not shared.")
            bound = _BoundRoute(partial(route.run, part), partial(route.enabled, part), widget)
            known = self._routes.setdefault(route.id, [])
            known.append(bound)
            if len(known) == 1:
                self._bind(route.id, partial(self._run_routed, route.id), partial(self._can_route, route.id))
        self.refresh()

    def _bind(
        self,
        id_: str,
        run: Callable[[], None],
        enabled: Callable[[], bool],
        checked: Callable[[], bool] | None = None,
    ) -> None:
        if id_ in self._bindings:
            raise ValueError(f"The command {id_!r} is bound already.")
        if id_ not in self._table:
            raise ValueError(f"The window has no command {id_!r}.")
        self._bindings[id_] = Binding(run, enabled, checked)
        self._made[id_].setVisible(True)

    def _run_routed(self, id_: str) -> None:
        route = self._chosen_route(id_)
        if route is not None:
            route.run()

    def _can_route(self, id_: str) -> bool:
        return self._chosen_route(id_) is not None

    def _chosen_route(self, id_: str) -> _BoundRoute | None:
        routes = [route for route in self._routes[id_] if route.enabled()]
        focused = (route for route in routes if route.widget is not None and holds_focus(route.widget))
        return next(focused, next(iter(routes), None))

    def action(self, id_: str) -> QAction:
        return self._made[id_]

    def bound(self) -> tuple[Command[Any], ...]:
        """Return the commands that a part has registered, in the order of the menus."""
        return tuple(command for command in self._table.values() if command.id in self._bindings)

    def refresh(self) -> None:
        """Update the enabled and checked state of every action."""
        for id_, made in self._made.items():
            binding = self._bindings.get(id_)
            made.setEnabled(binding is not None and binding.enabled())
            if binding is not None and binding.checked is not None:
                made.setChecked(binding.checked())

    def set_keys(self, keys: KeyMap) -> None:
        for id_, made in self._made.items():
            spec = self._table[id_]
            made.setToolTip(tooltip(spec, keys))
            if not spec.scope:
                made.setShortcuts([QKeySequence(key) for key in keys.keys(id_)])
            else:  # The part handles the key itself; the menu only shows it.
                made.setText(f"{spec.text}\t{shown_key(id_, keys)}".rstrip())

    def rename(self, id_: str, text: str) -> None:
        """Set another text, such as the name of the edit to undo."""
        self._made[id_].setText(text)

    def fill(self, bar: QMenuBar) -> None:
        """Create the menus; menus without bound actions are left out."""
        bar.clear()
        for title in MENUS:
            there = [spec for spec in self.bound() if spec.menu == title]
            if there:
                self._fill_menu(bar.addMenu(title), there)

    def _fill_menu(self, menu: QMenu, there: list[Command[Any]]) -> None:
        menu.setObjectName(menu.title().replace("&", "").lower())
        menu.aboutToShow.connect(self.refresh)
        for before, spec in zip([None, *there[:-1]], there, strict=True):
            if before is not None and before.group != spec.group:
                menu.addSeparator()
            menu.addAction(self._made[spec.id])

    def _make(self, spec: Command[Any]) -> QAction:
        made = QAction(spec.text, self)
        made.setObjectName(spec.id)
        made.setCheckable(spec.checked is not None)
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
        binding = self._bindings.get(id_)
        if binding is not None and binding.enabled():
            binding.run()
        self.refresh()


def tooltip(spec: Command[Any], keys: KeyMap, words: str = "") -> str:
    """Return a tooltip of text and key, such as "Play from the playhead, or stop  (Space)".

    Args:
        spec: the command.
        keys: the key map.
        words: a text instead of the command's own.
    """
    words, key = words or spec.tip or spec.plain, shown_key(spec.id, keys)
    return f"{words}  ({key})" if key else words


def shown_key(id_: str, keys: KeyMap) -> str:
    """Return the first key of an action as the platform writes it, or ""."""
    first = next(iter(keys.keys(id_)), None)
    return "" if first is None else QKeySequence(first).toString(QKeySequence.SequenceFormat.NativeText)


def pressed(event: QKeyEvent) -> str:
    """Return the key of an event in the key map's spelling."""
    return QKeySequence(event.keyCombination()).toString(QKeySequence.SequenceFormat.PortableText)


def holds_focus(widget: QWidget) -> bool:
    """Return whether the keyboard focus is in this widget or one inside it."""
    focus = QApplication.focusWidget()
    return focus is not None and (focus is widget or widget.isAncestorOf(focus))
