"""Takes come from the project that is open now."""

from types import SimpleNamespace

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop.document.document import Document
from desktop.playback.render_sources import ProjectTakeSource
from engine.errors import BadInput
from engine.scene.scene import Scene
from tests.desktop.playback.fakes import Takes, counting, tone


def test_takes_come_from_the_project_that_is_open(qtbot: QtBot) -> None:
    first, second = Takes(a=counting(1)), Takes(a=tone(1, 0.5))
    document, parent = Document(), QObject()
    takes = ProjectTakeSource(document, parent)
    with pytest.raises(BadInput):
        takes("a")
    document.replace(Scene(), None, SimpleNamespace(takes=first))  # type: ignore[arg-type]
    assert takes("a")[0] is first.takes["a"]
    document.replace(Scene(), None, SimpleNamespace(takes=second))  # type: ignore[arg-type]
    assert takes("a")[0] is second.takes["a"]
    document.replace(Scene(), None, None)
    with pytest.raises(BadInput):
        takes("a")
