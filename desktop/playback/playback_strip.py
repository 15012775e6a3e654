"""The strip below the timeline: transport and meters, with the player and its threads."""

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from desktop.actions.actions import Actions
from desktop.actions.key_map import KeyMap
from desktop.document.document import Document
from desktop.document.messages import Messages
from desktop.playback.meter_thread import MeterThread
from desktop.playback.meter_widgets import Meters
from desktop.playback.output_devices import open_device
from desktop.playback.output_thread import OpenDevice
from desktop.playback.player import Player
from desktop.playback.render_sources import ProjectTakeSource
from desktop.playback.transport import TransportBar
from desktop.playback.transport_commands import TRANSPORT_COMMANDS, TRANSPORT_ROUTES, Comparer
from desktop.services import Services

ROOMY = 680
"""From this width on, in pixels, speed and gain have room beside the meters."""


class PlaybackStrip(QFrame):
    """The transport, the meters, the player and the meter thread.

    Args:
        player: the player it controls; closed with the strip.
        document: holds the selection, whose takes are compared.
        messages: shows why something cannot be played.
        keys: the key map, for the tooltips.
    """

    def __init__(
        self,
        player: Player,
        document: Document,
        messages: Messages,
        keys: KeyMap,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.player = player
        self.compare = Comparer(player, document, messages)
        self.transport = TransportBar(player, keys, self.compare, self)
        self.meters = Meters(self)
        self._thread = MeterThread(lambda: player.stream, self)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 5, 8, 5)
        row.setSpacing(8)
        row.addWidget(self.transport)
        row.addStretch(1)
        row.addWidget(self.meters, 2)
        self.transport.timecode.entry_rejected.connect(messages.fail)
        self._thread.read.connect(self.meters.show_reading)
        self.meters.restart_requested.connect(self._thread.restart)
        player.restarted.connect(self._thread.restart)
        document.replaced.connect(self.meters.restart)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Show less while the strip is narrow, so that nothing lies over something else."""
        super().resizeEvent(event)
        self.transport.set_compact(event.size().width() < ROOMY)

    def prepare(self) -> None:
        """Open the device and render ahead in the background, so that play starts at once."""
        self._thread.prepare()
        self.player.prepare()

    def bind(self, actions: Actions) -> None:
        """Bind the transport's commands."""
        actions.register(TRANSPORT_COMMANDS, self)
        actions.route(TRANSPORT_ROUTES, self, None)
        self.player.state_changed.connect(actions.refresh)

    def close_down(self) -> None:
        """Stop the player and the meter thread."""
        self._thread.close()
        self.player.close()


class PlaybackPart:
    """The strip connected to the window's services. It is part of the timeline's panel."""

    def __init__(self, services: Services, parent: QWidget, device: OpenDevice = open_device) -> None:
        self.takes = ProjectTakeSource(services.document, parent)
        self.player = Player(services.document, self.takes, services.messages, device, parent)
        keys = services.settings.keys
        self.strip = PlaybackStrip(self.player, services.document, services.messages, keys, parent)
        services.settings.keys_changed.connect(self.strip.transport.set_keys)
        self.player.availability_changed.connect(
            lambda: services.activity.set_fact("sound", self.player.reason)
        )

    @property
    def widget(self) -> QWidget:
        return self.strip

    def bind(self, actions: Actions) -> None:
        self.strip.bind(actions)

    def close(self) -> None:
        self.strip.close_down()
