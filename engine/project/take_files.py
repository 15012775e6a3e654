"""Takes on disk: float32 WAV files named by digest, and a cache of those in use."""

import hashlib
import io
import os
import threading
from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadInput, Failed
from engine.files.system import read_at
from engine.project.safe_files import MissingFile, SafeFiles
from engine.project.schema import MOST_TAKE_SAMPLES
from engine.scene.limits import LEAST_RATE, MOST_CHANNELS, MOST_RATE
from engine.scene.scene import TakeRecord
from engine.scene.takes import Take, Waveform
from engine.sound.take_versions import TakeVersions

FOLDER = "takes"
MOST_HEADER = 1_000_000
"""Bytes of a take's file besides its samples."""

CACHE_BYTES = 512 * 2**20


def take_digest(take: Take) -> str:
    """Return the sha256 of a take's samples, rate and recipe, in hexadecimal."""
    return samples_digest(take.samples, take.rate, take.recipe)


def samples_digest(samples: Waveform, rate: int, recipe: str) -> str:
    """Return the digest that ``take_digest`` gives for these samples, float32 (channels, samples)."""
    channels, length = samples.shape
    digest = hashlib.sha256(f"{channels} x {length} at {rate}: ".encode())
    digest.update(np.ascontiguousarray(samples, "<f4").data)
    digest.update(recipe.encode("utf-8"))
    return digest.hexdigest()


def take_file(digest: str) -> str:
    """Return the path of a take within the project folder."""
    return f"{FOLDER}/{digest}.wav"


def write_take(files: SafeFiles, take: Take, objects: Iterable[int] = ()) -> TakeRecord:
    """Store a take, synced to disk, and return the record for the scene. A stored take is not written again.

    Args:
        files: the project folder.
        take: the take to store.
        objects: numbers of its objects.

    Raises:
        BadInput: it has no samples, too many, or some that are not finite.
        Failed: the disk is full or the folder cannot be written.
    """
    _check_samples(take.samples, take.rate)
    channels, length = take.samples.shape
    record = TakeRecord(
        digest=take_digest(take),
        name=take.name,
        objects=tuple(objects),
        number=take.number,
        rate=take.rate,
        channels=channels,
        samples=length,
        recipe=take.recipe,
        kind=take.kind,
        licence=take.licence,
    )
    if not _is_stored(files, record):
        files.write(take_file(record.digest), _wav(take))
    return record


def read_take(files: SafeFiles, record: TakeRecord) -> Waveform:
    """Read the samples of a take, float32 (channels, samples), read-only, and verify its digest.

    Raises:
        BadInput: the file is missing, damaged, or of another take.
        Failed: it cannot be read, or there is not enough memory.
    """
    import soundfile

    name = take_file(record.digest)
    expected = record.channels * record.samples * 4
    try:
        with files.open(name, expected + MOST_HEADER) as file:
            _check_start(file.fileno(), record, name)
            file.seek(0)
            with soundfile.SoundFile(file) as sound:
                _check_header(sound, record, name)
                samples = sound.read(dtype="float32", always_2d=True).T
    except soundfile.SoundFileError as error:
        raise _damaged(name) from error
    except MemoryError:
        raise Failed(f"There is not enough memory to read {name}.") from None
    whole = np.ascontiguousarray(samples)
    if whole.shape != (record.channels, record.samples) or not np.isfinite(whole).all():
        raise _damaged(name)
    if samples_digest(whole, record.rate, record.recipe) != record.digest:
        raise _damaged(name)
    whole.setflags(write=False)
    return whole


