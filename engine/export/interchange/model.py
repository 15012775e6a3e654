"""What is handed over to another program: the timeline, with the media file that each clip refers to.

One value for every format. All times are whole samples at one rate, the rate of the media files, so that a format
that can place sound to the sample does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from engine.errors import BadInput
from engine.models.catalogue import licence_of
from engine.scene.colours import PALETTE, Colour
from engine.scene.recipe_facts import RecipeFacts
from engine.scene.scene import Scene, TakeRecord
from engine.scene.timecode import FrameRate, nearest_frame, sample_of
from engine.scene.timeline import Clip, Fade, Marker, Track


@dataclass(frozen=True)
class MediaFile:
    """A copy of a take as a sound file that other programs open.

    Attributes:
        path: where it will lie for good; absolute.
        rate: samples a second. channels, samples: its size.
        bits: of a sample.
        lowered_db: what the copy was lowered by so as not to clip, 0 or more; clips get it back as gain.
    """

    path: Path
    rate: int
    channels: int
    samples: int
    bits: int = 24
    lowered_db: float = 0.0


@dataclass(frozen=True)
class TakeFacts:
    """What a cue sheet tells of a take; empty or None where its recipe does not say.

    Attributes:
        digest: of the take.
        name: of what it is a take.
        number: which take of that, from 1.
        prompt, seed, model: from its recipe.
        licence: of the weights it was made with, as SPDX identifier, or "unknown".
    """

    digest: str
    name: str
    number: int
    prompt: str = ""
    seed: int | None = None
    model: str = ""
    licence: str = ""


@dataclass(frozen=True)
class InterchangeClip:
    """A clip as another program needs it.

    Attributes:
        id: its number in the scene.
        name: what it is called there.
        media: the file it plays.
        take: what is known of it.
        start, length: its place on the timeline, in samples.
        offset: where in the file it begins, in samples; ``offset + length`` is never past the file's end.
        gain_db: of the clip alone, on the file as it lies there. pan: -1 (left) to 1 (right).
        fade_in, fade_out: together no longer than the clip.
        muted: silent, but kept.
    """

    id: int
    name: str
    media: MediaFile
    take: TakeFacts
    start: int
    length: int
    offset: int
    gain_db: float
    pan: float
    fade_in: Fade
    fade_out: Fade
    muted: bool

    @property
    def end(self) -> int:
        """The first sample after it."""
        return self.start + self.length


@dataclass(frozen=True)
class InterchangeTrack:
    """A track: its clips by start, and what is set for all of them."""

    id: int
    name: str
    colour: Colour
    object: str
    clips: tuple[InterchangeClip, ...]
    gain_db: float
    pan: float
    muted: bool
    soloed: bool


@dataclass(frozen=True)
class InterchangeTimeline:
    """A timeline with its media, ready for any of the formats.

    Attributes:
        name: of the project.
        folder: where the interchange files will lie for good; media paths are told relative to it.
        rate: samples a second, of every time in here and of every media file.
        frame_rate: of the picture.
        start_frame: timecode of sample 0, in frames.
        tracks: top to bottom.
        markers: by place.
        master_gain_db: on everything.
    """

    name: str
    folder: Path
    rate: int
    frame_rate: FrameRate
    start_frame: int
    tracks: tuple[InterchangeTrack, ...]
    markers: tuple[Marker, ...]
    master_gain_db: float = 0.0

    @property
    def length(self) -> int:
        """Samples until the last clip ends; 0 without clips."""
        return max((clip.end for track in self.tracks for clip in track.clips), default=0)

    def seconds(self, sample: int) -> Fraction:
        """A number of samples in seconds, exactly."""
        return Fraction(sample, self.rate)

    @property
    def start_seconds(self) -> Fraction:
        """How much real time the start timecode stands for: frames by the length of a frame, exactly."""
        return self.start_frame / self.frame_rate.exact

    @property
    def start_sample(self) -> int:
        """The start timecode in samples since midnight, as time references are written."""
        return sample_of(self.start_frame, self.frame_rate, self.rate)

    def frame(self, sample: int) -> int:
        """The frame on the timecode that is nearest to a sample of the timeline."""
        return self.start_frame + nearest_frame(sample, self.frame_rate, self.rate)

    def used_media(self) -> tuple[MediaFile, ...]:
        """The files that clips play, each once, in the order in which they first sound."""
        return tuple(dict.fromkeys(clip.media for track in self.tracks for clip in track.clips))


def build_interchange(
    scene: Scene,
    media: Mapping[str, MediaFile],
    *,
    folder: Path,
    rate: int | None = None,
    licences: Mapping[str, str] | None = None,
) -> InterchangeTimeline:
    """The scene's timeline with the media files of its takes.

    Args:
        scene: what is handed over; every clip of it, also muted ones.
        media: the file of each take that a clip plays, by its digest (``engine.export.media`` writes them).
        folder: where the interchange files will lie.
        rate: of the media files; None is the timeline's. At another rate every edge goes to the nearest sample.
        licences: of each model by its id (``engine.export.licences.licences_of``), for the cue sheet.

    Raises:
        BadInput: a take has no media file, or one of another rate or too short for its clip.
    """
    rate = rate or scene.timeline.rate
    builder = _Builder(scene, media, Fraction(rate, scene.timeline.rate), rate, licences or {})
    line = scene.timeline
    return InterchangeTimeline(
        name=scene.name,
        folder=folder.absolute(),
        rate=rate,
        frame_rate=line.frame_rate,
        start_frame=line.start_frame,
        tracks=tuple(builder.track(number, track) for number, track in enumerate(line.tracks)),
        markers=tuple(replace(marker, at=builder.scaled(marker.at)) for marker in line.markers),
        master_gain_db=line.master_gain_db,
    )


def read_take_facts(record: TakeRecord, licences: Mapping[str, str]) -> TakeFacts:
    """What a take's recipe says of it; a recipe that cannot be read says nothing."""
    facts = RecipeFacts.of(record.recipe)
    return TakeFacts(
        digest=record.digest,
        name=record.name,
        number=record.number,
        prompt=facts.prompt or "",
        seed=facts.seed,
        model=facts.model,
        licence=licence_of(facts.model, licences),
    )


