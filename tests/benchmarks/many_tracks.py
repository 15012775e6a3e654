"""A timeline of 64 full tracks to time things with; made the same in every state of the program."""

import numpy as np
from numpy.typing import NDArray

from engine.scene.scene import Scene, StillRecord, TakeRecord
from engine.scene.timeline import Clip, Fade, Timeline, Track

RATE = 48_000
TRACKS, TAKES = 64, 64
TAKE_SECONDS, CROSSFADE_SECONDS = 10, 0.25


class Sounds:
    """Takes of noise by digest, made once: every fourth stereo at 44.1 kHz, the others mono at 16 kHz."""

    def __init__(self) -> None:
        rng = np.random.default_rng(1)
        self._takes = {digest_of(number): self._take(rng, number) for number in range(TAKES)}

    def __call__(self, digest: str) -> tuple[NDArray[np.float32], int]:
        return self._takes[digest]

    def records(self) -> tuple[TakeRecord, ...]:
        """What a scene says of them."""
        return tuple(
            TakeRecord(digest, f"Noise {number}", (), number + 1, rate, len(samples), samples.shape[1], "{}")
            for number, (digest, (samples, rate)) in enumerate(self._takes.items())
        )

    def _take(self, rng: np.random.Generator, number: int) -> tuple[NDArray[np.float32], int]:
        channels, rate = (2, 44_100) if number % 4 == 0 else (1, 16_000)
        return rng.normal(0, 0.02, (channels, TAKE_SECONDS * rate)).astype(np.float32), rate


def digest_of(number: int) -> str:
    """The digest of take ``number``; not that of its samples, which nobody checks here."""
    return f"{number:064x}"


def timeline(minutes: float) -> Timeline:
    """Every track full from start to end."""
    crossfade = Fade(round(CROSSFADE_SECONDS * RATE))
    length, end = TAKE_SECONDS * RATE, round(minutes * 60 * RATE)
    step = length - crossfade.samples
    tracks = []
    for number in range(TRACKS):
        clips = tuple(
            Clip(
                id=number * 100_000 + count,
                take=digest_of((number + count) % TAKES),
                start=start,
                offset=0,
                length=min(length, end - start),
                gain_db=-3.0,
                pan=(number - 32) / 40,
                fade_in=crossfade if start + length <= end else Fade(),
                fade_out=crossfade if start + length <= end else Fade(),
            )
            for count, start in enumerate(range(0, end, step))
        )
        tracks.append(Track(number, f"Track {number}", clips=clips, gain_db=-2.0, pan=0.1))
    return Timeline(tracks=tuple(tracks), master_gain_db=-1.0)


def scene(minutes: float, sounds: Sounds) -> Scene:
    """A scene with that timeline."""
    still = StillRecord("still.jpg", "0" * 64, 4, 4, "street.jpg")
    return Scene("Many tracks", still, takes=sounds.records(), timeline=timeline(minutes))
