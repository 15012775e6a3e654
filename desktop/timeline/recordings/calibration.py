"""The round trip of an output and an input: measured once for each pair, and kept."""

import threading
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np

from desktop.playback.output_devices import OutputDevice
from desktop.playback.output_thread import OpenDevice
from desktop.playback.ring import Frames
from desktop.settings.store import JsonFile
from desktop.timeline.recordings.input_devices import InputDevice, OpenInput
from engine.errors import Failed
from engine.sound.resample import resample
from engine.sound.round_trip import MOST_LATENCY_SECONDS, click_signal, find_lag

KEY = "round_trips"
TIMEOUT_SECONDS = 8.0
MOST_SPREAD_SECONDS = 0.01
UNSTEADY = (
    "Three measurements of the latency all differ: let this machine do nothing else, and measure again."
)
STILL = "Nothing came in from the microphone while the clicks were played: look at its connection."


class _Clicks:
    """Plays the clicks and notes when they are heard; records and notes when that came in."""

    def __init__(self, rate: int) -> None:
        self.signal = click_signal(rate)
        self.played = 0
        self.heard: list[tuple[int, float]] = []
        self.blocks: list[Frames] = []
        self.came: list[tuple[int, float]] = []
        self.recorded = 0
        self.wanted = 0
        self.full = threading.Event()
        self.clock: Callable[[float], float] = lambda when: when

    def pull(self, out: Frames, when: float) -> None:
        part = self.signal[self.played : self.played + len(out)]
        out[:] = 0.0
        out[: len(part)] = part[:, None]
        self.heard.append((self.played, when))
        self.played += len(out)

    def push(self, frames: Frames, when: float) -> None:
        self.came.append((self.recorded, self.clock(when)))
        self.blocks.append(frames)
        self.recorded += len(frames)
        if self.wanted and self.recorded >= self.wanted:
            self.full.set()


def measure_median(open_output: OpenDevice, open_input: OpenInput, rate: int, name: str) -> tuple[str, float]:
    """Measure the round trip three times and return the key of the pair and the middle one, in seconds.

    The first opening of some sound servers tells wrong times. Blocks for some seconds.

    Raises:
        Failed: as ``measure_round_trip``, or no two measurements agree.
    """
    found = sorted(measure_round_trip(open_output, open_input, rate, name)[::-1] for _ in range(3))
    seconds, key = found[1]
    if min(seconds - found[0][0], found[2][0] - seconds) > MOST_SPREAD_SECONDS:
        raise Failed(UNSTEADY)
    return key, seconds


def measure_round_trip(
    open_output: OpenDevice, open_input: OpenInput, rate: int, name: str
) -> tuple[str, float]:
    """Play clicks, find them in what comes in, and return the key of the pair and the seconds they are late.

    Blocks for some seconds: call it in a thread. What is measured is what the devices' own times do not say.

    Raises:
        Failed: there is no sound output or input, or the clicks are not heard.
    """
    clicks = _Clicks(rate)
    output = open_output(rate, clicks.pull)
    try:
        if output.reason:
            raise Failed(output.reason)
        clicks.signal = click_signal(output.rate)
        source = open_input(output.rate, clicks.push, name)
        try:
            clicks.wanted = len(clicks.signal) * source.rate // output.rate + round(
                MOST_LATENCY_SECONDS * source.rate
            )
            clicks.clock = lambda when: output.time() - (source.time() - when)
            output.start()
            source.start()
            if not clicks.full.wait(TIMEOUT_SECONDS) and not clicks.recorded:
                raise Failed(STILL)
            return pair_key(output, source), _late(clicks, output, source)
        finally:
            source.close()
    finally:
        output.close()


def pair_key(output: OutputDevice | None, source: InputDevice) -> str:
    """Return the key under which the round trip of two devices is kept."""
    return f"{getattr(output, 'name', '')} > {source.name}"


def kept_round_trip(state: JsonFile, key: str) -> float | None:
    """Return the seconds measured for a pair of devices, or None."""
    found = state.read().get(KEY)
    seconds = found.get(key) if isinstance(found, dict) else None
    plain = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    return float(seconds) if plain and abs(seconds) <= MOST_LATENCY_SECONDS else None  # type: ignore[arg-type]


def keep_round_trip(state: JsonFile, key: str, seconds: float) -> None:
    """Keep the seconds measured for a pair of devices.

    Raises:
        FoleyscapeError: the file cannot be written.
    """

    def change(facts: dict[str, Any]) -> dict[str, Any]:
        found = facts.get(KEY)
        known = found if isinstance(found, dict) else {}
        return {**facts, KEY: {**known, key: seconds}}

    state.update(change)


def _late(clicks: _Clicks, output: OutputDevice, source: InputDevice) -> float:
    recorded = np.concatenate(clicks.blocks).mean(axis=1)
    at_rate = resample(recorded[None].astype(np.float32), source.rate, output.rate)[0]
    lag = find_lag(at_rate, clicks.signal, output.rate)
    came = median(when - frame / source.rate for frame, when in clicks.came)
    heard = median(when - frame / output.rate for frame, when in clicks.heard)
    return came + lag / output.rate - heard
