"""The look: every icon draws something in the asked colour, every name in the style sheet is known."""

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from desktop.theme.dark_colours import DARK
from desktop.theme.icons import icon, icon_names, icon_pixmap
from desktop.theme.theme import Theme, palette


def relative_luminance(colour: QColor) -> float:
    """As WCAG 2 defines it."""
    shares = (colour.redF(), colour.greenF(), colour.blueF())
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((relative_luminance(QColor(one)), relative_luminance(QColor(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", icon_names())
def test_every_icon_is_a_drawing_in_the_colour_asked_for(name: str) -> None:
    picture = icon_pixmap(name, "#ff0000", 20, 2.0).toImage()
    assert picture.width() == 40
    shades = {QColor(picture.pixelColor(x, y)).hue() for x in range(40) for y in range(40)}
    assert 0 in shades, "nothing is drawn"
    assert shades <= {-1, 0}


def test_a_disabled_icon_is_fainter_than_one_that_can_be_pressed() -> None:
    made = icon("play")
    normal = made.pixmap(20, QIcon.Mode.Normal).toImage().pixelColor(9, 10)
    disabled = made.pixmap(20, QIcon.Mode.Disabled).toImage().pixelColor(9, 10)
    assert disabled.lightness() < normal.lightness()


def test_the_style_sheet_has_no_name_left_and_its_icons_are_files() -> None:
    theme = Theme()
    sheet = theme.sheet()
    assert "@" not in sheet
    files = re.findall(r"url\(([^)]+)\)", sheet)
    assert files
    for file in files:
        assert "currentColor" not in Path(file).read_text(encoding="utf-8")
    theme.close()


def test_words_can_be_read_on_everything_they_stand_on() -> None:
    for ground in (DARK.well, DARK.ground, DARK.panel, DARK.raised, DARK.hover, DARK.selected):
        assert contrast(DARK.text, ground) >= 7.0
    for words in (DARK.text, DARK.dim, DARK.accent, DARK.good, DARK.warning, DARK.error):
        for ground in (DARK.well, DARK.ground, DARK.panel, DARK.raised, DARK.hover, DARK.selected):
            assert contrast(words, ground) >= 4.5, (words, ground)
    for ground in (DARK.well, DARK.ground, DARK.panel, DARK.raised):
        assert contrast(DARK.faint, ground) >= 4.5, ("disabled words and placeholders", ground)
    for ground in (DARK.accent, DARK.warning, DARK.error):
        assert contrast(DARK.on_accent, ground) >= 4.5, ground


def test_the_application_wears_the_theme(qapp: QApplication) -> None:
    before, sheet = qapp.palette(), qapp.styleSheet()
    theme = Theme()
    theme.apply(qapp)
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(DARK.ground)
    assert qapp.styleSheet() == theme.sheet()
    qapp.setStyleSheet(sheet)
    qapp.setPalette(before)
    theme.close()


def test_disabled_words_are_faint() -> None:
    made = palette(DARK)
    assert made.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text) == QColor(DARK.faint)