class TakeStore:
    """The takes of a project by digest, with the most recently used ones in memory; thread-safe.

    Args:
        files: the project folder.
        most_bytes: bytes of samples kept in memory; a larger take is read again each time.
    """

    def __init__(self, files: SafeFiles, most_bytes: int = CACHE_BYTES) -> None:
        self._files = files
        self._most = most_bytes
        self._records: dict[str, TakeRecord] = {}
        self._kept: OrderedDict[str, Waveform] = OrderedDict()
        self._bytes = 0
        self._guard = threading.Lock()
        self._versions = TakeVersions(self._stored)

    def register(self, record: TakeRecord) -> None:
        """Register the record of a take, so that its samples can be requested."""
        with self._guard:
            self._records[record.digest] = record

    def __contains__(self, digest: str) -> bool:
        with self._guard:
            return digest in self._records

    def is_ready(self, key: str) -> bool:
        """Return whether nothing has to be rendered to return a version of a take."""
        return self._versions.is_ready(key)

    def __call__(self, key: str) -> tuple[Waveform, int]:
        """Return the samples of a take, float32 (channels, samples), read-only, and their rate.

        Args:
            key: digest of a take, or the key of a version of it (``engine.scene.take_version``).

        Raises:
            BadInput: there is no such take, or its file is missing or damaged.
            Failed: it cannot be read or rendered, or there is not enough memory.
        """
        return self._versions(key)

    def _stored(self, digest: str) -> tuple[Waveform, int]:
        """Return the samples of a take as they were stored, and their rate.

        Raises:
            BadInput: there is no such take, or its file is missing or damaged.
            Failed: it cannot be read, or there is not enough memory.
        """
        with self._guard:
            record = self._records.get(digest)
            samples = self._kept.get(digest)
            if samples is not None:
                self._kept.move_to_end(digest)
        if record is None:
            raise BadInput(f"There is no take {digest[:12]} in this project.")
        if samples is None:
            samples = read_take(self._files, record)
            self._keep(digest, samples)
        return samples, record.rate

    def _keep(self, digest: str, samples: NDArray[np.float32]) -> None:
        with self._guard:
            if digest in self._kept or samples.nbytes > self._most:
                return
            self._kept[digest] = samples
            self._bytes += samples.nbytes
            while self._bytes > self._most:
                self._bytes -= self._kept.popitem(last=False)[1].nbytes


def _wav(take: Take) -> bytes:
    import soundfile

    buffer = io.BytesIO()
    soundfile.write(buffer, take.samples.T, take.rate, format="WAV", subtype="FLOAT")
    return buffer.getvalue()


def _is_stored(files: SafeFiles, record: TakeRecord) -> bool:
    try:
        read_take(files, record)
    except MissingFile:
        return False
    except BadInput:
        # The stored file is damaged; write the correct content now.
        return False
    return True


def _check_samples(samples: Waveform, rate: int) -> None:
    channels, length = samples.shape
    if not 1 <= channels <= MOST_CHANNELS or length < 1 or samples.size > MOST_TAKE_SAMPLES:
        raise BadInput(f"A take of {channels} channels and {length} samples cannot be stored.")
    if not LEAST_RATE <= rate <= MOST_RATE:
        raise BadInput(f"A take at {rate} samples a second cannot be stored.")
    if not np.isfinite(samples).all():
        raise BadInput("A take with samples that are no numbers cannot be stored.")


def _check_start(handle: int, record: TakeRecord, name: str) -> None:
    """Check that a file is a WAV of a plausible size before the decoder opens it.

    The decoder supports some twenty other formats.
    """
    start = read_at(handle, 12)
    count = record.channels * record.samples
    size = os.fstat(handle).st_size
    if start[:4] != b"RIFF" or start[8:] != b"WAVE" or count > MOST_TAKE_SAMPLES or size < 4 * count:
        raise _damaged(name)
    if int.from_bytes(start[4:8], "little") + 8 > size:
        raise _damaged(name)


def _check_header(sound: Any, record: TakeRecord, name: str) -> None:
    """Check the header before allocating memory for the samples."""
    size = (sound.channels, sound.frames, sound.samplerate)
    if sound.subtype != "FLOAT" or size != (record.channels, record.samples, record.rate):
        raise _damaged(name)


def _damaged(name: str) -> BadInput:
    return BadInput(f"The file {name} is damaged, or is not the take that the project made.")
