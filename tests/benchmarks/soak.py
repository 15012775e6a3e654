"""A long session of random but valid actions on the real window, offscreen: python tests/benchmarks/soak.py.

Session, document, canvas, vision, timeline, player and project folder are real; sounds come from a quick fake, and the
audio device takes blocks by the clock without being heard. Ends with 1 if anything was thrown, told as an error, left
running or grew, or if the project does not open.
"""

import argparse
import faulthandler
import gc
import os
import sys
import tempfile
import threading
import traceback
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from time import monotonic
from types import TracebackType
from typing import cast

os.environ["QT_QPA_PLATFORM"] = "offscreen"
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PySide6.QtCore import QEventLoop, QPoint, Qt, QThread, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.actions.shortcut_guard import FocusGuard
from desktop.app import create_application, create_services
from desktop.canvas.canvas import Canvas
from desktop.canvas.part import CanvasPart
from desktop.document.messages import Message
from desktop.main_window.all_commands import ALL_COMMANDS
from desktop.main_window.main_window import MainWindow
from desktop.main_window.panels import Panels
from desktop.main_window.workbench import connect_parts
from desktop.objects.part import ObjectsPart
from desktop.playback.output_devices import SilentDevice
from desktop.settings.store import SettingsStore, settings_file
from desktop.theme.theme import Theme
from desktop.threads.gc_timer import GcTimer
from desktop.threads.torch_preload import torch_preloaded
from desktop.timeline.part import TimelinePart
from engine.project.folder import Project
from tests.desktop.e2e.house import drag
from tests.desktop.fakes import FakeDialogs
from tests.desktop.objects.toy import FakeGenerationBackend, toy_mask, toy_project

NONE = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton
MOST_OBJECTS, MOST_TAKES, MOST_CLIPS = 8, 60, 60
GROWTH_MIB = 40.0
"""More than this from the middle to the end is a leak."""
REFUSALS = ("not wholly on the timeline", "no track to paste onto", "outside the selected clips")
"""What a person may be told who asks for what cannot be."""
KEYS = (
    "undo redo copy paste duplicate split nudge_left nudge_right marker hit snap spectrogram zoom_in zoom_out zoom_all"
    " solo mute regenerate generate together cancel select_all play shuttle_back shuttle_on shuttle_stop mark_in"
    " mark_out loop frame_on frame_back second_on second_back to_start to_end compare fit actual brush point erase"
    " smaller larger clear show_objects show_timeline"
).split()
ASKING = (
    "open open_project save_as export reveal preferences close quit generate together regenerate paste duplicate split"
    " full_screen keys about"
).split()
"""Not pressed at random: they ask for something, leave, or would fill the scene without end."""
BARE_KEYS = "Return Esc Tab Space Del Left Right Up Down Shift+Tab 7 x Home End F2".split()