@dataclass(frozen=True)
class _Builder:
    scene: Scene
    media: Mapping[str, MediaFile]
    scale: Fraction
    rate: int
    licences: Mapping[str, str]

    def scaled(self, sample: int) -> int:
        return round(sample * self.scale)

    def track(self, number: int, track: Track) -> InterchangeTrack:
        owner = None if track.object is None else self.scene.object(track.object)
        return InterchangeTrack(
            id=track.id,
            name=track.name,
            colour=owner.colour if owner else PALETTE[number % len(PALETTE)],
            object=owner.name if owner else "",
            clips=tuple(self.clip(clip) for clip in track.clips),
            gain_db=track.gain_db,
            pan=track.pan,
            muted=track.muted,
            soloed=track.soloed,
        )

    def clip(self, clip: Clip) -> InterchangeClip:
        record, file = self.scene.take(clip.take), self.media.get(clip.take)
        if record is None or file is None:
            raise BadInput(f"The take {clip.take[:12]} has no sound file: collect the project's takes first.")
        start, offset = self.scaled(clip.start), self.scaled(clip.offset)
        wanted = max(self.scaled(clip.end) - start, 1)
        # Rounded to another rate, a clip may reach one sample past its file.
        length = min(wanted, file.samples - offset)
        if file.rate != self.rate or length < max(wanted - 1, 1):
            raise BadInput(f"The file {file.path.name} does not fit its clip: write the media files again.")
        fade_in = replace(clip.fade_in, samples=min(self.scaled(clip.fade_in.samples), length))
        rest = min(self.scaled(clip.fade_out.samples), length - fade_in.samples)
        return InterchangeClip(
            id=clip.id,
            name=f"{record.name} take {record.number}",
            media=file,
            take=read_take_facts(record, self.licences),
            start=start,
            length=length,
            offset=offset,
            gain_db=clip.gain_db + file.lowered_db,
            pan=clip.pan,
            fade_in=fade_in,
            fade_out=replace(clip.fade_out, samples=rest),
            muted=clip.muted,
        )
