"""A device that is pulled by hand, and takes whose samples say where they are from."""

import threading
from dataclasses import replace

import numpy as np

from desktop.document.document import Document
from desktop.playback.output_devices import Pull
from desktop.playback.ring import Frames
from engine.errors import BadInput
from engine.scene.masks import Mask
from engine.scene.objects import SoundingObject
from engine.scene.scene import Scene, TakeRecord
from engine.scene.timeline import Clip, Timeline, Track
from engine.sound.waveform import Waveform

RATE = 48_000


class HandDevice:
    """Pulls only when told to; its clock goes on by what was pulled. All that was pulled is kept."""

    def __init__(self, rate: int, pull: Pull, reason: str = "", latency: float = 0.0) -> None:
        self.rate, self.latency, self.reason = rate, latency, reason
        self.starts = self.stops = self.closes = 0
        self.gone = False
        self.pulled: list[Frames] = []
        self.frames = 0
        self._pull = pull

    def start(self) -> None:
        self.starts += 1

    def stop(self) -> None:
        self.stops += 1

    def close(self) -> None:
        self.closes += 1

    def time(self) -> float:
        return self.frames / self.rate

    def lost(self) -> bool:
        return self.gone

    def pull(self, frames: int) -> Frames:
        """The next block, as a device takes it: its first frame is heard ``latency`` from now."""
        out = np.full((frames, 2), np.nan, np.float32)
        self._pull(out, self.time() + self.latency)
        self.frames += frames
        self.pulled.append(out)
        return out


class Shelf:
    """Opens hand devices, and keeps them."""

    def __init__(self, reason: str = "", rate: int | None = None) -> None:
        self.devices: list[HandDevice] = []
        self.reason = reason
        self.threads: list[str] = []
        self._rate = rate

    def __call__(self, rate: int, pull: Pull) -> HandDevice:
        self.threads.append(threading.current_thread().name)
        self.devices.append(HandDevice(self._rate or rate, pull, self.reason))
        return self.devices[-1]

    @property
    def device(self) -> HandDevice:
        return self.devices[-1]


class Takes:
    """Takes by digest; reading is counted."""

    def __init__(self, **takes: Waveform) -> None:
        self.takes = takes
        self.reads = 0

    def __call__(self, digest: str) -> tuple[Waveform, int]:
        self.reads += 1
        if digest not in self.takes:
            raise BadInput(f"The take {digest} is missing.")
        return self.takes[digest], RATE


def counting(seconds: float) -> Waveform:
    """A stereo take whose sample number n is n / 2**20, so that what is heard says where it is from."""
    return np.tile(np.arange(round(seconds * RATE), dtype=np.float32) / 2**20, (2, 1))


def tone(seconds: float, gain: float, hertz: float = 440.0) -> Waveform:
    """A mono sine."""
    times = np.arange(round(seconds * RATE)) / RATE
    return (gain * np.sin(2 * np.pi * hertz * times)).astype(np.float32)[None, :]


def places(frames: Frames) -> list[int]:
    """From which samples of a counting take these frames are."""
    return [round(value) for value in (frames[:, 0] * 2**20).tolist()]


def timeline_of(length: int, take: str = "count", gain_db: float = 0.0, rate: int = RATE) -> Timeline:
    """One clip from sample 0 on."""
    clip = Clip(2, take, 0, 0, length, gain_db=gain_db)
    return Timeline(rate=rate, start_frame=0, tracks=(Track(1, "Track", clips=(clip,)),))


def record(digest: str, samples: Waveform, number: int = 1) -> TakeRecord:
    return TakeRecord(digest, digest, (0,), number, RATE, samples.shape[0], samples.shape[1], "{}")


def mask() -> Mask:
    return np.ones((4, 4), np.bool_)


def scene_of(takes: Takes, timeline: Timeline) -> Scene:
    """One object, which has all the takes."""
    records = tuple(record(name, wave, at) for at, (name, wave) in enumerate(takes.takes.items(), 1))
    return Scene(
        objects=(SoundingObject(0, mask(), "bell"),),
        takes=records,
        timeline=timeline,
        next_object=1,
        next_id=9,
    )


def document_of(scene: Scene) -> Document:
    document = Document()
    document.replace(scene, None, None)
    return document


def set_timeline(document: Document, timeline: Timeline) -> None:
    """As an edit of any kind would."""
    document.edit("Edit", lambda scene: replace(scene, timeline=timeline))
