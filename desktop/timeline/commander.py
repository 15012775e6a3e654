"""Commands on the selected clips and at the playhead, each one undo step."""

from collections.abc import Callable
from functools import reduce

from desktop.document.document import Document
from desktop.timeline import clip_edits
from desktop.timeline.clip_edits import ClipClipboard
from desktop.timeline.interaction.gestures import LEAST_GAIN
from desktop.timeline.track_view import TrackView
from engine.scene.edits import (
    add_marker,
    add_track,
    crossfade,
    hit_marker,
    join_clips,
    move_track,
    mute_clip,
    mute_track,
    remove_marker,
    remove_track,
    set_clip_gain,
    set_clip_pan,
    set_fade_in,
    set_fade_out,
    solo_track,
)
from engine.scene.scene import Scene
from engine.scene.timeline import MOST_GAIN_DB, Clip, FadeShape, Marker, Track


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

    def mark(self, *, hit: bool) -> None:
        at, name = self._surface.view.playhead, "Hit" if hit else "Marker"
        self._edit(f"Add {name.lower()}", lambda scene: add_marker(scene, at, name, hit=hit))

    def new_marker(self) -> Marker | None:
        """Add a marker at the playhead and return it, or None if it was refused."""
        number = self._document.scene.next_id
        self.mark(hit=False)
        markers = self._document.scene.timeline.markers
        return next((marker for marker in markers if marker.id == number), None)

    def remove_marker(self, number: int) -> None:
        self._edit("Remove marker", lambda scene: remove_marker(scene, number))

    def turn_marker(self, number: int, *, hit: bool) -> None:
        self._edit("Change marker", lambda scene: hit_marker(scene, number, hit=hit))

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

    def _each_track(self, name: str, change: Callable[[Scene, Track], Scene]) -> None:
        if tracks := self._tracks():
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
