"""The interchange model: the timeline with the media file of each clip, one value for all formats.

All times are integer samples at the rate of the media files, so that formats with sample accuracy keep it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from engine.errors import BadInput
from engine.export.licences import licence_of_take
from engine.scene.automatic_fades import with_automatic_fades
from engine.scene.colours import PALETTE, Colour
from engine.scene.recipe_facts import RecipeFacts
from engine.scene.scene import Scene, TakeRecord
from engine.scene.take_version import version_key
from engine.scene.timecode import FrameRate, nearest_frame, sample_of
from engine.scene.timeline import Clip, ClipMarker, Fade, Marker, Track


@dataclass(frozen=True)
class MediaFile:
    """A copy of a take as an audio file for other programs.

    Attributes:
        path: final absolute path.
        rate: samples per second.
        channels: number of channels.
        samples: samples per channel.
        bits: bits per sample.
        lowered_db: attenuation in dB, 0 or more, that kept the copy from clipping; clips get it back as gain.
    """

    path: Path
    rate: int
    channels: int
    samples: int
    bits: int = 24
    lowered_db: float = 0.0


@dataclass(frozen=True)
class TakeFacts:
    """What a cue sheet says about a take; empty or None where its recipe does not say.

    Attributes:
        digest: digest of the take.
        name: name of the sounding object.
        number: number of the take, from 1.
        prompt: prompt in its recipe.
        seed: seed in its recipe.
        model: model in its recipe.
        licence: licence of the weights as SPDX identifier, or of a recording in the user's words; or "unknown".
        source: the file or microphone that a recording came from, or empty.
    """

    digest: str
    name: str
    number: int
    prompt: str = ""
    seed: int | None = None
    model: str = ""
    licence: str = ""
    source: str = ""


@dataclass(frozen=True)
class OtherTake:
    """A take that a clip could play instead of its own.

    Attributes:
        name: name shown in the other program.
        media: its file.
        offset: start within the file, in samples.
        gain_db: how much louder it is to be played than the clip's own take, for what their files were lowered by.
    """

    name: str
    media: MediaFile
    offset: int
    gain_db: float = 0.0


@dataclass(frozen=True)
class InterchangeClip:
    """A clip as another program needs it.

    Attributes:
        id: number in the scene.
        name: name shown in the other program.
        media: the file it plays.
        take: facts about the take.
        start: start on the timeline, in samples.
        length: samples.
        offset: start within the file, in samples; ``offset + length * speed`` never exceeds the file.
        gain_db: gain of the clip alone, relative to the file as stored.
        pan: -1 (left) to 1 (right).
        fade_in: fade at the start.
        fade_out: fade at the end; both fades together are at most as long as the clip.
        muted: whether it is silent.
        speed: how fast the program plays the file; 1 where the file is rendered at the clip's speed.
        pitch: semitones that the program shifts the file by; 0 where the file is rendered at the clip's pitch.
        group: number of the group that is moved together, or None.
        markers: named positions within the file, in samples.
        others: other takes of the same objects, where their files are there.
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
    speed: float = 1.0
    pitch: float = 0.0
    group: int | None = None
    markers: tuple[ClipMarker, ...] = ()
    others: tuple[OtherTake, ...] = ()

    @property
    def end(self) -> int:
        """First sample after the clip."""
        return self.start + self.length


