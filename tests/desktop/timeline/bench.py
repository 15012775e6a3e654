"""A scene with sounds to arrange, for the tests of the timeline."""

import numpy as np

from engine.errors import Failed
from engine.scene.edits import attach_take, place_take, track_for_object
from engine.scene.objects import SoundingObject
from engine.scene.scene import Scene, TakeRecord
from engine.scene.timeline import Clip, Timeline
from engine.sound.loudness import Waveform

RATE = 48_000
DOG, RAIN, GONE = "d" * 64, "a" * 64, "0" * 64
SECONDS = 4


class Sounds:
    """Takes, and how often each was read."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def __call__(self, digest: str) -> tuple[Waveform, int]:
        self.read.append(digest)
        if digest == GONE:
            raise Failed("The take is not in the project folder.")
        time = np.arange(SECONDS * 16_000) / 16_000
        return (0.5 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)[None], 16_000


def record(digest: str, name: str, index: int) -> TakeRecord:
    return TakeRecord(digest, name, (index,), 1, 16_000, 1, SECONDS * 16_000, "{}")


def two_tracks() -> Scene:
    """A dog's clip from 1 s to 5 s on the first track; rain's from 6 s to 10 s on the second."""
    mask = np.ones((4, 4), np.bool_)
    mask.setflags(write=False)
    scene = Scene(
        objects=(SoundingObject(0, mask, "dog"), SoundingObject(1, mask, "rain")),
        next_object=2,
        timeline=Timeline(rate=RATE),
    )
    for index, (digest, name, at) in enumerate(((DOG, "dog", 1), (RAIN, "rain", 6))):
        scene = track_for_object(attach_take(scene, record(digest, name, index)), index)
        scene = place_take(scene, scene.timeline.tracks[index].id, digest, at * RATE)
    return scene


def clips(scene: Scene) -> list[Clip]:
    return [clip for track in scene.timeline.tracks for clip in track.clips]
