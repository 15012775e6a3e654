"""WAVE files, written block by block, complete or not at all.

RIFF/WAVE as EBU Tech 3285 uses it for broadcast, and RF64 (EBU Tech 3306) where a file exceeds 32-bit sizes:
a JUNK chunk reserves the place of RF64's ``ds64`` and becomes one only if needed, so all smaller files stay
readable by any program.
"""

import contextlib
import os
import secrets
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from engine.files import disk_errors
from engine.files.system import replace
from engine.sound.layout import usual_mask

Steps = NDArray[np.int32]
"""int32 (channels, samples): quantization steps, full scale 2**(bits - 1)."""
Samples = Steps | NDArray[np.float32]
Chunks = Sequence[tuple[bytes, bytes]]
"""Further chunks before the samples, as (four bytes, content)."""

RIFF_LIMIT = 0xFFFF_FFFE
"""The largest size that a RIFF header can state; 0xFFFFFFFF means "look into ds64" (Tech 3306, 3.2)."""

_PCM, _FLOAT, _EXTENSIBLE = 0x0001, 0x0003, 0xFFFE
_GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")
_DS64_SIZE = 28


@dataclass(frozen=True)
class WaveFormat:
    """Sample format of a file.

    Attributes:
        rate: samples per second.
        channels: 1 or more.
        bits: 16 and 24 are integers (PCM), 32 is floating point (IEEE 754).
        speakers: channel mask, which says what loudspeaker each channel is for; 0 says none, and None what is
            usual for this many channels.
    """

    rate: int
    channels: int
    bits: int
    speakers: int | None = None

    def __post_init__(self) -> None:
        if self.bits not in {16, 24, 32} or not 1 <= self.channels < 0x10000 or self.rate < 1:
            raise ValueError(f"no WAVE file has {self}")

    @property
    def frame_bytes(self) -> int:
        """Bytes of one sample of all channels."""
        return self.channels * self.bits // 8


class WaveWriter:
    """A WAVE file being written; created by ``wave_file``."""

    def __init__(self, path: Path, file: IO[bytes], form: WaveFormat, chunks: Chunks, limit: int) -> None:
        self._path, self._file, self._form, self._limit = path, file, form, limit
        self._places: dict[bytes, tuple[int, int]] = {}
        self.samples = 0
        with disk_errors(path):
            self._begin(chunks)

    def _begin(self, chunks: Chunks) -> None:
        file, form = self._file, self._form
        file.write(b"RIFF\0\0\0\0WAVE")
        self._chunk(b"JUNK", bytes(_DS64_SIZE))
        self._chunk(b"fmt ", _fmt(form))
        if form.bits == 32:
            self._chunk(b"fact", bytes(4))
        for ident, payload in chunks:
            self._chunk(ident, payload)
        file.write(b"data\0\0\0\0")
        self._data = file.tell()

    def write(self, samples: Samples) -> None:
        """Append (channels, n) samples: int32 steps for PCM, float32 for 32 bits.

        Raises:
            ValueError: they have another type, or a step is out of range.
        """
        if samples.shape[0] != self._form.channels:
            raise ValueError(f"{samples.shape[0]} channels do not go into {self._form}")
        with disk_errors(self._path):
            self._file.write(_packed(samples, self._form.bits))
        self.samples += samples.shape[1]

    def skip(self, samples: int) -> None:
        """Append silence as a hole in the file, which takes no space on common file systems."""
        with disk_errors(self._path):  # the buffer is written first
            self._file.seek(samples * self._form.frame_bytes, os.SEEK_CUR)
        self.samples += samples

    def replace(self, ident: bytes, payload: bytes) -> None:
        """Rewrite a chunk given at the start, with new content of the same size.

        Raises:
            ValueError: there is no such chunk, or the size differs.
        """
        at, size = self._places[ident]
        if len(payload) != size:
            raise ValueError(f"{ident!r} has {size} bytes, not {len(payload)}")
        with disk_errors(self._path):
            end = self._file.tell()
            self._at(at, payload)
            self._file.seek(end)

    def finish(self) -> None:
        """Pad the data, fill in all sizes, and sync to disk."""
        with disk_errors(self._path):
            self._fill_in_sizes()
            self._file.flush()
            os.fsync(self._file.fileno())

    def _fill_in_sizes(self) -> None:
        data = self.samples * self._form.frame_bytes
        self._file.seek(self._data + data)
        self._file.write(bytes(data % 2))
        self._file.truncate()
        riff = self._file.tell() - 8
        big = riff > self._limit
        if big:
            self._at(0, b"RF64")
            self._at(12, b"ds64" + struct.pack("<IQQQI", _DS64_SIZE, riff, data, self.samples, 0))
        self._at(4, _size(0xFFFF_FFFF if big else riff))
        self._at(self._data - 4, _size(0xFFFF_FFFF if big else data))
        if b"fact" in self._places:
            # 0xFFFFFFFF refers the reader to ds64's count, which exists whenever the file is large.
            self._at(self._places[b"fact"][0], _size(0xFFFF_FFFF if big else self.samples))

    def _at(self, place: int, data: bytes) -> None:
        self._file.seek(place)
        self._file.write(data)

    def _chunk(self, ident: bytes, payload: bytes) -> None:
        if len(ident) != 4 or len(payload) > RIFF_LIMIT:
            raise ValueError(f"{ident!r} is no chunk")
        self._file.write(ident + _size(len(payload)))
        self._places[ident] = (self._file.tell(), len(payload))
        self._file.write(payload + bytes(len(payload) % 2))


