"""What the player does for which action of the window."""

from collections.abc import Callable

from desktop.actions.actions import Actions
from desktop.document.document import Document
from desktop.document.messages import Messages
from desktop.playback.ab_compare import pair_to_compare
from desktop.playback.player import Player


def transport_commands(player: Player, compare: Callable[[], None]) -> dict[str, Callable[[], None]]:
    """By the id of the action in ``desktop.actions.action_table``."""
    return {
        "play": player.toggle,
        "shuttle_back": lambda: player.shuttle(-1),
        "shuttle_stop": player.stop,
        "shuttle_on": lambda: player.shuttle(1),
        "mark_in": player.mark_in,
        "mark_out": player.mark_out,
        "loop": lambda: player.set_looping(not player.looping),
        "frame_back": lambda: player.step_frames(-1),
        "frame_on": lambda: player.step_frames(1),
        "second_back": lambda: player.step_seconds(-1),
        "second_on": lambda: player.step_seconds(1),
        "to_start": player.to_start,
        "to_end": player.to_end,
        "compare": compare,
    }


def bind_transport(player: Player, actions: Actions, compare: Callable[[], None]) -> None:
    """Binds them all, and keeps what is checked as it is."""
    for id_, do in transport_commands(player, compare).items():
        actions.bind(id_, do, checked=(lambda: player.looping) if id_ == "loop" else None)
    player.state_changed.connect(actions.refresh)


class Comparer:
    """Starts comparing the takes of what is selected, and from then on goes from one to the other.

    Args:
        player: plays them.
        document: holds the selection.
        messages: told when there is nothing to compare.
    """

    def __init__(self, player: Player, document: Document, messages: Messages) -> None:
        self._player = player
        self._document = document
        self._messages = messages

    def __call__(self) -> None:
        if self._player.pair is not None:
            self._player.switch()
            return
        pair = pair_to_compare(self._document.scene, self._document.selection)
        if pair is None:
            self._messages.tell("Select an object with two takes or more to compare them.")
        else:
            self._player.compare(pair)
