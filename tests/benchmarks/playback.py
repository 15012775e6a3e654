"""How soon edits are heard, whether playing starves, how exact the position is: python tests/benchmarks/playback.py.

A device that pulls blocks of 512 by the clock stands for PortAudio, so times are until a frame is handed out; what
the audio output adds is its latency, for which PortAudio is asked 40 ms. The timeline has 32 tracks without a gap.
Load is one thread of plain Python, which never lets go of the interpreter by itself, and one of matrix products.
"""

import argparse
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer

from desktop.document.document import Document
from desktop.document.messages import Messages
from desktop.playback.output_devices import LATENCY_SECONDS, Pull, SilentDevice
from desktop.playback.player import Player
from desktop.playback.ring import Frames
from engine.scene.scene import Scene
from engine.scene.timeline import Clip, Timeline, Track
from engine.sound.waveform import Waveform

Load = Callable[[], AbstractContextManager[None]]
Flags = NDArray[np.bool_]

RATE = 48_000
TRACKS, SECONDS = 32, 120
LEVEL = 0.25
"""Of the track that is edited, which holds a constant, so that a gain shows in every frame."""


class Recorder(SilentDevice):
    """Keeps what it pulled, when it was due and when it came."""

    def __init__(self, rate: int, pull: Pull) -> None:
        super().__init__(rate, self._record)
        self._inner = pull
        self.blocks: list[tuple[float, float, Frames]] = []

    def _record(self, out: Frames, when: float) -> None:
        self._inner(out, when)
        self.blocks.append((when, perf_counter(), out.copy()))

    def late(self, seconds: float) -> int:
        """Blocks that came more than so much after they were due."""
        return sum(came - due > seconds for due, came, _ in self.blocks)

    def first_after(self, moment: float, holds: Callable[[Frames], Flags]) -> float:
        """When the first frame that was pulled after ``moment``, and of which this holds, is heard."""
        for due, came, block in self.blocks:
            if came > moment and (found := np.flatnonzero(holds(block))).size:
                return max(due, came) + float(found[0]) / RATE
        return float("nan")


class Takes:
    """Noise, a constant, and a take whose samples count."""

    def __init__(self) -> None:
        rng = np.random.default_rng(1)
        length = 10 * RATE
        self._takes: dict[str, Waveform] = {
            f"noise {number}": rng.normal(0, 1e-4, (1, length)).astype(np.float32) for number in range(8)
        }
        self._takes["constant"] = np.full((2, length), LEVEL, np.float32)
        self._takes["count"] = np.tile(np.arange(SECONDS * RATE, dtype=np.float32) / 2**20, (2, 1))

    def __call__(self, digest: str) -> tuple[Waveform, int]:
        return self._takes[digest], RATE


