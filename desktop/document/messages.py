"""What is said to the person: one value, through one place."""

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Signal

from engine.errors import FoleyscapeError

Kind = Literal["info", "warning", "error"]


@dataclass(frozen=True)
class Message:
    """One thing to say: what happened, and what to do about it, in a sentence or two."""

    kind: Kind
    text: str


class Messages(QObject):
    """The one way from anything that goes wrong, or well, to the screen."""

    shown = Signal(object)

    def show(self, message: Message) -> None:
        self.shown.emit(message)

    def tell(self, text: str) -> None:
        self.show(Message("info", text))

    def warn(self, text: str) -> None:
        self.show(Message("warning", text))

    def fail(self, error: BaseException) -> None:
        self.show(message_of(error))


def message_of(error: BaseException) -> Message:
    """The sentence for an error of any kind: its own where it has one, else what it is and what can be done."""
    if isinstance(error, FoleyscapeError):
        return Message("error", error.message)
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return Message(
            "error", "There was not enough memory. Close something, or make shorter or fewer takes."
        )
    first = (str(error).strip().splitlines() or [""])[0]
    what = f"{type(error).__name__}: {first}" if first else type(error).__name__
    return Message(
        "error", f"Something went wrong inside ({what}). Your scene is as it was; save it and go on."
    )
