"""What comes in while it is recorded: written to disk by a thread of its own, with the time of every block."""

import logging
import queue
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

import numpy as np

from desktop.playback.ring import Frames
from engine.errors import FoleyscapeError
from engine.logs import log_failure
from engine.sound.recording_file import RecordingFile

log = logging.getLogger(__name__)

MARKS = 512


class Capture:
    """Receives blocks from the device's callback, and writes them.

    Args:
        clock: converts a time of the input's clock to one of the output's.
    """

    def __init__(self, clock: Callable[[float], float]) -> None:
        self._clock = clock
        self._blocks: queue.SimpleQueue[Frames | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self.frames = 0
        """Frames that have come in."""
        self.marks: deque[tuple[int, float]] = deque(maxlen=MARKS)
        """Number of the first frame of each recent block, and when it came in by the output's clock."""
        self.peaks: deque[tuple[float, ...]] = deque(maxlen=MARKS)
        """Highest amplitude of each channel in each recent block."""
        self.error: FoleyscapeError | None = None

    def push(self, frames: Frames, when: float) -> None:
        """Take a block; called in the device's callback."""
        self.marks.append((self.frames, self._clock(when)))
        self.frames += len(frames)
        self.peaks.append(tuple(np.abs(frames).max(axis=0, initial=0.0).tolist()))
        self._blocks.put(frames)

    def write_to(self, path: Path, rate: int, channels: int) -> None:
        """Begin to write to a file.

        Raises:
            BadInput: the path can never be written.
            Failed: it cannot be written now.
        """
        file = RecordingFile(path, rate, channels)
        self._thread = threading.Thread(target=self._write, args=(file,), name="recording", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Write what has come in, and close the file."""
        self._blocks.put(None)
        if self._thread is not None:
            self._thread.join()

    def _write(self, file: RecordingFile) -> None:
        try:
            with file:
                while (block := self._blocks.get()) is not None:
                    file.write(block)
        except FoleyscapeError as error:
            log_failure(log, "Writing a recording", error)
            self.error = error
