"""The commands of the transport, including the comparison of two takes."""

from collections.abc import Callable
from typing import Protocol

from desktop.actions.command_spec import Command, Route
from desktop.document.document import Document
from desktop.document.messages import Messages
from desktop.playback.ab_compare import pair_to_compare
from desktop.playback.player import Player


class TransportTarget(Protocol):
    """What the commands need of the playback strip."""

    @property
    def player(self) -> Player: ...
    @property
    def compare(self) -> Callable[[], None]: ...


TRANSPORT_COMMANDS: tuple[Command[TransportTarget], ...] = (
    Command(
        "play",
        "&Play or stop",
        "&Play",
        keys=("Space",),
        tip="Play from the playhead, or stop",
        icon="play",
        run=lambda strip: strip.player.toggle(),
    ),
    Command(
        "shuttle_back",
        "Shuttle &back",
        "&Play",
        keys=("J",),
        tip="Play backwards, again for faster",
        icon="rewind",
        run=lambda strip: strip.player.shuttle(-1),
    ),
    Command(
        "shuttle_stop",
        "Shuttle &stop",
        "&Play",
        keys=("K",),
        tip="Stop where it is",
        icon="stop",
        run=lambda strip: strip.player.stop(),
    ),
    Command(
        "shuttle_on",
        "Shuttle &on",
        "&Play",
        keys=("L",),
        tip="Play, again for faster",
        icon="forward",
        run=lambda strip: strip.player.shuttle(1),
    ),
    Command(
        "loop",
        "&Loop",
        "&Play",
        keys=("Ctrl+L",),
        tip="Play the loop over and over",
        icon="loop",
        group=1,
        run=lambda strip: strip.player.set_looping(not strip.player.looping),
        checked=lambda strip: strip.player.looping,
    ),
    Command(
        "frame_back",
        "Frame ba&ck",
        "&Play",
        keys=("Left",),
        tip="One frame back",
        group=2,
        run=lambda strip: strip.player.step_frames(-1),
    ),
    Command(
        "frame_on",
        "Frame o&n",
        "&Play",
        keys=("Right",),
        tip="One frame on",
        group=2,
        run=lambda strip: strip.player.step_frames(1),
    ),
    Command(
        "second_back",
        "Second bac&k",
        "&Play",
        keys=("Shift+Left",),
        tip="One second back",
        group=2,
        run=lambda strip: strip.player.step_seconds(-1),
    ),
    Command(
        "second_on",
        "S&econd on",
        "&Play",
        keys=("Shift+Right",),
        tip="One second on",
        group=2,
        run=lambda strip: strip.player.step_seconds(1),
    ),
    Command(
        "to_start",
        "To s&tart",
        "&Play",
        keys=("Home",),
        tip="Go to the beginning",
        icon="to_start",
        group=3,
        run=lambda strip: strip.player.to_start(),
    ),
    Command(
        "to_end",
        "To en&d",
        "&Play",
        keys=("End",),
        tip="Go to the end of the last clip",
        icon="to_end",
        group=3,
        run=lambda strip: strip.player.to_end(),
    ),
    Command(
        "compare",
        "Compare &A and B",
        "&Play",
        keys=("A",),
        tip="Switch takes at matched loudness",
        group=4,
        run=lambda strip: strip.compare(),
    ),
)

TRANSPORT_ROUTES: tuple[Route[TransportTarget], ...] = (
    Route("mark_in", lambda strip: strip.player.mark_in()),
    Route("mark_out", lambda strip: strip.player.mark_out()),
)


class Comparer:
    """Starts comparing takes of the selection; further calls switch between the two.

    Args:
        player: plays them.
        document: holds the selection.
        messages: says when there is nothing to compare.
    """

    def __init__(self, player: Player, document: Document, messages: Messages) -> None:
        self._player = player
        self._document = document
        self._messages = messages
        self.current: Callable[[], str | None] = lambda: None
        """Returns the digest of the take at which the keyboard is in the list."""

    def __call__(self) -> None:
        if self._player.pair is not None:
            self._player.switch()
            return
        pair = pair_to_compare(self._document.scene, self._document.selection, self.current())
        if pair is None:
            self._messages.tell("Select an object with two takes or more to compare them.")
        else:
            self._player.compare(pair)
