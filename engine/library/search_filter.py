"""SearchFilter on what is known of each sound of a library."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class SearchFilter:
    """What results must pass; None asks nothing.

    Attributes:
        min_seconds: least length.
        max_seconds: greatest length.
        min_centroid: least spectral centroid in Hz: bright.
        max_centroid: greatest spectral centroid in Hz: dull.
        min_flatness: least spectral flatness, 0 to 1: noisy.
        max_flatness: greatest spectral flatness, 0 to 1: tonal.
        min_lufs: least loudness.
        max_lufs: greatest loudness.
        channels: number of channels.
        min_rate: least sample rate in Hz.
        folder: path below which the file lies.
        cat_id: UCS CatID or its beginning, such as "ANML".
        licence: part of the licence, in any case.
        starred: whether it is starred.
    """

    min_seconds: float | None = None
    max_seconds: float | None = None
    min_centroid: float | None = None
    max_centroid: float | None = None
    min_flatness: float | None = None
    max_flatness: float | None = None
    min_lufs: float | None = None
    max_lufs: float | None = None
    channels: int | None = None
    min_rate: int | None = None
    folder: Path | None = None
    cat_id: str | None = None
    licence: str | None = None
    starred: bool | None = None

    def sql(self) -> tuple[str, list[Any]]:
        """Return a condition on ``contents``, ``files`` and ``folders``, "" for none, and its values."""
        tests = {
            "contents.seconds >= ?": self.min_seconds,
            "contents.seconds <= ?": self.max_seconds,
            "contents.centroid >= ?": self.min_centroid,
            "contents.centroid <= ?": self.max_centroid,
            "contents.flatness >= ?": self.min_flatness,
            "contents.flatness <= ?": self.max_flatness,
            "contents.lufs >= ?": self.min_lufs,
            "contents.lufs <= ?": self.max_lufs,
            "contents.channels = ?": self.channels,
            "contents.rate >= ?": self.min_rate,
            "contents.starred = ?": self.starred,
        }
        asked = {test: value for test, value in tests.items() if value is not None}
        words: list[str] = list(asked)
        values: list[Any] = list(asked.values())
        if self.cat_id:
            words.append("substr(files.cat_id, 1, ?) = ?")
            values += [len(self.cat_id), self.cat_id]
        if self.licence:
            words.append("instr(lower(folders.licence || ' ' || files.licence), lower(?)) > 0")
            values.append(self.licence)
        if self.folder is not None:
            place = os.fsencode(self.folder) + os.fsencode(os.sep)
            words.append("substr(CAST(folders.path || ? || files.path AS BLOB), 1, ?) = ?")
            values += [os.sep, len(place), place]
        return " AND ".join(words), values
