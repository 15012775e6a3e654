"""A WAV file that is complete at every moment while it is written, so that a crash loses no more than a second."""

import os
import struct
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from engine.errors import Failed
from engine.files import disk_errors

HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
FLOAT = 3
"""IEEE float samples, in the format chunk."""
SYNC_SECONDS = 1.0
MOST_BYTES = 2**32 - 4096
"""A WAV file counts its bytes in 32 bits."""


class RecordingFile:
    """Writes float32 samples as they come. The sizes in the header are those of what has been written.

    Args:
        path: the file; its folder is made.
        rate: samples per second.
        channels: number of channels.

    Raises:
        BadInput: the path can never be written.
        Failed: it cannot be written now.
    """

    def __init__(self, path: Path, rate: int, channels: int) -> None:
        self.path, self.rate, self.channels = path, rate, channels
        self.samples = 0
        self._synced = 0
        with disk_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("wb")
            self._write_header()

    def write(self, samples: NDArray[np.float32]) -> None:
        """Append float32 (samples, channels).

        Raises:
            Failed: the disk is full, or the file would be longer than a WAV file can be.
        """
        if HEADER.size + 4 * (self.samples + len(samples)) * self.channels > MOST_BYTES:
            raise Failed("The recording is as long as a WAV file can be: it was stopped.")
        with disk_errors(self.path):
            self._file.write(np.ascontiguousarray(samples, "<f4").tobytes())
            self.samples += len(samples)
            self._write_header()
            self._file.flush()
            if self.samples - self._synced >= SYNC_SECONDS * self.rate:
                os.fsync(self._file.fileno())
                self._synced = self.samples

    def close(self) -> None:
        """Sync and close the file."""
        if not self._file.closed:
            with disk_errors(self.path):
                self._file.flush()
                os.fsync(self._file.fileno())
                self._file.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close()

    def _write_header(self) -> None:
        data, frame = 4 * self.samples * self.channels, 4 * self.channels
        self._file.seek(0)
        self._file.write(
            HEADER.pack(
                *(b"RIFF", HEADER.size - 8 + data, b"WAVE", b"fmt ", 16, FLOAT, self.channels, self.rate),
                *(self.rate * frame, frame, 32, b"data", data),
            )
        )
        self._file.seek(0, os.SEEK_END)
