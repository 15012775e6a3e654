"""Errors that are shown to a user.

Every expected failure raises one of these, with a sentence that says what is wrong and what to do. The
command line prints it and exits with ``exit_code``; the window shows it in its message bar.
"""


class FoleyscapeError(Exception):
    """A failure with a sentence for the user.

    Args:
        message: one full sentence: what is wrong and what to do about it.
    """

    exit_code = 1

    @property
    def message(self) -> str:
        """The sentence for the user."""
        return str(self)


class BadInput(FoleyscapeError):
    """The request cannot be carried out as given: a wrong file, a click outside the still, a duration of zero."""

    exit_code = 2


class Failed(FoleyscapeError):
    """The request is valid, but the machine could not carry it out: a full disk, missing weights, no memory."""

    exit_code = 1


class Incomplete(FoleyscapeError):
    """The request would leave out part of what it is about, and that was not allowed."""

    exit_code = 3


class Cancelled(Exception):
    """Raised by ``Progress`` inside long work after the user cancelled it; never shown as an error."""
