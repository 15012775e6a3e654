"""The colours of the window, by what they are for."""

from dataclasses import dataclass, fields

from PySide6.QtGui import QColor


@dataclass(frozen=True)
class Colours:
    """Names of colours, as ``#rrggbb``. Greys lean a little to blue; the objects' own colours are the loud ones.

    Attributes:
        well: behind the still and the tracks, the darkest.
        ground: the window. panel: a panel on it. raised: a control on a panel. hover: a control under the pointer.
        line: between panels. edge: round a control.
        text, dim, faint: words, in the order of their weight; ``faint`` is for what is disabled.
        accent: focus, what is switched on, the one main button. on_accent: words on it.
        selected: behind a selected row.
        good, warning, error: what went well, or not.
        playhead: the line that moves.
    """

    well: str = "#0f1114"
    ground: str = "#15181c"
    panel: str = "#1a1e23"
    raised: str = "#252a31"
    hover: str = "#2f353e"
    line: str = "#0b0d0f"
    edge: str = "#333a44"
    text: str = "#dde1e6"
    dim: str = "#98a1ac"
    faint: str = "#5d6671"
    accent: str = "#5ba8e5"
    on_accent: str = "#08131c"
    selected: str = "#26384a"
    good: str = "#6cc08b"
    warning: str = "#e2b04e"
    error: str = "#ee6a73"
    playhead: str = "#f2f4f6"

    def names(self) -> dict[str, str]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def colour(self, name: str, alpha: float = 1.0) -> QColor:
        """The colour of this name, for painting; ``alpha`` from 0 to 1."""
        colour = QColor(str(getattr(self, name)))
        colour.setAlphaF(alpha)
        return colour


DARK = Colours()
