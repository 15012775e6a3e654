"""The panel over a toy project, closed at the end."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.desktop.objects.toy import Bench, bench


@pytest.fixture
def made(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    """Three objects, no takes."""
    yield from _shown(qtbot, bench(tmp_path))


@pytest.fixture
def heard(qtbot: QtBot, tmp_path: Path) -> Iterator[Bench]:
    """Three objects, three takes of the first."""
    yield from _shown(qtbot, bench(tmp_path, takes=3))


def _shown(qtbot: QtBot, it: Bench) -> Iterator[Bench]:
    qtbot.addWidget(it.panel)
    it.panel.resize(360, 800)
    it.panel.show()
    qtbot.waitExposed(it.panel)
    yield it
    it.close()
