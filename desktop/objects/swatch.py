"""The colour button of an object, with a menu of colours."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QColorDialog, QMenu, QToolButton, QWidget

from desktop.objects.controls import qcolour, set_name_and_tip
from desktop.theme.dark_colours import DARK
from engine.scene.colours import PALETTE, Colour

NAMES = ("Amber", "Sky", "Rose", "Green", "Violet", "Yellow", "Teal", "Orange", "Periwinkle", "Pink")


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
        menu = QMenu(self)
        for name, colour in zip(NAMES, PALETTE, strict=True):
            made = menu.addAction(_dot(colour), name)
            made.triggered.connect(lambda _=False, it=colour: self.chosen.emit(it))
        menu.addSeparator()
        menu.addAction("Other…").triggered.connect(self._ask_other)
        menu.addAction("By its number").triggered.connect(lambda: self.chosen.emit(None))
        return menu

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

    def _ask_other(self) -> None:
        dialog = QColorDialog(QColor(*self._colour), self.window())
        dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(
            lambda colour: self.chosen.emit((colour.red(), colour.green(), colour.blue()))
        )
        dialog.open()


def _dot(colour: Colour) -> QIcon:
    pixmap = QPixmap(QSize(32, 32))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(qcolour(colour))
    painter.drawEllipse(4, 4, 24, 24)
    painter.end()
    return QIcon(pixmap)