@dataclass(frozen=True)
class InterchangeTrack:
    """A track: its settings, and its clips sorted by start."""

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
    """A timeline with its media, ready for any format.

    Attributes:
        name: name of the project.
        folder: final folder of the interchange files; media paths are relative to it.
        rate: samples per second, of all times and all media files.
        frame_rate: frame rate of the picture.
        start_frame: timecode of sample 0, in frames.
        tracks: from top to bottom.
        markers: sorted by position.
        master_gain_db: gain of everything.
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
        """Samples until the end of the last clip; 0 without clips."""
        return max((clip.end for track in self.tracks for clip in track.clips), default=0)

    def seconds(self, sample: int) -> Fraction:
        """Convert samples to seconds, exactly."""
        return Fraction(sample, self.rate)

    @property
    def start_seconds(self) -> Fraction:
        """Real time of the start timecode: its frames times the frame duration, exactly."""
        return self.start_frame / self.frame_rate.exact

    @property
    def start_sample(self) -> int:
        """Start timecode in samples since midnight, as used for time references."""
        return sample_of(self.start_frame, self.frame_rate, self.rate)

    def frame(self, sample: int) -> int:
        """Return the timecode frame nearest to a sample of the timeline."""
        return self.start_frame + nearest_frame(sample, self.frame_rate, self.rate)

    def used_media(self) -> tuple[MediaFile, ...]:
        """Return the files that clips play, each once, in the order they first sound."""
        return tuple(dict.fromkeys(clip.media for track in self.tracks for clip in track.clips))


def build_interchange(
    scene: Scene,
    media: Mapping[str, MediaFile],
    *,
    folder: Path,
    rate: int | None = None,
    licences: Mapping[str, str] | None = None,
    stretches: bool = False,
) -> InterchangeTimeline:
    """Build the interchange model of a scene's timeline.

    Args:
        scene: the scene; muted clips are included, and automatic fades are fades as any other.
        media: the media file that each clip plays, by ``media_key`` (``engine.export.media`` writes them).
        folder: final folder of the interchange files.
        rate: rate of the media files; None is the timeline's. At another rate, times are rounded to the
            nearest sample.
        licences: licence of each model by id (``engine.export.licences.licences_of``), for the cue sheet.
        stretches: whether the program changes speed and pitch itself; otherwise the media files have them.

    Raises:
        BadInput: a media file is missing, has another rate, or is too short for its clip.
    """
    rate = rate or scene.timeline.rate
    builder = _Builder(scene, media, Fraction(rate, scene.timeline.rate), rate, licences or {}, stretches)
    line = with_automatic_fades(scene.timeline)
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


def media_key(clip: Clip, *, stretches: bool) -> str:
    """Return the key of the version of its take that a clip's media file holds.

    Args:
        clip: the clip.
        stretches: whether the program changes speed and pitch itself. Reversed is always rendered.
    """
    return version_key(clip.take, reverse=clip.reversed) if stretches else clip.sound


def read_take_facts(record: TakeRecord, licences: Mapping[str, str]) -> TakeFacts:
    """Read facts about a take from its recipe; an unreadable recipe gives none."""
    facts = RecipeFacts.of(record.recipe)
    return TakeFacts(
        digest=record.digest,
        name=record.name,
        number=record.number,
        prompt=facts.prompt or "",
        seed=facts.seed,
        model=facts.model,
        licence=licence_of_take(record, licences),
        source=facts.source,
    )


@dataclass(frozen=True)
class _Builder:
    scene: Scene
    media: Mapping[str, MediaFile]
    scale: Fraction
    rate: int
    licences: Mapping[str, str]
    stretches: bool

    def scaled(self, sample: int) -> int:
        return round(sample * self.scale)

    def track(self, number: int, track: Track) -> InterchangeTrack:
        owner = None if track.object is None else self.scene.object(track.object)
        return InterchangeTrack(
            id=track.id,
            name=track.name,
            colour=track.chosen_colour or (owner.colour if owner else PALETTE[number % len(PALETTE)]),
            object=owner.name if owner else "",
            clips=tuple(self.clip(clip) for clip in track.clips),
            gain_db=track.gain_db,
            pan=track.pan,
            muted=track.muted,
            soloed=track.soloed,
        )

    def clip(self, clip: Clip) -> InterchangeClip:
        record, file = self.scene.take(clip.take), self.media.get(media_key(clip, stretches=self.stretches))
        if record is None or file is None:
            raise BadInput(f"The take {clip.take[:12]} has no sound file: take its clip off the timeline.")
        speed = clip.speed if self.stretches else 1.0
        start, offset = (
            self.scaled(clip.start),
            min(round(clip.offset * self.scale * speed), file.samples - 1),
        )
        wanted = max(self.scaled(clip.end) - start, 1)
        # After rounding to another rate, a clip may exceed its file by one sample.
        length = min(wanted, int((file.samples - offset) / speed))
        if file.rate != self.rate or length < max(wanted - 1, 1):
            raise BadInput(f"The file {file.path.name} does not fit its clip: export into a new folder.")
        fade_in = replace(clip.fade_in, samples=min(self.scaled(clip.fade_in.samples), length))
        rest = min(self.scaled(clip.fade_out.samples), length - fade_in.samples)
        return InterchangeClip(
            id=clip.id,
            name=clip.name or f"{record.name} take {record.number}",
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
            speed=speed,
            pitch=clip.pitch if self.stretches else 0.0,
            group=clip.group,
            markers=tuple(self.marker(mark, speed, file) for mark in clip.markers),
            others=tuple(self.others(clip, speed, file)),
        )

    def marker(self, marker: ClipMarker, speed: float, file: MediaFile) -> ClipMarker:
        return replace(marker, at=min(round(marker.at * self.scale * speed), file.samples))

    def others(self, clip: Clip, speed: float, file: MediaFile) -> Iterator[OtherTake]:
        """Yield the other takes whose files are there, starting as ``swap_take`` has them start."""
        for record in self.scene.alternatives(clip.take):
            other = self.media.get(media_key(replace(clip, take=record.digest), stretches=self.stretches))
            if record.digest == clip.take or other is None:
                continue
            latest = max(0, record.length_at(self.scene.timeline.rate, clip.speed) - clip.length)
            offset = min(round(min(clip.offset, latest) * self.scale * speed), other.samples - 1)
            name = f"{record.name} take {record.number}"
            yield OtherTake(name, other, offset, other.lowered_db - file.lowered_db)
