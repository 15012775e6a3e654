"""How fast the timeline paints: python tests/benchmarks/timeline.py [--width 1600] [--height 900].

64 tracks of 200 clips, offscreen, in milliseconds of the processor. Cold: after zooming, when every track in view is
drawn anew. Warm: after the playhead moved. Drag: while one clip follows the pointer, with the edit of each move.
"""

import argparse
import os
import statistics
import sys
from collections.abc import Callable
from dataclasses import replace
from time import perf_counter, process_time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.document.document import Document
from desktop.theme.theme import Theme
from desktop.timeline.painting.waveform_loader import WaveformLoader
from desktop.timeline.view import TimelineView
from engine.scene.scene import Scene, TakeRecord
from engine.scene.timeline import Clip, Fade, Timeline, Track
from engine.sound.waveform import Waveform

TRACKS, CLIPS, TAKES = 64, 200, 64
RATE, TAKE_RATE, TAKE_SECONDS = 48_000, 16_000, 5
REPEATS = 25
BUDGET_MS = 16.0


def main() -> None:
    options = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    options.add_argument("--width", type=int, default=1600)
    options.add_argument("--height", type=int, default=900)
    arguments = options.parse_args()
    application = QApplication.instance() or QApplication([])
    theme = Theme()
    if isinstance(application, QApplication):
        theme.apply(application)
    waveforms = WaveformLoader(Sounds())
    document = Document()
    document.replace(full_scene(), None, None)
    view = TimelineView(document, waveforms)
    view.resize(arguments.width, arguments.height)
    view.show()
    view.zoom_all()
    _settle(view, waveforms)
    slow = sum([_measure(view, waveforms, name, step) for name, step in _cases(view, document).items()])
    waveforms.close()
    view.close()
    theme.close()
    sys.exit(1 if slow else 0)


class Sounds:
    """Takes of noise in bursts."""

    def __call__(self, digest: str) -> tuple[Waveform, int]:
        rng = np.random.default_rng(int(digest[:8], 16))
        time = np.arange(TAKE_SECONDS * TAKE_RATE) / TAKE_RATE
        burst = np.exp(-(time % 0.7) * 6)
        return (rng.normal(0, 0.2, time.size) * burst).astype(np.float32)[None], TAKE_RATE


def full_scene() -> Scene:
    """Every track full of clips that cross over a tenth of a second."""
    takes = tuple(
        TakeRecord(f"{n:08x}" * 8, "noise", (), n + 1, TAKE_RATE, 1, TAKE_SECONDS * TAKE_RATE, "{}")
        for n in range(TAKES)
    )
    step, fade = round(4.9 * RATE), Fade(RATE // 10)
    tracks = tuple(
        Track(
            row + 1,
            f"Track {row + 1}",
            clips=tuple(
                Clip(
                    id=1000 + row * CLIPS + n,
                    take=takes[(row + n) % TAKES].digest,
                    start=n * step,
                    offset=0,
                    length=TAKE_SECONDS * RATE,
                    fade_in=fade,
                    fade_out=fade,
                )
                for n in range(CLIPS)
            ),
        )
        for row in range(TRACKS)
    )
    timeline = Timeline(rate=RATE, tracks=tracks)
    return Scene(takes=takes, timeline=timeline, next_id=1000 + TRACKS * CLIPS)


def _cases(view: TimelineView, document: Document) -> dict[str, Callable[[int], None]]:
    def whole(number: int) -> None:
        view.zoom_all()
        view.track_view.zoom(1.0 + number * 1e-4, 0)

    def closer(number: int) -> None:
        whole(number)
        view.track_view.zoom(16.0, 400)

    def closest(number: int) -> None:
        whole(number)
        view.track_view.zoom(4000.0, 400)

    def all_tracks(number: int) -> None:
        whole(number)
        geometry = view.track_view.view.geometry
        view.track_view.set_geometry(replace(geometry, lane=max(8, (geometry.height - 40) // TRACKS)))

    def playhead(number: int) -> None:
        view.set_playhead(number * 1000, follow=False)

    def drag(number: int) -> None:
        at = QPointF(300 + number, 60)
        QTest.mouseMove(view.track_view, at.toPoint())

    def grab(_: int) -> None:
        view.track_view.set_geometry(replace(view.track_view.view.geometry, lane=62))
        closer(0)
        QTest.mousePress(view.track_view, Qt.MouseButton.LeftButton, pos=QPointF(290, 60).toPoint())

    def spectrograms(number: int) -> None:
        view.set_spectrograms(True)
        whole(number)

    return {
        "cold, whole timeline": whole,
        "cold, 16 times closer": closer,
        "cold, samples": closest,
        "cold, all 64 tracks at once": all_tracks,
        "warm, playhead": playhead,
        "taking hold": grab,
        "drag": drag,
        "cold, spectrograms": spectrograms,
    }


def _measure(view: TimelineView, waveforms: WaveformLoader, name: str, step: Callable[[int], None]) -> bool:
    """Times the step with its paint; the first are not counted."""
    once = name == "taking hold"
    image = QImage(view.track_view.size(), QImage.Format.Format_RGB32)
    step(0)
    if "spectrogram" in name:
        _wait_for_heat(view, waveforms)
    taken, painted, walls = [], [], []
    for number in range(1, 2 if once else REPEATS + 2):
        began, wall = process_time(), perf_counter()
        step(number)
        between = process_time()
        view.track_view.render(image)
        taken.append(1000 * (between - began))
        painted.append(1000 * (process_time() - between))
        walls.append(1000 * (perf_counter() - wall))
    typical = statistics.median(painted)
    sys.stdout.write(
        f"{name:28} paint {typical:6.2f} ms, step {statistics.median(taken):6.2f} ms of the processor; "
        f"both {statistics.median(walls):7.2f} ms by the clock\n"
    )
    return not once and typical > BUDGET_MS


def _settle(view: TimelineView, waveforms: WaveformLoader) -> None:
    """Waits until every take in use has its pyramid."""
    digests = [f"{n:08x}" * 8 for n in range(TAKES)]
    while any(waveforms.pyramid(digest) is None for digest in digests):
        QTest.qWait(20)
    view.track_view.grab()


def _wait_for_heat(view: TimelineView, waveforms: WaveformLoader) -> None:
    for digest in (f"{n:08x}" * 8 for n in range(TAKES)):
        while waveforms.spectrogram(digest) is None:
            QTest.qWait(20)
    view.track_view.grab()


if __name__ == "__main__":
    main()
