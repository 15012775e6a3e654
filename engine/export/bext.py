"""The Broadcast Audio Extension chunk, version 2 (EBU Tech 3285 v2, section 2.3).

602 bytes followed by the coding history; all numbers little-endian, all text ASCII.
"""

import math
import struct
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from engine.sound.bs1770 import LoudnessReport

FIXED_BYTES = 602
UNUSED = 0x7FFF
"""Value of a loudness field that is not set."""


@dataclass(frozen=True)
class Bext:
    """Content of the chunk.

    Attributes:
        description: the first 256 characters are kept.
        originator: name of the program, up to 32 characters.
        reference: unique identifier of the file, up to 32 characters.
        made: date and time of the export.
        time_reference: samples from midnight to the first sample of the file, at the file's rate.
        history: lines from ``coding_history``.
        levels: loudness of the file; None leaves the fields unset.
    """

    description: str
    originator: str
    reference: str
    made: datetime
    time_reference: int
    history: str = ""
    levels: LoudnessReport | None = None


def bext_chunk(bext: Bext) -> bytes:
    """Return the content of the chunk. Its size does not depend on the levels, so they can be filled in later.

    Raises:
        ValueError: the time reference does not fit 64 bits.
    """
    if not 0 <= bext.time_reference < 2**64:
        raise ValueError(f"{bext.time_reference} is no time reference")
    fixed = struct.pack(
        "<256s32s32s10s8sQH64s5h180x",
        ascii_text(bext.description, 256),
        ascii_text(bext.originator, 32),
        ascii_text(bext.reference, 32),
        bext.made.strftime("%Y-%m-%d").rjust(10, "0").encode(),
        bext.made.strftime("%H:%M:%S").encode(),
        bext.time_reference,
        2,
        # No UMID (SMPTE ST 330): all zeros says so.
        bytes(64),
        *_loudness(bext.levels),
    )
    history = ascii_text(bext.history, 1 << 20)
    # An even size: libsndfile 1.2 misreads an RF64 file after any chunk that needs padding.
    return fixed + history + bytes(len(history) % 2)


def coding_history(rate: int, bits: int, channels: int, words: str) -> str:
    """Return the line for this export (EBU R98): algorithm, rate, word length, mode and free text.

    R98 has no code for floating point; ``T=`` states it.
    """
    mode = {1: "mono", 2: "stereo"}.get(channels, "multitrack")
    words = words.replace(",", ";").replace("\r", " ").replace("\n", " ")
    return f"A=PCM,F={rate},W={bits},M={mode},T={words}\r\n"


def ascii_text(words: str, most: int) -> bytes:
    """Encode text as at most ``most`` ASCII bytes: accents are removed, other characters become ``?``."""
    plain = unicodedata.normalize("NFKD", words)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    kept = "".join(letter if letter in "\r\n" or letter.isprintable() else " " for letter in plain)
    return kept.encode("ascii", "replace")[:most]


def _loudness(levels: LoudnessReport | None) -> tuple[int, ...]:
    """Return the five loudness fields in order; unknown ones have the standard's "not used" value."""
    if levels is None:
        return (UNUSED,) * 5
    numbers = (
        levels.integrated_lufs,
        levels.range_lu,
        levels.true_peak_dbtp,
        levels.max_momentary_lufs,
        levels.max_short_term_lufs,
    )
    return tuple(_hundredths(number) for number in numbers)


def _hundredths(value: float | None) -> int:
    """Return a level times 100, rounded as the standard says: halves away from zero, within -99.99 to 99.99."""
    if value is None or not math.isfinite(value):
        return UNUSED
    hundredths = math.floor(abs(value) * 100 + 0.5)
    return int(math.copysign(min(hundredths, 9999), value))
