"""Sound files from elsewhere: looked at before they are read, and brought to a project's rate and channels."""

import hashlib
import io
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.errors import BadInput, Failed
from engine.progress import Progress, no_progress
from engine.sound.layout import fold_to_stereo, layout_of
from engine.sound.resample import ResampleStream
from engine.sound.waveform import Waveform

FORMATS = {
    "WAV": "WAV",
    "WAVEX": "WAV",
    "RF64": "WAV",
    "W64": "WAV",
    "AIFF": "AIFF",
    "FLAC": "FLAC",
    "MP3": "MP3",
    "OGG": "OGG",
}
"""What is read, by libsndfile's name of it."""

ENDINGS = (
    ".wav",
    ".wave",
    ".bwf",
    ".rf64",
    ".w64",
    ".aif",
    ".aiff",
    ".aifc",
    ".flac",
    ".mp3",
    ".ogg",
    ".oga",
    ".opus",
)
"""Endings of the names of files that are offered as sounds; their content decides."""

TEXTS = ("title", "artist", "copyright", "license", "comment", "date", "album", "genre", "software")
"""What is kept of a file's own metadata."""
MOST_TEXT = 500
LEAST_RATE, MOST_RATE = 1_000, 768_000
MOST_CHANNELS = 64
BLOCK = 65_536


@dataclass(frozen=True)
class SoundFileFacts:
    """What a sound file says of itself.

    Attributes:
        path: the file.
        form: its kind of file and of samples, such as "FLAC, PCM_24".
        rate: samples per second.
        channels: number of channels.
        samples: samples per channel, by its header.
        texts: its own metadata, (key, text) in the order of ``TEXTS``.
    """

    path: Path
    form: str
    rate: int
    channels: int
    samples: int
    texts: tuple[tuple[str, str], ...] = ()

    @property
    def seconds(self) -> float:
        """Duration in seconds."""
        return self.samples / self.rate


@dataclass(frozen=True)
class SoundFile:
    """The samples of a sound file, float32 (channels, samples), with its facts and its sha256 in hexadecimal."""

    facts: SoundFileFacts
    samples: Waveform
    rate: int
    digest: str


def looks_like_sound(path: Path) -> bool:
    """Return whether a file's name is that of a sound that can be read."""
    return path.suffix.lower() in ENDINGS


def probe_sound(path: Path) -> SoundFileFacts:
    """Return what a sound file says of itself, without reading its samples.

    Raises:
        BadInput: there is no such file, or it is not a sound that can be read.
        Failed: it may not be read.
    """
    with _opened(path) as file:
        return _probed(file, path)[0]


def read_sound(
    path: Path,
    rate: int,
    *,
    layout_channels: int = 2,
    start: float = 0.0,
    seconds: float | None = None,
    progress: Progress | None = None,
) -> SoundFile:
    """Read a sound file at another rate. Memory grows with the result, whatever the file's rate and channels are.

    One and two channels stay, and as many as ``layout_channels``; others are mixed to stereo.

    Args:
        path: the file.
        rate: samples per second of the result.
        layout_channels: channels of the layout it is for.
        start: seconds to skip at its beginning.
        seconds: how much to read; None reads to its end.
        progress: told of the work.

    Raises:
        BadInput: it is not a sound that can be read, it is empty or damaged, or it ends before ``start``.
        Failed: it may not be read, or there is not enough memory.
        Cancelled: ``progress`` was cancelled.
    """
    progress = progress or no_progress()
    with _opened(path) as file:
        facts, sound = _probed(file, path)
        first = round(start * facts.rate)
        count = (
            facts.samples - first
            if seconds is None
            else min(round(seconds * facts.rate), facts.samples - first)
        )
        if count <= 0:
            raise BadInput(f"{path.name} lasts {facts.seconds:.2f} s: there is nothing from {start:g} s on.")
        try:
            sound.seek(first)
            mixed = _mix_of(facts.channels, layout_channels)
            blocks = _blocks(sound, count, mixed, path, progress.part(0.0, 0.9))
            samples = _converted(blocks, facts.rate, rate)
        except MemoryError:
            raise Failed(f"There is not enough memory to read {path.name}.") from None
        except RuntimeError as error:
            raise BadInput(f"{path.name} is damaged: it cannot be read to its end.") from error
        progress.report(0.9, "Reading")
        file.seek(0)
        return SoundFile(facts, samples, rate, hashlib.file_digest(file, "sha256").hexdigest())


