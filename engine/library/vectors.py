"""Vectors of sounds in one memory-mapped file, one byte an entry, searched exactly.

A row is a unit vector in uint8 steps of an even scale. The database says which rows are in use; what lies in
others does not matter, so that a write that was cut off leaves nothing to repair.
"""

import os
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

LIMIT = 0.3
"""Entries beyond this are clipped; of unit vectors with 512 entries hardly any are."""
STEPS = 255

Vectors = NDArray[np.float32]
Codes = NDArray[np.uint8]


def unit_vector(vector: Vectors) -> Vectors:
    """Return a vector at unit length, float32 (D,)."""
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12), np.float32)


def codes_of(vectors: Vectors) -> Codes:
    """Return the codes, uint8 (N, D), of unit vectors, float32 (N, D)."""
    scaled = (np.clip(vectors, -LIMIT, LIMIT) + LIMIT) * (STEPS / (2 * LIMIT))
    return scaled.astype(np.uint8)  # cut off, as faiss does; it decodes to the middle of a step


def vectors_of(codes: Codes) -> Vectors:
    """Return the vectors, float32 (N, D), of codes, uint8 (N, D)."""
    return (codes.astype(np.float32) + np.float32(0.5)) * np.float32(2 * LIMIT / STEPS) - np.float32(LIMIT)


def checksum(codes: Codes) -> int:
    """Return the CRC-32 of the codes of one or several rows."""
    return zlib.crc32(np.ascontiguousarray(codes).tobytes())


class VectorFile:
    """Reads and writes rows of a file of codes.

    Args:
        path: the file; created by the first write.
        width: entries of a vector.
    """

    def __init__(self, path: Path, width: int) -> None:
        self.path, self.width = path, width

    def __len__(self) -> int:
        """Return the number of rows, in use or not."""
        return self.path.stat().st_size // self.width if self.path.is_file() else 0

    @property
    def stamp(self) -> tuple[int, int]:
        """Size and time of change of the file, which differ once a row was written."""
        if not self.path.is_file():
            return 0, 0
        facts = self.path.stat()
        return facts.st_size, facts.st_mtime_ns

    def write(self, rows: Iterable[int], codes: Codes) -> None:
        """Write rows, each in its place; the file grows as needed.

        Raises:
            OSError: the disk is full or failed.
        """
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        with os.fdopen(handle, "r+b") as file:
            for row, code in zip(rows, codes, strict=True):
                file.seek(row * self.width)
                file.write(code.tobytes())

    def write_block(self, start: int, codes: Codes) -> None:
        """Write successive rows from ``start`` on.

        Raises:
            OSError: the disk is full or failed.
        """
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        with os.fdopen(handle, "r+b") as file:
            file.seek(start * self.width)
            file.write(np.ascontiguousarray(codes).tobytes())

    def sync(self) -> None:
        """Wait until the rows are on the disk.

        Raises:
            OSError: the disk failed.
        """
        if self.path.is_file():
            with self.path.open("r+b") as file:
                os.fsync(file.fileno())

    def read(self) -> Codes:
        """Return all rows, uint8 (rows, D), mapped from the file."""
        rows = len(self)
        if not rows:
            return np.zeros((0, self.width), np.uint8)
        return np.memmap(self.path, np.uint8, "r", shape=(rows, self.width))

    def rows(self, rows: list[int]) -> Vectors:
        """Return the vectors, float32 (N, D), of some rows."""
        return vectors_of(self.read()[np.asarray(rows, np.int64)])


class VectorSearch:
    """Exact search among codes by inner product.

    Args:
        codes: uint8 (rows, D); copied.
    """

    def __init__(self, codes: Codes) -> None:
        import faiss

        rows, width = codes.shape
        self._index: Any = faiss.IndexScalarQuantizer(
            width, faiss.ScalarQuantizer.QT_8bit_uniform, faiss.METRIC_INNER_PRODUCT
        )
        scale = np.asarray([-LIMIT, 2 * LIMIT], np.float32)
        faiss.copy_array_to_vector(scale, self._index.sq.trained)
        self._index.is_trained = True
        if rows:
            faiss.copy_array_to_vector(np.ascontiguousarray(codes).reshape(-1), self._index.codes)
        self._index.ntotal = rows

    def best(
        self, query: Vectors, count: int, allowed: NDArray[np.bool_] | None = None
    ) -> list[tuple[int, float]]:
        """Return the rows nearest to a unit vector with their cosines, nearest first.

        Args:
            query: float32 (D,).
            count: the number of rows.
            allowed: bool (rows,): which rows to search; None searches all.
        """
        import faiss

        rows = int(self._index.ntotal)
        if not rows:
            return []
        chosen = faiss.SearchParameters()
        if allowed is not None:
            bits = np.packbits(allowed[:rows], bitorder="little")
            chosen.sel = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type] # its Python wrapper
        scores, found = self._index.search(
            np.ascontiguousarray(query[None], np.float32), min(count, rows), params=chosen
        )
        return [(int(row), float(score)) for row, score in zip(found[0], scores[0], strict=True) if row >= 0]
