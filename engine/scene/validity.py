"""Validation of a scene: everything that the docstrings of its values promise, reported as sentences.

Edits use these rules to reject changes, and the project folder uses them on files from anywhere: no number,
however large, infinite or NaN, makes a rule fail other than by its sentence.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

import numpy as np

from engine.scene import limits
from engine.scene.limits import MOST_NUMBER, digest, format_value, real, whole
from engine.scene.objects import SoundingObject
from engine.scene.scene import Scene, StillRecord, TakeRecord
from engine.scene.sound_controls import control_problems
from engine.scene.take_version import LEAST_SPEED, MOST_PITCH, MOST_SPEED
from engine.scene.takes import TAKE_KINDS
from engine.scene.timecode import RATES, frames_in_day
from engine.scene.timeline import (
    FADE_SHAPES,
    LAYOUT_IDS,
    LEAST_GAIN_DB,
    LOUDNESS_PRESETS,
    MOST_CLIP_MARKERS,
    MOST_EDGE_FADE_MS,
    MOST_GAIN_DB,
    MOST_SAMPLES,
    PROJECT_RATES,
    Clip,
    Fade,
    Marker,
    Timeline,
    Track,
)
from engine.scene.validity_rules import (
    colour_problems,
    flag_problems,
    gain_sentence,
    level_problems,
    name_problems,
    number_problems,
    numbers_to_come,
    repeated,
    unknown_field_problems,
    unsorted,
)

MOST_PROBLEMS = 100
"""Cap on the number of reported problems."""


def problems(scene: Scene) -> tuple[str, ...]:
    """List the problems of a scene, one sentence each, at most ``MOST_PROBLEMS``; empty if it is valid."""
    return tuple(islice(_problems(scene), MOST_PROBLEMS))


def still_problems(still: StillRecord) -> Iterator[str]:
    """Yield the problems of the record of a still."""
    plain = limits.name(still.file) and not set(still.file) & set('/\\:*?"<>|')
    if not plain or still.file.startswith("."):
        yield f"The still's file must be a plain file name in the project folder, not {format_value(still.file)}."
    if not limits.name(still.name):
        yield f"The still's name must be 1 to {limits.MOST_NAME} characters, not {format_value(still.name)}."
    if not digest(still.digest):
        yield f"The still's digest must be a sha256 in hexadecimal, not {format_value(still.digest)}."
    for side in (still.width, still.height):
        if not whole(side, 1, limits.MOST_SIDE):
            yield f"A still is 1 to {limits.MOST_SIDE} pixels along each side, not {format_value(side)}."
    yield from unknown_field_problems("The still", still.unknown_fields)


def object_problems(thing: SoundingObject, still: StillRecord | None) -> Iterator[str]:
    """Yield the problems of an object in a scene that has this still."""
    who = f"Object {format_value(thing.index)}"
    if not whole(thing.index, 0, limits.MOST_OBJECTS - 1):
        yield f"{who} has no proper number: objects are numbered from 0."
    yield from name_problems(who, thing.name)
    if thing.prompt is not None and not limits.text(thing.prompt, limits.MOST_TEXT):
        yield f"{who} needs a prompt of at most {limits.MOST_TEXT} plain characters."
    if not limits.text(thing.negative, limits.MOST_TEXT):
        yield f"{who} needs negative words of at most {limits.MOST_TEXT} plain characters."
    yield from _generation_problems(who, thing)
    yield from colour_problems(who, thing.chosen_colour)
    yield from flag_problems(who, thing.seed_locked)
    yield from control_problems(who, thing.controls)
    yield from unknown_field_problems(who, thing.unknown_fields)
    yield from _mask_problems(who, thing, still)


def take_problems(take: TakeRecord, next_object: int) -> Iterator[str]:
    """Yield the problems of the record of a take; valid object numbers are below ``next_object``."""
    who = f"Take {take.digest[:12]}" if digest(take.digest) else "A take"
    if not digest(take.digest):
        yield f"A take's digest must be a sha256 in hexadecimal, not {format_value(take.digest)}."
    yield from name_problems(who, take.name)
    if not all(whole(number, 0, next_object - 1) for number in take.objects):
        yield f"{who} is of an object that there never was."
    elif len(set(take.objects)) != len(take.objects):
        yield f"{who} names one of its objects twice."
    if not whole(take.number, 1, MOST_NUMBER):
        yield f"{who} must be numbered from 1, not {format_value(take.number)}."
    if not _sized(take):
        yield f"{who} has an impossible size: its rate, its channels or its length cannot be."
    if not isinstance(take.recipe, str):
        yield f"{who} needs a recipe in JSON, not {format_value(take.recipe)}."
    if not limits.text(take.title, limits.MOST_NAME):
        yield f"{who} needs a name of at most {limits.MOST_NAME} plain characters."
    if not limits.text(take.note, limits.MOST_TEXT):
        yield f"{who} needs a note of at most {limits.MOST_TEXT} plain characters."
    if take.kind not in TAKE_KINDS:
        yield f"{who} must be one of {', '.join(TAKE_KINDS)}, not {format_value(take.kind)}."
    if not limits.text(take.licence, limits.MOST_TEXT):
        yield f"{who} needs a licence of at most {limits.MOST_TEXT} plain characters."
    yield from flag_problems(who, take.starred, take.rejected, take.deleted)
    if take.starred and take.rejected:
        yield f"{who} is starred and rejected at once; it can only be one of them."
    yield from unknown_field_problems(who, take.unknown_fields)


def clip_problems(clip: Clip, take_length: int | None) -> Iterator[str]:
    """Yield the problems of a clip.

    Args:
        clip: the clip to check.
        take_length: length of its take as it is played (``length_played``); None if there is no such take.
    """
    who = f"Clip {format_value(clip.id)}"
    yield from number_problems(who, clip.id)
    yield from _range_problems(who, clip, take_length)
    yield from level_problems(who, clip.gain_db, clip.pan)
    yield from _version_problems(who, clip)
    yield from _fade_problems(who, clip)
    yield from flag_problems(who, clip.muted, clip.reversed, clip.auto_fades)
    if clip.name is not None:
        yield from name_problems(who, clip.name)
    if clip.group is not None and not whole(clip.group, 1, MOST_NUMBER - 1):
        yield f"{who} is in group {format_value(clip.group)}; groups are numbered from 1."
    yield from _clip_marker_problems(who, clip)
    yield from unknown_field_problems(who, clip.unknown_fields)


def track_problems(track: Track, objects: Iterable[int]) -> Iterator[str]:
    """Yield the problems of a track, apart from its clips; ``objects`` are the numbers of the scene's objects."""
    who = f"Track {format_value(track.id)}"
    yield from number_problems(who, track.id)
    yield from name_problems(who, track.name)
    if track.object is not None and not (whole(track.object, 0, MOST_NUMBER) and track.object in objects):
        yield f"{who} belongs to object {format_value(track.object)}, which is not there."
    yield from level_problems(who, track.gain_db, track.pan)
    yield from flag_problems(who, track.muted, track.soloed)
    yield from colour_problems(who, track.chosen_colour)
    yield from unknown_field_problems(who, track.unknown_fields)


