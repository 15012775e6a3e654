"""The welcome page: open, drop or paste a still, reopen a recent project, or try a sample."""

from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from desktop.document.project_io import Recoverable
from desktop.main_window.welcome.samples import SampleStill
from desktop.main_window.welcome.thumbnails import HEIGHT, WIDTH, thumbnail
from desktop.theme.dark_colours import DARK
from desktop.theme.icons import icon, icon_pixmap
from desktop.threads.background import Background

COLUMNS = 5
SHOWN = 5


class WelcomePage(QWidget):
    """The first page of the window.

    Signals:
        still_asked(): the button to open a still was clicked.
        project_asked(): the button to open a project was clicked.
        paste_asked(): the button to paste was clicked.
        picked(Path): a recent or sample picture or project was clicked.
        recovery_picked(Recoverable): an unsaved scene of an earlier run is to be opened.
        recovery_refused(Recoverable): an unsaved scene of an earlier run is to be deleted.
    """

    still_asked = Signal()
    project_asked = Signal()
    paste_asked = Signal()
    picked = Signal(object)
    recovery_picked = Signal(object)
    recovery_refused = Signal(object)

    def __init__(
        self, background: Background, samples: Sequence[SampleStill], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._background = background
        self._recovery, self._recent, self._samples = _Section(), _Section(), _Section()
        self._cards: dict[Path, list[QToolButton]] = {}
        self._lay_out()
        self._names = {sample.path: sample.name for sample in samples}
        self._samples.fill("TRY A SAMPLE", [self._card(sample.path, sample.name) for sample in samples])

    def show_recent(self, paths: Sequence[Path]) -> None:
        """Show recently opened files; those no longer on disk have no thumbnail."""
        old = set(self._recent.findChildren(QToolButton))
        self._cards = {
            path: [card for card in cards if card not in old] for path, cards in self._cards.items()
        }
        cards = [self._card(path, self._names.get(path, path.stem)) for path in paths[:SHOWN]]
        self._recent.fill("RECENT", cards)
        self._order_tabs()

    def show_recoverable(self, found: Sequence[Recoverable]) -> None:
        self._recovery.fill("NOT SAVED LAST TIME", [self._recovery_row(one) for one in found], columns=1)

    def _order_tabs(self) -> None:
        """Make Tab go through the cards as they are seen: recent ones, then samples."""
        cards = self.cards()
        for before, card in pairwise(cards):
            QWidget.setTabOrder(before, card)

    def cards(self) -> list[QToolButton]:
        return [*self._recent.findChildren(QToolButton), *self._samples.findChildren(QToolButton)]

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setSpacing(0)
        title = QLabel("Foleyscape")
        title.setProperty("role", "title")
        line = QLabel("Open a film still, click what should be heard, hand stems to the edit.")
        line.setProperty("role", "dim")
        column.addWidget(title)
        column.addSpacing(6)
        column.addWidget(line)
        column.addSpacing(26)
        column.addWidget(_DropTarget(self._buttons()))
        for section in (self._recovery, self._recent, self._samples):
            column.addWidget(section)
        page = QGridLayout(self)
        page.setRowStretch(0, 2)
        page.setRowStretch(2, 3)
        page.setColumnStretch(0, 1)
        page.setColumnStretch(2, 1)
        page.addLayout(column, 1, 1)

    def _buttons(self) -> list[QPushButton]:
        made: list[QPushButton] = []
        for text, name, signal in (
            ("&Open a still…", "image", self.still_asked),
            ("Open a &project…", "folder", self.project_asked),
            ("Paste a pic&ture", "paste", self.paste_asked),
        ):
            button = QPushButton(text)
            first = not made
            button.setIcon(icon(name, DARK.on_accent if first else DARK.text))
            button.setIconSize(QSize(18, 18))
            button.setProperty("primary", first)
            button.setAccessibleName(text.replace("&", "").removesuffix("…"))
            button.clicked.connect(lambda _checked=False, ask=signal: ask.emit())
            made.append(button)
        return made

    def _card(self, path: Path, name: str) -> QToolButton:
        card = QToolButton()
        card.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        card.setIconSize(QSize(WIDTH, HEIGHT))
        card.setIcon(QIcon(_blank(self.devicePixelRatioF())))
        card.setText(card.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, WIDTH))
        card.setFixedSize(WIDTH + 2, HEIGHT + 30)
        card.setObjectName("card")
        card.setToolTip(str(path))
        card.setAccessibleName(f"Open {name}")
        card.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        card.clicked.connect(lambda _checked=False: self.picked.emit(path))
        self._cards.setdefault(path, []).append(card)
        self._background.run(
            partial(thumbnail, path, self.devicePixelRatioF()), partial(self._dress, path), lambda _: None
        )
        return card

    def _dress(self, path: Path, picture: QImage | None) -> None:
        waiting = self._cards.pop(path, [])
        if picture is None:
            return
        for card in waiting:
            card.setIcon(QIcon(QPixmap.fromImage(picture)))

    def _recovery_row(self, found: Recoverable) -> QWidget:
        held = QWidget()
        row = QHBoxLayout(held)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(QLabel(recovery_text(found)), 1)
        for text, signal in (("&Recover", self.recovery_picked), ("&Delete", self.recovery_refused)):
            button = QPushButton(text)
            button.setAccessibleName(f"{text.replace('&', '')} {found.name}")
            button.clicked.connect(lambda _checked=False, tell=signal: tell.emit(found))
            row.addWidget(button)
        return held


def recovery_text(found: Recoverable) -> str:
    """Return what is known of an unsaved scene."""
    takes = "" if not found.takes else ", with a take" if found.takes == 1 else f", with {found.takes} takes"
    return f"{found.name}, as it was at {found.when}{takes}"


class _Section(QWidget):
    """A heading above rows of cards; hidden while there are none."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(22)
        self._grid.setVerticalSpacing(10)
        self._grid.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self._heading = QLabel()
        self._heading.setProperty("role", "heading")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 28, 0, 0)
        column.setSpacing(10)
        column.addWidget(self._heading)
        column.addLayout(self._grid)
        self.hide()

    def fill(self, heading: str, widgets: Sequence[QWidget], columns: int = COLUMNS) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.setParent(None)
                old.deleteLater()
        self._heading.setText(heading)
        for place, widget in enumerate(widgets):
            self._grid.addWidget(widget, place // columns, place % columns)
        self.setVisible(bool(widgets))


class _DropTarget(QWidget):
    """The dashed frame around the buttons. Drops are accepted by the whole window."""

    def __init__(self, buttons: Sequence[QPushButton]) -> None:
        super().__init__()
        self.setObjectName("drop")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet(
            f"QWidget#drop {{ border: 1px dashed {DARK.edge}; border-radius: 10px; background: {DARK.panel}; }}"
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(22, 22, 22, 22)
        row.setSpacing(12)
        for button in buttons:
            row.addWidget(button)
        row.addStretch(1)
        sign, words = QLabel(), QLabel("or drop a picture or a project here")
        sign.setPixmap(icon_pixmap("image", DARK.faint, 20, self.devicePixelRatioF()))
        words.setProperty("role", "dim")
        row.addWidget(sign)
        row.addWidget(words)


def _blank(ratio: float) -> QPixmap:
    blank = QPixmap(round(WIDTH * ratio), round(HEIGHT * ratio))
    blank.fill(DARK.colour("raised"))
    blank.setDevicePixelRatio(ratio)
    return blank
