"""Messages to the user, sent through one object."""

import logging
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Signal

from engine.errors import FoleyscapeError
from engine.files import as_sentence
from engine.logs import log_failure

log = logging.getLogger(__name__)

Kind = Literal["info", "warning", "error"]
LEVELS: dict[Kind, int] = {"info": logging.INFO, "warning": logging.WARNING, "error": logging.WARNING}


@dataclass(frozen=True)
class Message:
    """A message to the user: what happened and what to do about it, in one or two sentences."""

    kind: Kind
    text: str


class Messages(QObject):
    """The only path from an outcome or an error to the screen."""

    shown = Signal(object)

    def show(self, message: Message) -> None:
        log.log(LEVELS[message.kind], "Shown: %s", message.text)
        self.shown.emit(message)

    def tell(self, text: str) -> None:
        self.show(Message("info", text))

    def warn(self, text: str) -> None:
        self.show(Message("warning", text))

    def fail(self, error: BaseException) -> None:
        log_failure(log, "What was asked", error)
        self.show(message_of(error))


def message_of(error: BaseException) -> Message:
    """Return the message for an error: its own sentence if it has one, else its type and what to try."""
    if isinstance(error, FoleyscapeError):
        return Message("error", error.message)
    if isinstance(error, OSError):
        return Message("error", as_sentence(error).message)
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return Message(
            "error", "There was not enough memory. Close something, or make shorter or fewer takes."
        )
    first = (str(error).strip().splitlines() or [""])[0]
    what = f"{type(error).__name__}: {first}" if first else type(error).__name__
    return Message(
        "error", f"Something went wrong inside ({what}). Your scene is as it was; save it and go on."
    )
