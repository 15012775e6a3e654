"""Starting the program: what it refuses, what it tells, and the picture it draws of itself."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop import command
from desktop.app import Start, check, create_services, prepare_platform, reporting_errors
from desktop.document.messages import Message, Messages
from desktop.main_window.all_commands import ALL_COMMANDS
from desktop.main_window.main_window import MainWindow
from desktop.main_window.panels import Panels
from desktop.main_window.screenshot import Screenshot
from desktop.main_window.welcome.samples import sample_stills
from desktop.settings.store import SettingsStore, settings_file
from desktop.theme.dark_colours import DARK
from engine.errors import BadInput, Failed
from tests.desktop.fakes import FakeDialogs, FakePanel

HOUSE = Path(__file__).resolve().parents[2]


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "desktop.command", "app", *map(str, arguments)],
        cwd=HOUSE,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (Start(Path("/not/there.png")), "no file or folder"),
        (Start(screenshot=Path("shot.jpg")), "shot.png"),
        (Start(size=(1000, 700)), "--screenshot"),
    ],
)
def test_what_cannot_be_started_is_refused_in_a_sentence(start: Start, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        check(start)


def test_without_a_display_it_says_so_instead_of_dying(monkeypatch: pytest.MonkeyPatch) -> None:
    environment: dict[str, str] = {}
    monkeypatch.setattr(os, "environ", environment)
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(Failed, match="no display"):
        prepare_platform(Start(), 100)
    prepare_platform(Start(screenshot=Path("x.png")), 150)
    assert environment == {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": "1.5"}


def test_what_nobody_caught_becomes_one_message_from_any_thread(qapp: QApplication, qtbot: QtBot) -> None:
    messages = Messages()
    said: list[Message] = []
    messages.shown.connect(said.append)
    before = sys.excepthook
    with reporting_errors(messages, qapp):
        sys.excepthook(RuntimeError, RuntimeError("odd"), None)
        thread = threading.Thread(target=lambda: 1 / 0)
        thread.start()
        thread.join()
        qtbot.waitUntil(lambda: len(said) == 2)
    assert sys.excepthook is before
    assert [message.kind for message in said] == ["error", "error"]
    assert "odd" in said[0].text
    assert "ZeroDivisionError" in said[1].text


def test_importing_the_command_loads_no_window() -> None:
    program = "import sys, desktop.command; print([n for n in ('PySide6', 'torch', 'desktop.app') if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=HOUSE, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "[]\n"


def test_the_windows_start_loads_no_torch() -> None:
    program = "import sys, desktop.app, desktop.main_window.workbench; print('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=HOUSE, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "False\n"


def test_the_command_lists_the_window_beside_what_the_engine_does(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        command.main(["--help"])
    assert left.value.code == 0
    said = capsys.readouterr().out
    assert "app" in said
    assert "sound" in said


def test_a_wrong_size_is_refused_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["app", "--size", "large"])
    assert "1600x1000" in capsys.readouterr().err


def shot(window: MainWindow, file: Path, path: Path | None, qtbot: QtBot) -> int:
    screenshot = Screenshot(window, file, path)
    screenshot.begin()
    qtbot.waitUntil(lambda: not screenshot._clock.isActive(), timeout=15_000)
    return screenshot.code


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    services = create_services(SettingsStore(settings_file(), ALL_COMMANDS))
    made = MainWindow(services, Panels(FakePanel), samples=sample_stills(), ask=FakeDialogs())
    qtbot.addWidget(made, before_close_func=lambda window: window.abandon())
    made.show()
    return made


def test_a_screenshot_waits_until_nothing_runs(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    window.services.activity.set_task("vision", "Looking at the still")
    screenshot = Screenshot(window, tmp_path / "deep" / "x.png", None)
    screenshot.begin()
    qtbot.wait(700)
    assert screenshot._clock.isActive()
    window.services.activity.set_task("vision", "")
    qtbot.waitUntil(lambda: not screenshot._clock.isActive(), timeout=15_000)
    assert screenshot.code == 0
    assert QImage(str(tmp_path / "deep" / "x.png")).width() == window.width()


def test_a_still_that_cannot_be_opened_makes_no_screenshot(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken.png").write_text("no picture")
    assert shot(window, tmp_path / "x.png", tmp_path / "broken.png", qtbot) == 1
    assert "broken.png" in capsys.readouterr().err
    assert not (tmp_path / "x.png").exists()


def test_the_program_draws_a_still_in_its_window_and_leaves(tmp_path: Path) -> None:
    cat = next(sample.path for sample in sample_stills() if sample.name == "Cat")
    done = run(cat, "--screenshot", tmp_path / "cat.png", "--size", "1000x700")
    assert done.returncode == 0, done.stderr
    picture = QImage(str(tmp_path / "cat.png"))
    assert (picture.width(), picture.height()) == (1000, 700)
    middle = [picture.pixelColor(x, y) for x in range(150, 650, 20) for y in range(100, 360, 20)]
    assert len({colour.name() for colour in middle}) > 50, "the still is not in the window"
    assert picture.pixelColor(3, 3) == QColor(DARK.ground)


def test_the_program_refuses_what_is_not_there_in_a_sentence() -> None:
    done = run("/not/there.png")
    assert done.returncode == 2
    assert done.stderr == "foleyscape: There is no file or folder /not/there.png.\n"
