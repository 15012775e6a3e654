"""A command of the window: its texts, keys and functions. No widgets."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

MENUS = ("&File", "&Edit", "&Still", "&Objects", "Ta&kes", "&Timeline", "&Play", "&View", "&Help")

Part = TypeVar("Part")


def always_enabled(_part: Any) -> bool:
    """Return True: the command can always be run."""
    return True


@dataclass(frozen=True)
class Command(Generic[Part]):
    """A command. Each part of the window has a table of its commands.

    Attributes:
        id: its name in code and in the settings.
        text: the menu text, with ``&`` before the mnemonic; ends in an ellipsis if a dialog follows.
        menu: the menu it is in, one of ``MENUS``.
        keys: its default keys, as ``QKeySequence`` reads them; the first is shown.
        tip: one sentence for the tooltip and the status bar.
        icon: the name of its icon, or "".
        group: a menu has a separator where this changes.
        scope: "canvas", "takes" or "timeline" if its keys act only while that part has the focus, before the window's
            keys. "" is the whole window.
        run: runs it on the part whose table it is in. None if several parts have it: it is then routed to one of them
            by the keyboard focus (``Route``).
        enabled: whether it can be run now.
        checked: whether it is switched on; None if it is not a switch.
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
        """The text without mnemonic and ellipsis, for messages, tables and accessible names."""
        return self.text.replace("&", "").removesuffix("...").removesuffix("…")


@dataclass(frozen=True)
class Route(Generic[Part]):
    """What one part of the window does for a command that several parts share.

    Attributes:
        id: id of a command whose ``run`` is None.
        run: as in ``Command``.
        enabled: as in ``Command``.
    """

    id: str
    run: Callable[[Part], None]
    enabled: Callable[[Part], bool] = always_enabled
