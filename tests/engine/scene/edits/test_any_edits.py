"""Any sequence of edits keeps a scene valid, and undoing all of it returns the first."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from engine.errors import BadInput
from engine.scene import edits
from engine.scene.history import History
from engine.scene.scene import Scene
from engine.scene.sound_controls import SoundControls
from engine.scene.timecode import RATES
from engine.scene.timeline import FADE_SHAPES, LOUDNESS_PRESETS, MOST_SAMPLES
from engine.scene.validity import problems
from tests.engine.scene.edits.small_scenes import digest_of, one_clip, small_mask, take_record

ODD: list[Any] = [-1, MOST_SAMPLES, 2**70, 10**400, math.nan, math.inf, -math.inf, 0.5]
times = st.integers(0, 2000) | st.sampled_from(ODD)
numbers = st.integers(0, 3) | st.integers(0, 255) | st.sampled_from(ODD)
objects = st.integers(0, 3)
levels = st.floats(-70, -5) | st.floats(1, 23) | st.floats(-100, 30) | st.sampled_from(ODD)
pans = st.floats(-1, 1) | st.floats(-1.2, 1.2) | st.sampled_from(ODD)
names = st.sampled_from(["Dog", "Bell", "Wind", "  two  words ", "", "\x00", "\ud800", "x" * 600])
digests = st.integers(1, 6).map(digest_of)
shapes = st.none() | st.sampled_from(FADE_SHAPES)
flags = st.booleans()
masks = st.integers(0, 7).map(small_mask) | st.sampled_from(
    [np.zeros((6, 8), np.bool_), np.ones((8, 6), np.bool_)]
)
# Of what there is, by place; the last place is of what there is not.
clips = tracks = markers = st.integers(0, 30)
records = st.builds(
    take_record,
    st.integers(1, 6),
    st.sampled_from([(), (0,), (1,), (0, 1), (9,)]),
    st.integers(1, 1500),
    st.sampled_from([16_000, 44_100, 48_000]),
)

Edit = Callable[..., Scene]


def picked(numbers: list[int], place: int) -> int:
    return [*numbers, 99][place % (len(numbers) + 1)]


class Editing(RuleBasedStateMachine):
    """A person who does anything at all, sometimes takes it back, and is never met by a traceback."""

    def __init__(self) -> None:
        super().__init__()
        scene = edits.add_marker(edits.split_clip(one_clip(), 3, 1300), 500)
        scene = edits.choose_take(scene, 0, digest_of(1))
        self.first = scene
        self.history = History(scene, limit=10_000)

    def do(self, edit: Edit, *values: Any, **named: Any) -> None:
        before = self.history.present
        try:
            scene = edit(before, *values, **named)
        except BadInput as refusal:
            assert str(refusal).endswith(".")
            assert len(str(refusal)) < 400
            return
        assert scene.next_id >= before.next_id
        assert scene.next_object >= before.next_object
        gone = {take.digest for take in before.takes} - {take.digest for take in scene.takes}
        assert not gone or edit is edits.empty_bin
        self.history = self.history.push(edit.__name__, scene, merge="drag" if named else None)

    def clip(self, place: int) -> int:
        return picked(
            [clip.id for track in self.history.present.timeline.tracks for clip in track.clips], place
        )

    def track(self, place: int) -> int:
        return picked([track.id for track in self.history.present.timeline.tracks], place)

    def marker(self, place: int) -> int:
        return picked([marker.id for marker in self.history.present.timeline.markers], place)

    @rule(mask=masks, name=names, duration=st.floats(0, 40) | st.sampled_from(ODD), seed=numbers)
    def add_object(self, mask: Any, name: str, duration: Any, seed: Any) -> None:
        self.do(edits.add_object, mask, name, duration=duration, seed=seed)

    @rule(mask=masks, name=names, index=objects)
    def make_an_object_and_its_track(self, mask: Any, name: str, index: int) -> None:
        self.do(edits.add_object, mask, "Dog")
        self.do(edits.replace_mask, index, mask)
        self.do(edits.rename_object, index, name)
        self.do(edits.track_for_object, index)

    @rule(index=objects, value=levels | numbers, words=st.none() | names)
    def change_an_object(self, index: int, value: Any, words: str | None) -> None:
        self.do(edits.set_level, index, value)
        self.do(edits.set_duration, index, value)
        self.do(edits.set_controls, index, SoundControls(((0.0, value),), (0.0, value)))
        self.do(edits.set_controls, index, SoundControls(parameters=((words or "", value),)))
        self.do(edits.set_seed, index, value)
        self.do(edits.prompt_object, index, words)
        self.do(edits.set_negative, index, words or "")
        self.do(edits.lock_seed, index, locked=words is None)

    @rule(index=objects, place=numbers, colour=st.none() | st.tuples(numbers, numbers, numbers))
    def arrange_an_object(self, index: int, place: Any, colour: Any) -> None:
        self.do(edits.move_object, index, place)
        self.do(edits.recolour_object, index, colour)

    @rule(index=objects, with_tracks=flags)
    def remove_object(self, index: int, with_tracks: bool) -> None:
        self.do(edits.remove_object, index, tracks=with_tracks)

    @rule(take=records)
    def attach(self, take: Any) -> None:
        self.do(edits.attach_take, take)

    @rule(index=objects, digest=digests, flag=flags)
    def judge(self, index: int, digest: str, flag: bool) -> None:
        self.do(edits.choose_take, index, digest)
        self.do(edits.star_take, digest, starred=flag)
        self.do(edits.reject_take, digest, rejected=not flag)

    @rule(digest=digests, words=names, flag=flags)
    def keep_or_throw_away(self, digest: str, words: str, flag: bool) -> None:
        self.do(edits.rename_take, digest, words)
        self.do(edits.note_take, digest, words)
        self.do(edits.delete_take, digest, deleted=flag)
        if not flag:
            self.do(edits.empty_bin)

    @rule(index=objects, digest=digests)
    def choose(self, index: int, digest: str) -> None:
        self.do(edits.unchoose_take, index)
        self.do(edits.choose_take, index, digest)

    @rule(name=names, index=st.none() | objects, place=st.none() | numbers)
    def add_track(self, name: str, index: int | None, place: Any) -> None:
        self.do(edits.add_track, name, index=index, place=place)

    @rule(track=tracks, name=names, place=numbers, gain=levels, pan=pans, flag=flags)
    def change_a_track(self, track: int, name: str, place: Any, gain: Any, pan: Any, flag: bool) -> None:
        self.do(edits.rename_track, self.track(track), name)
        self.do(edits.move_track, self.track(track), place)
        self.do(edits.set_track_gain, self.track(track), gain)
        self.do(edits.set_track_pan, self.track(track), pan)
        self.do(edits.mute_track, self.track(track), muted=flag)
        self.do(edits.solo_track, self.track(track), soloed=flag)
        self.do(edits.assign_track, self.track(track), place)

    @rule(track=tracks)
    def remove_track(self, track: int) -> None:
        self.do(edits.remove_track, self.track(track))

    @rule(track=tracks, digest=digests, at=times, offset=times, length=st.none() | times)
    def place_take(self, track: int, digest: str, at: Any, offset: Any, length: Any) -> None:
        self.do(edits.place_take, self.track(track), digest, at, offset=offset, length=length)

    @rule(track=tracks, digest=digests, at=times)
    def place_a_whole_take(self, track: int, digest: str, at: Any) -> None:
        self.do(edits.attach_take, take_record(1, ()))
        self.do(edits.add_track, "Steps")
        self.do(edits.place_take, track, digest_of(1), at)
        self.do(edits.place_take, self.track(track), digest, at)

    @rule(clip=clips, at=times, track=st.none() | tracks, frames=st.integers(-5, 5) | st.sampled_from(ODD))
    def move(self, clip: int, at: Any, track: int | None, frames: Any) -> None:
        self.do(edits.move_clip, self.clip(clip), at, None if track is None else self.track(track))
        self.do(edits.nudge_clip, self.clip(clip), frames)

    @rule(clip=clips, at=times, edit=st.sampled_from([edits.trim_start, edits.trim_end, edits.split_clip]))
    def cut(self, clip: int, at: Any, edit: Edit) -> None:
        self.do(edit, self.clip(clip), at)

    @rule(clip=clips, into=times, shape=shapes)
    def cut_inside(self, clip: int, into: Any, shape: Any) -> None:
        found = self.history.present.clip(self.clip(clip))
        start, length = (found[1].start, found[1].length) if found else (0, 1)
        into = into % length if isinstance(into, int) else into
        self.do(edits.trim_start, self.clip(clip), start + into // 8)
        self.do(edits.trim_end, self.clip(clip), start + length - into // 8)
        self.do(edits.set_fade_out, self.clip(clip), into, shape)
        self.do(edits.split_clip, self.clip(clip), start + into)
        self.do(edits.set_fade_in, self.clip(clip), into, shape)

    @rule(clip=clips, other=clips, edit=st.sampled_from([edits.join_clips, edits.crossfade]))
    def pair(self, clip: int, other: int, edit: Edit) -> None:
        self.do(edit, self.clip(clip), self.clip(other))

    @rule(clip=clips, speed=st.floats(0.2, 5) | st.sampled_from([1.0, *ODD]), pitch=levels, flag=flags)
    def play_otherwise(self, clip: int, speed: Any, pitch: Any, flag: bool) -> None:
        self.do(edits.set_clip_speed, self.clip(clip), speed)
        self.do(edits.set_clip_pitch, self.clip(clip), pitch)
        if flag:
            self.do(edits.reverse_clip, self.clip(clip))

    @rule(digest=digests, words=names)
    def describe(self, digest: str, words: str) -> None:
        self.do(edits.set_licence, digest, words)

    @rule(clip=clips)
    def split_and_join(self, clip: int) -> None:
        found = self.history.present.clip(self.clip(clip))
        if found is not None:
            number, following = found[1].id, self.history.present.next_id
            self.do(edits.split_clip, number, found[1].start + found[1].length // 3)
            self.do(edits.join_clips, following, number)

    @rule(clip=clips, by=st.integers(1, 500))
    def overlap_and_cross(self, clip: int, by: int) -> None:
        found = self.history.present.clip(self.clip(clip))
        if found is not None:
            number, following = found[1].id, self.history.present.next_id
            self.do(edits.duplicate_clip, number, found[1].start + by)
            self.do(edits.crossfade, number, following)

    @rule(clip=clips, gain=levels, pan=pans, flag=flags, digest=digests)
    def change_a_clip(self, clip: int, gain: Any, pan: Any, flag: bool, digest: str) -> None:
        self.do(edits.set_clip_gain, self.clip(clip), gain)
        self.do(edits.set_clip_pan, self.clip(clip), pan)
        self.do(edits.mute_clip, self.clip(clip), muted=flag)
        self.do(edits.swap_take, self.clip(clip), digest)

    @rule(clip=clips, other=clips, name=names, flag=flags, by=st.integers(-500, 500) | st.sampled_from(ODD))
    def arrange_a_clip(self, clip: int, other: int, name: str, flag: bool, by: Any) -> None:
        self.do(edits.rename_clip, self.clip(clip), name)
        self.do(edits.slip_clip, self.clip(clip), by)
        self.do(edits.set_clip_auto_fades, self.clip(clip), on=flag)
        self.do(edits.group_clips, (self.clip(clip), self.clip(other)))
        self.do(edits.ungroup_clips, (self.clip(other),) if flag else ())

    @rule(clip=clips, at=times, name=names)
    def mark_a_clip(self, clip: int, at: Any, name: str) -> None:
        found = self.history.present.clip(self.clip(clip))
        inside = at % found[1].length if found and isinstance(at, int) else at
        self.do(edits.add_clip_marker, self.clip(clip), found[1].start + inside if found else at, name)
        self.do(edits.rename_clip_marker, self.clip(clip), inside, name)
        self.do(edits.remove_clip_marker, self.clip(clip), inside)

    @rule(clip=clips, other=clips)
    def ripple(self, clip: int, other: int) -> None:
        self.do(edits.ripple_delete, {self.clip(clip), self.clip(other)})

    @rule(
        edge=levels,
        flag=st.none() | flags,
        track=tracks,
        colour=st.none() | st.tuples(numbers, numbers, numbers),
    )
    def fade_by_itself(self, edge: Any, flag: bool | None, track: int, colour: Any) -> None:
        self.do(edits.set_automatic_fades, edge, crossfade=flag)
        self.do(edits.recolour_track, self.track(track), colour)

    @rule(clip=clips, at=st.none() | times)
    def duplicate(self, clip: int, at: Any) -> None:
        self.do(edits.duplicate_clip, self.clip(clip), at)

    @rule(clip=clips)
    def remove_clip(self, clip: int) -> None:
        self.do(edits.remove_clip, self.clip(clip))

    @rule(at=times, name=names, number=markers, flag=flags)
    def mark(self, at: Any, name: str, number: int, flag: bool) -> None:
        self.do(edits.add_marker, at, name, hit=flag)
        self.do(edits.move_marker, self.marker(number), at)
        self.do(edits.rename_marker, self.marker(number), name)
        self.do(edits.hit_marker, self.marker(number), hit=flag)

    @rule(number=markers)
    def unmark(self, number: int) -> None:
        self.do(edits.remove_marker, self.marker(number))

    @rule(rate=st.sampled_from([44_100, 48_000, 96_000, 0, math.nan, 2**70]))
    def resample(self, rate: Any) -> None:
        self.do(edits.set_sample_rate, rate)

    @rule(
        rate=st.sampled_from(list(RATES.values())), text=st.sampled_from(["10:01:00:00", "23:59:59:29", "no"])
    )
    def retime(self, rate: Any, text: str) -> None:
        self.do(edits.set_frame_rate, rate)
        self.do(edits.set_start_timecode, text)

    @rule(name=names, gain=levels, loudness=st.sampled_from([*LOUDNESS_PRESETS, "loud"]))
    def set_the_project(self, name: str, gain: Any, loudness: Any) -> None:
        self.do(edits.rename_scene, name)
        self.do(edits.set_master_gain, gain)
        self.do(edits.set_loudness, loudness)

    @rule(steps=st.integers(1, 5))
    def undo_and_redo(self, steps: int) -> None:
        steps = min(steps, len(self.history.past))
        before = self.history.present
        for _ in range(steps):
            self.history = self.history.undo()
        for _ in range(steps):
            self.history = self.history.redo()
        assert self.history.present == before

    @rule()
    def undo(self) -> None:
        if self.history.past:
            self.history = self.history.undo()

    @invariant()
    def the_scene_is_valid(self) -> None:
        assert problems(self.history.present) == ()

    def teardown(self) -> None:
        while self.history.past:
            self.history = self.history.undo()
        assert self.history.present == self.first


TestEditing = Editing.TestCase
TestEditing.settings = settings(max_examples=50, stateful_step_count=40, deadline=None)
