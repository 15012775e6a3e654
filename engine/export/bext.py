"""The Broadcast Audio Extension chunk, version 2 (EBU Tech 3285 v2, section 2.3).

602 bytes and then the coding history; every number little-endian, every text ASCII.
"""

import math
import struct
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from engine.sound.bs1770 import LoudnessReport

FIXED_BYTES = 602
UNUSED = 0x7FFF
"""What a loudness field holds that says nothing."""


@dataclass(frozen=True)
class Bext:
    """What the chunk says.

    Attributes:
        description: what is to be heard; the first 256 characters are kept.
        originator: who made it, 32 characters.
        reference: a name of its own for the file, 32 characters.
        made: when.
        time_reference: samples from midnight to the first sample of the file, at the file's rate.
        history: lines of ``coding_history``.
        levels: how loud it is; None says nothing of it.
    """

    description: str
    originator: str
    reference: str
    made: datetime
    time_reference: int
    history: str = ""
    levels: LoudnessReport | None = None


def bext_chunk(bext: Bext) -> bytes:
    """The contents of the chunk. Its size does not depend on the levels, so they can be filled in later.

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
    # Even, for libsndfile 1.2 loses its way in an RF64 file after any chunk that needs padding.
    return fixed + history + bytes(len(history) % 2)


def coding_history(rate: int, bits: int, channels: int, words: str) -> str:
    """The line for what was written here (EBU R98): algorithm, rate, word length, mode, and free text.

    R98 knows no floating point; ``T=`` says so where it is.
    """
    mode = {1: "mono", 2: "stereo"}.get(channels, "multitrack")
    words = words.replace(",", ";").replace("\r", " ").replace("\n", " ")
    return f"A=PCM,F={rate},W={bits},M={mode},T={words}\r\n"


def ascii_text(words: str, most: int) -> bytes:
    """Words in at most so many ASCII bytes: accents fall off letters, the rest becomes ``?``."""
    plain = unicodedata.normalize("NFKD", words)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    kept = "".join(letter if letter in "\r\n" or letter.isprintable() else " " for letter in plain)
    return kept.encode("ascii", "replace")[:most]


def _loudness(levels: LoudnessReport | None) -> tuple[int, ...]:
    """The five fields in their order; the standard has a value for "not used"."""
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
    """A level times 100, as the standard rounds it: halves away from zero. Valid are -99.99 to 99.99."""
    if value is None or not math.isfinite(value):
        return UNUSED
    hundredths = math.floor(abs(value) * 100 + 0.5)
    return int(math.copysign(min(hundredths, 9999), value))
