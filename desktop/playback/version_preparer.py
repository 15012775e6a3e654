"""Renders versions of takes before they are played, so that playback never waits for them."""

from dataclasses import replace
from functools import partial
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QObject, Signal

from desktop.threads.background import Background
from engine.scene.timeline import Clip, Timeline
from engine.sound.waveform import Waveform


@runtime_checkable
class VersionSource(Protocol):
    """A source of takes and of their versions."""

    def __call__(self, key: str) -> tuple[Waveform, int]: ...

    def is_ready(self, key: str) -> bool:
        """Return whether nothing has to be rendered for a key."""


class VersionPreparer(QObject):
    """Renders the versions that a timeline plays in a thread of its own.

    Args:
        takes: renders and keeps them.
        parent: parent object.

    Signals:
        prepared(): more versions are ready; ask again what sounds.
        failed(Exception): a version cannot be rendered; emitted once for each.
    """

    prepared = Signal()
    failed = Signal(object)

    def __init__(self, takes: VersionSource, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._takes = takes
        self._thread = Background(self)
        self._rendering: set[str] = set()
        self._given_up: set[str] = set()
        self._sounded: dict[int, Clip] = {}

    def sounding(self, timeline: Timeline) -> Timeline:
        """Return the timeline as it can be played now, and begin to render what is missing.

        A clip whose version is not ready sounds as it did before; a new one is silent until it is.
        """
        missing = {
            clip.sound
            for track in timeline.tracks
            for clip in track.clips
            if clip.sound not in self._given_up and not self._takes.is_ready(clip.sound)
        }
        for key in missing - self._rendering:
            self._render(key)
        if missing:
            tracks = (
                replace(track, clips=tuple(self._playable(clip, missing) for clip in track.clips))
                if any(clip.sound in missing for clip in track.clips)
                else track
                for track in timeline.tracks
            )
            timeline = replace(timeline, tracks=tuple(tracks))
        self._sounded = {clip.id: clip for track in timeline.tracks for clip in track.clips}
        return timeline

    def forget(self) -> None:
        """Forget what sounded: another scene has other clips, and may render what could not be rendered."""
        self._sounded.clear()
        self._given_up.clear()

    def close(self) -> None:
        """End the thread after the current version."""
        self._thread.close()

    def _playable(self, clip: Clip, missing: set[str]) -> Clip:
        if clip.sound not in missing:
            return clip
        return self._sounded.get(clip.id, replace(clip, muted=True))

    def _render(self, key: str) -> None:
        self._rendering.add(key)
        self._thread.run(partial(self._takes, key), lambda _: self._end(key), partial(self._fail, key))

    def _end(self, key: str) -> None:
        self._rendering.discard(key)
        self.prepared.emit()

    def _fail(self, key: str, error: BaseException) -> None:
        self._given_up.add(key)
        self.failed.emit(error)
        self._end(key)