class Soak:
    """Args:
    folder: for the projects. random: draws what is done.
    """

    def __init__(self, folder: Path, random: Random) -> None:
        self.random, self.folder = random, folder
        self.person, self.maker = FakeDialogs(), FakeGenerationBackend()
        self.person.answer = "save"
        self.done: Counter[str] = Counter()
        self.errors: list[str] = []
        self.longest = 0.0
        self.last = ""
        self.services = create_services(SettingsStore(settings_file(), ALL_COMMANDS))
        self.services.messages.shown.connect(self._note)
        objects = partial(ObjectsPart, make=lambda _: self.maker)
        timeline = partial(TimelinePart, device=SilentDevice)
        self.window = MainWindow(
            self.services, Panels(CanvasPart, objects, timeline, connect_parts), ask=self.person
        )
        self.window.show()
        self.window.activateWindow()
        self.projects = [self._project(name) for name in ("one", "two")]

    @property
    def canvas(self) -> Canvas:
        return cast(CanvasPart, self.window.panels["canvas"]).canvas

    @property
    def timeline(self) -> TimelinePart:
        return cast(TimelinePart, self.window.panels["timeline"])

    def begin(self) -> None:
        self.window.open_path(self.projects[0])
        self.wait(lambda: self.services.document.project is not None)

    def step(self) -> None:
        """One action, and a moment for what follows from it."""
        deed = self.random.choices(*zip(*self._commands(), strict=True))[0]
        before = monotonic()
        self.last = deed.__name__
        deed()
        self.longest = max(self.longest, monotonic() - before)
        go_on(self.random.choice((0, 5, 20, 60)))

    def end(self) -> Path:
        """Saves and closes as a person does; where the project is."""
        self.window.actions_.action("save").trigger()
        self.wait(lambda: not self.services.background.busy)
        project = self.services.document.project
        assert project is not None
        self.window.close()
        self.wait(lambda: not self.window.isVisible())
        return project.path

    def wait(self, settled: Callable[[], bool]) -> None:
        end = monotonic() + 60
        while not settled():
            if monotonic() > end:
                faulthandler.dump_traceback()
                modal = QApplication.activeModalWidget()
                raise TimeoutError(
                    f"No rest: modal {modal}, asked {self.person.asked[-3:]}, done {self.last}"
                )
            go_on(10)

    def _commands(self) -> list[tuple[Callable[[], None], float]]:
        return [
            (self._press, 20),
            (self._type_key, 20),
            (self._find, 1),
            (self._select_object, 8),
            (self._accept, 4),
            (self._remove, 3),
            (self._drag_in_timeline, 16),
            (self._click_in_timeline, 6),
            (self._point_at_still, 8),
            (self._use_header, 5),
            (self._type_name, 3),
            (self._wheel, 4),
            (self._save, 1),
            (self._change_project, 0.3),
            (self._export, 0.3),
        ]

    def _press(self) -> None:
        id_ = self.random.choice(KEYS)
        scene = self.services.document.scene
        clips = sum(len(track.clips) for track in scene.timeline.tracks)
        if id_ in ("generate", "together", "regenerate") and len(scene.takes) > MOST_TAKES:
            id_ = "undo"
        if id_ in ("paste", "duplicate", "split") and clips > MOST_CLIPS:
            self.timeline.view.execute("select_all")
            self.timeline.view.execute("delete")
            return
        self.done[id_] += 1
        if id_ == "paste" and not self.timeline.view.commander.has_copied:
            return
        self.window.actions_.action(id_).trigger()

    def _type_key(self) -> None:
        """A real key, wherever the keyboard is taken to first."""
        places = (self.canvas, self.timeline.view.track_view, self.window.panels["objects"].widget)
        if self.random.random() < 0.5:
            self.random.choice(places).setFocus()
        keys = self.services.settings.keys
        usual = [key for spec in ALL_COMMANDS if spec.id not in ASKING for key in keys.keys(spec.id)]
        key = self.random.choice((*usual, *BARE_KEYS))
        QTest.keySequence(QApplication.focusWidget() or self.window, QKeySequence(key))
        self.done["key"] += 1

    def _find(self) -> None:
        """Find objects, and take what was found, leave it, or go on to something else."""
        if len(self.services.document.scene.objects) >= MOST_OBJECTS:
            return
        self.window.actions_.action("find").trigger()
        go_on(self.random.choice((0, 600)))
        self.canvas.setFocus()
        for key in self.random.choice((("Return",), ("Esc",), ("Tab", "Space", "Return"), ())):
            QTest.keySequence(self.canvas, QKeySequence(key))
        self.done["find"] += 1

    def _select_object(self) -> None:
        numbers = [thing.index for thing in self.services.document.scene.objects]
        self.services.document.select(self.random.sample(numbers, self.random.randint(0, len(numbers))))
        self.done["pick"] += 1

    def _accept(self) -> None:
        if len(self.services.document.scene.objects) < MOST_OBJECTS:
            self.canvas.accepted.emit(toy_mask(self.random.randrange(60)))
            self.done["accept"] += 1

    def _remove(self) -> None:
        if len(self.services.document.scene.objects) > 2:
            self.services.document.select(self.services.document.selection[:1])
            self.canvas.setFocus()
            self.window.actions_.action("delete").trigger()
            self.done["remove"] += 1

    def _drag_in_timeline(self) -> None:
        surface = self.timeline.view.track_view
        self.done["drag"] += 1
        keys = self.random.choice((NONE, NONE, NONE, Qt.KeyboardModifier.ShiftModifier))
        drag(surface, self._place(surface.width(), surface.height()), self._place(surface.width(), 400), keys)

    def _click_in_timeline(self) -> None:
        surface = self.timeline.view.track_view
        QTest.mouseClick(surface, LEFT, NONE, self._place(surface.width(), surface.height()))
        self.done["click"] += 1

    def _point_at_still(self) -> None:
        at = self._place(self.canvas.width(), self.canvas.height())
        QTest.mouseMove(self.canvas, at)
        if self.random.random() < 0.3:
            QTest.mouseClick(self.canvas, LEFT, NONE, at)
        self.done["point"] += 1

    def _use_header(self) -> None:
        tracks = self.services.document.scene.timeline.tracks
        if tracks:
            head = self.timeline.view.headers.header(self.random.choice(tracks).id)
            head.gain.moved.emit(self.random.randrange(-600, 120))
            head.pan.moved.emit(self.random.randrange(-100, 100))
            head.gain.released.emit()
            self.done["header"] += 1

    def _type_name(self) -> None:
        if self.services.document.selection:
            self.window.actions_.action("rename").trigger()
            field = QApplication.focusWidget()
            if field is not None:
                QTest.keyClicks(field, f"Thing {self.random.randrange(99)}")
                QTest.keyClick(field, Qt.Key.Key_Return)
            self.done["rename"] += 1

    def _wheel(self) -> None:
        view = self.timeline.view
        view.track_view.zoom(self.random.choice((0.5, 0.8, 1.25, 2.0)), self._place(view.width(), 1).x())
        self.done["wheel"] += 1

    def _save(self) -> None:
        self.window.actions_.action("save").trigger()
        self.done["save"] += 1

    def _change_project(self) -> None:
        """Also while sounds are made and files are written."""
        self.window.open_path(self.random.choice(self.projects))
        self.wait(lambda: not self.services.background.busy)
        self.done["open"] += 1

    def _export(self) -> None:
        exports = self.window.exports
        exports.show()
        if exports.dialog is not None:
            dialog = exports.dialog
            dialog.results.folder.setText(str(self.folder / "exported" / str(self.done["export"])))
            go_on(300)
            dialog.export_button.click()
            if self.random.random() < 0.7:
                self.wait(lambda: not exports.work.running)
            dialog.reject()
            self.wait(lambda: exports.dialog is None)
            self.done["export"] += 1

    def _place(self, width: int, height: int) -> QPoint:
        return QPoint(self.random.randrange(max(1, width)), self.random.randrange(max(1, height)))

    def _project(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir(parents=True)
        project, _, _ = toy_project(folder)
        project.close()
        return folder / "Street.foley"

    def _note(self, message: Message) -> None:
        if message.kind == "error" and not any(words in message.text for words in REFUSALS):
            self.errors.append(f"told: {message.text}")


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def go_on(milliseconds: int) -> None:
    """Lets events and threads run."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def resident_mib() -> float:
    """Memory in use now."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def left_running(before: set[threading.Thread]) -> list[str]:
    """Threads and timers that should have ended."""
    alive = [thing for thing in gc.get_objects() if isinstance(thing, QThread | QTimer)]
    found = [repr(thread) for thread in alive if isinstance(thread, QThread) and thread.isRunning()]
    found += [repr(timer) for timer in alive if isinstance(timer, QTimer) and timer.isActive()]
    dummies = threading._DummyThread
    return found + [
        one.name for one in threading.enumerate() if one not in before and not isinstance(one, dummies)
    ]


def run(seconds: float, seed: int, folder: Path, sweeper: GcTimer) -> int:
    before = set(threading.enumerate())
    soak = Soak(folder, Random(seed))  # noqa: S311 - what is done, not a secret

    def caught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        soak.errors.append("".join(traceback.format_exception(kind, error, trace)))

    sys.excepthook = caught
    try:
        return _session(soak, seconds, before, sweeper)
    finally:
        # What is thrown here, such as that the window did not come to rest, is told as usual.
        sys.excepthook = sys.__excepthook__
        for words in dict.fromkeys(soak.errors):
            say(f"FAULT {words}")


def _session(soak: Soak, seconds: float, before: set[threading.Thread], sweeper: GcTimer) -> int:
    with torch_preloaded():
        soak.begin()
    memory, marks = [], [0.1, 0.5, 1.0]
    begun, steps = monotonic(), 0
    while marks:
        soak.step()
        steps += 1
        if monotonic() - begun >= marks[0] * seconds:
            marks.pop(0)
            memory.append(resident_mib())
            say(f"{monotonic() - begun:6.0f} s  {steps} actions  {memory[-1]:.0f} MiB")
    path = soak.end()
    go_on(500)
    sweeper.close()
    running = left_running(before)
    with Project.open(path).project as project:
        say(f"opens afterwards: {project.path.name}")
    grew = memory[2] - memory[1]
    say(f"done: {dict(soak.done.most_common())}")
    say(f"longest action {soak.longest * 1000:.0f} ms; memory from the middle on {grew:+.0f} MiB")
    for words in running:
        say(f"FAULT still running: {words}")
    return 1 if soak.errors or running or grew > GROWTH_MIB else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        os.environ["HOME"] = home
        for name in ("CONFIG", "DATA", "CACHE", "STATE"):
            os.environ[f"XDG_{name}_HOME"] = str(Path(home) / name.lower())
        application = create_application()
        theme = Theme()
        theme.apply(application)
        guard, sweeper = FocusGuard(application), GcTimer(application)
        try:
            return run(wanted.minutes * 60, wanted.seed, Path(home) / "projects", sweeper)
        finally:
            guard.deleteLater()
            theme.close()


if __name__ == "__main__":
    sys.exit(main())
