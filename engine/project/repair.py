"""Removal of what is invalid in a scene or refers to something missing, always with a warning."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import chain

from engine.scene.scene import Scene, TakeRecord
from engine.scene.timeline import Clip, Timeline, Track
from engine.scene.validity import (
    clip_problems,
    length_played,
    marker_problems,
    object_problems,
    setting_problems,
    take_problems,
    track_problems,
)

MOST = 100
"""Warnings kept one by one; further ones are only counted."""


class WarningList:
    """Collects warnings, one sentence each."""

    def __init__(self) -> None:
        self._sentences: list[str] = []
        self._more = 0
        self.lack_sound = False

    @property
    def count(self) -> int:
        """Number of the warnings, those that are only counted too."""
        return len(self._sentences) + self._more

    def add(self, sentence: str, *, lacks_sound: bool = False) -> None:
        """Add a sentence; beyond ``MOST`` it is only counted.

        Args:
            sentence: what is wrong.
            lacks_sound: whether something that can be heard is missing for it.
        """
        self.lack_sound |= lacks_sound
        if len(self._sentences) < MOST:
            self._sentences.append(sentence)
        else:
            self._more += 1

    def all(self) -> tuple[str, ...]:
        """Return all sentences, in the order they were added."""
        if not self._more:
            return tuple(self._sentences)
        return (*self._sentences, f"{self._more} more parts of this project are damaged.")


def quoted(name: object) -> str:
    """Quote a name from a file on one line, short enough for a sentence."""
    text = name if isinstance(name, str) else str(type(name).__name__)
    plain = "".join(letter if letter.isprintable() else " " for letter in text[:60])
    return f"'{plain}'" if len(text) <= 60 else f"'{plain}...'"


def drop_invalid(scene: Scene, complaint: Callable[[TakeRecord], str | None], warnings: WarningList) -> Scene:
    """Return the valid part of a scene.

    Args:
        scene: a scene whose values have the right types but may contradict each other.
        complaint: returns what is wrong with the file of a take, as a sentence; None if nothing is. Such a take
            stays, since its file may come back.
        warnings: receives a sentence for everything that is left out or reset.
    """
    scene = _objects(scene, warnings)
    scene = _takes(scene, complaint, warnings)
    scene = _chosen(scene, warnings)
    scene = replace(scene, timeline=_settings(scene.timeline, warnings))
    return _numbered(replace(scene, timeline=_timeline(scene, warnings)))


def _objects(scene: Scene, warnings: WarningList) -> Scene:
    seen: set[int] = set()
    kept = []
    for thing in scene.objects:
        wrong = next(object_problems(thing, scene.still), None)
        if thing.index in seen:
            wrong = f"There is another object of the number {thing.index}."
        if wrong is None:
            seen.add(thing.index)
            kept.append(thing)
        else:
            warnings.add(f"The object {quoted(thing.name)} was left out: {wrong}")
    # Removed objects have used up their numbers, which their takes still carry.
    used = chain(seen, chain.from_iterable(take.objects for take in scene.takes))
    following = max(scene.next_object, 1 + max(used, default=-1))
    return replace(scene, objects=tuple(kept), next_object=following)


def _takes(scene: Scene, complaint: Callable[[TakeRecord], str | None], warnings: WarningList) -> Scene:
    seen: set[str] = set()
    kept = []
    for take in scene.takes:
        if take.starred and take.rejected:
            warnings.add(
                f"Take {take.number} of {quoted(take.name)} was both starred and rejected; it is neither."
            )
            take = replace(take, starred=False, rejected=False)  # noqa: PLW2901
        wrong = next(take_problems(take, scene.next_object), None)
        wrong = wrong or ("It is there twice." if take.digest in seen else None)
        if wrong is None:
            seen.add(take.digest)
            kept.append(take)
            unreadable = complaint(take)
            if unreadable is not None:
                # It may be back later: a disk that is connected, a folder that is synced.
                warnings.add(f"Take {take.number} of {quoted(take.name)} cannot be heard: {unreadable}")
        else:
            warnings.add(f"Take {take.number} of {quoted(take.name)} was left out: {wrong}")
    return replace(scene, takes=tuple(kept))


def _chosen(scene: Scene, warnings: WarningList) -> Scene:
    objects = {thing.index: thing.name for thing in scene.objects}
    takes = {take.digest: take.objects for take in scene.takes}
    kept: dict[int, str] = {}
    for number, digest in scene.chosen:
        if number in objects and number not in kept and number in takes.get(digest, ()):
            kept[number] = digest
        else:
            who = quoted(objects[number]) if number in objects else f"number {number}, which is not there"
            warnings.add(f"Which take is in use was forgotten for the object {who}.")
    return replace(scene, chosen=tuple(sorted(kept.items())))


def _settings(timeline: Timeline, warnings: WarningList) -> Timeline:
    for wrong in setting_problems(timeline):
        warnings.add(f"{wrong} The start timecode was set anew.")
        timeline = replace(timeline, start_frame=0)
    return timeline


def _timeline(scene: Scene, warnings: WarningList) -> Timeline:
    """Return the timeline with its valid parts, sorted."""
    timeline = scene.timeline
    takes = {take.digest: take for take in scene.takes}
    objects = {thing.index for thing in scene.objects}
    seen: set[int] = set()
    tracks = []
    for track in timeline.tracks:
        kept = _track(track, objects, seen, warnings)
        if kept is not None:
            tracks.append(replace(kept, clips=_clips(kept, takes, timeline.rate, seen, warnings)))
    markers = []
    for marker in timeline.markers:
        wrong = _first(marker_problems(marker), marker.id, seen)
        if wrong is None:
            markers.append(marker)
        else:
            warnings.add(f"The marker {quoted(marker.name)} was left out: {wrong}")
    markers.sort(key=lambda marker: (marker.at, marker.id))
    return replace(timeline, tracks=tuple(tracks), markers=tuple(markers))


def _track(track: Track, objects: set[int], seen: set[int], warnings: WarningList) -> Track | None:
    if track.object is not None and track.object not in objects:
        warnings.add(f"The track {quoted(track.name)} belongs to no object any more.")
        track = replace(track, object=None)
    wrong = _first(track_problems(track, objects), track.id, seen)
    if wrong is None:
        return track
    words = f"The track {quoted(track.name)}, with {len(track.clips)} clips, was left out: {wrong}"
    warnings.add(words, lacks_sound=bool(track.clips))
    return None


def _clips(
    track: Track, takes: dict[str, TakeRecord], rate: int, seen: set[int], warnings: WarningList
) -> tuple[Clip, ...]:
    kept = []
    for clip in track.clips:
        played = length_played(clip, takes.get(clip.take), rate)
        wrong = _first(clip_problems(clip, played), clip.id, seen)
        if wrong is None:
            kept.append(clip)
        else:
            words = f"Clip {clip.id} of the track {quoted(track.name)} was left out: {wrong}"
            warnings.add(words, lacks_sound=True)
    return tuple(sorted(kept, key=lambda clip: (clip.start, clip.id)))


def _first(problems: Iterable[str], number: int, seen: set[int]) -> str | None:
    """Return the first problem; if there is none, mark the number as used."""
    wrong = next(iter(problems), None)
    if wrong is None and number in seen:
        wrong = f"Its number {number} is another's."
    if wrong is None:
        seen.add(number)
    return wrong


def _numbered(scene: Scene) -> Scene:
    """Raise the counters for new numbers beyond all used ones."""
    tracks, markers = scene.timeline.tracks, scene.timeline.markers
    clips = (clip.id for track in tracks for clip in track.clips)
    used = chain((track.id for track in tracks), clips, (marker.id for marker in markers))
    return replace(scene, next_id=max(scene.next_id, 1 + max(used, default=0)))
