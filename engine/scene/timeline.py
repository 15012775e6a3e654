"""The timeline: which takes sound when. Frozen values; all times are integer samples at the timeline's rate."""

from dataclasses import dataclass
from typing import Literal

from engine.scene.colours import Colour
from engine.scene.limits import UnknownFields
from engine.scene.take_version import version_key
from engine.scene.timecode import RATES, FrameRate

FadeShape = Literal["linear", "equal_power", "s_curve", "exponential"]
LoudnessPreset = Literal["r128", "netflix", "film", "none"]
LayoutId = Literal["mono", "stereo", "5.1", "7.1"]

FADE_SHAPES: tuple[FadeShape, ...] = ("linear", "equal_power", "s_curve", "exponential")
LOUDNESS_PRESETS: tuple[LoudnessPreset, ...] = ("r128", "netflix", "film", "none")
LAYOUT_IDS: tuple[LayoutId, ...] = ("mono", "stereo", "5.1", "7.1")
"""Channel layouts that a timeline can be mixed to; ``engine.sound.layout`` knows their channels."""
PROJECT_RATES = (44_100, 48_000, 96_000)
LEAST_GAIN_DB, MOST_GAIN_DB = -96.0, 24.0
MOST_SAMPLES = 2**40
"""Latest time on a timeline in samples: 265 days at 48 kHz. Keeps sums far inside 64 bits."""
MOST_EDGE_FADE_MS = 100.0
"""Longest automatic fade at the edges of clips."""
EDGE_FADE_MS = 5.0
"""Automatic fade at the edges of clips on new timelines."""
MOST_CLIP_MARKERS = 1000
HOUR_25 = 90_000
"""01:00:00:00 at 25 frames per second."""


@dataclass(frozen=True)
class Fade:
    """A fade-in or fade-out of ``samples`` samples (0 for none) along a curve of this shape."""

    samples: int = 0
    shape: FadeShape = "equal_power"


@dataclass(frozen=True)
class ClipMarker:
    """A named position in the sound of a clip, which moves with it.

    Attributes:
        at: position within the take as it is played, in samples at the timeline's rate.
        name: its name.
    """

    at: int
    name: str


@dataclass(frozen=True)
class Clip:
    """A stretch of a take, placed on a track.

    Attributes:
        id: number in the scene, never reused.
        take: digest of the take.
        start: start on the timeline, in samples.
        offset: start within the take as it is played (reversed, at its speed), in samples at the timeline's rate.
        length: samples, at least 1; ``offset + length`` never exceeds the length of the take as it is played.
        gain_db: ``LEAST_GAIN_DB`` to ``MOST_GAIN_DB``.
        pan: -1 (left) to 1 (right).
        fade_in: fade at the start.
        fade_out: fade at the end; both fades together are at most as long as the clip.
        muted: whether it is silent.
        speed: how fast the take is played, ``LEAST_SPEED`` to ``MOST_SPEED``; the pitch stays.
        pitch: semitones that the take is shifted by, ``-MOST_PITCH`` to ``MOST_PITCH``; the length stays.
        reversed: whether the take is played from its end to its beginning.
        unknown_fields: fields written by a newer version, kept as they are.
        name: name given by the user; None shows that of the take.
        group: number of the group that is selected and moved together, or None.
        auto_fades: whether the timeline's automatic fades and crossfades apply.
        markers: positions in its sound, ascending, each once; those outside the clip are kept for later trims.
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
    speed: float = 1.0
    pitch: float = 0.0
    reversed: bool = False
    name: str | None = None
    group: int | None = None
    auto_fades: bool = True
    markers: tuple[ClipMarker, ...] = ()

    @property
    def end(self) -> int:
        """First sample after the clip."""
        return self.start + self.length

    @property
    def sound(self) -> str:
        """Key of the take as it is played, for a source of takes; a digest where nothing is changed."""
        return version_key(self.take, speed=self.speed, pitch=self.pitch, reverse=self.reversed)


@dataclass(frozen=True)
class Track:
    """A track of the timeline.

    Attributes:
        id: number in the scene, never reused.
        name: name of the track and its stem.
        object: number of the object it belongs to, or None.
        clips: sorted by start, then by id. Overlapping clips sound together, and their fades cross.
        gain_db: gain of the whole track, added to each clip's.
        pan: pan of the whole track, added to each clip's.
        muted: a muted track never sounds.
        soloed: while any track is soloed, only soloed ones sound.
        chosen_colour: red, green and blue, 0 to 255; None takes that of the object.
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
    chosen_colour: Colour | None = None


@dataclass(frozen=True)
class Marker:
    """A named position on the timeline; ``hit`` marks an impact in the picture."""

    id: int
    at: int
    name: str
    hit: bool = False
    unknown_fields: UnknownFields = ()


@dataclass(frozen=True)
class Timeline:
    """All tracks, at one sample rate and one frame rate.

    Attributes:
        rate: samples per second, one of ``PROJECT_RATES``.
        frame_rate: frame rate of the picture.
        start_frame: timecode of sample 0, in frames.
        tracks: from top to bottom; their stems are summed in this order.
        markers: sorted by position, then by id.
        master_gain_db: gain of every stem, so that the mix stays their sum.
        loudness: name of the preset that the mix is matched to on export.
        layout: channel layout of stems and mix.
        edge_fade_ms: shortest fade at the edges of clips in milliseconds, 0 to ``MOST_EDGE_FADE_MS``; 0 for none.
        auto_crossfade: whether overlapping clips of a track are crossfaded (``engine.scene.automatic_fades``).
    """

    rate: int = 48_000
    frame_rate: FrameRate = RATES["25"]
    start_frame: int = HOUR_25
    tracks: tuple[Track, ...] = ()
    markers: tuple[Marker, ...] = ()
    master_gain_db: float = 0.0
    loudness: LoudnessPreset = "none"
    unknown_fields: UnknownFields = ()
    layout: LayoutId = "stereo"
    edge_fade_ms: float = EDGE_FADE_MS
    auto_crossfade: bool = True

    @property
    def length(self) -> int:
        """Samples until the end of the last clip; 0 without clips."""
        return max((clip.end for track in self.tracks for clip in track.clips), default=0)

    def audible(self) -> tuple[Track, ...]:
        """Return the tracks that sound in the mix, in order."""
        soloed = any(track.soloed for track in self.tracks)
        return tuple(t for t in self.tracks if not t.muted and (t.soloed or not soloed))