def marker_problems(marker: Marker) -> Iterator[str]:
    """Yield the problems of a marker."""
    who = f"Marker {format_value(marker.id)}"
    yield from number_problems(who, marker.id)
    yield from name_problems(who, marker.name)
    if not whole(marker.at, 0, MOST_SAMPLES):
        yield f"{who} is at sample {format_value(marker.at)}, which is not on the timeline."
    yield from flag_problems(who, marker.hit)
    yield from unknown_field_problems(who, marker.unknown_fields)


def setting_problems(timeline: Timeline) -> Iterator[str]:
    """Yield the problems of a timeline, apart from its tracks and markers."""
    frame_rate = timeline.frame_rate
    if not (whole(timeline.rate, 1, MOST_NUMBER) and timeline.rate in PROJECT_RATES):
        rates = ", ".join(map(str, PROJECT_RATES))
        yield f"A timeline has a sample rate of {rates}, not {format_value(timeline.rate)}."
    if frame_rate not in RATES.values():
        yield f"A timeline has a frame rate of {', '.join(RATES)}."
    elif not whole(timeline.start_frame, 0, frames_in_day(frame_rate) - 1):
        yield f"The start timecode must be within a day, not {format_value(timeline.start_frame)} frames."
    if not real(timeline.master_gain_db, LEAST_GAIN_DB, MOST_GAIN_DB):
        yield gain_sentence("The master", timeline.master_gain_db)
    if timeline.loudness not in LOUDNESS_PRESETS:
        yield f"There is no loudness {format_value(timeline.loudness)}; there are {', '.join(LOUDNESS_PRESETS)}."
    if timeline.layout not in LAYOUT_IDS:
        yield f"There is no channel layout {format_value(timeline.layout)}; there are {', '.join(LAYOUT_IDS)}."
    if not real(timeline.edge_fade_ms, 0.0, MOST_EDGE_FADE_MS):
        value = format_value(timeline.edge_fade_ms)
        yield f"Automatic fades last 0 to {MOST_EDGE_FADE_MS:g} ms, not {value}."
    yield from flag_problems("The timeline", timeline.auto_crossfade)
    yield from unknown_field_problems("The timeline", timeline.unknown_fields)


