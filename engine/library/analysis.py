"""Analyse a sound file: windows with vectors, loudness, brightness, tonality, and an outline for display."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadInput
from engine.sound.loudness import level_lufs
from engine.sound.waveform import Waveform

WINDOW_SECONDS = 5.0
"""Length of a window (*Seeing Sound*, section 3.2)."""
MIN_SECONDS = 1.0
"""A rest shorter than this belongs to the window before it, unless it is the whole file."""
MAX_CHANNELS = 64
OUTLINE_POINTS = 128
MIN_RATE, MAX_RATE = 8_000, 384_000
SILENT_PEAK = 1e-4
READ_SECONDS = 60.0
"""A longer file is read in pieces of this length, which is a whole number of windows."""

Vectors = NDArray[np.float32]


class SoundEmbedder(Protocol):
    """Turns sounds into unit vectors; ``engine.generation.listener.Listener`` is one."""

    @property
    def fingerprint(self) -> str:
        """Identifier of its weights: equal fingerprints, equal vectors."""

    def embed(self, samples: NDArray[np.float32], rate: int) -> Vectors:
        """Return unit vectors (B, D) of mono sounds, float32 (B, samples)."""


@dataclass(frozen=True)
class Window:
    """A stretch of a sound file.

    Attributes:
        start: seconds from the beginning.
        seconds: its length.
        level_db: RMS level in dB full scale.
    """

    start: float
    seconds: float
    level_db: float


@dataclass(frozen=True)
class Analysis:
    """What is known of the contents of a sound file, wherever it lies.

    Attributes:
        digest: BLAKE2b of the file, 16 bytes.
        seconds: length.
        rate: sample rate in Hz.
        channels: channels.
        lufs: loudness of its loudest minute (ITU-R BS.1770-4), or None for silence.
        centroid: spectral centroid in Hz: bright or dull.
        flatness: spectral flatness, 0 tonal to 1 noisy.
        outline: peaks over its length, uint8 (``OUTLINE_POINTS``,), full scale 255.
        windows: its windows.
        vectors: their unit vectors, float32 (windows, D).
    """

    digest: bytes
    seconds: float
    rate: int
    channels: int
    lufs: float | None
    centroid: float
    flatness: float
    outline: bytes
    windows: tuple[Window, ...]
    vectors: Vectors


def file_digest(path: Path) -> bytes:
    """Return the BLAKE2b digest of a file, 16 bytes.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).digest()


def analyse(path: Path, digest: bytes, embedder: SoundEmbedder) -> Analysis:
    """Analyse a sound file.

    Args:
        path: the file.
        digest: its digest.
        embedder: makes the vectors.

    Raises:
        BadInput: it is not a sound that can be read, or has no samples.
    """
    import soundfile

    try:
        # By the file, not its name: names on old disks need not be valid text.
        with path.open("rb") as file, soundfile.SoundFile(file) as sound:
            return _analysed(sound, digest, embedder)
    except (OSError, RuntimeError, ValueError) as error:  # libsndfile's own errors are RuntimeErrors
        raise BadInput(f"It is not a sound that can be read: {_first_line(error)}.") from error


def _analysed(sound: Any, digest: bytes, embedder: SoundEmbedder) -> Analysis:
    rate, channels = int(sound.samplerate), int(sound.channels)
    if not MIN_RATE <= rate <= MAX_RATE or channels > MAX_CHANNELS:
        raise BadInput(f"It has {channels} channels at {rate} Hz, which cannot be used.")
    windows: list[Window] = []
    vectors: list[Vectors] = []
    peaks: list[NDArray[np.float32]] = []
    spectrum, loudest, frames = np.zeros(0), None, 0
    for piece in _pieces(sound, rate):
        mono = piece.mean(axis=0)
        cut = list(cut_windows(len(mono), rate))
        windows += [_window(mono, start, stop, frames, rate) for start, stop in cut]
        vectors.append(_embedded(mono, cut, rate, embedder))
        peaks.append(_peaks(piece, rate))
        spectrum = _added(spectrum, _power(mono))
        loudest = _louder(loudest, level_lufs(piece[:2], rate))
        frames += len(mono)
    if not frames:
        raise BadInput("It has no samples.")
    centroid, flatness = _shape(spectrum, rate)
    outline = _outline(np.concatenate(peaks))
    seconds = frames / rate
    return Analysis(
        digest,
        seconds,
        rate,
        channels,
        loudest,
        centroid,
        flatness,
        outline,
        tuple(windows),
        np.concatenate(vectors),
    )


