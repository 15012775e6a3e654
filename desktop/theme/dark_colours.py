"""Colours of the window, named by their use."""

from dataclasses import dataclass, fields

from PySide6.QtGui import QColor


@dataclass(frozen=True)
class Colours:
    """Colours as ``#rrggbb``. Greys are slightly blue, so that the saturated object colours stand out.

    Attributes:
        well: behind the still and the tracks, the darkest.
        ground: background of the window.
        panel: background of a panel.
        raised: background of a control on a panel.
        hover: background of a control under the pointer.
        line: separators between panels.
        edge: border of a control.
        text: normal text.
        dim: secondary text.
        faint: disabled text.
        accent: focus, switched-on controls and the primary button.
        on_accent: text on the accent colour.
        selected: background of a selected row.
        good: success.
        warning: warnings.
        error: errors.
        playhead: the playhead.
    """

    well: str = "#0f1114"
    ground: str = "#15181c"
    panel: str = "#1a1e23"
    raised: str = "#252a31"
    hover: str = "#2f353e"
    line: str = "#0b0d0f"
    edge: str = "#333a44"
    text: str = "#dde1e6"
    dim: str = "#aab3bd"
    faint: str = "#8a939e"
    accent: str = "#5ba8e5"
    on_accent: str = "#08131c"
    selected: str = "#26384a"
    good: str = "#6cc08b"
    warning: str = "#e2b04e"
    error: str = "#f5848c"
    playhead: str = "#f2f4f6"

    def names(self) -> dict[str, str]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def colour(self, name: str, alpha: float = 1.0) -> QColor:
        """Return a colour by name for painting; ``alpha`` is 0 to 1."""
        colour = QColor(str(getattr(self, name)))
        colour.setAlphaF(alpha)
        return colour


DARK = Colours()
