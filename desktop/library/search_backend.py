"""Searches the library in a thread of its own. No widgets."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from engine.library.found_sound import FoundSound
from engine.library.library import Library, is_library
from engine.library.query import read_query
from engine.library.search import LibrarySearch
from engine.library.search_filter import SearchFilter
from engine.scene.objects import SoundingObject
from engine.vision.still import Still

if TYPE_CHECKING:
    from engine.generation.embeddings import Embeddings
    from engine.library.search import Vector
    from engine.studio import Studio

COUNT = 200


@dataclass(frozen=True)
class LibrarySearchRequest:
    """What to search for: words, or an object of a still, or what sounds like a found sound.

    Attributes:
        text: what was typed.
        still: the still of ``thing``.
        thing: an object whose sounds are searched.
        like: number of a content that results sound like.
        search_filter: what results must pass.
    """

    text: str = ""
    still: Still | None = None
    thing: SoundingObject | None = None
    like: int | None = None
    search_filter: SearchFilter = field(default_factory=SearchFilter)


@dataclass(frozen=True)
class StarRequest:
    """Star a sound, or take its star away."""

    content: int
    starred: bool


@dataclass(frozen=True)
class SearchAnswer:
    """The results of a search.

    Attributes:
        found: sounds, best first.
        total: how many sounds the library has.
        note: what the user should know, or "".
    """

    found: tuple[FoundSound, ...]
    total: int
    note: str = ""


class SearchBackend:
    """Answers requests; made and used in one thread.

    Args:
        folder: where the index lies.
        make_studio: creates the studio whose model embeds words, objects and sounds.
    """

    def __init__(self, folder: Path, make_studio: "Callable[[], Studio]") -> None:
        self._folder, self._make_studio = folder, make_studio
        self._studio: Studio | None = None
        self._search: LibrarySearch | None = None
        self._library: Library | None = None

    def __call__(self, request: LibrarySearchRequest | StarRequest) -> SearchAnswer | None:
        """Answer a request."""
        if not is_library(self._folder):
            return SearchAnswer((), 0)
        if self._library is None:
            self._library = Library(self._folder)
            self._search = LibrarySearch(self._library)
        if isinstance(request, StarRequest):
            self._library.set_starred(request.content, starred=request.starred)
            return None
        return self._found(request, self._library)

    def _found(self, request: LibrarySearchRequest, library: Library) -> SearchAnswer:
        assert self._search is not None
        query = read_query(request.text)
        vector, note = self._vector(request, query.words)
        found = self._search.search(query, vector, request.search_filter, COUNT)
        return SearchAnswer(tuple(found), library.status().sounds, note)

    def _vector(self, request: LibrarySearchRequest, words: str) -> "tuple[Vector | None, str]":
        """Return what to search by beside the text, and what the user should know of it."""
        assert self._search is not None
        if request.like is not None:
            return self._search.vector_of(request.like), ""
        if request.thing is not None and request.still is not None:
            return self._embeddings().of_object(request.still, request.thing), ""
        if not words:
            return None, ""
        vector = self._embeddings().of_words(words)
        return (
            vector,
            "" if vector is not None else "Names and descriptions only: the model knows no such sound.",
        )

    def _embeddings(self) -> "Embeddings":
        if self._studio is None:
            self._studio = self._make_studio()
        return self._studio.embeddings
