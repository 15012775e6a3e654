"""The scene: a still, its objects, their takes, and the timeline, as one frozen value.

Edits (``engine.scene.edits``) are functions from scene to scene, so undo is keeping the previous value. Masks are
shared by reference; the samples of takes are not in here at all, but found by digest (``TakeRecord.digest``).
"""

from dataclasses import dataclass, field

from engine.scene.limits import UnknownFields
from engine.scene.objects import SoundingObject
from engine.scene.timeline import Clip, Timeline, Track


@dataclass(frozen=True)
class StillRecord:
    """Which picture the scene is of.

    Attributes:
        file: its name in the project folder, such as ``still.jpg``.
        digest: of its pixels (``engine.vision.still.Still.digest``), which masks and requests belong to.
        width, height: in pixels, upright.
        name: what the file was called where it came from.
    """

    file: str
    digest: str
    width: int
    height: int
    name: str
    unknown_fields: UnknownFields = ()


@dataclass(frozen=True)
class TakeRecord:
    """What a scene knows of a take; its samples are stored under its digest.

    Attributes:
        digest: sha256 of its samples, rate and recipe, in hexadecimal; its file is named after it.
        name: of what it is a take.
        objects: numbers of the objects it is of; several for one made together, none for words alone.
        number: which take of those, from 1.
        rate: samples a second. channels, samples: its size.
        recipe: JSON from which the same samples can be made again.
        starred, rejected: what a person thinks of it; never both.
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
    unknown_fields: UnknownFields = ()

    def length_at(self, rate: int) -> int:
        """Its length in samples at another rate, as ``engine.sound.resample`` makes it."""
        return round(self.samples * rate / self.rate)


@dataclass(frozen=True)
class Scene:
    """A still, its objects, their takes, the timeline.

    Attributes:
        name: of the project.
        still: the picture, or None for sounds of words alone.
        objects: in the order of the list; each has a number of its own for life.
        takes: in the order in which they were made.
        chosen: (object number, digest) of the take in use, one pair at most for each object, by number.
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
        """The object of this number, or None."""
        return next((thing for thing in self.objects if thing.index == index), None)

    def take(self, digest: str) -> TakeRecord | None:
        """The take of this digest, or None."""
        return next((take for take in self.takes if take.digest == digest), None)

    def takes_of(self, index: int) -> tuple[TakeRecord, ...]:
        """The takes of this object alone, oldest first."""
        return tuple(take for take in self.takes if take.objects == (index,))

    def chosen_of(self, index: int) -> TakeRecord | None:
        """The take in use of this object, or None."""
        return next((self.take(digest) for number, digest in self.chosen if number == index), None)

    def track(self, track_id: int) -> Track | None:
        """The track of this number, or None."""
        return next((track for track in self.timeline.tracks if track.id == track_id), None)

    def clip(self, clip_id: int) -> tuple[Track, Clip] | None:
        """The clip of this number and the track it is on, or None."""
        return next(
            ((track, clip) for track in self.timeline.tracks for clip in track.clips if clip.id == clip_id),
            None,
        )
