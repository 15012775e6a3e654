"""A menu of the palette's colours, with a dialog for any other."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QColorDialog, QMenu, QWidget

from engine.scene.colours import PALETTE, Colour

NAMES = ("Amber", "Sky", "Rose", "Green", "Violet", "Yellow", "Teal", "Orange", "Periwinkle", "Pink")


def colour_menu(
    parent: QWidget, colour: Colour, usual: str, choose: Callable[[Colour | None], object]
) -> QMenu:
    """Return a menu of colours.

    Args:
        parent: owns the menu and the dialog.
        colour: the colour so far, with which the dialog begins.
        usual: text of the entry for no colour of its own.
        choose: called with the chosen colour, or None for that entry.
    """
    menu = QMenu(parent)
    for name, one in zip(NAMES, PALETTE, strict=True):
        made = menu.addAction(_dot(one), name)
        made.triggered.connect(lambda _=False, it=one: choose(it))
    menu.addSeparator()
    menu.addAction("Other…").triggered.connect(lambda: _ask_other(parent, colour, choose))
    menu.addAction(usual).triggered.connect(lambda: choose(None))
    return menu


def _ask_other(parent: QWidget, colour: Colour, choose: Callable[[Colour | None], object]) -> None:
    dialog = QColorDialog(QColor(*colour), parent.window())
    dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.colorSelected.connect(lambda chosen: choose((chosen.red(), chosen.green(), chosen.blue())))
    dialog.open()


def _dot(colour: Colour) -> QIcon:
    pixmap = QPixmap(QSize(32, 32))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(*colour))
    painter.drawEllipse(4, 4, 24, 24)
    painter.end()
    return QIcon(pixmap)
