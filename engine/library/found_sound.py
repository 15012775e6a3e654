"""A sound that answers a search, with why it does."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class FoundSound:
    """A sound of the library that answers a search.

    Attributes:
        path: one of the files that hold it.
        name: its file name.
        content: number of the content.
        digest: digest of the file, 16 bytes.
        start: seconds to the window that fits best.
        window_seconds: length of that window.
        seconds: length of the file.
        rate: sample rate in Hz.
        channels: channels.
        lufs: loudness, or None for silence.
        centroid: spectral centroid in Hz.
        flatness: spectral flatness, 0 to 1.
        outline: peaks for display, uint8.
        cat_id: UCS CatID, or "".
        licence: of the file or, where the user set it, of its folder.
        starred: whether the user starred it.
        copies: how many files hold it.
        fit: cosine of the query and the window, or None if the search was by words alone.
        matched: words of the query that its text has.
        score: what the results are ordered by; greater is better.
    """

    path: Path
    name: str
    content: int
    digest: bytes
    start: float
    window_seconds: float
    seconds: float
    rate: int
    channels: int
    lufs: float | None
    centroid: float
    flatness: float
    outline: bytes
    cat_id: str
    licence: str
    starred: bool
    copies: int
    fit: float | None
    matched: tuple[str, ...]
    score: float
