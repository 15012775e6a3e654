"""Icons are drawn once for each colour, size and scale, and look the same from then on."""

import pytest
from pytestqt.qtbot import QtBot

from desktop.theme import icons
from desktop.theme.icons import icon, icon_names, icon_pixmap


def test_an_icon_asked_for_again_is_not_drawn_again(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    name = icon_names()[0]
    first = icon(name).pixmap(20, 20).toImage()
    monkeypatch.setattr(icons, "_draw", None)
    assert icon(name).pixmap(20, 20).toImage() == first


def test_colours_sizes_and_scales_are_drawn_apart(qtbot: QtBot) -> None:
    name = icon_names()[0]
    red, green = (icon_pixmap(name, colour, 16).toImage() for colour in ("#ff0000", "#00ff00"))
    assert red != green
    assert icon_pixmap(name, "#ff0000", 20).size() != icon_pixmap(name, "#ff0000", 16).size()
    sharp = icon_pixmap(name, "#ff0000", 16, 2.0)
    assert (sharp.width(), sharp.devicePixelRatio()) == (32, 2.0)
