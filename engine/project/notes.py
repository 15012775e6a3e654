"""What is told to a person about a project that was not whole."""

MOST = 100
"""Sentences that are told one by one; a file with more than that is summed up."""


class Notes:
    """Collects warnings, each one sentence."""

    def __init__(self) -> None:
        self._said: list[str] = []
        self._more = 0

    def say(self, sentence: str) -> None:
        """Adds a sentence; past ``MOST`` it is only counted."""
        if len(self._said) < MOST:
            self._said.append(sentence)
        else:
            self._more += 1

    def all(self) -> tuple[str, ...]:
        """Every sentence, in the order in which they were said."""
        if not self._more:
            return tuple(self._said)
        return (*self._said, f"{self._more} more parts of this project are damaged.")


def quoted(name: object) -> str:
    """A name out of a file, short enough to stand in a sentence, on one line."""
    text = name if isinstance(name, str) else str(type(name).__name__)
    plain = "".join(letter if letter.isprintable() else " " for letter in text[:60])
    return f"'{plain}'" if len(text) <= 60 else f"'{plain}...'"
