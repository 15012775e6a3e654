"""Commands on the selected clips and at the playhead, each one undo step."""

from collections.abc import Callable
from functools import reduce

from desktop.document.document import Document
from desktop.timeline import clip_edits
from desktop.timeline.clip_edits import ClipClipboard
from desktop.timeline.interaction.gestures import LEAST_GAIN
from desktop.timeline.track_view import TrackView
from engine.scene.colours import Colour
from engine.scene.edits import (
    add_marker,
    add_track,
    crossfade,
    group_clips,
    hit_marker,
    join_clips,
    move_track,
    mute_clip,
    mute_track,
    recolour_track,
    remove_clip_marker,
    remove_marker,
    remove_track,
    rename_clip,
    rename_clip_marker,
    ripple_delete,
    set_automatic_fades,
    set_clip_auto_fades,
    set_clip_gain,
    set_clip_pan,
    set_fade_in,
    set_fade_out,
    solo_track,
    swap_take,
    ungroup_clips,
)
from engine.scene.scene import Scene, TakeRecord
from engine.scene.timeline import EDGE_FADE_MS, MOST_GAIN_DB, Clip, FadeShape, Marker, Track


class Commander:
    """Runs the commands of menus and keys. Copied clips stay available after undo, as long as their takes exist."""

    def __init__(self, document: Document, track_view: TrackView) -> None:
        self._document = document
        self._surface = track_view
        self._copied: ClipClipboard | None = None

    @property
    def selected(self) -> frozenset[int]:
        return self._surface.view.selected

    @property
    def has_copied(self) -> bool:
        return self._copied is not None

    def clips(self) -> list[Clip]:
        """Return the selected clips, by track and then by start."""
        return [
            clip
            for clips in clip_edits.clips_by_track(self._document.scene, self.selected).values()
            for clip in clips
        ]

    def select_all(self) -> None:
        tracks = self._document.scene.timeline.tracks
        self._surface.select(frozenset(clip.id for track in tracks for clip in track.clips))

    def delete(self) -> None:
        if self.selected:
            numbers = self.selected
            self._edit(self._named("Delete clip"), lambda scene: clip_edits.remove_all(scene, numbers))

    def copy(self) -> None:
        if self.selected:
            self._copied = clip_edits.copy_clips(self._document.scene, self.selected)

    def cut(self) -> None:
        self.copy()
        if self.selected:
            numbers = self.selected
            self._edit(self._named("Cut clip"), lambda scene: clip_edits.remove_all(scene, numbers))

    def paste(self) -> None:
        """Paste at the playhead, on the first selected clip's track or the topmost visible one."""
        copied, at = self._copied, self._surface.view.playhead
        if copied is not None:
            row = self._row()
            self._adding("Paste", lambda scene: clip_edits.paste(scene, copied, at, row))

    def duplicate(self) -> None:
        numbers = self.selected
        if numbers:
            self._adding(
                self._named("Duplicate clip"), lambda scene: clip_edits.duplicate_all(scene, numbers)
            )

    def split(self) -> None:
        """Split the selected clips at the playhead; all clips if none is selected."""
        numbers, at = self.selected, self._surface.view.playhead
        self._edit("Split at playhead", lambda scene: clip_edits.split_all(scene, numbers, at))

    def nudge(self, frames: int) -> None:
        numbers = self.selected
        if numbers:
            self._edit(self._named("Nudge clip"), lambda scene: clip_edits.nudge_all(scene, numbers, frames))

    def trim(self, *, end: bool) -> None:
        """Trim the start or end of the selected clips to the playhead."""
        numbers, at = self.selected, self._surface.view.playhead
        if numbers:
            self._edit(
                self._named("Trim clip"), lambda scene: clip_edits.trim_all(scene, numbers, at, end=end)
            )

    def fade(self, *, out: bool) -> None:
        """Fade the selected clips in up to the playhead, or out from it."""
        numbers, at = self.selected, self._surface.view.playhead
        if numbers:
            name = "Fade out" if out else "Fade in"
            self._edit(name, lambda scene: clip_edits.fade_all(scene, numbers, at, out=out))

    def change_row(self, down: int) -> None:
        """Move the selected clips down by tracks."""
        numbers = self.selected
        if numbers:
            self._edit(self._named("Move clip"), lambda scene: clip_edits.move_rows(scene, numbers, down))

    def change_gain(self, by_db: float) -> None:
        """Change the gain of each selected clip, within the limits."""

        def louder(scene: Scene, clip: Clip) -> Scene:
            return set_clip_gain(scene, clip.id, min(max(clip.gain_db + by_db, LEAST_GAIN), MOST_GAIN_DB))

        self._each("Change gain of clip", louder)

    def mute(self) -> None:
        """Mute the selected clips; unmute them if all are muted."""
        clips = self.clips()
        muted = not all(clip.muted for clip in clips)
        self._each("Mute clip" if muted else "Unmute clip", lambda s, c: mute_clip(s, c.id, muted=muted))

    def solo_tracks(self) -> None:
        """Solo the tracks of the selected clips; unsolo them if all are soloed."""
        tracks = self._tracks()
        on = not all(track.soloed for track in tracks)
        self._each_track("Solo" if on else "Unsolo", lambda s, t: solo_track(s, t.id, soloed=on))

    def mute_tracks(self) -> None:
        """Mute the tracks of the selected clips; unmute them if all are muted."""
        tracks = self._tracks()
        on = not all(track.muted for track in tracks)
        self._each_track("Mute" if on else "Unmute", lambda s, t: mute_track(s, t.id, muted=on))

    def ripple_delete(self) -> None:
        """Delete the selected clips, and close the gaps on their tracks."""
        if numbers := self.selected:
            self._edit(self._named("Ripple delete clip"), lambda scene: ripple_delete(scene, numbers))

    def group(self) -> None:
        """Group the selected clips."""
        if numbers := self.selected:
            self._edit("Group clips", lambda scene: group_clips(scene, numbers))

    def ungroup(self) -> None:
        """Take the selected clips out of their groups."""
        if numbers := self.selected:
            self._edit("Ungroup clips", lambda scene: ungroup_clips(scene, numbers))

    def can_ungroup(self) -> bool:
        """Return whether a selected clip is in a group."""
        return any(clip.group is not None for clip in self.clips())

    def slip(self, frames: int) -> None:
        """Move the sound inside the selected clips by frames."""
        if numbers := self.selected:
            self._edit(self._named("Slip clip"), lambda scene: clip_edits.slip_all(scene, numbers, frames))

    def step_take(self, steps: int) -> None:
        """Play another take in the selected clips, in place."""
        if numbers := self.selected:
            self._edit("Switch take", lambda scene: clip_edits.step_take(scene, numbers, steps))

    def use_take(self, digest: str) -> None:
        """Play this take in the selected clips."""
        self._each("Switch take of clip", lambda scene, clip: swap_take(scene, clip.id, digest))

    def alternatives(self) -> tuple[TakeRecord, ...]:
        """Return the takes that all selected clips can play."""
        scene = self._document.scene
        found = [scene.alternatives(clip.take) for clip in self.clips()]
        return found[0] if found and all(one[:1] == found[0][:1] for one in found) else ()

    def rename(self, name: str) -> None:
        """Name the selected clips; an empty name shows that of the take again."""
        self._each("Rename clip", lambda scene, clip: rename_clip(scene, clip.id, name))

    def mark_clips(self, name: str, at: int) -> None:
        """Mark a sample of the timeline in the selected clips, or rename their markers there."""
        numbers = self.selected
        self._edit("Add clip marker", lambda scene: clip_edits.mark_clips(scene, numbers, at, name))

    def clear_range(self, start: int, stop: int, *, ripple: bool) -> None:
        """Remove what sounds in a stretch of time, and close the gap if ``ripple``."""
        name = "Cut out range" if ripple else "Clear range"
        self._edit(name, lambda scene: clip_edits.clear_range(scene, start, stop, ripple=ripple))

    @property
    def edge_fades(self) -> bool:
        """Whether edges of clips fade by themselves."""
        return self._document.scene.timeline.edge_fade_ms > 0

    @property
    def crossfades(self) -> bool:
        """Whether overlapping clips cross by themselves."""
        return self._document.scene.timeline.auto_crossfade

    def toggle_edge_fades(self) -> None:
        wanted = 0.0 if self.edge_fades else EDGE_FADE_MS
        self._edit("Fades at cuts", lambda scene: set_automatic_fades(scene, wanted))

    def toggle_crossfades(self) -> None:
        on = not self.crossfades
        self._edit("Crossfade overlaps", lambda scene: set_automatic_fades(scene, crossfade=on))

    def toggle_clip_fades(self) -> None:
        """Leave the selected clips out of the automatic fades, or take them in if all are out."""
        on = not any(clip.auto_fades for clip in self.clips())
        self._each("Automatic fades of clip", lambda scene, clip: set_clip_auto_fades(scene, clip.id, on=on))

    def move_tracks(self, down: int) -> None:
        """Move the tracks of the selected clips by one place."""
        tracks = self._tracks()[:: -1 if down > 0 else 1]
        places = [track.id for track in self._document.scene.timeline.tracks]
        if tracks and 0 <= places.index(tracks[0].id) + down < len(places):
            self._each_track(
                "Move track", lambda s, t: move_track(s, t.id, s.timeline.tracks.index(t) + down), tracks
            )

    def set_gain(self, gain_db: float) -> None:
        self._each("Change gain of clip", lambda s, c: set_clip_gain(s, c.id, gain_db), "clips gain")

    def set_pan(self, pan: float) -> None:
        self._each("Pan clip", lambda s, c: set_clip_pan(s, c.id, pan), "clips pan")

    def shape_fades(self, shape: FadeShape) -> None:
        def shaped(scene: Scene, clip: Clip) -> Scene:
            scene = set_fade_in(scene, clip.id, clip.fade_in.samples, shape)
            return set_fade_out(scene, clip.id, clip.fade_out.samples, shape)

        self._each("Change fade of clip", shaped)

    def can_pair(self) -> bool:
        """Return whether exactly two clips are selected, for a crossfade or a join."""
        return len(self.selected) == 2

    def crossfade(self) -> None:
        one, other = sorted(self.selected)
        self._edit("Crossfade clips", lambda scene: crossfade(scene, one, other))

    def join(self) -> None:
        one, other = sorted(self.selected)
        self._edit("Join clips", lambda scene: join_clips(scene, one, other))

    def mark(self, *, hit: bool) -> Marker | None:
        """Add a marker at the playhead and return it, or None if it cannot be added."""
        at, name, number = (
            self._surface.view.playhead,
            "Hit" if hit else "Marker",
            self._document.scene.next_id,
        )
        self._edit(f"Add {name.lower()}", lambda scene: add_marker(scene, at, name, hit=hit))
        return next((mark for mark in self._document.scene.timeline.markers if mark.id == number), None)

    def remove_marker(self, number: int) -> None:
        self._edit("Remove marker", lambda scene: remove_marker(scene, number))

    def turn_marker(self, number: int, *, hit: bool) -> None:
        self._edit("Change marker", lambda scene: hit_marker(scene, number, hit=hit))

    def solo_track(self, number: int, *, on: bool) -> None:
        self._edit("Solo track", lambda scene: solo_track(scene, number, soloed=on))

    def mute_track(self, number: int, *, on: bool) -> None:
        self._edit("Mute track", lambda scene: mute_track(scene, number, muted=on))

    def recolour_track(self, number: int, colour: Colour | None) -> None:
        self._edit("Change track colour", lambda scene: recolour_track(scene, number, colour))

    def rename_clip_marker(self, clip: int, at: int, name: str) -> None:
        self._edit("Rename clip marker", lambda scene: rename_clip_marker(scene, clip, at, name))

    def remove_clip_marker(self, clip: int, at: int) -> None:
        self._edit("Remove clip marker", lambda scene: remove_clip_marker(scene, clip, at))

    def select_track(self, number: int) -> None:
        """Select all clips of a track."""
        track = self._document.scene.track(number)
        self._surface.select(frozenset(clip.id for clip in track.clips) if track else frozenset())

    def add_track(self) -> None:
        count = len(self._document.scene.timeline.tracks) + 1
        self._edit("Add track", lambda scene: add_track(scene, f"Track {count}"))

    def remove_track(self, number: int) -> None:
        self._edit("Remove track", lambda scene: remove_track(scene, number))

    def move_track(self, number: int, place: int) -> None:
        self._edit("Move track", lambda scene: move_track(scene, number, place))

    def drop(self, digest: str, at: int, row: int) -> None:
        self._adding("Place take", lambda scene: clip_edits.drop_take(scene, digest, at, row))

    def _row(self) -> int:
        tracks = self._document.scene.timeline.tracks
        first = next(iter(clip_edits.clips_by_track(self._document.scene, self.selected)), None)
        rows = [row for row, track in enumerate(tracks) if track.id == first]
        return rows[0] if rows else self._surface.view.geometry.rows(len(tracks)).start

    def _tracks(self) -> list[Track]:
        """Return the tracks of the selected clips."""
        there = clip_edits.clips_by_track(self._document.scene, self.selected)
        return [track for track in self._document.scene.timeline.tracks if track.id in there]

    def _each_track(
        self, name: str, change: Callable[[Scene, Track], Scene], tracks: list[Track] | None = None
    ) -> None:
        if tracks := self._tracks() if tracks is None else tracks:
            self._edit(name, lambda scene: reduce(change, tracks, scene))

    def _named(self, name: str) -> str:
        return name if len(self.selected) == 1 else f"{name}s"

    def _each(self, name: str, change: Callable[[Scene, Clip], Scene], key: str | None = None) -> None:
        if clips := self.clips():
            self._edit(self._named(name), lambda scene: reduce(change, clips, scene), key)

    def _edit(self, name: str, change: Callable[[Scene], Scene], key: str | None = None) -> bool:
        return self._document.edit(name, change, key)

    def _adding(self, name: str, change: Callable[[Scene], Scene]) -> None:
        """Apply an edit and select the clips that it added."""
        before = self._document.scene.next_id
        if self._edit(name, change):
            tracks = self._document.scene.timeline.tracks
            new = frozenset(clip.id for track in tracks for clip in track.clips if clip.id >= before)
            self._surface.select(new)
