"""Automatic fades: short ones at the edges of clips, against clicks, and crossfades where clips overlap.

They are not stored. The fades of a clip are those the user has set; what sounds, is painted and is written for other
programs are the fades given here, so that a clip that is moved away from another has its own again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from engine.scene.timeline import Clip, Fade, FadeShape, Timeline, Track

EDGE_SHAPE: FadeShape = "linear"
"""Shape of the fades at edges, which every interchange format has."""
MOST_AT_ONCE = 32
"""Clips sounding at one time that are looked at for crossfades; more make no sense, and would take long."""

_PLAIN = Fade()


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
    edges = [_Edges(clip) for clip in clips]
    if rule.crossfade:
        _find_overlaps([one for one in edges if one.clip.auto_fades and not one.clip.muted])
    if rule.edge:
        _find_continued(edges)
    return tuple(one.faded(rule) for one in edges)


@dataclass
class _Edges:
    """A clip and what meets its two edges.

    Attributes:
        clip: the clip.
        before: overlap with the clip before, in samples.
        after: overlap with the clip after.
        aligned: whether an overlap is with the same sound at the same place.
        continues: whether it goes on where another clip stops.
        continued: whether another clip goes on where it stops.
    """

    clip: Clip
    before: int = 0
    after: int = 0
    aligned: list[bool] = field(default_factory=lambda: [False, False])
    continues: bool = False
    continued: bool = False

    def faded(self, rule: FadeRule) -> Clip:
        clip = self.clip
        if not clip.auto_fades:
            return clip
        into = _longer(clip.fade_in, self.before, 0 if self.continues else rule.edge, aligned=self.aligned[0])
        out = _longer(clip.fade_out, self.after, 0 if self.continued else rule.edge, aligned=self.aligned[1])
        if into is clip.fade_in and out is clip.fade_out:
            return clip
        into, out = _fitting(into, out, clip.length)
        return replace(clip, fade_in=into, fade_out=out)


def _longer(own: Fade, overlap: int, edge: int, *, aligned: bool) -> Fade:
    """Return the user's fade, or a longer automatic one; a user's fade keeps its shape."""
    least = max(overlap, edge)
    if own.samples >= least:
        return own
    if own.samples:
        return Fade(least, own.shape)
    if overlap < edge:
        return Fade(edge, EDGE_SHAPE)
    # The same sound twice adds up to itself with gains of sum 1, different sounds with powers of sum 1.
    return Fade(overlap, "linear" if aligned else "equal_power")


def _fitting(into: Fade, out: Fade, length: int) -> tuple[Fade, Fade]:
    """Return both fades, shortened in proportion where they are together longer than the clip."""
    both = into.samples + out.samples
    if both > length:
        rise = length * into.samples // both
        return Fade(rise, into.shape), Fade(length - rise, out.shape)
    return into, out


def _find_overlaps(edges: Sequence[_Edges]) -> None:
    """Note by how much each clip overlaps the end of an earlier one, and the beginning of a later one."""
    sounding: list[_Edges] = []
    for later in edges:
        start, end = later.clip.start, later.clip.end
        sounding = [one for one in sounding if one.clip.end > start][-MOST_AT_ONCE:]
        for earlier in sounding:
            overlap = earlier.clip.end - start
            if earlier.clip.start < start and earlier.clip.end < end:
                _note_overlap(earlier, later, overlap)
        sounding.append(later)


def _note_overlap(earlier: _Edges, later: _Edges, overlap: int) -> None:
    same = _shifted(earlier.clip) == _shifted(later.clip)
    if overlap > later.before:
        later.before, later.aligned[0] = overlap, same
    if overlap > earlier.after:
        earlier.after, earlier.aligned[1] = overlap, same


def _find_continued(edges: Sequence[_Edges]) -> None:
    """Note the cuts at which a clip goes on sample by sample where another stops, so that nothing is to be faded."""
    stops = {
        (one.clip.end, _shifted(one.clip)): one
        for one in edges
        if not one.after and not one.clip.fade_out.samples
    }
    for later in edges:
        earlier = stops.get((later.clip.start, _shifted(later.clip)))
        if earlier is None or earlier is later or later.before or later.clip.fade_in.samples:
            continue
        if _sound_of(earlier.clip) == _sound_of(later.clip):
            later.continues = earlier.continued = True


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
        fade_in=_PLAIN,
        fade_out=_PLAIN,
        unknown_fields=(),
        name=None,
        group=None,
        markers=(),
    )
