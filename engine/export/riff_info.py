"""What nearly every program reads of a WAVE file: the INFO list and the cue points (RIFF MCI, 1991)."""

import struct
from collections.abc import Mapping, Sequence

from engine.export.bext import ascii_text

MOST_LETTERS = 1000
MOST_CUES = 1000


def info_chunk(values: Mapping[str, str]) -> bytes:
    """Return the content of the LIST chunk with these values, such as {"INAM": "Dog"}; empty ones are left out.

    Text is ASCII: the format states no encoding, and programs guess differently.
    """
    data = b"INFO"
    for ident, words in values.items():
        if text := ascii_text(words, MOST_LETTERS):
            data += _chunk(ident.encode("ascii"), text + b"\0")
    return data


def cue_chunks(points: Sequence[tuple[int, str]]) -> tuple[tuple[bytes, bytes], ...]:
    """Return the ``cue `` chunk of (sample, name) points and the LIST chunk with their names; none without points.

    Samples are counted from the beginning of the file.
    """
    kept = [(at, name) for at, name in points if 0 <= at < 1 << 32][:MOST_CUES]
    if not kept:
        return ()
    cues = struct.pack("<I", len(kept))
    labels = b"adtl"
    for number, (at, name) in enumerate(kept, 1):
        cues += struct.pack("<II4sIII", number, at, b"data", 0, 0, at)
        labels += _chunk(b"labl", struct.pack("<I", number) + ascii_text(name, MOST_LETTERS) + b"\0")
    return (b"cue ", cues), (b"LIST", labels)


def _chunk(ident: bytes, data: bytes) -> bytes:
    return ident + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)
