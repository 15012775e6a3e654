"""Styles of outlines on the canvas."""

from dataclasses import dataclass

from PySide6.QtGui import QColor

from engine.scene.colours import Colour


@dataclass(frozen=True)
class OutlineStyle:
    """How an outline is drawn: colour, opacity of the fill (0 to 1) and line width in view pixels."""

    colour: Colour
    fill: float
    line: float

    def tint(self) -> QColor:
        return QColor(*self.colour, round(self.fill * 255))

    def stroke(self) -> QColor:
        return QColor(*self.colour)


HOVER_COLOUR: Colour = (235, 240, 246)
PROPOSAL_COLOUR: Colour = (91, 168, 229)
DROP_COLOUR: Colour = (238, 106, 115)
HOVER_STYLE = OutlineStyle(HOVER_COLOUR, 0.20, 1.5)
PROPOSAL_STYLE = OutlineStyle(PROPOSAL_COLOUR, 0.34, 2.0)


def object_style(colour: Colour, *, selected: bool, pointed: bool) -> OutlineStyle:
    """Return an object's style; stronger while it is selected or under the pointer."""
    return OutlineStyle(colour, 0.30 if selected else 0.26 if pointed else 0.16, 2.5 if selected else 1.5)
