"""Edits of objects: the parts of the still that can sound."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from engine.errors import BadInput
from engine.scene import limits
from engine.scene.colours import Colour
from engine.scene.edits.lookup import find_object, raise_first_problem, reordered, with_timeline
from engine.scene.masks import Mask
from engine.scene.objects import NEGATIVE, SoundingObject
from engine.scene.scene import Scene
from engine.scene.sound_controls import SoundControls
from engine.scene.timeline import Track
from engine.scene.validity import object_problems


def add_object(
    scene: Scene,
    mask: Mask,
    name: str,
    *,
    prompt: str | None = None,
    level_lufs: float = -23.0,
    negative: str = NEGATIVE,
    duration: float = 5.0,
    seed: int = 0,
) -> Scene:
    """Add an object at the end of the list, with the old ``scene.next_object`` as its number.

    Args:
        scene: a scene that has a still.
        mask: bool (H, W), the size of the still, not empty; copied unless it is read-only.
        name: the object's name.
        prompt: see ``SoundingObject``.
        level_lufs: see ``SoundingObject``.
        negative: see ``SoundingObject``.
        duration: see ``SoundingObject``.
        seed: see ``SoundingObject``.

    Raises:
        BadInput: there is no still, the mask is empty or of another size, or a value is out of its range.
    """
    if scene.next_object >= limits.MOST_OBJECTS:
        raise BadInput("This project has used up its numbers for objects: begin a new one.")
    thing = SoundingObject(
        index=scene.next_object,
        mask=_owned(mask),
        name=limits.normalize_whitespace(name),
        prompt=_prompt(prompt),
        level_lufs=level_lufs,
        negative=limits.normalize_whitespace(negative),
        duration=duration,
        seed=seed,
    )
    raise_first_problem(object_problems(thing, scene.still))
    return replace(scene, objects=(*scene.objects, thing), next_object=scene.next_object + 1)


def rename_object(scene: Scene, index: int, name: str) -> Scene:
    """Rename an object, and its prompt with it unless the user wrote one.

    Its track is renamed too, unless it was given a name of its own.

    Raises:
        BadInput: there is no such object, or the name is invalid.
    """
    old, name = find_object(scene, index), limits.normalize_whitespace(name)
    follows = old.prompt is None or old.prompt == old.name
    changed = _changed(scene, index, lambda it: it.renamed(name) if follows else replace(it, name=name))
    tracks = (
        replace(track, name=name) if track.object == index and track.name == old.name else track
        for track in scene.timeline.tracks
    )
    return with_timeline(changed, tracks=tuple(tracks))


def prompt_object(scene: Scene, index: int, prompt: str | None) -> Scene:
    """Set the prompt of an object; None or an empty prompt leaves the sound to the picture.

    Raises:
        BadInput: there is no such object, or the prompt is too long.
    """
    return _changed(scene, index, lambda thing: replace(thing, prompt=_prompt(prompt)))


def set_negative(scene: Scene, index: int, negative: str) -> Scene:
    """Set the negative prompt of an object's takes; "" for none.

    Raises:
        BadInput: there is no such object, or the prompt is too long.
    """
    return _changed(
        scene, index, lambda thing: replace(thing, negative=limits.normalize_whitespace(negative))
    )


def set_duration(scene: Scene, index: int, duration: float) -> Scene:
    """Set the duration of an object's next take, 0.5 to 30 s.

    Raises:
        BadInput: there is no such object, or the duration is out of range.
    """
    return _changed(scene, index, lambda thing: replace(thing, duration=duration))


def set_seed(scene: Scene, index: int, seed: int) -> Scene:
    """Set the seed of an object's next take, 0 to 2**63 - 1, even if the seed is locked.

    Raises:
        BadInput: there is no such object, or the seed is out of range.
    """
    return _changed(scene, index, lambda thing: replace(thing, seed=seed))


def lock_seed(scene: Scene, index: int, *, locked: bool = True) -> Scene:
    """Set whether an object keeps its seed when it is generated again.

    Raises:
        BadInput: there is no such object.
    """
    return _changed(scene, index, lambda thing: replace(thing, seed_locked=locked))


def set_level(scene: Scene, index: int, level_lufs: float) -> Scene:
    """Set the loudness of an object's next takes, -70 to -5 LUFS.

    Raises:
        BadInput: there is no such object, or the level is out of range.
    """
    return _changed(scene, index, lambda thing: replace(thing, level_lufs=level_lufs))


def set_controls(scene: Scene, index: int, controls: SoundControls) -> Scene:
    """Set the curves and parameters of an object's next takes.

    Raises:
        BadInput: there is no such object, or the controls are invalid.
    """
    return _changed(scene, index, lambda thing: replace(thing, controls=controls))


def recolour_object(scene: Scene, index: int, colour: Colour | None) -> Scene:
    """Set the colour of an object, 8-bit sRGB; None restores the palette's.

    Raises:
        BadInput: there is no such object, or the colour is invalid.
    """
    return _changed(scene, index, lambda thing: replace(thing, chosen_colour=colour))


def move_object(scene: Scene, index: int, place: int) -> Scene:
    """Move an object to position ``place`` in the list, from 0; its number does not change.

    Raises:
        BadInput: there is no such object, or no such position.
    """
    return replace(scene, objects=reordered(scene.objects, find_object(scene, index), place))


def replace_mask(scene: Scene, index: int, mask: Mask) -> Scene:
    """Replace the mask of an object; takes made with the old mask stay.

    Args:
        scene: the scene to edit.
        index: number of the object.
        mask: bool (H, W), the size of the still, not empty; copied unless it is read-only.

    Raises:
        BadInput: there is no such object, or the mask is empty or of another size.
    """
    owned = _owned(mask)
    return _changed(scene, index, lambda thing: replace(thing, mask=owned))


def remove_object(scene: Scene, index: int, *, tracks: bool = False) -> Scene:
    """Remove an object. Its takes, and clips of them, stay in the scene; none is in use any more.

    Its number is never reused, so its takes never become those of another object.

    Args:
        scene: the scene to edit.
        index: number of the object.
        tracks: whether to remove its tracks and their clips too; otherwise they stay without an object.

    Raises:
        BadInput: there is no such object.
    """
    thing = find_object(scene, index)
    kept = tuple(
        _freed(track, index) for track in scene.timeline.tracks if not (tracks and track.object == index)
    )
    return replace(
        with_timeline(scene, tracks=kept),
        objects=tuple(other for other in scene.objects if other is not thing),
        chosen=tuple(pair for pair in scene.chosen if pair[0] != index),
    )


def _changed(scene: Scene, index: int, change: Callable[[SoundingObject], SoundingObject]) -> Scene:
    old = find_object(scene, index)
    new = change(old)
    raise_first_problem(object_problems(new, scene.still))
    return replace(scene, objects=tuple(new if thing is old else thing for thing in scene.objects))


def _freed(track: Track, index: int) -> Track:
    return replace(track, object=None) if track.object == index else track


def _prompt(words: str | None) -> str | None:
    return limits.normalize_whitespace(words or "") or None


def _owned(mask: Mask) -> Mask:
    """Return a read-only mask for an object to keep, copied if the caller could still change it."""
    if mask.ndim != 2 or mask.dtype != np.bool_:
        raise BadInput("A mask is a yes or no for each pixel of the still.")
    owned = mask.copy() if mask.flags.writeable else mask
    owned.setflags(write=False)
    return owned
