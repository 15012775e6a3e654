"""Automatic fades: short ones at the edges of clips, against clicks, and crossfades where clips overlap.

They are not stored. The fades of a clip are those the user has set; what sounds, is painted and is written for other
programs are the fades given here, so that a clip that is moved away from another has its own again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.scene.timeline import Clip, Fade, FadeShape, Timeline, Track

EDGE_SHAPE: FadeShape = "linear"
"""Shape of the fades at edges, which every interchange format has."""
MOST_AT_ONCE = 32
"""Clips sounding at one time that are looked at for crossfades; more make no sense, and would take long."""


@dataclass(frozen=True)
class FadeRule:
    """The automatic fades of a timeline.

    Attributes:
        edge: shortest fade at an edge, in samples.
        crossfade: whether overlapping clips are crossfaded.
    """

    edge: int = 0
    crossfade: bool = False

    @classmethod
    def of(cls, timeline: Timeline) -> "FadeRule":
        """Return the rule of a timeline."""
        return cls(round(timeline.edge_fade_ms * timeline.rate / 1000), timeline.auto_crossfade)


NO_FADES = FadeRule()


class FadedTracks:
    """A cache of tracks with their automatic fades, for as long as a track is the same value."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[Track, FadeRule, Track]] = {}

    def get(self, track: Track, rule: FadeRule) -> Track:
        """Return ``faded_track(track, rule)``."""
        found = self._made.get(track.id)
        if found is None or found[0] is not track or found[1] != rule:
            found = self._made[track.id] = (track, rule, faded_track(track, rule))
        return found[2]

    def timeline(self, timeline: Timeline) -> Timeline:
        """Return ``with_automatic_fades(timeline)``; tracks that are no longer there are dropped."""
        there = {track.id for track in timeline.tracks}
        self._made = {number: made for number, made in self._made.items() if number in there}
        rule = FadeRule.of(timeline)
        return replace(timeline, tracks=tuple(self.get(track, rule) for track in timeline.tracks))


def with_automatic_fades(timeline: Timeline) -> Timeline:
    """Return the timeline with the fades that sound."""
    return FadedTracks().timeline(timeline)


def faded_track(track: Track, rule: FadeRule) -> Track:
    """Return the track with the fades that sound."""
    return replace(track, clips=faded_clips(track.clips, rule))


def faded_clips(clips: Sequence[Clip], rule: FadeRule) -> tuple[Clip, ...]:
    """Return the clips of one track, in the same order, with the fades that sound.

    A fade is the longest of the user's, the edge fade, and the overlap with the clip before or after. A clip inside
    another only has edge fades. Two parts of a split clip that continue each other have no fades at the cut.

    Args:
        clips: sorted by start, then by id.
        rule: which fades are automatic.
    """
    meetings = _Meetings(clips)
    if rule.crossfade:
        meetings.find_overlaps()
    if rule.edge:
        meetings.find_continued()
    edge = Fade(rule.edge, EDGE_SHAPE)
    return tuple(meetings.faded(place, edge) if clip.auto_fades else clip for place, clip in enumerate(clips))


class _Meetings:
    """What meets the edges of each clip of a track, by its place in the track.

    Attributes:
        before: overlap with the end of an earlier clip, in samples, and whether both are the same sound there.
        after: the same with the beginning of a later clip.
        continuing: places of clips that go on, sample by sample, where another stops.
        continued: places of clips where another goes on.
    """

    def __init__(self, clips: Sequence[Clip]) -> None:
        self._clips = clips
        self.before: dict[int, tuple[int, bool]] = {}
        self.after: dict[int, tuple[int, bool]] = {}
        self.continuing: set[int] = set()
        self.continued: set[int] = set()

    def find_overlaps(self) -> None:
        """Note by how much each clip overlaps the end of an earlier one, and the beginning of a later one."""
        sounding: list[tuple[int, int, int]] = []
        for place, clip in enumerate(self._clips):
            if clip.muted or not clip.auto_fades:
                continue
            start, end = clip.start, clip.start + clip.length
            if sounding:
                sounding = [one for one in sounding if one[1] > start][-MOST_AT_ONCE:]
            for earlier_start, earlier_end, earlier in sounding:
                if earlier_start < start and earlier_end < end:
                    self._note_overlap(earlier, place, earlier_end - start)
            sounding.append((start, end, place))

    def _note_overlap(self, earlier: int, later: int, overlap: int) -> None:
        met = overlap, _shifted(self._clips[earlier]) == _shifted(self._clips[later])
        if overlap > self.before.get(later, _NOTHING)[0]:
            self.before[later] = met
        if overlap > self.after.get(earlier, _NOTHING)[0]:
            self.after[earlier] = met

    def find_continued(self) -> None:
        """Note the cuts at which a clip goes on where another stops, so that nothing is to be faded."""
        stops = {clip.start + clip.length: place for place, clip in enumerate(self._clips)}
        for place, clip in enumerate(self._clips):
            other = stops.get(clip.start)
            if other is None or other == place or place in self.before or other in self.after:
                continue
            earlier = self._clips[other]
            faded = earlier.fade_out.samples or clip.fade_in.samples
            if not faded and _shifted(earlier) == _shifted(clip) and _sound_of(earlier) == _sound_of(clip):
                self.continuing.add(place)
                self.continued.add(other)

    def faded(self, place: int, edge: Fade) -> Clip:
        """Return the clip at a place with the fades that sound."""
        clip = self._clips[place]
        into = _longer(clip.fade_in, self.before.get(place), _NONE if place in self.continuing else edge)
        out = _longer(clip.fade_out, self.after.get(place), _NONE if place in self.continued else edge)
        if into is clip.fade_in and out is clip.fade_out:
            return clip
        both = into.samples + out.samples
        if both > clip.length:
            rise = clip.length * into.samples // both
            into, out = Fade(rise, into.shape), Fade(clip.length - rise, out.shape)
        return _with_fades(clip, into, out)


_NOTHING = 0, False
_NONE = Fade(0, EDGE_SHAPE)


def _longer(own: Fade, met: tuple[int, bool] | None, edge: Fade) -> Fade:
    """Return the user's fade, or a longer automatic one; a user's fade keeps its shape."""
    overlap, aligned = met or _NOTHING
    least = max(overlap, edge.samples)
    if own.samples >= least:
        return own
    if own.samples:
        return Fade(least, own.shape)
    if overlap < edge.samples:
        return edge
    # The same sound twice adds up to itself with gains of sum 1, different sounds with powers of sum 1.
    return Fade(overlap, "linear" if aligned else "equal_power")


def _with_fades(clip: Clip, into: Fade, out: Fade) -> Clip:
    """Return the clip with other fades; ``dataclasses.replace`` would take ten times as long, for every clip drawn."""
    made = object.__new__(Clip)
    made.__dict__.update(clip.__dict__, fade_in=into, fade_out=out)
    return made


def _shifted(clip: Clip) -> tuple[str, int]:
    """Return the sound of a clip, and where on the timeline its first sample would be."""
    return clip.sound, clip.start - clip.offset


def _sound_of(clip: Clip) -> Clip:
    """Return a clip as it sounds at any moment, without what is about its place, edges or name."""
    return replace(
        clip,
        id=0,
        start=0,
        offset=0,
        length=1,
        fade_in=_NONE,
        fade_out=_NONE,
        unknown_fields=(),
        name=None,
        group=None,
        markers=(),
    )
