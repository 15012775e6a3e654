"""The process that stretches a sound: reads it from standard input, writes the result to standard output."""

import sys

import numpy as np

from engine.errors import FoleyscapeError
from engine.sound.stretch import HEADER, stretch_here


def main() -> int:
    """Stretch one sound and return the exit code."""
    header = sys.stdin.buffer.read(HEADER.size)
    channels, length, rate, _, speed, semitones = HEADER.unpack(header)
    data = sys.stdin.buffer.read(4 * channels * length)
    samples = np.frombuffer(data, "<f4").reshape(channels, length)
    try:
        changed = stretch_here(samples, rate, speed, semitones)
    except FoleyscapeError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.buffer.write(np.ascontiguousarray(changed, "<f4").tobytes())
    return 0


if __name__ == "__main__":
    sys.exit(main())
