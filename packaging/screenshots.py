"""Draws the window as it is used, offscreen, for documentation: .venv/bin/python packaging/screenshots.py OUT [STILL].

Five pictures, each as large as the window and at twice that: welcome, masks, generating, timeline, export.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import monotonic
from typing import cast

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
SIZE = 1440, 900
SCALES = 1, 2
PATIENCE_SECONDS = 240.0
CLICKS = ((0.5, 0.5), (0.3, 0.6), (0.75, 0.35))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="a folder for the pictures")
    parser.add_argument("still", type=Path, nargs="?", help="a photograph; else a sample")
    parser.add_argument("--scale", type=int, choices=SCALES, help="only this one, in this process")
    wanted = parser.parse_args()
    wanted.out.mkdir(parents=True, exist_ok=True)
    if wanted.scale is not None:
        return draw_all(wanted.out.resolve(), wanted.still, wanted.scale)
    still = [str(wanted.still)] if wanted.still else []
    return max(again([str(wanted.out), *still, "--scale", str(scale)]) for scale in SCALES)


def again(arguments: list[str]) -> int:
    """This program in a process of its own, since Qt reads the scale when it starts."""
    done = subprocess.run([sys.executable, __file__, *arguments], check=False)  # noqa: S603 - this very file
    return done.returncode


def draw_all(out: Path, still: Path | None, scale: int) -> int:
    """All five, in this process, whose home is a folder that goes again."""
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(HOME=home, QT_QPA_PLATFORM="offscreen", QT_SCALE_FACTOR=str(scale))
        for name in ("CONFIG", "DATA", "CACHE", "STATE"):
            os.environ[f"XDG_{name}_HOME"] = str(Path(home) / name.lower())
        from desktop.app import create_application
        from desktop.theme.theme import Theme

        application = create_application()
        theme = Theme()
        theme.apply(application)
        artist = Artist(out, scale)
        try:
            artist.draw(still)
        finally:
            artist.window.abandon()
            theme.close()
    return 0


class Artist:
    """Uses the window, and draws it on the way."""

    def __init__(self, out: Path, scale: int) -> None:
        from desktop.app import create_services
        from desktop.canvas.part import CanvasPart
        from desktop.main_window.all_commands import ALL_COMMANDS
        from desktop.main_window.main_window import MainWindow
        from desktop.main_window.panels import Panels
        from desktop.main_window.welcome.samples import sample_stills
        from desktop.main_window.workbench import connect_parts
        from desktop.objects.part import ObjectsPart
        from desktop.playback.output_devices import SilentDevice
        from desktop.settings.store import SettingsStore, settings_file
        from desktop.timeline.part import TimelinePart

        self.out, self.scale = out, scale
        self.services = create_services(SettingsStore(settings_file(), ALL_COMMANDS))
        timeline = partial(TimelinePart, device=SilentDevice)
        panels = Panels(CanvasPart, ObjectsPart, timeline, connect_parts)
        self.samples = sample_stills()
        self.window = MainWindow(self.services, panels, samples=self.samples)
        self.canvas = cast(CanvasPart, self.window.panels["canvas"])
        self.objects = cast(ObjectsPart, self.window.panels["objects"])
        self.timeline = cast(TimelinePart, self.window.panels["timeline"])
        self.services.messages.shown.connect(
            lambda message: sys.stderr.write(f"{message.kind}: {message.text}\n")
        )
        self.window.resize(*SIZE)
        self.window.show()

    def draw(self, still: Path | None) -> None:
        self.until(self.rests, calm=0.5)
        self.save("welcome")
        self.window.open_path(still or self.samples[1].path)
        self.until(lambda: self.canvas.vision.ready)
        self.find_objects()
        self.save("masks")
        self.generate()
        self.arrange()
        self.save("timeline")
        self.export()

    def find_objects(self) -> None:
        self.window.actions_.action("find").trigger()
        canvas = self.canvas.canvas
        self.until(lambda: canvas.picker.open, calm=0.3)
        canvas.candidate_bar.all.click()
        canvas.candidate_bar.add.click()
        self.until(self.rests, calm=0.5)
        document = self.services.document
        names = [thing.index for thing in document.scene.objects]
        document.select(names[:1])
        self.until(self.rests, calm=0.3)

    def generate(self) -> None:
        document = self.services.document
        document.select([thing.index for thing in document.scene.objects])
        self.window.actions_.action("generate").trigger()
        queue = self.objects.queue
        self.until(lambda: queue.running is not None and queue.running.progress is not None, calm=0.6)
        self.save("generating")
        self.until(self.rests, calm=0.5)

    def arrange(self) -> None:
        """A second take of the first object, clips one after another, a marker, a loop, and the playhead within."""
        document, view = self.services.document, self.timeline.view
        document.select([document.scene.objects[0].index])
        self.window.actions_.action("regenerate").trigger()
        self.until(self.rests, calm=0.5)
        from engine.scene.edits import move_clip

        rate = document.scene.timeline.rate
        for place, track in enumerate(document.scene.timeline.tracks):
            for clip in track.clips:
                document.edit("Move", partial(move_clip, clip_id=clip.id, at=round(place * 0.8 * rate)))
        view.set_playhead(round(1.2 * rate))
        view.execute("marker")
        self.timeline.player.seek(round(2.4 * rate))
        view.zoom_all()
        self.until(self.rests, calm=0.5)

    def export(self) -> None:
        self.window.exports.show()
        dialog = self.window.exports.dialog
        assert dialog is not None
        dialog.results.folder.setText("/mnt/edit/Reel 3/Foley")
        self.until(dialog.export_button.isEnabled, calm=0.3)
        self.save_picture("export", dialog.grab())
        dialog.reject()

    def rests(self) -> bool:
        return not self.services.background.busy and not self.services.activity.work

    def until(self, settled: Callable[[], bool], calm: float = 0.0) -> None:
        """Lets the window go on until this holds, and then a moment more."""
        end = monotonic() + PATIENCE_SECONDS
        while not settled():
            if monotonic() > end:
                raise SystemExit("The window did not come to rest.")
            go_on(20)
        go_on(round(calm * 1000))

    def save(self, name: str) -> None:
        self.save_picture(name, self.window.grab())

    def save_picture(self, name: str, picture: "object") -> None:
        from PySide6.QtGui import QPixmap

        path = self.out / (f"{name}.png" if self.scale == 1 else f"{name}@{self.scale}x.png")
        if not cast(QPixmap, picture).save(str(path), "PNG"):
            raise SystemExit(f"{path} cannot be written.")
        sys.stdout.write(f"{path}\n")


def go_on(milliseconds: int) -> None:
    """Lets events and threads run; ``QTest.qWait`` would keep the interpreter to itself."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


if __name__ == "__main__":
    sys.exit(main())
