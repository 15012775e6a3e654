"""Small scenes to edit: a still of 8 x 6 pixels, takes of a few hundred samples."""

from dataclasses import replace

import numpy as np

from engine.scene import edits
from engine.scene.masks import Mask
from engine.scene.scene import Scene, StillRecord, TakeRecord
from engine.scene.timeline import Clip, Timeline, Track

STILL = StillRecord("still.png", "a" * 64, 8, 6, "Street")


def small_mask(column: int = 0) -> Mask:
    """One column of the still, read-only."""
    mask = np.zeros((6, 8), np.bool_)
    mask[:, column] = True
    mask.setflags(write=False)
    return mask


def take_record(
    number: int, objects: tuple[int, ...] = (0,), samples: int = 1000, rate: int = 48_000
) -> TakeRecord:
    """A take whose digest is its number."""
    return TakeRecord(digest_of(number), "Dog", objects, number, rate, 1, samples, "{}")


def digest_of(number: int) -> str:
    return f"{number:064x}"


def two_objects() -> Scene:
    """A dog (0) with takes 1 and 2, a bell (1) with take 3, and take 4 of both; no tracks."""
    scene = replace(Scene(), still=STILL)
    scene = edits.add_object(scene, small_mask(0), "Dog")
    scene = edits.add_object(scene, small_mask(1), "Bell")
    for take in (take_record(1), take_record(2, samples=400), take_record(3, (1,)), take_record(4, (0, 1))):
        scene = edits.attach_take(scene, take)
    return scene


def one_clip() -> Scene:
    """Two objects; tracks 1 and 2; clip 3 of take 1 on track 1, samples 1000 to 1600, from 200 of the take."""
    scene = edits.add_track(edits.add_track(two_objects(), "Dog", index=0), "Bell", index=1)
    return edits.place_take(scene, 1, digest_of(1), 1000, offset=200, length=600)


def clip_of(scene: Scene, number: int) -> Clip:
    found = scene.clip(number)
    assert found is not None
    return found[1]


def many_clips(tracks: int, clips: int) -> Scene:
    """A valid scene of so many tracks with so many clips each."""
    take = take_record(1, (), samples=48_000)
    lanes = tuple(
        Track(
            lane + 1,
            f"Track {lane}",
            clips=tuple(
                Clip(tracks + 1 + lane * clips + place, take.digest, place * 40_000, 0, 48_000)
                for place in range(clips)
            ),
        )
        for lane in range(tracks)
    )
    return Scene(takes=(take,), timeline=Timeline(tracks=lanes), next_id=tracks * (clips + 1) + 1)
