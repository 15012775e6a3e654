"""Applies the dark theme to the application: style, palette and style sheet."""

import re
import tempfile
from pathlib import Path

from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from desktop.theme.dark_colours import DARK, Colours
from engine.models.resources import resource

ROLES = {
    QPalette.ColorRole.Window: "ground",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "well",
    QPalette.ColorRole.AlternateBase: "panel",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.Button: "raised",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "error",
    QPalette.ColorRole.ToolTipBase: "raised",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.PlaceholderText: "faint",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "on_accent",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.Mid: "edge",
    QPalette.ColorRole.Dark: "line",
}
FADED = (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText)
_TINTED = re.compile(r"url\(@icons/(\w+)@(\w+)\.svg\)")


class Theme:
    """The applied theme. Keep it alive while the application runs: it owns the tinted icon files of the style sheet."""

    def __init__(self, colours: Colours = DARK) -> None:
        self.colours = colours
        self._folder = tempfile.TemporaryDirectory(prefix="foleyscape-theme-")

    def apply(self, application: QApplication) -> None:
        application.setStyle("Fusion")
        application.setPalette(palette(self.colours))
        application.setStyleSheet(self.sheet())
        # Qt loads its SVG plugin with the first SVG: do it now, not when the first styled list is painted.
        QIcon(self._tinted("chevron_down", "text")).pixmap(16, 16)

    def sheet(self) -> str:
        """Return the style sheet with every ``@name`` replaced by its colour."""
        text = resource("theme", "window.qss").read_text(encoding="utf-8")
        text = _TINTED.sub(lambda found: f"url({self._tinted(found[1], found[2])})", text)
        accent, selected = self.colours.colour("accent"), self.colours.colour("selected")
        shades = {
            **self.colours.names(),
            "accent_hover": accent.lighter(112).name(),
            "accent_pressed": accent.darker(118).name(),
            "selected_hover": selected.lighter(118).name(),
        }
        return re.sub(r"@(\w+)", lambda found: shades[found[1]], text)

    def close(self) -> None:
        self._folder.cleanup()

    def _tinted(self, name: str, shade: str) -> str:
        """Return the path of an icon file in this colour: a style sheet can only reference files."""
        path = Path(self._folder.name) / f"{name}-{shade}.svg"
        drawing = resource("icons", f"{name}.svg").read_text(encoding="utf-8")
        path.write_text(drawing.replace("currentColor", self.colours.names()[shade]), encoding="utf-8")
        return path.as_posix()


def palette(colours: Colours) -> QPalette:
    """Return the application's palette."""
    made = QPalette()
    for role, name in ROLES.items():
        made.setColor(role, QColor(colours.names()[name]))
    for role in FADED:
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(colours.faint))
    return made
