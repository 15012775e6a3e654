"""Read what a person types into the search field: words, "phrases", AND, OR, NOT, brackets, and ``*``.

Words side by side must all occur, as in other sound library programs; ``-rain`` is short for ``NOT rain``.
Operators are written in capitals, so that "cat and dog" is three ordinary words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.errors import BadInput

_TOKEN = re.compile(r'\s*(?:(?P<phrase>"[^"]*"?)|(?P<sign>[()])|(?P<word>[^\s()"]+))')
_LETTERS = re.compile(r"[^\W_]", re.UNICODE)
_SMALL = frozenset("a an and at by for from in into of off on or out over the to under up with".split())
"""Words that do not count where only some of the words need to match."""
MAX_DEPTH = 20
MAX_LETTERS = 1_000


@dataclass(frozen=True)
class Query:
    """What was asked for.

    Attributes:
        match: expression for SQLite's FTS5, in which every condition is exact; "" if there are no words.
        loose: expression that any of the words fulfils; "" if operators make the words exact.
        words: the words to look for, without operators and without what is left out, for the text encoder.
        is_exact: whether operators, quotes or ``*`` were used: then only files whose text matches are results.
    """

    match: str
    loose: str
    words: str
    is_exact: bool


@dataclass(frozen=True)
class _Found:
    """A part of a query: its expression, what it leaves out, and its words."""

    match: str = ""
    without: str = ""
    words: tuple[str, ...] = ()


def read_query(text: str) -> Query:
    """Read a query.

    Raises:
        BadInput: a bracket or an operator lacks its other half, there is only something to leave out, or the text
            is too long.
    """
    if len(text) > MAX_LETTERS:
        raise BadInput(f"Search for at most {MAX_LETTERS} letters.")
    tokens = list(_tokens(text))
    if not tokens:
        return Query("", "", "", is_exact=False)
    reader = _Reader(tokens)
    found = reader.whole()
    loose = "" if reader.is_exact else " OR ".join(_quoted(word) for word in _telling(found.words))
    return Query(found.match, loose, " ".join(found.words), reader.is_exact)


def _tokens(text: str) -> Iterator[str]:
    for match in _TOKEN.finditer(text):
        token = match.group().strip()
        if match["word"] and not _LETTERS.search(token):
            continue  # punctuation alone
        if match["phrase"] and not _LETTERS.search(token):
            continue
        yield token


class _Reader:
    """A recursive-descent parser: OR binds least, then words side by side and AND, then NOT."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens, self._at, self._depth = tokens, 0, 0
        self.is_exact = False

    def whole(self) -> _Found:
        found = self._either()
        if self._at < len(self._tokens):
            raise BadInput("A bracket is closed that was never opened: add the other one, or leave it out.")
        return found

    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _either(self) -> _Found:
        parts = [self._all()]
        while self._next() == "OR":
            self._at, self.is_exact = self._at + 1, True
            parts.append(self._all())
        if len(parts) == 1:
            return parts[0]
        return _Found(_bracketed(" OR ".join(part.match for part in parts)), words=_words(parts))

    def _all(self) -> _Found:
        kept: list[_Found] = []
        left_out: list[_Found] = []
        while self._next() not in {"", ")", "OR"}:
            if self._next() == "AND":
                self._at, self.is_exact = self._at + 1, True
                if self._next() in {"", ")", "OR", "AND"}:
                    raise BadInput("AND needs something on both sides.")
                continue
            part = self._one()
            (left_out if part.without else kept).append(part)
        if not kept:
            raise BadInput("Say what to look for, not only what to leave out.")
        match = " AND ".join(part.match for part in kept)
        if left_out:
            match = f"({match}) NOT ({' OR '.join(part.without for part in left_out)})"
        return _Found(_bracketed(match), words=_words(kept))

    def _one(self) -> _Found:
        said = self._next()
        self._at += 1
        if said == "NOT":
            self.is_exact = True
            if self._next() in {"", ")", "OR", "AND", "NOT"}:
                raise BadInput("NOT needs a word after it.")
            return _Found(without=self._one().match)
        if said == "(":
            return self._inside()
        if said.startswith('"'):
            self.is_exact = True
            return _Found(_quoted(said.strip('"')), words=(said.strip('"'),))
        if said.startswith("-"):
            self.is_exact = True
            return _Found(without=_term(said[1:]))
        self.is_exact |= said.endswith("*")
        return _Found(_term(said), words=(said.rstrip("*"),))

    def _inside(self) -> _Found:
        self.is_exact = True
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise BadInput(f"Brackets lie at most {MAX_DEPTH} deep.")
        found = self._either()
        if self._next() != ")":
            raise BadInput("A bracket is opened that is never closed: add the other one, or leave it out.")
        self._at, self._depth = self._at + 1, self._depth - 1
        return found


def _telling(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words without small ones, unless all are small."""
    return tuple(word for word in words if word.casefold() not in _SMALL) or words


def _term(word: str) -> str:
    bare = word.rstrip("*")
    return f"{_quoted(bare)} *" if word.endswith("*") else _quoted(bare)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', " ") + '"'


def _bracketed(match: str) -> str:
    return f"({match})"


def _words(parts: list[_Found]) -> tuple[str, ...]:
    return tuple(word for part in parts for word in part.words)
