"""Line edits over the tracks for the names of markers and clips, and scrolling to what is named."""

from collections.abc import Callable, Collection
from dataclasses import replace

from desktop.document.document import Document
from desktop.timeline.commander import Commander
from desktop.timeline.interaction.hit_test import Hit, HitPart
from desktop.timeline.layout.clip_navigation import row_of
from desktop.timeline.layout.page_follow import PageFollow
from desktop.timeline.name_field import NameField
from desktop.timeline.track_view import TrackView
from engine.scene.edits import rename_marker
from engine.scene.edits.clip_markers import place_of_marker
from engine.scene.timeline import Clip, Marker

NEW_MARKER = "Marker"


class ClipNaming:
    """Opens line edits over the tracks, at most one at a time.

    Args:
        document: holds what is named.
        track_view: the line edits are placed on it.
        commander: names the selected clips.
    """

    def __init__(self, document: Document, track_view: TrackView, commander: Commander) -> None:
        self._document = document
        self._track_view = track_view
        self._commander = commander

    def add_marker(self) -> None:
        """Add a marker at the playhead and ask for its name."""
        marker = self._commander.mark(hit=False)
        if marker is not None:
            self.reveal_playhead()
            self.rename_marker(marker)

    def add_hit(self) -> None:
        """Add a hit-point at the playhead; it needs no name, so that several can be tapped while playing."""
        self._commander.mark(hit=True)

    def rename_marker(self, marker: Marker) -> None:
        """Ask for the name of a marker; an empty one leaves it as it is."""

        def name(words: str) -> None:
            if words:
                self._document.edit("Rename marker", lambda scene: rename_marker(scene, marker.id, words))

        x = round(self._track_view.view.geometry.scale.x_of(marker.at)) + 6
        NameField(marker.name, "Name of the marker", (x, 0), self._track_view).named.connect(name)

    def rename_clips(self) -> None:
        """Ask for a name on the first selected clip; all selected ones get it. An empty one is the take's again."""
        clips = self._commander.clips()
        if clips:
            self._ask(clips[0], clips[0].start, clips[0].name or "", self._commander.rename)

    def mark_clips(self) -> None:
        """Mark the playhead in the selected clips and ask for the marker's name."""
        at = self._track_view.view.playhead
        inside = [clip for clip in self._commander.clips() if clip.start <= at < clip.end]
        self._commander.mark_clips(NEW_MARKER, at)
        if inside:
            self.reveal_playhead()
            name = lambda words: self._commander.mark_clips(words or NEW_MARKER, at)  # noqa: E731
            self._ask(inside[0], at, NEW_MARKER, name)

    def rename_clip_marker(self, number: int, at: int) -> None:
        """Ask for the name of the marker of a clip at a sample of its take; an empty one leaves it as it is."""
        found = self._document.scene.clip(number)
        marker = next((mark for mark in found[1].markers if mark.at == at), None) if found else None
        if found is None or marker is None:
            return

        def name(words: str) -> None:
            if words:
                self._commander.rename_clip_marker(number, at, words)

        place = place_of_marker(found[1], marker)
        self._ask(found[1], found[1].start if place is None else place, marker.name, name)

    def reveal_clip(self, number: int) -> bool:
        """Scroll to a clip if it is out of view; return whether there is such a clip."""
        found = self._document.scene.clip(number)
        row = row_of(self._document.scene.timeline, number)
        if found is None or row is None:
            return False
        self._track_view.set_geometry(self._track_view.view.geometry.revealing(found[1], row))
        return True

    def reveal_playhead(self) -> None:
        """Turn the page if the playhead is out of view."""
        view = self._track_view.view
        scale = PageFollow().page(view.geometry.scale, view.geometry.width, view.playhead)
        self._track_view.set_geometry(replace(view.geometry, scale=scale))

    def reveal_one_of(self, numbers: Collection[int]) -> None:
        """Scroll to the first of these clips, unless one of them is in view."""
        geometry, timeline = self._track_view.view.geometry, self._document.scene.timeline
        found = [
            (clip, row)
            for row, track in enumerate(timeline.tracks)
            for clip in track.clips
            if clip.id in numbers
        ]
        if found and not any(geometry.shows(clip, row) for clip, row in found):
            self._track_view.set_geometry(geometry.revealing(*found[0]))

    def double_click(self, hit: Hit) -> None:
        """Handle a double click: rename a marker, reset a gain line to 0 dB."""
        if hit.part is HitPart.GAIN:
            self._commander.set_gain(0.0)
            self._document.settle()
        if hit.clip is not None and hit.at is not None:
            self.rename_clip_marker(hit.clip, hit.at)
        marker = next((one for one in self._document.scene.timeline.markers if one.id == hit.marker), None)
        if marker is not None:
            self.rename_marker(marker)

    def _ask(self, clip: Clip, at: int, words: str, named: Callable[[str], None]) -> None:
        self.reveal_clip(clip.id)
        geometry = self._track_view.view.geometry
        row = row_of(self._document.scene.timeline, clip.id) or 0
        place = max(round(geometry.scale.x_of(at)), 0), geometry.top_of(row) + 1
        NameField(words, "Name of the clip or its marker", place, self._track_view).named.connect(named)