def _opened(path: Path) -> io.BufferedReader:
    """Open a regular file; pipes and devices are refused before they are opened, because that could wait for ever."""
    try:
        kind = path.stat()
        if stat.S_ISDIR(kind.st_mode):
            raise BadInput(f"{path} is a folder, not a sound file.")
        if not stat.S_ISREG(kind.st_mode):
            raise BadInput(f"{path} is not a file but a device or a pipe: save the sound as a file first.")
        if not kind.st_size:
            raise BadInput(f"{path.name} is empty: it has no bytes at all.")
        # Without its name, from which the library would guess what is in it.
        return os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0)), "rb")
    except PermissionError as error:
        raise Failed(f"{path} cannot be read: you have no permission to read it.") from error
    except (OSError, ValueError) as error:
        raise BadInput(f"There is no file {path}.") from error


def _probed(file: io.BufferedReader, path: Path) -> tuple[SoundFileFacts, Any]:
    """Return a file's facts and the open decoder."""
    import soundfile

    kinds = "WAV, AIFF, FLAC, MP3 or OGG"
    try:
        sound = soundfile.SoundFile(file)
    except (RuntimeError, TypeError, ValueError, OSError) as error:
        raise BadInput(
            f"{path.name} is not a sound that can be read: it is damaged, or no {kinds} file."
        ) from error
    if sound.format not in FORMATS:
        raise BadInput(f"{path.name} is a {sound.format} file: convert it to {kinds} first.")
    if not (LEAST_RATE <= sound.samplerate <= MOST_RATE and 1 <= sound.channels <= MOST_CHANNELS):
        raise BadInput(
            f"{path.name} is damaged: {sound.channels} channels at {sound.samplerate} Hz cannot be."
        )
    if sound.frames <= 0:
        raise BadInput(f"{path.name} is empty: there is no sound in it.")
    form = f"{FORMATS[sound.format]}, {sound.subtype}"
    facts = SoundFileFacts(path, form, sound.samplerate, sound.channels, sound.frames, _texts(sound))
    return facts, sound


def _texts(sound: Any) -> tuple[tuple[str, str], ...]:
    try:
        given = sound.copy_metadata()
    except (RuntimeError, UnicodeDecodeError):
        return ()
    plain = {key: " ".join(str(given[key]).split())[:MOST_TEXT] for key in TEXTS if given.get(key)}
    return tuple((key, words) for key, words in plain.items() if words)


def _mix_of(channels: int, layout_channels: int) -> Waveform | None:
    """Return the gains to stereo, float32 (2, channels); None where the channels stay."""
    if channels <= 2 or channels == layout_channels:
        return None
    try:
        return np.asarray(fold_to_stereo(layout_of(channels)), np.float32)
    except BadInput:
        # No known loudspeakers: odd ones to the left, even ones to the right.
        gains = np.zeros((2, channels), np.float32)
        gains[0, ::2], gains[1, 1::2] = 1.0 / len(range(0, channels, 2)), 1.0 / (channels // 2)
        return gains


def _blocks(
    sound: Any, count: int, mix: Waveform | None, path: Path, progress: Progress
) -> Iterator[tuple[Waveform, bool]]:
    """Yield blocks of float32 (samples, channels), and whether each is the last."""
    done = 0
    while done < count:
        progress.report(done / count, "Reading")
        block = sound.read(min(BLOCK, count - done), dtype="float32", always_2d=True)
        if not np.isfinite(block).all():
            raise BadInput(f"{path.name} is damaged: it has samples that are no numbers.")
        done += len(block)
        # Some files end before their header says.
        last = done >= count or not len(block)
        yield (block if mix is None else block @ mix.T), last
        if last:
            return


def _converted(blocks: Iterator[tuple[Waveform, bool]], rate: int, to: int) -> Waveform:
    """Return blocks of float32 (samples, channels) as one float32 (channels, samples) at another rate."""
    parts: list[Waveform] = []
    total = 0
    convert: Callable[[Waveform, bool], Waveform] | None = None
    for block, last in blocks:
        convert = convert or ResampleStream(rate, to, block.shape[1])
        total += len(block)
        parts.append(convert(block, last))
    whole = np.concatenate(parts)[: round(total * to / rate)]
    missing = max(0, round(total * to / rate) - len(whole))
    return np.ascontiguousarray(np.pad(whole, ((0, missing), (0, 0))).T, np.float32)
