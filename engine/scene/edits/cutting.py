"""Edits of the ends and fades of clips: trim, split, join, fade, crossfade."""

from dataclasses import replace

from engine.errors import BadInput
from engine.scene.edits.clip_markers import clip_markers
from engine.scene.edits.lookup import find_clip, find_take, put_clips, take_next_id, with_fitting_fades
from engine.scene.limits import format_value, whole
from engine.scene.scene import Scene
from engine.scene.timeline import MOST_SAMPLES, Clip, Fade, FadeShape


def trim_start(scene: Scene, clip_id: int, at: int) -> Scene:
    """Trim a clip to start at sample ``at`` of the timeline; the audio that remains does not move.

    Fades that no longer fit are shortened.

    Raises:
        BadInput: there is no such clip, the clip would be empty, or its take starts later than ``at``.
    """
    track, clip = find_clip(scene, clip_id)
    moved = at - clip.start
    return _put(
        scene, track.id, replace(clip, start=at, offset=clip.offset + moved, length=clip.length - moved)
    )


def trim_end(scene: Scene, clip_id: int, at: int) -> Scene:
    """Trim a clip to end before sample ``at`` of the timeline; fades that no longer fit are shortened.

    Raises:
        BadInput: there is no such clip, the clip would be empty, or its take ends earlier than ``at``.
    """
    track, clip = find_clip(scene, clip_id)
    return _put(scene, track.id, replace(clip, length=at - clip.start))


def split_clip(scene: Scene, clip_id: int, at: int) -> Scene:
    """Split a clip in two at sample ``at`` of the timeline.

    The first part keeps the number and the fade-in; the second gets the old ``scene.next_id`` and the
    fade-out. Fades that reach over the cut are shortened; no fade is added at the cut. Both keep all markers.

    Raises:
        BadInput: there is no such clip, or ``at`` is not inside it.
    """
    track, clip = find_clip(scene, clip_id)
    if not clip.start < at < clip.end:
        raise BadInput(f"Clip {clip.id} can only be split inside: sample {format_value(at)} is not.")
    kept = at - clip.start
    first = replace(clip, length=kept, fade_out=Fade())
    second = replace(
        clip,
        id=scene.next_id,
        start=at,
        offset=clip.offset + kept,
        length=clip.length - kept,
        fade_in=Fade(),
    )
    return put_clips(take_next_id(scene), track.id, with_fitting_fades(first), with_fitting_fades(second))


def join_clips(scene: Scene, clip_id: int, other_id: int) -> Scene:
    """Join two adjacent parts of a split clip, in any order; the result keeps the number of the earlier one.

    Fades at the cut are removed, and markers of both are kept.

    Raises:
        BadInput: there are no such clips, they are not adjacent parts of one take, or their gain, pan or mute
            differ.
    """
    first, second, track_id = _pair(scene, clip_id, other_id)
    if (first.sound, first.end, first.offset + first.length) != (second.sound, second.start, second.offset):
        raise BadInput(
            "Only two clips that were one can be joined: the second must go on where the first stops."
        )
    if (first.gain_db, first.pan, first.muted) != (second.gain_db, second.pan, second.muted):
        raise BadInput("The two clips differ in gain, pan or mute: make those the same, then join them.")
    marks = {marker.at: marker.name for marker in (*second.markers, *first.markers)}
    joined = replace(
        first,
        length=first.length + second.length,
        fade_out=second.fade_out,
        markers=clip_markers(marks),
    )
    return put_clips(scene, track_id, joined, without=second.id)


def slip_clip(scene: Scene, clip_id: int, by: int) -> Scene:
    """Move the sound inside a clip later by ``by`` samples, or earlier if negative; the clip stays where it is.

    The sound moves as far as its take reaches over the whole clip. Markers of the clip move with the sound.

    Raises:
        BadInput: there is no such clip, or it is not a whole number of samples.
    """
    track, clip = find_clip(scene, clip_id)
    if not whole(by, -MOST_SAMPLES, MOST_SAMPLES):
        raise BadInput(f"A clip is slipped by whole samples, not by {format_value(by)}.")
    most = find_take(scene, clip.take).length_at(scene.timeline.rate, clip.speed) - clip.length
    return put_clips(scene, track.id, replace(clip, offset=min(max(clip.offset - by, 0), most)))


def set_fade_in(scene: Scene, clip_id: int, samples: int, shape: FadeShape | None = None) -> Scene:
    """Set the length in samples (0 for none), and optionally the shape, of a clip's fade-in.

    Raises:
        BadInput: there is no such clip or shape, or its fades would together be longer than the clip.
    """
    track, clip = find_clip(scene, clip_id)
    fade = Fade(samples, clip.fade_in.shape if shape is None else shape)
    return put_clips(scene, track.id, replace(clip, fade_in=fade))


def set_fade_out(scene: Scene, clip_id: int, samples: int, shape: FadeShape | None = None) -> Scene:
    """Set the length in samples (0 for none), and optionally the shape, of a clip's fade-out.

    Raises:
        BadInput: there is no such clip or shape, or its fades would together be longer than the clip.
    """
    track, clip = find_clip(scene, clip_id)
    fade = Fade(samples, clip.fade_out.shape if shape is None else shape)
    return put_clips(scene, track.id, replace(clip, fade_out=fade))


def crossfade(scene: Scene, clip_id: int, other_id: int, shape: FadeShape = "equal_power") -> Scene:
    """Crossfade two overlapping clips of one track over their whole overlap.

    Their outer fades are shortened where they reach into the overlap.

    Raises:
        BadInput: there are no such clips, they do not overlap, or one lies inside the other.
    """
    first, second, track_id = _pair(scene, clip_id, other_id)
    overlap = first.end - second.start
    if overlap <= 0:
        raise BadInput("The two clips do not overlap: move one over the end of the other, then cross them.")
    if first.start == second.start or second.end <= first.end:
        raise BadInput(
            "One of the two clips lies inside the other: only an end and a beginning can be crossed."
        )
    out, into = Fade(overlap, shape), Fade(overlap, shape)
    first_in = replace(first.fade_in, samples=min(first.fade_in.samples, first.length - overlap))
    second_out = replace(second.fade_out, samples=min(second.fade_out.samples, second.length - overlap))
    first = replace(first, fade_in=first_in, fade_out=out)
    second = replace(second, fade_in=into, fade_out=second_out)
    return put_clips(scene, track_id, first, second)


def _pair(scene: Scene, clip_id: int, other_id: int) -> tuple[Clip, Clip, int]:
    """Return two clips of one track, the earlier first, and the number of the track."""
    (track, one), (other_track, other) = find_clip(scene, clip_id), find_clip(scene, other_id)
    if one is other:
        raise BadInput("That is one clip twice: name two.")
    if track is not other_track:
        raise BadInput("The two clips are on different tracks: move one to the track of the other.")
    first, second = sorted((one, other), key=lambda clip: (clip.start, clip.id))
    return first, second, track.id


def _put(scene: Scene, track_id: int, clip: Clip) -> Scene:
    """Put back a trimmed clip. An empty clip is rejected before its fades are fitted."""
    return put_clips(scene, track_id, with_fitting_fades(clip) if clip.length > 0 else clip)
