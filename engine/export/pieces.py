"""Single clips and takes as scenes of their own, for files of one sound each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.errors import BadInput
from engine.scene.edits import add_track, place_take, track_for_object
from engine.scene.scene import Scene
from engine.scene.timecode import frame_of, sample_of
from engine.scene.timeline import Clip, Track


@dataclass(frozen=True)
class Piece:
    """One sound of a scene.

    Attributes:
        scene: a scene with nothing but the sound, on one track.
        title: what is heard.
        number: number of its take.
    """

    scene: Scene
    title: str
    number: int

    @property
    def track(self) -> Track:
        """Its only track."""
        return self.scene.timeline.tracks[0]


def clip_pieces(scene: Scene, tracks: Sequence[Track]) -> list[Piece]:
    """Return every clip of these tracks that sounds, in their order."""
    clips = [(track, clip) for track in tracks for clip in track.clips if not clip.muted]
    return [
        Piece(clip_scene(scene, clip.id), clip.name or track.name, _take_number(scene, clip))
        for track, clip in clips
    ]


def take_pieces(scene: Scene) -> list[Piece]:
    """Return every take that is not rejected, in the scene's order."""
    return [
        Piece(take_scene(scene, take.digest), take.name, take.number)
        for take in scene.takes
        if not take.rejected
    ]


def clip_scene(scene: Scene, number: int) -> Scene:
    """Return the scene with only this clip, moved to the fraction of a frame at which it starts.

    Raises:
        BadInput: there is no such clip.
    """
    line, (track, clip) = scene.timeline, find_clip(scene, number)
    frame = frame_of(clip.start, line.frame_rate, line.rate)
    lead = clip.start - sample_of(frame, line.frame_rate, line.rate)
    moved = replace(clip, start=max(0, lead), muted=False)
    lone = replace(track, clips=(moved,), muted=False, soloed=False)
    return replace(
        scene, timeline=replace(line, tracks=(lone,), start_frame=line.start_frame + frame, markers=())
    )


def take_scene(scene: Scene, digest: str) -> Scene:
    """Return the scene with a whole take at its start, and nothing else.

    Raises:
        BadInput: there is no such take.
    """
    take = scene.take(digest)
    if take is None:
        raise BadInput("That take is not in this scene.")
    bare = replace(scene, timeline=replace(scene.timeline, tracks=(), markers=()))
    alone = len(take.objects) == 1 and bare.object(take.objects[0]) is not None
    bare = track_for_object(bare, take.objects[0]) if alone else add_track(bare, take.name)
    return place_take(bare, bare.timeline.tracks[0].id, digest, 0)


def find_clip(scene: Scene, number: int) -> tuple[Track, Clip]:
    """Return a clip and its track.

    Raises:
        BadInput: there is no such clip.
    """
    found = scene.clip(number)
    if found is None:
        raise BadInput(f"There is no clip {number} in the scene.")
    return found


def _take_number(scene: Scene, clip: Clip) -> int:
    take = scene.take(clip.take)
    return take.number if take else 1
