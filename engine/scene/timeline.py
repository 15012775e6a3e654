"""The timeline: where takes sound. Frozen values; every time is in whole samples at the timeline's rate."""

from dataclasses import dataclass
from typing import Literal

from engine.scene.limits import UnknownFields
from engine.scene.timecode import RATES, FrameRate

FadeShape = Literal["linear", "equal_power", "s_curve", "exponential"]
LoudnessPreset = Literal["r128", "netflix", "film", "none"]

FADE_SHAPES: tuple[FadeShape, ...] = ("linear", "equal_power", "s_curve", "exponential")
LOUDNESS_PRESETS: tuple[LoudnessPreset, ...] = ("r128", "netflix", "film", "none")
PROJECT_RATES = (44_100, 48_000, 96_000)
LEAST_GAIN_DB, MOST_GAIN_DB = -96.0, 24.0
MOST_SAMPLES = 2**40
"""Longest time anything may stand at: 265 days at 48 kHz. Keeps sums far inside 64 bits."""
HOUR_25 = 90_000
"""01:00:00:00 at 25 frames a second."""


@dataclass(frozen=True)
class Fade:
    """How a clip comes in or goes out: over ``samples`` (0 is none) along a curve of this shape."""

    samples: int = 0
    shape: FadeShape = "equal_power"


@dataclass(frozen=True)
class Clip:
    """A stretch of a take, placed on a track.

    Attributes:
        id: its number in the scene, never used again.
        take: digest of the take.
        start: where it begins on the timeline.
        offset: how far into the take, at the timeline's rate, it begins.
        length: at least 1; ``offset + length`` never reaches past the end of the take.
        gain_db: ``LEAST_GAIN_DB`` to ``MOST_GAIN_DB``.
        pan: -1 (left) to 1 (right).
        fade_in, fade_out: together no longer than the clip.
        muted: silent, but kept.
        unknown_fields: what a newer Foleyscape wrote here; kept, not understood.
    """

    id: int
    take: str
    start: int
    offset: int
    length: int
    gain_db: float = 0.0
    pan: float = 0.0
    fade_in: Fade = Fade()
    fade_out: Fade = Fade()
    muted: bool = False
    unknown_fields: UnknownFields = ()

    @property
    def end(self) -> int:
        """The first sample after it."""
        return self.start + self.length


@dataclass(frozen=True)
class Track:
    """A lane of the timeline.

    Attributes:
        id: its number in the scene, never used again.
        name: what its stem is called.
        object: the number of the object it belongs to, or None.
        clips: by start, then by id. Clips may overlap: then they sound together, and their fades cross.
        gain_db, pan: of the whole track, on top of each clip's.
        muted, soloed: while any track is soloed, only soloed ones sound; muted ones never do.
    """

    id: int
    name: str
    object: int | None = None
    clips: tuple[Clip, ...] = ()
    gain_db: float = 0.0
    pan: float = 0.0
    muted: bool = False
    soloed: bool = False
    unknown_fields: UnknownFields = ()


@dataclass(frozen=True)
class Marker:
    """A named place on the timeline; ``hit`` where something in the picture strikes."""

    id: int
    at: int
    name: str
    hit: bool = False
    unknown_fields: UnknownFields = ()


@dataclass(frozen=True)
class Timeline:
    """All tracks, at one sample rate and one frame rate.

    Attributes:
        rate: samples a second, one of ``PROJECT_RATES``.
        frame_rate: of the picture.
        start_frame: timecode of sample 0, in frames.
        tracks: top to bottom; their stems are summed in this order.
        markers: by place, then by id.
        master_gain_db: on every stem, so that the mix stays their sum.
        loudness: what the mix is brought to on export.
    """

    rate: int = 48_000
    frame_rate: FrameRate = RATES["25"]
    start_frame: int = HOUR_25
    tracks: tuple[Track, ...] = ()
    markers: tuple[Marker, ...] = ()
    master_gain_db: float = 0.0
    loudness: LoudnessPreset = "none"
    unknown_fields: UnknownFields = ()

    @property
    def length(self) -> int:
        """Samples until the last clip ends; 0 without clips."""
        return max((clip.end for track in self.tracks for clip in track.clips), default=0)

    def audible(self) -> tuple[Track, ...]:
        """The tracks that sound in the mix, in order."""
        soloed = any(track.soloed for track in self.tracks)
        return tuple(t for t in self.tracks if not t.muted and (t.soloed or not soloed))
