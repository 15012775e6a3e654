"""The quick tour and the About dialog."""

import platform
import re
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import QUrl, qVersion
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QTextBrowser, QVBoxLayout, QWidget

from desktop.actions.actions import shown_key
from desktop.actions.key_map import KeyMap
from desktop.theme.dark_colours import DARK
from engine.models.resources import resource

TOUR_SIZE = (640, 620)
PARTS = ("PySide6", "torch", "numpy")
CREDITS = "credits"
KEY = re.compile(r"\{(\w+)\}")


class HelpDialog(QDialog):
    """A page of text with a close button.

    Args:
        title: title of the window.
        page: what it shows.
        parent: the window.
    """

    def __init__(self, title: str, page: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(18, 16, 18, 12)
        rows.addWidget(page, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText("&Close")
        buttons.rejected.connect(self.reject)
        rows.addWidget(buttons)


def tour_dialog(keys: KeyMap, parent: QWidget | None = None) -> HelpDialog:
    """Return the quick tour, with the keys that are in force."""
    page = QTextBrowser()
    page.setAccessibleName("Quick tour")
    page.setMarkdown(tour_text(keys))
    made = HelpDialog("Quick tour", page, parent)
    made.resize(*TOUR_SIZE)
    return made


def tour_text(keys: KeyMap) -> str:
    """Return the tour as Markdown; a command without a key is named by its menu."""

    def key_of(found: re.Match[str]) -> str:
        command = keys.command(found[1])
        menu = f"{command.menu.replace('&', '')} > {command.plain}"
        return f"**{shown_key(command.id, keys) or menu}**"

    return KEY.sub(key_of, resource("help", "tour.md").read_text(encoding="utf-8"))


def about_dialog(facts: Mapping[str, str], parent: QWidget | None = None) -> HelpDialog:
    """Return the About dialog.

    Args:
        facts: the model and the device in use.
        parent: the window.
    """
    page = QLabel(about_html(facts))
    page.setWordWrap(True)
    page.setOpenExternalLinks(False)
    page.linkActivated.connect(lambda _: open_credits())
    return HelpDialog("About Foleyscape", page, parent)


def about_html(facts: Mapping[str, str]) -> str:
    """Return what the program is, its versions, model, licences and where the credits are."""
    rows = {
        "Foleyscape": _version("foleyscape") or "from a folder",
        "Model": facts.get("model", ""),
        "Device": facts.get("device", ""),
        "Python": platform.python_version(),
        "Qt": qVersion(),
        **{name: _version(name) for name in PARTS},
    }
    cells = "".join(
        f"<tr><td style='padding-right:14px; color:{DARK.dim}'>{name}</td><td>{value}</td></tr>"
        for name, value in rows.items()
        if value
    )
    return (
        "<h3>Foleyscape</h3><p>Turns a film still into sound, object by object, on your own machine.</p>"
        f"<table>{cells}</table>"
        "<p>Apache-2.0, code and bundled weights alike. Qt and PySide6 are used under the LGPL-3.0.</p>"
        f"<p><a style='color:{DARK.accent}' href='{CREDITS}'>Credits of the recordings behind the weights</a></p>"
    )


def open_credits() -> None:
    """Open the folder file that credits the recordings of the bundled model."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(resource("models", "pocket", "CREDITS.csv"))))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
