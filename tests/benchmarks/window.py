"""How the window answers: python tests/benchmarks/window.py [--plain] [--compare 3] [STILL...].

Start to window shown; then on each still, with the bundled model: actions and seconds from opening it to stems of two
objects, and the longest time in which the event loop did not come round while sounds were made and while they played.
An action is a click, a key or a box. Of each longest time it says how much was work of the GUI thread itself, waiting
for a core that others had (the machine's business), and being kept from going on by another thread (ours).

--plain leaves out what keeps stalls short: Python collects garbage itself, and torch is opened by its import.
--compare runs both in turn, each in processes of their own, and prints the middle of each and how they compare.
"""

import argparse
import contextlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic, perf_counter, process_time
from typing import cast

os.environ["QT_QPA_PLATFORM"] = "offscreen"
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer
from PySide6.QtTest import QTest

from desktop.app import create_application, create_services
from desktop.canvas.part import CanvasPart
from desktop.generation import worker as generation_worker
from desktop.main_window.all_commands import ALL_COMMANDS
from desktop.main_window.main_window import MainWindow
from desktop.main_window.panels import Panels
from desktop.main_window.welcome.samples import sample_stills
from desktop.main_window.workbench import connect_parts
from desktop.objects.part import ObjectsPart
from desktop.playback.output_devices import SilentDevice
from desktop.settings.store import SettingsStore, settings_file
from desktop.theme.theme import Theme
from desktop.threads.gc_timer import GcTimer
from desktop.threads.torch_preload import torch_preloaded
from desktop.timeline.part import TimelinePart
from desktop.vision import studio_backend
from tests.desktop.e2e.house import drag
from tests.desktop.fakes import FakeDialogs

NONE, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton
PLAY_SECONDS = 3.0
PARTS = ("opening", "masks", "making", "playing")


@dataclass(frozen=True, order=True)
class Stall:
    """Milliseconds in which the event loop did not come round, and in which its thread worked, or waited for a core."""

    whole: float = 0.0
    work: float = 0.0
    queue: float = 0.0

    @property
    def held(self) -> float:
        """Milliseconds in which another thread kept it from going on."""
        return max(0.0, self.whole - self.work - self.queue)

    def __str__(self) -> str:
        return f"{self.whole:.0f} ms (work {self.work:.0f}, core {self.queue:.0f}, held {self.held:.0f})"


class Pulse:
    """Comes round every 5 ms, and keeps the longest time in which it did not."""

    def __init__(self) -> None:
        self.worst = Stall()
        self._last = times()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(5)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now = times()
        stall = Stall(*(after - before for after, before in zip(now, self._last, strict=True)))
        self.worst, self._last = max(self.worst, stall), now

    def read(self) -> Stall:
        """The worst since the last reading."""
        worst, self.worst = self.worst, Stall()
        return worst


def times() -> tuple[float, float, float]:
    """Milliseconds: of the clock, and of this thread at work and waiting for a core (0 where Linux does not say)."""
    whole = perf_counter() * 1000
    try:
        work, queue, _ = Path("/proc/thread-self/schedstat").read_text().split()
    except OSError:
        return whole, 0.0, 0.0
    return whole, int(work) / 1e6, int(queue) / 1e6


class Trial:
    """The real window, used as a new user would."""

    def __init__(self) -> None:
        self.person, self.actions = FakeDialogs(), 0
        self.person.answer = "discard"
        self.services = create_services(SettingsStore(settings_file(), ALL_COMMANDS))
        timeline = partial(TimelinePart, device=SilentDevice)
        self.window = MainWindow(
            self.services, Panels(CanvasPart, ObjectsPart, timeline, connect_parts), ask=self.person
        )
        self.window.show()
        self.window.activateWindow()

    @property
    def canvas(self) -> CanvasPart:
        return cast(CanvasPart, self.window.panels["canvas"])

    def stems(self, still: Path, folder: Path, pulse: Pulse) -> dict[str, float | Stall]:
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
            "opening": opening,
            "masks": masks,
            "making": making,
            "playing": playing,
        }

    def add(self, hint: Callable[[], object]) -> None:
        before = len(self.services.document.scene.objects)
        hint()
        wait(lambda: self.canvas.canvas.can_execute()[0])
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
        return not self.services.background.busy and not self.services.activity.work

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
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "stills", type=Path, nargs="*", default=[sample_stills()[0].path] if sample_stills() else []
    )
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--compare", type=int, default=0, metavar="TIMES")
    wanted = parser.parse_args()
    if wanted.compare:
        compare(wanted.stills, wanted.compare)
    else:
        with tempfile.TemporaryDirectory() as home:
            try_stills(wanted.stills, Path(home), plain=wanted.plain)
    return 0


def try_stills(stills: Sequence[Path], home: Path, *, plain: bool) -> None:
    os.environ["HOME"] = str(home)
    for name in ("CONFIG", "DATA", "CACHE", "STATE"):
        os.environ[f"XDG_{name}_HOME"] = str(home / name.lower())
    application, theme = create_application(), Theme()
    theme.apply(application)
    sweeper = None if plain else GcTimer(application)
    if plain:
        for maker in (generation_worker, studio_backend):
            vars(maker)["load_torch"] = lambda: None
    trial, pulse = Trial(), Pulse()
    go_on(0)
    say(f"window shown {age():.2f} s after the process began, {process_time():.2f} s of work")
    with contextlib.nullcontext() if plain else torch_preloaded():
        try:
            for still in stills:
                figures = trial.stems(still, home / "stems" / still.stem, pulse)
                say(f"{still.name}: {figures['actions']:.0f} actions, {figures['s']:.0f} s")
                for part in PARTS:
                    say(f"  {part}: {figures[part]}")
        finally:
            trial.window.abandon()
            theme.close()
            if sweeper is not None:
                sweeper.close()


def compare(stills: Sequence[Path], count: int) -> None:
    """Runs with and without, in turn, so that whatever else runs on the machine is the same for both."""
    found: dict[tuple[str, bool], list[tuple[float, float]]] = {}
    for plain in [True, False] * count:
        command = [sys.executable, __file__, *(["--plain"] if plain else []), *map(str, stills)]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        for shown in re.findall(r"shown ([\d.]+) s", said):
            found.setdefault(("shown", plain), []).append((float(shown) * 1000, 0.0))
        for part, whole, held in re.findall(r"(\w+): (\d+) ms .*held (\d+)", said):
            found.setdefault((part, plain), []).append((float(whole), float(held)))
    for part in ("shown", *PARTS):
        (before, held_before), (after, held) = (
            np.median(found[part, plain], axis=0) for plain in (True, False)
        )
        worst = max(whole for whole, _ in found[part, False])
        say(
            f"{part:8} {before:4.0f} -> {after:4.0f} ms ({after / before:.2f} of it, at worst {worst:.0f});"
            f" held by other threads {held_before:4.0f} -> {held:4.0f} ms"
        )


if __name__ == "__main__":
    sys.exit(main())
