"""An output that is pulled by hand, and an input that gets what was played, late by a known number of frames."""

from collections.abc import Callable

import numpy as np

from desktop.playback.output_devices import Pull
from desktop.playback.ring import Frames
from desktop.timeline.recordings.input_devices import Push
from tests.desktop.playback.fakes import HandDevice


class LoopInput:
    """The input of a loopback; its clock began long before the output's."""

    name = "Loop in"

    def __init__(self, loop: "Loopback", rate: int, push: Push) -> None:
        self.loop, self.rate, self.channels, self.push = loop, rate, 1, push
        self.started = self.closed = self.gone = False

    def start(self) -> None:
        self.started = True

    def close(self) -> None:
        self.closed = True

    def time(self) -> float:
        return self.loop.output.time() + 1000.0

    def lost(self) -> bool:
        return self.gone


class Loopback:
    """Args:
    delay: frames from a pull until what was pulled comes in.
    latency: what the output says of itself, in seconds.
    """

    def __init__(self, delay: int, latency: float = 0.0) -> None:
        self.delay, self.latency = delay, latency
        self.outputs: list[HandDevice] = []
        self.inputs: list[LoopInput] = []
        self._line = np.zeros(delay, np.float32)

    @property
    def output(self) -> HandDevice:
        return self.outputs[-1]

    @property
    def input(self) -> LoopInput:
        return self.inputs[-1]

    @property
    def late(self) -> float:
        """Seconds that the devices' own times do not say."""
        return self.delay / 48_000 - self.latency

    def open_output(self, rate: int, pull: Pull) -> HandDevice:
        device = HandDevice(rate, pull, latency=self.latency)
        self.outputs.append(device)
        return device

    def open_input(self, rate: int, push: Push, name: str) -> LoopInput:
        self.inputs.append(LoopInput(self, rate, push))
        return self.inputs[-1]

    def step(self, frames: int = 480) -> Frames:
        """Play a block, and let what was played before come in."""
        began = self.output.time()
        out = self.output.pull(frames)
        self._line = np.concatenate([self._line, out[:, 0]])
        heard, self._line = self._line[:frames], self._line[frames:]
        if self.inputs and self.input.started and not self.input.closed:
            self.input.push(heard[:, None].copy(), began + 1000.0)
        return out

    def run(self, settled: Callable[[], bool], wait: Callable[[int], None], steps: int = 4000) -> None:
        """Play until something is so."""
        for _ in range(steps):
            if settled():
                return
            self.step()
            wait(2)
        raise AssertionError("It never came to that.")