def _problems(scene: Scene) -> Iterator[str]:
    if not limits.name(scene.name):
        yield f"The project's name must be 1 to {limits.MOST_NAME} characters, not {format_value(scene.name)}."
    if not whole(scene.next_id, 1, MOST_NUMBER):
        yield f"The next number must be from 1 to {MOST_NUMBER}, not {format_value(scene.next_id)}."
    if not whole(scene.next_object, 0, limits.MOST_OBJECTS):
        yield f"The next object's number must be from 0, not {format_value(scene.next_object)}."
    yield from unknown_field_problems("The scene", scene.unknown_fields)
    if scene.still is not None:
        yield from still_problems(scene.still)
    yield from _all_objects(scene)
    yield from _all_takes(scene)
    yield from _all_chosen(scene)
    yield from _all_tracks(scene)
    yield from _all_markers(scene)


def _all_objects(scene: Scene) -> Iterator[str]:
    for thing in scene.objects:
        yield from object_problems(thing, scene.still)
    numbers = [thing.index for thing in scene.objects]
    yield from repeated("Two objects have the number", numbers)
    yield from numbers_to_come("object", numbers, scene.next_object)


def _all_takes(scene: Scene) -> Iterator[str]:
    for take in scene.takes:
        yield from take_problems(take, scene.next_object)
    yield from repeated("Two takes have the digest", (take.digest for take in scene.takes))


def _all_chosen(scene: Scene) -> Iterator[str]:
    objects = {thing.index for thing in scene.objects}
    takes = {take.digest: take.objects for take in scene.takes}
    for number, chosen in scene.chosen:
        if not whole(number, 0, MOST_NUMBER) or number not in objects:
            yield f"A take is chosen for object {format_value(number)}, which is not there."
        elif number not in takes.get(chosen, ()):
            yield f"The take chosen for object {number} is none of its takes."
    numbers = [number for number, _ in scene.chosen]
    yield from repeated("Two takes are chosen for object", numbers)
    yield from unsorted("Chosen takes must be in the order of their objects.", numbers)


def length_played(clip: Clip, take: TakeRecord | None, rate: int) -> int | None:
    """Return the length of a clip's take at the clip's speed, in samples at ``rate``; None where it has none."""
    if take is None or not _sized(take) or not whole(rate, 1, limits.MOST_RATE):
        return None
    return take.length_at(rate, clip.speed if real(clip.speed, LEAST_SPEED, MOST_SPEED) else 1.0)


def _all_tracks(scene: Scene) -> Iterator[str]:
    timeline = scene.timeline
    yield from setting_problems(timeline)
    takes = {take.digest: take for take in scene.takes}
    objects = {thing.index for thing in scene.objects}
    for track in timeline.tracks:
        yield from track_problems(track, objects)
        for clip in track.clips:
            yield from clip_problems(clip, length_played(clip, takes.get(clip.take), timeline.rate))
        order = [(clip.start, clip.id) for clip in track.clips]
        yield from unsorted(
            f"The clips of track {format_value(track.id)} must be in the order of their starts.", order
        )
    numbers = [track.id for track in timeline.tracks]
    numbers += [clip.id for track in timeline.tracks for clip in track.clips]
    numbers += [marker.id for marker in timeline.markers]
    yield from repeated("Two tracks, clips or markers have the number", numbers)
    yield from numbers_to_come("track, clip or marker", numbers, scene.next_id)


def _all_markers(scene: Scene) -> Iterator[str]:
    markers = scene.timeline.markers
    for marker in markers:
        yield from marker_problems(marker)
    order = [(marker.at, marker.id) for marker in markers]
    yield from unsorted("Markers must be in the order of their places.", order)


