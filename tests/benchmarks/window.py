"""How the window answers: python tests/benchmarks/window.py [STILL...].

Start to window shown; then on each still, with the bundled model: actions and seconds from opening it to stems of two
objects, and the longest time in which the event loop did not come round while sounds were made and while they played.
An action is a click, a key or a box.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import monotonic, perf_counter
from typing import cast

os.environ["QT_QPA_PLATFORM"] = "offscreen"
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer
from PySide6.QtTest import QTest

from desktop.app import made_application, made_services
from desktop.joining import join
from desktop.objects.part import ObjectsPart
from desktop.panels import CanvasPanel
from desktop.playback.devices import SilentDevice
from desktop.services import Panels
from desktop.settings.store import Settings, settings_file
from desktop.theme.theme import Theme
from desktop.timeline_part import TimelinePart
from desktop.welcome.samples import samples
from desktop.window import MainWindow
from tests.desktop.e2e.house import drag
from tests.desktop.fakes import FakePerson

NONE, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton
PLAY_SECONDS = 3.0


class Pulse:
    """Comes round every 5 ms, and keeps the longest time in which it did not."""

    def __init__(self) -> None:
        self.worst = 0.0
        self._last = perf_counter()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(5)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now = perf_counter()
        self.worst = max(self.worst, now - self._last)
        self._last = now

    def read(self) -> float:
        """The worst since the last reading, in milliseconds."""
        worst, self.worst = self.worst, 0.0
        return worst * 1000


class Trial:
    """The real window, used as a new user would."""

    def __init__(self) -> None:
        self.person, self.actions = FakePerson(), 0
        self.person.answer = "discard"
        self.services = made_services(Settings(settings_file()))
        timeline = partial(TimelinePart, device=SilentDevice)
        self.window = MainWindow(
            self.services, Panels(CanvasPanel, ObjectsPart, timeline, join), ask=self.person
        )
        self.window.show()
        self.window.activateWindow()

    @property
    def canvas(self) -> CanvasPanel:
        return cast(CanvasPanel, self.window.panels["canvas"])

    def stems(self, still: Path, folder: Path, pulse: Pulse) -> dict[str, float]:
        """Figures of one still."""
        self.actions = 1  # opening it
        begun, document = monotonic(), self.services.document
        before = document.still
        self.window.open_path(still)
        wait(lambda: document.still is not before and self.canvas.vision.ready)
        opening = pulse.read()
        self.add(lambda: QTest.mouseClick(self.canvas.canvas, LEFT, NONE, self.place(0.5, 0.5)))
        self.add(lambda: drag(self.canvas.canvas, self.place(0.05, 0.1), self.place(0.35, 0.6)))
        wait(self.rests)
        masks = pulse.read()
        self.act("select_all")
        self.act("generate")
        wait(lambda: len(document.scene.takes) == 2 and self.rests())
        making = pulse.read()
        self.export(folder)
        seconds = monotonic() - begun
        pulse.read()
        self.window.actions_.action("play").trigger()
        go_on(round(PLAY_SECONDS * 1000))
        self.window.actions_.action("shuttle_stop").trigger()
        playing = pulse.read()
        return {
            "actions": self.actions,
            "s": seconds,
            "ms opening": opening,
            "ms masks": masks,
            "ms making": making,
            "ms playing": playing,
        }

    def add(self, hint: Callable[[], object]) -> None:
        before = len(self.services.document.scene.objects)
        hint()
        wait(lambda: self.canvas.canvas.can_obey()[0])
        self.act("accept")
        self.actions += 1
        wait(lambda: len(self.services.document.scene.objects) == before + 1)

    def act(self, id_: str) -> None:
        self.actions += 1
        self.window.actions_.refresh()
        self.window.actions_.action(id_).trigger()

    def export(self, folder: Path) -> None:
        self.act("export")
        dialog = self.window.exports.dialog
        assert dialog is not None
        dialog.results.folder.setText(str(folder))
        self.actions += 2  # the folder, and Export
        wait(dialog.export_button.isEnabled)
        dialog.export_button.click()
        wait(dialog.reveal_button.isEnabled)
        dialog.reject()
        wait(lambda: self.window.exports.dialog is None)

    def rests(self) -> bool:
        return not self.services.background.busy and not self.services.running.work

    def place(self, x: float, y: float) -> QPoint:
        still = self.services.document.still
        assert still is not None
        view = self.canvas.canvas.viewport.to_view((x * still.width, y * still.height))
        return QPoint(round(view[0]), round(view[1]))


def wait(settled: Callable[[], bool]) -> None:
    end = monotonic() + 180
    while not settled():
        if monotonic() > end:
            raise TimeoutError("The window did not come to rest.")
        go_on(5)


def go_on(milliseconds: int) -> None:
    """Lets events and threads run."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def age() -> float:
    """Seconds since this process began."""
    begun = int(Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19])
    return float(Path("/proc/uptime").read_text().split()[0]) - begun / os.sysconf("SC_CLK_TCK")


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stills", type=Path, nargs="*", default=[samples()[0].path] if samples() else [])
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["HOME"] = home
        for name in ("CONFIG", "DATA", "CACHE", "STATE"):
            os.environ[f"XDG_{name}_HOME"] = str(Path(home) / name.lower())
        application = made_application()
        theme = Theme()
        theme.dress(application)
        trial, pulse = Trial(), Pulse()
        go_on(0)
        say(f"window shown {age():.2f} s after the process began")
        try:
            for still in wanted.stills:
                figures = trial.stems(still, Path(home) / "stems" / still.stem, pulse)
                say(f"{still.name:16} " + "  ".join(f"{value:.0f} {name}" for name, value in figures.items()))
        finally:
            trial.window.abandon()
            theme.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