def _pieces(sound: Any, rate: int) -> Iterator[Waveform]:
    length = round(READ_SECONDS * rate)
    while True:
        read = sound.read(length, dtype="float32", always_2d=True)
        if not len(read):
            return
        yield np.nan_to_num(np.ascontiguousarray(read.T))


def cut_windows(samples: int, rate: int) -> Iterator[tuple[int, int]]:
    """Yield (start, stop) of the windows of a sound: none overlap, and a short rest joins the last."""
    length, least = round(WINDOW_SECONDS * rate), round(MIN_SECONDS * rate)
    start = 0
    while start < samples:
        stop = min(start + length, samples)
        if samples - stop < least:
            stop = samples
        yield start, stop
        start = stop


def _window(mono: NDArray[np.float32], start: int, stop: int, before: int, rate: int) -> Window:
    power = float(np.mean(np.square(mono[start:stop], dtype=np.float64)))
    return Window((before + start) / rate, (stop - start) / rate, 10 * float(np.log10(max(power, 1e-12))))


def _embedded(
    mono: NDArray[np.float32], cut: list[tuple[int, int]], rate: int, embedder: SoundEmbedder
) -> Vectors:
    """Embed windows, those of one length together; a silent window gets a vector of zeros, near to nothing."""
    found: dict[int, Vectors] = {}
    lengths: dict[int, list[int]] = {}
    for place, (start, stop) in enumerate(cut):
        lengths.setdefault(stop - start, []).append(place)
    for places in lengths.values():
        sounds = np.stack([mono[slice(*cut[place])] for place in places])
        heard = embedder.embed(sounds, rate) * (np.abs(sounds).max(axis=1, keepdims=True) > SILENT_PEAK)
        found.update(zip(places, heard.astype(np.float32), strict=True))
    return np.stack([found[place] for place in range(len(cut))])


def _peaks(piece: Waveform, rate: int) -> NDArray[np.float32]:
    """Return the peak of every 10 ms."""
    step = max(1, rate // 100)
    loud = np.abs(piece).max(axis=0)
    starts = np.arange(0, len(loud), step)
    return np.asarray(np.maximum.reduceat(loud, starts), np.float32)


def _outline(peaks: NDArray[np.float32]) -> bytes:
    """Return ``OUTLINE_POINTS`` peaks, uint8."""
    edges = np.linspace(0, len(peaks), OUTLINE_POINTS + 1).astype(int)[:-1]
    coarse = np.maximum.reduceat(peaks, np.minimum(edges, len(peaks) - 1))
    return np.round(np.clip(coarse, 0, 1) * 255).astype(np.uint8).tobytes()


FFT = 2_048


def _power(mono: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the summed power spectrum of up to 200 evenly spaced frames."""
    padded = np.pad(mono, (0, max(0, FFT - len(mono))))
    starts = np.linspace(0, len(padded) - FFT, min(200, 1 + len(padded) // FFT)).astype(int)
    frames = padded[starts[:, None] + np.arange(FFT)] * np.hanning(FFT).astype(np.float32)
    return np.asarray(np.square(np.abs(np.fft.rfft(frames, axis=1))).sum(axis=0), np.float64)


def _added(total: NDArray[np.float64], more: NDArray[np.float64]) -> NDArray[np.float64]:
    return total + more if len(total) else more


def _louder(one: float | None, other: float | None) -> float | None:
    return max((value for value in (one, other) if value is not None), default=None)


def _shape(power: NDArray[np.float64], rate: int) -> tuple[float, float]:
    """Return the centroid in Hz and the flatness of a power spectrum."""
    hertz = np.arange(len(power)) * (rate / FFT)
    audible = (hertz >= 40) & (hertz <= 16_000)
    power = power[audible] + 1e-12
    centroid = float((hertz[audible] * power).sum() / power.sum())
    return centroid, float(np.exp(np.log(power).mean()) / power.mean())


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