@contextlib.contextmanager
def wave_file(
    path: Path, form: WaveFormat, chunks: Chunks = (), *, limit: int = RIFF_LIMIT
) -> Iterator[WaveWriter]:
    """Yield a WAVE file to fill, which appears at ``path`` when the block succeeds.

    The file is written beside its place, synced and renamed. After an error or a cancellation nothing is
    left, and the old file at ``path`` is unchanged. Memory use is constant.

    Args:
        path: the file.
        form: format of its samples.
        chunks: further chunks, such as ``bext`` and ``iXML``.
        limit: RIFF size above which the file becomes RF64; lower only in tests.

    Raises:
        BadInput: the path can never be written.
        Failed: the disk is full or the path cannot be written.
    """
    partial = path.with_name(f".foleyscape-{secrets.token_hex(6)}.partial")
    try:
        with disk_errors(path):
            file = partial.open("xb+", buffering=1 << 20)
        try:
            wave = WaveWriter(path, file, form, chunks, limit)
            yield wave
            wave.finish()
        finally:
            # Closing flushes the buffer, which may fail, too.
            with disk_errors(path):
                file.close()
        with disk_errors(path):
            replace(partial, path)
    except BaseException:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise


def wave_bytes(form: WaveFormat, samples: int, chunks: Chunks = ()) -> int:
    """Return the size in bytes of a file with ``samples`` samples."""
    extra = 12 if form.bits == 32 else 0
    head = 12 + 8 + _DS64_SIZE + 8 + len(_fmt(form)) + extra + 8
    data = samples * form.frame_bytes
    return head + sum(8 + len(payload) + len(payload) % 2 for _, payload in chunks) + data + data % 2


def _fmt(form: WaveFormat) -> bytes:
    """Return the format chunk.

    Tech 3285, 2.2 for one and two channels; above two, Tech 3306 requires the extensible form, whose mask
    assigns a speaker to each channel. Floating point has an empty extension.
    """
    tag = _FLOAT if form.bits == 32 else _PCM
    common = struct.pack(
        "<HIIHH",
        form.channels,
        form.rate,
        form.rate * form.frame_bytes,
        form.frame_bytes,
        form.bits,
    )
    if form.channels <= 2:
        return struct.pack("<H", tag) + common + (struct.pack("<H", 0) if tag == _FLOAT else b"")
    speakers = usual_mask(form.channels) if form.speakers is None else form.speakers
    extension = struct.pack("<HHIH", 22, form.bits, speakers, tag) + _GUID_TAIL
    return struct.pack("<H", _EXTENSIBLE) + common + extension


def _packed(samples: Samples, bits: int) -> bytes:
    """Return interleaved little-endian bytes."""
    if bits == 32:
        if samples.dtype != np.float32:
            raise ValueError(f"a 32-bit file holds float32, not {samples.dtype}")
        return samples.T.astype("<f4").tobytes()
    if samples.dtype != np.int32:
        raise ValueError(f"a {bits}-bit file holds int32 steps, not {samples.dtype}")
    full = 1 << (bits - 1)
    if samples.size and (int(samples.min()) < -full or int(samples.max()) >= full):
        raise ValueError(f"a step lies outside {bits} bits")
    interleaved = np.empty(samples.shape[::-1], "<i2" if bits == 16 else "<i4")
    for channel, steps in enumerate(samples):
        interleaved[:, channel] = steps
    return interleaved.tobytes() if bits == 16 else _three_bytes_each(interleaved.ravel())


def _three_bytes_each(steps: Steps) -> bytes:
    """Return the lower three bytes of each step; four steps at a time become three words, which is quick."""
    whole = len(steps) // 4 * 4
    words = steps[:whole].view("<u4").reshape(-1, 4)
    first, second, third = (words[:, place] & 0xFF_FFFF for place in range(3))
    packed = np.empty((len(words), 3), "<u4")
    np.bitwise_or(first, second << 24, out=packed[:, 0])
    np.bitwise_or(second >> 8, third << 16, out=packed[:, 1])
    np.bitwise_or(third >> 16, words[:, 3] << 8, out=packed[:, 2])
    rest = steps[whole:].view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
    return packed.tobytes() + rest if rest else packed.tobytes()


def _size(number: int) -> bytes:
    return struct.pack("<I", number)
