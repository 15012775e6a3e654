"""Atomic writing of single files."""

import contextlib
import os
import secrets
from pathlib import Path

from engine.files import system
from engine.files.system_errors import disk_errors

PARTIAL = ".partial"


def write_file(path: Path, data: bytes, *, durable: bool = False) -> None:
    """Write a file atomically: write a temporary file beside it, sync, rename.

    Args:
        path: the file; its folder must exist.
        data: the whole content.
        durable: also sync the folder, so that the new name survives a power failure.

    Raises:
        BadInput: the path can never be written.
        Failed: the disk is full or the path cannot be written; the old file is untouched, or, if only the
            folder could not be synced, replaced.
    """
    with disk_errors(path):
        partial, handle = _new_partial(path)
        try:
            try:
                system.write_all(handle, data)
                os.fsync(handle)
            finally:
                os.close(handle)
            system.replace(partial, path)
        except BaseException:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)
            raise
        if durable:
            system.sync_folder(path.parent)


def short_name(name: str, most: int) -> str:
    """Cut a file name to at most this number of bytes of UTF-8."""
    return name.encode("utf-8", "surrogateescape")[:most].decode("utf-8", "ignore")


def _new_partial(path: Path) -> tuple[Path, int]:
    """Create an empty file beside ``path`` and return it with its handle, open for writing."""
    partial = path.with_name(f".{short_name(path.name, 100)}.{secrets.token_hex(6)}{PARTIAL}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    return partial, system.open_plain(partial, flags, 0o666)
