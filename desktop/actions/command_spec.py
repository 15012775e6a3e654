"""A command of the window: what menus, keys and help say of it, and what it does. No widgets."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

MENUS = ("&File", "&Edit", "&Still", "&Objects", "&Timeline", "&Play", "&View", "&Help")

Part = TypeVar("Part")


def always_enabled(_part: Any) -> bool:
    return True


@dataclass(frozen=True)
class Command(Generic[Part]):
    """One thing the window can do. Each part of the window has a table of its commands.

    Attributes:
        id: its name in code and in the settings.
        text: as the menu shows it, with ``&`` before its letter; ends in an ellipsis when it asks for more first.
        menu: the menu it stands in, one of ``MENUS``.
        keys: its default keys, as ``QKeySequence`` reads them; the first is shown.
        tip: one sentence for the tooltip and the status line.
        icon: the name of its icon, or "".
        group: a menu has a separator where this changes.
        scope: the part of the window, "canvas" or "timeline", in which alone its keys act, while that part has the
            keyboard; there they come before the window's. "" is the whole window.
        run: does it, given the part whose table it is in. None if several parts do it: it is then routed to one of
            them by the keyboard focus (``Route``).
        enabled: whether it can be done now.
        checked: whether it is switched on; None if it is not something to switch.
    """

    id: str
    text: str
    menu: str
    keys: tuple[str, ...] = ()
    tip: str = ""
    icon: str = ""
    group: int = 0
    scope: str = ""
    run: Callable[[Part], None] | None = None
    enabled: Callable[[Part], bool] = always_enabled
    checked: Callable[[Part], bool] | None = None

    @property
    def plain(self) -> str:
        """What it is called, for messages, tables and accessible names."""
        return self.text.replace("&", "").removesuffix("...").removesuffix("…")


@dataclass(frozen=True)
class Route(Generic[Part]):
    """What one part of the window does for a command that several parts share.

    Attributes:
        id: of a command whose ``run`` is None.
        run, enabled: as in ``Command``.
    """

    id: str
    run: Callable[[Part], None]
    enabled: Callable[[Part], bool] = always_enabled
