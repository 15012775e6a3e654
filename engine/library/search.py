"""Search a library by words, by a vector, and by what is known of each sound."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.library.found_sound import FoundSound
from engine.library.library import Library
from engine.library.query import Query
from engine.library.search_filter import SearchFilter
from engine.library.vectors import VectorSearch

RANK_OFFSET = 60
"""Of reciprocal-rank fusion (Cormack, Clarke and Buettcher 2009)."""
WORD_WEIGHT, VECTOR_WEIGHT = 1.0, 1.0
"""Weights of the two rankings in the fusion; see tests/benchmarks/library.py."""
POOL = 400
"""Windows, and files, that are ranked."""
_COLUMN_WEIGHTS = "8.0, 1.0, 4.0, 2.0"
"""How much a word counts in name, path, category and description (BM25)."""
_FILES = (
    "files JOIN contents ON contents.id = files.content JOIN folders ON folders.id = files.folder "
    "JOIN texts ON texts.rowid = files.id"
)
_MARK, _UNMARK = "\x02", "\x03"

Vector = NDArray[np.float32]


@dataclass
class _Candidate:
    """A content on its way to the results."""

    score: float = 0.0
    row: int | None = None
    fit: float | None = None


class LibrarySearch:
    """Searches a library. The vectors are held in memory, 0.5 KiB for each window of five seconds.

    Args:
        library: the library; another program may update it meanwhile.
    """

    def __init__(self, library: Library) -> None:
        self._library, self._read = library, library.database.connection
        self._vectors: VectorSearch | None = None
        self._stamp: tuple[int, int] | None = None

    def search(
        self,
        query: Query | None = None,
        vector: Vector | None = None,
        search_filter: SearchFilter | None = None,
        count: int = 50,
    ) -> list[FoundSound]:
        """Return the sounds that fit best, best first.

        Args:
            query: words; None or empty searches by the vector alone.
            vector: unit vector, float32 (512,), of the words, an object or a sound; None searches by words alone.
            search_filter: what results must pass.
            count: the number of results.
        """
        search_filter = search_filter or SearchFilter()
        query = query if query is not None and query.match else None
        if query is None and vector is None:
            found = self._everything(search_filter, count)
        else:
            found = self._ranked(query, vector, search_filter)
        best = sorted(found.items(), key=lambda it: -it[1].score)[:count]
        sounds = (self._sound(content, candidate, query) for content, candidate in best)
        return [sound for sound in sounds if sound is not None]

    def vector_of(self, content: int) -> Vector | None:
        """Return the unit vector of a sound of the library: the mean of its windows, by energy; None for silence."""
        windows = self._library.database.windows(content)
        energy = np.asarray([10 ** (window.level_db / 10) for _, window in windows], np.float32)
        total = energy @ self._library.vectors.rows([row for row, _ in windows])
        length = float(np.linalg.norm(total))
        return np.asarray(total / length, np.float32) if length > 0 else None

    def with_digest(self, digest: str) -> FoundSound | None:
        """Return the sound with the digest of its file, 32 hex digits, or None if the library has it no more."""
        content = self._library.database.content_of(bytes.fromhex(digest))
        return None if content is None else self._sound(content, _Candidate(), None)

    # Rankings

    def _ranked(
        self, query: Query | None, vector: Vector | None, search_filter: SearchFilter
    ) -> dict[int, _Candidate]:
        """Fuse the ranking by words and the one by vectors."""
        found: dict[int, _Candidate] = {}
        within = None
        if query is not None:
            within = self._matching(query, search_filter) if query.is_exact else None
            for rank, content in enumerate(self._by_words(query, search_filter), 1):
                found.setdefault(content, _Candidate()).score += WORD_WEIGHT / (RANK_OFFSET + rank)
        if vector is None:
            return found
        for rank, (content, (row, fit)) in enumerate(self._nearest(vector, search_filter, within).items(), 1):
            candidate = found.setdefault(content, _Candidate())
            candidate.score += VECTOR_WEIGHT / (RANK_OFFSET + rank)
            candidate.row, candidate.fit = row, fit
        for content, candidate in found.items():
            if candidate.fit is None:
                candidate.row, candidate.fit = self._best_window(content, vector)
        return found

    def _by_words(self, query: Query, search_filter: SearchFilter) -> Iterable[int]:
        """Return contents whose text matches: those with all words before those with some."""
        order = f"ORDER BY bm25(texts, {_COLUMN_WEIGHTS}) LIMIT {POOL}"
        ranked = dict.fromkeys(self._contents("texts MATCH ?", [query.match], search_filter, order))
        if query.loose and len(ranked) < POOL:
            ranked.update(dict.fromkeys(self._contents("texts MATCH ?", [query.loose], search_filter, order)))
        return ranked

    def _matching(self, query: Query, search_filter: SearchFilter) -> set[int]:
        """Return all contents whose text matches."""
        return set(self._contents("texts MATCH ?", [query.match], search_filter))

    def _everything(self, search_filter: SearchFilter, count: int) -> dict[int, _Candidate]:
        """Return what passes the filter, the newest first."""
        order = f"GROUP BY files.content ORDER BY files.content DESC LIMIT {int(count)}"
        newest = self._contents("TRUE", [], search_filter, order)
        return {content: _Candidate(score=-float(rank)) for rank, content in enumerate(newest)}

    def _contents(
        self, where: str, values: Sequence[Any], search_filter: SearchFilter, order: str = ""
    ) -> list[int]:
        """Return the contents of the files for which a condition in SQL holds, and the filter does."""
        more, its_values = search_filter.sql()
        both = f"{where} AND {more}" if more else where
        rows = self._read.execute(
            f"SELECT files.content FROM {_FILES} WHERE {both} {order}", [*values, *its_values]
        )
        return [row[0] for row in rows]

    def _nearest(
        self, vector: Vector, search_filter: SearchFilter, within: set[int] | None
    ) -> dict[int, tuple[int, float]]:
        """Return the nearest contents that pass the filter with their best window, nearest first."""
        if search_filter != SearchFilter():
            fulfilling = set(self._contents("TRUE", [], search_filter))
            within = fulfilling if within is None else within & fulfilling
        best = self._loaded().best(vector, POOL, None if within is None else self._rows_of(within))
        contents = self._contents_of([row for row, _ in best])
        nearest: dict[int, tuple[int, float]] = {}
        for row, fit in best:
            if row in contents:
                nearest.setdefault(contents[row], (row, fit))
        return nearest

    def _rows_of(self, contents: set[int]) -> NDArray[np.bool_]:
        """Return which rows of the vectors belong to some contents."""
        allowed = np.zeros(len(self._library.vectors), np.bool_)
        for row, content in self._read.execute("SELECT row, content FROM windows"):
            if content in contents and row < len(allowed):
                allowed[row] = True
        return allowed

    def _contents_of(self, rows: Sequence[int]) -> dict[int, int]:
        """Return the content of each row that is in use."""
        marks = ", ".join("?" * len(rows))
        return dict(
            self._read.execute(f"SELECT row, content FROM windows WHERE row IN ({marks})", list(rows))
        )

    def _best_window(self, content: int, vector: Vector) -> tuple[int | None, float | None]:
        rows = [row for row, _ in self._library.database.windows(content)]
        if not rows:
            return None, None
        fits = self._library.vectors.rows(rows) @ vector
        best = int(np.argmax(fits))
        return rows[best], float(fits[best])

    def _loaded(self) -> VectorSearch:
        """Return the vectors, read again once rows were written, by this program or another."""
        stamp = self._library.vectors.stamp
        if self._vectors is None or stamp != self._stamp:
            self._vectors, self._stamp = VectorSearch(self._library.vectors.read()), stamp
        return self._vectors

    # Results

    def _sound(self, content: int, candidate: _Candidate, query: Query | None) -> FoundSound | None:
        row = self._read.execute(
            "SELECT digest, seconds, rate, channels, lufs, centroid, flatness, outline, starred "
            "FROM contents WHERE id = ?",
            (content,),
        ).fetchone()
        files = self._read.execute(
            "SELECT files.id, folders.path, files.path, files.cat_id, folders.licence, files.licence FROM files "
            "JOIN folders ON folders.id = files.folder WHERE content = ? ORDER BY files.id",
            (content,),
        ).fetchall()
        if row is None or not files:
            return None
        digest, seconds, rate, channels, lufs, centroid, flatness, outline, starred = row
        path, cat_id, licence = _first_that_exists(files)
        start, window_seconds = self._window(candidate.row, seconds)
        return FoundSound(
            path=path,
            name=path.name,
            content=content,
            digest=bytes(digest),
            start=start,
            window_seconds=window_seconds,
            seconds=seconds,
            rate=rate,
            channels=channels,
            lufs=lufs,
            centroid=centroid,
            flatness=flatness,
            outline=bytes(outline),
            cat_id=cat_id,
            licence=licence,
            starred=bool(starred),
            copies=len(files),
            fit=candidate.fit,
            matched=self._matched([file[0] for file in files], query),
            score=candidate.score,
        )

    def _window(self, row: int | None, seconds: float) -> tuple[float, float]:
        found = self._read.execute("SELECT start, seconds FROM windows WHERE row = ?", (row,)).fetchone()
        return (0.0, seconds) if found is None else (float(found[0]), float(found[1]))

    def _matched(self, files: Sequence[int], query: Query | None) -> tuple[str, ...]:
        """Return the words in the text of some files that match the query, each once."""
        if query is None:
            return ()
        columns = ", ".join(f"highlight(texts, {column}, '{_MARK}', '{_UNMARK}')" for column in range(4))
        marks = ", ".join("?" * len(files))
        rows = self._read.execute(
            f"SELECT {columns} FROM texts WHERE texts MATCH ? AND rowid IN ({marks})",
            [query.loose or query.match, *files],
        )
        said = (part.split(_UNMARK)[0] for row in rows for text in row for part in text.split(_MARK)[1:])
        return tuple(dict.fromkeys(word.lower() for word in said))


def _first_that_exists(files: Iterable[Sequence[Any]]) -> tuple[Path, str, str]:
    """Return path, CatID and licence of the first file that is there now, or of the first."""
    known = [
        (Path(os.fsdecode(folder), os.fsdecode(path)), cat_id, folder_licence or licence)
        for _, folder, path, cat_id, folder_licence, licence in files
    ]
    return next((it for it in known if it[0].exists()), known[0])
