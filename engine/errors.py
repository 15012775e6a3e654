"""The errors that reach a person.

Everything expected to go wrong raises one of these, with a sentence that says what is wrong and what to
do. The command line prints it and leaves with ``exit_code``; the window shows it in its one message place.
"""


class FoleyscapeError(Exception):
    """A failure with a sentence for the person.

    Args:
        message: one full sentence, what is wrong and what to do about it.
    """

    exit_code = 1

    @property
    def message(self) -> str:
        return str(self)


class BadInput(FoleyscapeError):
    """What was asked cannot be done as asked: a wrong file, a click outside, a duration of zero."""

    exit_code = 2


class Failed(FoleyscapeError):
    """What was asked is fine, but the machine could not do it: a full disk, missing weights, no memory."""

    exit_code = 1


class Cancelled(Exception):
    """Raised from ``Progress`` inside long work after the person cancelled it. Never shown as an error."""
