"""The colour button of an object, with a menu of colours."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from desktop.objects.controls import qcolour, set_name_and_tip
from desktop.theme.colour_menu import colour_menu
from desktop.theme.dark_colours import DARK
from engine.scene.colours import PALETTE, Colour


class Swatch(QToolButton):
    """Shows an object's colour and lets the user change it.

    Signals:
        chosen(Colour | None): the new colour; None is the palette's own.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._colour: Colour = PALETTE[0]
        self.setFixedSize(16, 44)
        set_name_and_tip(self, "Colour", "Choose another colour")
        self.clicked.connect(self._ask)

    def show_colour(self, colour: Colour) -> None:
        self._colour = colour
        self.update()

    def menu_of_colours(self) -> QMenu:
        """Return the menu, created on demand."""
        return colour_menu(self, self._colour, "By its number", self.chosen.emit)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = self.underMouse() or self.hasFocus()
        painter.setPen(DARK.colour("text") if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(qcolour(self._colour))
        width = 8.0 if lit else 4.0
        painter.drawRoundedRect(QRectF((self.width() - width) / 2, 3, width, self.height() - 6), 2, 2)

    def _ask(self) -> None:
        menu = self.menu_of_colours()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))
