"""The takes of which no object is in the scene: removed ones, those an undo set aside, those of words alone."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from desktop.objects.controls import IconMaker, set_name_and_tip
from desktop.objects.take_list import TakeList
from desktop.objects.take_menu import KeyOf
from desktop.objects.take_row import TakeRowState


class OrphanTakes(QWidget):
    """A heading that unfolds into the takes; hidden while there are none.

    Signals:
        folded(): it was folded or unfolded.
    """

    folded = Signal()

    def __init__(self, icons: IconMaker, keys: KeyOf, parent: QWidget) -> None:
        super().__init__(parent)
        self._icons = icons
        self.heading = QToolButton(self)
        self.heading.setObjectName("use")
        self.heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        set_name_and_tip(
            self.heading,
            "Takes without an object",
            "Takes whose object was removed; none is lost",
            checkable=True,
        )
        self.takes = TakeList(icons, keys, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.heading, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.takes)
        self.heading.toggled.connect(lambda _: self.folded.emit())

    def show_rows(self, states: Sequence[TakeRowState], *, unfolded: bool) -> None:
        """Show these takes while it is unfolded, by its heading or because takes are searched."""
        on = unfolded or self.heading.isChecked()
        self.heading.setText(f"Takes without an object · {len(states)}")
        self.heading.setIcon(self._icons("chevron_down" if on else "chevron_right"))
        self.takes.show_rows(states if on else ())
        self.setVisible(bool(states))

    def unfold(self) -> None:
        self.heading.setChecked(True)
