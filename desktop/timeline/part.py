"""The timeline and its playback, as one part of the window."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QElapsedTimer, QObject, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.actions.actions import Actions
from desktop.playback.output_devices import open_device
from desktop.playback.output_thread import OpenDevice
from desktop.playback.playback_strip import PlaybackPart
from desktop.playback.track_peaks import track_peaks
from desktop.playback.transport_commands import Comparer
from desktop.services import Services
from desktop.timeline.layout.track_layout import TRACK_HEIGHT
from desktop.timeline.painting.waveform_loader import WaveformLoader
from desktop.timeline.recordings.part import RecordingsPart
from desktop.timeline.timeline_commands import TIMELINE_COMMANDS, TIMELINE_ROUTES
from desktop.timeline.view import TimelineView
from engine.errors import FoleyscapeError

METER_MS = 40


def lane_in(state: Mapping[str, Any]) -> int:
    """Return the common track height saved in the window's state."""
    facts = state.get("timeline")
    found = facts.get("lane") if isinstance(facts, dict) else None
    return found if type(found) is int else TRACK_HEIGHT


class TimelinePart(QObject):
    """Tracks, and below them transport and meters, with one player.

    Args:
        services: shared services.
        parent: parent widget.
        device: opens the audio output.
    """

    def __init__(self, services: Services, parent: QWidget, device: OpenDevice = open_device) -> None:
        super().__init__(parent)
        self._services = services
        self._place = QWidget(parent)
        self._metered = QElapsedTimer()
        self._playback = PlaybackPart(services, self._place, device)
        self.player = self._playback.player
        self.waveforms = WaveformLoader(self._playback.takes, self)
        self.view = TimelineView(services.document, self.waveforms, services.settings.keys, self._place)
        column = QVBoxLayout(self._place)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.view, 1)
        self.recordings = RecordingsPart(services, self.player, self._place, device)
        column.addWidget(self.recordings.bar)
        column.addWidget(self._playback.widget)
        self._join()

    @property
    def widget(self) -> QWidget:
        return self._place

    @property
    def compare(self) -> Comparer:
        """Compares takes of the selected objects."""
        return self._playback.strip.compare

    def bind(self, actions: Actions) -> None:
        self._playback.bind(actions)
        actions.register(TIMELINE_COMMANDS, self.view)
        self.recordings.bind(actions)
        actions.route(TIMELINE_ROUTES, self.view, self.view)
        for signal in (self.view.clips_selected, self.view.snap_changed, self.view.spectrograms_changed):
            signal.connect(lambda _: actions.refresh())

    def close(self) -> None:
        """Stop playback, meters and waveform loading."""
        self.recordings.close()
        self._playback.close()
        self.waveforms.close()

    def _join(self) -> None:
        view, player, services = self.view, self.player, self._services
        view.seek_requested.connect(player.seek)
        view.scrubbed.connect(player.scrub)
        view.loop_changed.connect(player.set_loop)
        player.loop_changed.connect(view.set_loop)
        view.track_view.files_dropped.connect(self.recordings.import_at)
        player.state_changed.connect(lambda: view.set_speed(player.speed if player.playing else 0.0))
        player.position_changed.connect(view.set_playhead)
        player.position_changed.connect(self._show_peaks)
        self.waveforms.failed.connect(services.messages.show)
        services.session.opened.connect(self._begin)
        services.session.opened.connect(self.recordings.tell_of_leftovers)
        services.settings.keys_changed.connect(view.set_keys)
        services.settings.changed.connect(lambda preferences: view.set_snap(preferences.snap))
        services.settings.changed.connect(lambda preferences: player.set_matched(preferences.matched))
        view.set_snap(services.settings.preferences.snap)
        player.set_matched(services.settings.preferences.matched)
        view.set_track_height(lane_in(services.state.read()))
        view.track_height_changed.connect(self._remember)

    @Slot(object)
    def _show_peaks(self, _position: int) -> None:
        """Show the tracks' levels, at most every ``METER_MS``."""
        if self.player.playing and (not self._metered.isValid() or self._metered.elapsed() >= METER_MS):
            self._metered.start()
            headers, player = self.view.headers, self.player
            headers.show_peaks(track_peaks(player.renderer, player.position, headers.visible_tracks))

    @Slot(int)
    def _remember(self, lane: int) -> None:
        """Save the common track height in the window's state."""
        state = self._services.state
        try:
            state.update(lambda facts: {**facts, "timeline": {"lane": lane}})
        except FoleyscapeError as failure:
            self._services.messages.fail(failure)

    @Slot()
    def _begin(self) -> None:
        """Prepare for another scene: retry its takes, and render ahead so that play starts at once."""
        self.waveforms.retry()
        self._playback.strip.prepare()
        self.view.zoom_all()