def full_timeline() -> Timeline:
    """Every track full of clips of 10 s; the first holds the constant."""
    tracks = []
    for number in range(TRACKS):
        take = "constant" if number == 0 else f"noise {number % 8}"
        clips = tuple(
            Clip(1000 * (number + 1) + at, take, at * 10 * RATE, 0, 10 * RATE) for at in range(SECONDS // 10)
        )
        tracks.append(Track(number, f"Track {number}", clips=clips, pan=0.1 if number else 0.0))
    return Timeline(tracks=tuple(tracks))


class Rig:
    """A player on a recorder."""

    def __init__(self, timeline: Timeline) -> None:
        self.document = Document()
        self.document.replace(Scene(timeline=timeline), None, None)
        self.devices: list[Recorder] = []
        self.player = Player(self.document, Takes(), Messages(), self._open)

    @property
    def device(self) -> Recorder:
        return self.devices[-1]

    def play(self) -> None:
        self.player.prepare()
        wait(1.5)
        self.player.play()
        wait(0.5)

    def _open(self, rate: int, pull: Pull) -> Recorder:
        self.devices.append(Recorder(rate, pull))
        return self.devices[-1]


def main() -> None:
    options = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    options.add_argument("--edits", type=int, default=40)
    options.add_argument("--seconds", type=float, default=15.0, help="length of what is played for underruns")
    arguments = options.parse_args()
    application = QCoreApplication([])
    for name, load in (("alone", nothing), ("beside two busy threads", busy)):
        _say(name)
        _edits(arguments.edits, load)
        _starving(arguments.seconds, load)
        _position(arguments.edits, load)
    application.quit()


def _edits(count: int, load: Load) -> None:
    rig = Rig(full_timeline())
    rig.play()
    times = []
    with load():
        for number in range(count):
            low = number % 2 == 0
            moment = perf_counter()
            _set_gain(rig.document, -60.0 if low else 0.0)
            wait(0.25)
            times.append(1e3 * (rig.device.first_after(moment, _below if low else _above) - moment))
    underruns = rig.player.underruns
    rig.player.close()
    middle, worst = float(np.median(times)), float(np.max(times))
    _say(
        f"  edit to audible, ms: median {middle:.0f}, 95 % {np.percentile(times, 95):.0f}, most {worst:.0f}"
        f" (and {1e3 * LATENCY_SECONDS:.0f} of the device); underruns {underruns}"
    )


def _below(block: Frames) -> Flags:
    return np.abs(block[:, 0]) < 0.9 * LEVEL


def _above(block: Frames) -> Flags:
    return np.abs(block[:, 0]) > 0.1 * LEVEL


def _starving(seconds: float, load: Load) -> None:
    rig = Rig(full_timeline())
    rig.play()
    with load():
        wait(seconds)
    late, blocks = rig.device.late(LATENCY_SECONDS), len(rig.device.blocks)
    _say(f"  {seconds:g} s played: underruns {rig.player.underruns}, late pulls {late} of {blocks}")
    rig.player.close()


def _position(count: int, load: Load) -> None:
    clip = Clip(1, "count", 0, 0, SECONDS * RATE)
    rig = Rig(Timeline(tracks=(Track(2, "", clips=(clip,)),)))
    rig.play()
    asked = []
    with load():
        for _ in range(count):
            before = perf_counter()
            asked.append((before, rig.player.position, perf_counter()))
            wait(0.03)
    rig.player.close()
    errors = [_off(rig.device, *each) for each in asked]
    _say(
        f"  position, samples off what was heard at that time: median {np.median(errors):.0f}, most {max(errors):.0f}"
    )


def _off(device: Recorder, before: float, said: int, after: float) -> float:
    """How far a position lies outside what was heard from before it was asked for until after."""
    low, high = (_heard_at(device, moment) for moment in (before, after))
    return max(0.0, low - 1 - said, said - high - 1)


def _heard_at(device: Recorder, moment: float) -> float:
    due, _, block = next(each for each in reversed(device.blocks) if each[0] <= moment and each[1] <= moment)
    within = min(int((moment - due) * RATE), len(block) - 1)
    return float(np.rint(block[within, 0] * 2**20))


def _set_gain(document: Document, gain_db: float) -> None:
    def change(scene: Scene) -> Scene:
        first, *others = scene.timeline.tracks
        tracks = (replace(first, gain_db=gain_db), *others)
        return replace(scene, timeline=replace(scene.timeline, tracks=tracks))

    document.edit("Set gain", change)


def wait(seconds: float) -> None:
    """Lets the event loop run for so long."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


@contextmanager
def nothing() -> Iterator[None]:
    yield


@contextmanager
def busy() -> Iterator[None]:
    """One thread of Python and one of matrix products."""
    ending = threading.Event()

    def count() -> None:
        while not ending.is_set():
            sum(range(10_000))

    def multiply() -> None:
        square = np.ones((400, 400), np.float32)
        while not ending.is_set():
            square @ square

    threads = [threading.Thread(target=work) for work in (count, multiply)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ending.set()
        for thread in threads:
            thread.join()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
