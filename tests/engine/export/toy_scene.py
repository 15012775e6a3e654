"""A small scene whose takes are made here, at several rates, and where its samples are."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from xml.etree import ElementTree

import numpy as np

from engine.scene.scene import Scene, StillRecord, TakeRecord
from engine.scene.takes import Waveform
from engine.scene.timecode import RATES, from_text
from engine.scene.timeline import Clip, Fade, Timeline, Track

MADE = datetime(2026, 3, 9, 14, 5, 7)
RATE = 48_000


def noise(seed: int, seconds: float, rate: int, level: float, channels: int = 1) -> Waveform:
    """Noise without any pattern, at this standard deviation."""
    samples = np.random.default_rng(seed).normal(0.0, level, (channels, round(seconds * rate)))
    return samples.astype(np.float32)


def recipe(prompt: str, seed: int) -> str:
    mask = {"bits": "eJz" * 50, "digest": "m" * 64, "height": 4, "width": 4}
    return json.dumps({"model": "pocket-0123456789ab", "seed": seed, "prompt": prompt, "mask": mask})


def document(data: bytes) -> ElementTree.Element:
    """An XML document, read strictly."""
    return ElementTree.fromstring(data)  # noqa: S314 - written by this very program


class Toy:
    """A scene with a track for each sound, each starting half a second after the one before."""

    def __init__(self, sounds: dict[str, tuple[Waveform, int]]) -> None:
        self.samples: dict[str, tuple[Waveform, int]] = {}
        takes, tracks = [], []
        for number, (name, (samples, rate)) in enumerate(sounds.items()):
            digest = f"{number:064x}"
            self.samples[digest] = samples, rate
            channels, length = samples.shape
            words = recipe(f"a {name}", number)
            record = TakeRecord(digest, name, (number,), 2, rate, channels, length, words)
            takes.append(record)
            clip = Clip(
                id=100 + number,
                take=digest,
                start=number * RATE // 2,
                offset=0,
                length=record.length_at(RATE),
                fade_in=Fade(480),
                pan=-0.5 + number / max(1, len(sounds) - 1),
            )
            tracks.append(Track(id=number + 1, name=name, clips=(clip,)))
        still = StillRecord("still.jpg", "0" * 64, 4, 4, "street.jpg")
        line = Timeline(rate=RATE, tracks=tuple(tracks))
        self.scene = Scene("Night Street", still, takes=tuple(takes), timeline=line)

    def takes(self, digest: str) -> tuple[Waveform, int]:
        return self.samples[digest]

    def with_timeline(self, change: Callable[[Timeline], Timeline]) -> Scene:
        return replace(self.scene, timeline=change(self.scene.timeline))


def toy(seconds: float = 1.0, level: float = 0.05) -> Toy:
    """Three tracks: a dog, rain, and a third that nothing is known of."""
    return Toy(
        {
            "Dog": (noise(1, seconds, 16_000, level), 16_000),
            "rain": (noise(2, seconds, 44_100, level, 2), 44_100),
            "Größe <&> Thing": (noise(3, seconds, RATE, level), RATE),
        }
    )


def at_ten_hours_of_drop_frame(line: Timeline) -> Timeline:
    rate = RATES["29.97df"]
    return replace(line, frame_rate=rate, start_frame=from_text("10:00:00;00", rate))
