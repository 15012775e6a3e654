"""Listening copies: FLAC (lossless) and Ogg Vorbis (small)."""

import contextlib
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from engine.errors import Failed
from engine.files import disk_errors
from engine.progress import Progress, no_progress
from engine.sound.audio_files import library_name

AuditionFormat = Literal["flac", "ogg"]
AUDITION_FORMATS: tuple[AuditionFormat, ...] = ("flac", "ogg")

FRAMES = 8192
"""Samples copied at a time. libsndfile's Vorbis encoder works on the stack, which long blocks overflow."""


def write_audition(
    source: Path,
    target: Path,
    form: AuditionFormat,
    *,
    title: str = "",
    licence: str = "",
    progress: Progress | None = None,
) -> None:
    """Convert a WAVE file to FLAC or Ogg Vorbis, complete or not at all, in constant memory.

    FLAC holds the same integers; of a 32-bit float file it holds 24 bits.

    Args:
        source: the WAVE file.
        target: the file to write.
        form: "flac" or "ogg".
        title: written as a tag.
        licence: written as a tag.
        progress: told of the samples written.

    Raises:
        Failed: it cannot be written.
        Cancelled: nothing is left behind.
    """
    import soundfile

    progress = progress or no_progress()
    partial = target.with_name(f".foleyscape-{secrets.token_hex(6)}.partial")
    try:
        with disk_errors(target), soundfile.SoundFile(library_name(source)) as wave:
            exact = form == "flac" and wave.subtype in {"PCM_16", "PCM_24"}
            subtype = "VORBIS" if form == "ogg" else wave.subtype if exact else "PCM_24"
            with soundfile.SoundFile(
                library_name(partial), "w", wave.samplerate, wave.channels, subtype, format=form.upper()
            ) as copy:
                _tag(copy, {"title": title, "license": licence})
                for block in wave.blocks(FRAMES, dtype="int32" if exact else "float32", always_2d=True):
                    progress.report(wave.tell() / wave.frames, "Making audition copies")
                    copy.write(block)
            partial.replace(target)
    except soundfile.LibsndfileError as error:
        raise Failed(f"{target} could not be written as {form.upper()}: {error.error_string}.") from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()


def _tag(copy: Any, tags: Mapping[str, str]) -> None:
    """Write the non-empty tags; libsndfile rejects empty strings."""
    for name, words in tags.items():
        if kept := words.replace("\0", " ").encode("utf-8", "replace").decode("utf-8"):
            setattr(copy, name, kept)