def _generation_problems(who: str, thing: SoundingObject) -> Iterator[str]:
    least, most = limits.LEAST_LEVEL_LUFS, limits.MOST_LEVEL_LUFS
    if not real(thing.level_lufs, least, most):
        yield f"{who} has a level of {format_value(thing.level_lufs)} LUFS; levels are from {least:g} to {most:g}."
    shortest, longest = limits.LEAST_SECONDS, limits.MOST_SECONDS
    if not real(thing.duration, shortest, longest):
        yield f"{who} asks for {format_value(thing.duration)} seconds; a take lasts {shortest:g} to {longest:g}."
    if not whole(thing.seed, 0, limits.MOST_SEED):
        yield f"{who} has a seed of {format_value(thing.seed)}; seeds are whole, from 0 to {limits.MOST_SEED}."


def _mask_problems(who: str, thing: SoundingObject, still: StillRecord | None) -> Iterator[str]:
    mask = thing.mask
    if still is None:
        yield f"{who} has a mask, but there is no still that it could be of."
    elif mask.shape != (still.height, still.width):
        size = " x ".join(map(str, reversed(mask.shape)))
        yield f"{who} has a mask of {size} pixels, which is not the size of the still."
    if mask.dtype != np.bool_ or mask.flags.writeable:
        yield f"{who} has a mask that is not boolean, or that could be changed."
    elif not mask.any():
        yield f"{who} has an empty mask: no pixel of the still belongs to it."


def _sized(take: TakeRecord) -> bool:
    return (
        whole(take.rate, limits.LEAST_RATE, limits.MOST_RATE)
        and whole(take.channels, 1, limits.MOST_CHANNELS)
        and whole(take.samples, 1, MOST_SAMPLES)
    )


def _range_problems(who: str, clip: Clip, take_length: int | None) -> Iterator[str]:
    if take_length is None:
        yield f"{who} is of a take that is not there."
    if not whole(clip.length, 1, MOST_SAMPLES):
        yield f"{who} would last {format_value(clip.length)} samples; a clip lasts at least 1."
    elif not whole(clip.start, 0, MOST_SAMPLES) or clip.end > MOST_SAMPLES:
        yield f"{who} at sample {format_value(clip.start)} is not wholly on the timeline."
    elif not whole(clip.offset, 0, MOST_SAMPLES):
        yield f"{who} would begin before its take does."
    elif take_length is not None and clip.offset + clip.length > take_length:
        yield f"{who} reaches past the end of its take."


def _version_problems(who: str, clip: Clip) -> Iterator[str]:
    if not real(clip.speed, LEAST_SPEED, MOST_SPEED):
        speeds = f"{LEAST_SPEED:g} to {MOST_SPEED:g}"
        yield f"{who} has a speed of {format_value(clip.speed)}; speeds are from {speeds}."
    if not real(clip.pitch, -MOST_PITCH, MOST_PITCH):
        pitches = f"-{MOST_PITCH:g} to {MOST_PITCH:g}"
        yield f"{who} has a pitch of {format_value(clip.pitch)} semitones; they are from {pitches}."


def _clip_marker_problems(who: str, clip: Clip) -> Iterator[str]:
    if len(clip.markers) > MOST_CLIP_MARKERS:
        yield f"{who} has {len(clip.markers)} markers; a clip has at most {MOST_CLIP_MARKERS}."
    for marker in clip.markers[:MOST_CLIP_MARKERS]:
        if not whole(marker.at, 0, MOST_SAMPLES):
            yield f"{who} has a marker at sample {format_value(marker.at)}, which is not in a take."
        yield from name_problems(f"A marker of clip {format_value(clip.id)}", marker.name)
    places = [marker.at for marker in clip.markers]
    yield from unsorted(
        f"The markers of clip {format_value(clip.id)} must be in the order of their places.", places
    )
    yield from repeated(f"Two markers of clip {format_value(clip.id)} are at sample", places)


def _fade_problems(who: str, clip: Clip) -> Iterator[str]:
    fades: tuple[Fade, Fade] = (clip.fade_in, clip.fade_out)
    for fade in fades:
        if fade.shape not in FADE_SHAPES:
            yield f"{who} has a fade of shape {format_value(fade.shape)}; there are {', '.join(FADE_SHAPES)}."
    if not all(whole(fade.samples, 0, MOST_SAMPLES) for fade in fades):
        yield f"{who} has a fade whose length is no whole number of samples from 0."
    elif whole(clip.length, 1, MOST_SAMPLES) and sum(fade.samples for fade in fades) > clip.length:
        yield f"The fades of clip {format_value(clip.id)} are together longer than the clip."
