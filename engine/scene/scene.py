"""The scene: a still, its objects, their takes and the timeline, as one frozen value.

Edits (``engine.scene.edits``) are functions from scene to scene, so undo keeps the previous value. Masks are
shared by reference; the samples of takes are stored elsewhere and found by digest (``TakeRecord.digest``).
"""

from dataclasses import dataclass, field

from engine.scene.limits import UnknownFields
from engine.scene.objects import SoundingObject
from engine.scene.take_version import version_length
from engine.scene.takes import TakeKind
from engine.scene.timeline import Clip, Timeline, Track


@dataclass(frozen=True)
class StillRecord:
    """Reference to the still of a scene.

    Attributes:
        file: file name in the project folder, such as ``still.jpg``.
        digest: digest of the pixels (``engine.vision.still.Still.digest``), referred to by masks and
            requests.
        width: pixels, upright.
        height: pixels, upright.
        name: original file name.
    """

    file: str
    digest: str
    width: int
    height: int
    name: str
    unknown_fields: UnknownFields = ()


@dataclass(frozen=True)
class TakeRecord:
    """What a scene knows of a take, whose samples are stored under its digest.

    Attributes:
        digest: sha256 of samples, rate and recipe, in hexadecimal; also the name of the file.
        name: name of the sounding object or objects.
        objects: numbers of the objects; several for a take made together, none for text alone.
        number: number of the take among those of the same objects, from 1.
        rate: samples per second.
        channels: number of channels.
        samples: samples per channel.
        recipe: JSON from which the same samples can be generated again; of a recording, JSON with its source.
        starred: marked as good by the user; never together with ``rejected``.
        rejected: marked as unwanted by the user.
        title: the user's own name for it; empty shows ``name`` and ``number``.
        note: what the user wrote about it.
        deleted: in the bin: kept, but shown only there, until the bin is emptied.
        kind: whether it was generated, or recorded elsewhere or from a microphone.
        licence: under which licence a recording may be used, in the user's words; empty if not known.
    """

    digest: str
    name: str
    objects: tuple[int, ...]
    number: int
    rate: int
    channels: int
    samples: int
    recipe: str
    starred: bool = False
    rejected: bool = False
    title: str = ""
    note: str = ""
    deleted: bool = False
    unknown_fields: UnknownFields = ()
    kind: TakeKind = "generated"
    licence: str = ""

    def length_at(self, rate: int, speed: float = 1.0) -> int:
        """Return the length in samples at another rate and at a speed, as ``engine.sound`` gives it."""
        samples = self.samples if speed == 1.0 else version_length(self.samples, speed)
        return round(samples * rate / self.rate)


@dataclass(frozen=True)
class Scene:
    """A still, its objects, their takes and the timeline.

    Attributes:
        name: name of the project.
        still: the still, or None for sounds from text alone.
        objects: objects in list order, each with a permanent number.
        takes: takes in the order they were generated.
        chosen: (object number, digest) of the take in use, at most one pair per object, sorted by number.
        next_id: the next number for a track, clip or marker.
        next_object: the next number for an object.
    """

    name: str = "Untitled"
    still: StillRecord | None = None
    objects: tuple[SoundingObject, ...] = ()
    takes: tuple[TakeRecord, ...] = ()
    chosen: tuple[tuple[int, str], ...] = ()
    timeline: Timeline = field(default_factory=Timeline)
    next_id: int = 1
    next_object: int = 0
    unknown_fields: UnknownFields = ()

    def object(self, index: int) -> SoundingObject | None:
        """Return the object with this number, or None."""
        return next((thing for thing in self.objects if thing.index == index), None)

    def take(self, digest: str) -> TakeRecord | None:
        """Return the take with this digest, or None."""
        return next((take for take in self.takes if take.digest == digest), None)

    def takes_of(self, index: int) -> tuple[TakeRecord, ...]:
        """Return the takes of this object alone, oldest first."""
        return tuple(take for take in self.takes if take.objects == (index,))

    def chosen_of(self, index: int) -> TakeRecord | None:
        """Return the take in use for this object, or None."""
        return next((self.take(digest) for number, digest in self.chosen if number == index), None)

    def alternatives(self, digest: str) -> tuple[TakeRecord, ...]:
        """Return the takes of the same objects as this one, oldest first; of rejected and deleted ones only itself."""
        this = self.take(digest)
        if this is None or not this.objects:
            return () if this is None else (this,)
        return tuple(
            take
            for take in self.takes
            if take.objects == this.objects and (take is this or not (take.rejected or take.deleted))
        )

    def track(self, track_id: int) -> Track | None:
        """Return the track with this number, or None."""
        return next((track for track in self.timeline.tracks if track.id == track_id), None)

    def clip(self, clip_id: int) -> tuple[Track, Clip] | None:
        """Return the clip with this number and its track, or None."""
        return next(
            ((track, clip) for track in self.timeline.tracks for clip in track.clips if clip.id == clip_id),
            None,
        )
