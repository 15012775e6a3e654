"""The still of a project: a byte-for-byte copy of its original file."""

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import BadInput, Failed
from engine.files import read_errors
from engine.project.safe_files import SafeFiles
from engine.scene.limits import normalize_whitespace, writable
from engine.scene.scene import StillRecord

if TYPE_CHECKING:
    from engine.vision.still import Still

MOST_BYTES = 2**30


def copy_still(files: SafeFiles, path: Path) -> StillRecord:
    """Copy a picture file into a project folder and return the record for the scene.

    The file is read once: the record is of the picture in the copy, whatever happens to the original meanwhile.

    Raises:
        BadInput: it is not a supported picture.
        Failed: it cannot be read, or the project cannot be written.
    """
    from engine.vision.still import load_still

    name = _copy(files, path)
    try:
        still = load_still(files.root / name)
    except (BadInput, Failed):
        load_still(path)  # The same error, which names the original.
        raise BadInput(f"{path} was changed while it was copied: open it again.") from None
    return _record(name, still, path)


def store_still(files: SafeFiles, still: "Still", path: Path | None) -> StillRecord:
    """Store a still that was opened before: a copy of its file if that still holds the same picture, else as PNG.

    Args:
        files: the project folder.
        still: the still, which the masks and takes are of.
        path: the file it was opened from, which may be missing or another picture by now.

    Raises:
        Failed: the project cannot be written.
    """
    from engine.vision.still import load_still

    if path is not None:
        name = None
        try:
            name = _copy(files, path)
            if load_still(files.root / name).digest == still.digest:
                return _record(name, still, path)
        except (BadInput, Failed):
            if name is None and not _is_gone(path):
                raise
        if name is not None:
            files.remove(name)
    files.write("still.png", _png(still))
    return _record("still.png", still, path)


def read_still(files: SafeFiles, record: StillRecord) -> "Still":
    """Load the still of a project and check it against its record.

    Raises:
        BadInput: the file is missing, damaged, or another picture than the record says.
        Failed: it cannot be read, or there is not enough memory.
    """
    from engine.vision.still import load_still

    # Checks the kind of file before the decoder opens it by path.
    with files.open(record.file, MOST_BYTES):
        still = load_still(files.root / record.file)
    if still.digest != record.digest:
        raise BadInput(f"{record.file} is another picture than the one that the project was made with.")
    return still


def _copy(files: SafeFiles, path: Path) -> str:
    """Copy the file and return its name in the project."""
    from engine.vision.still import load_still

    ending = re.sub(r"[^a-z0-9]", "", path.suffix.lower())[:8] or "picture"
    with read_errors(path):
        if not path.is_file():
            load_still(path)  # Says what is wrong.
        if path.stat().st_size > MOST_BYTES:
            raise BadInput(f"{path} is larger than 1 GB, which no picture of a project is.")
        data = path.read_bytes()
    files.write(f"still.{ending}", data)
    return f"still.{ending}"


def _is_gone(path: Path) -> bool:
    """Return whether the file cannot be had any more, so that another error than of writing is at hand."""
    try:
        with path.open("rb") as file:
            file.read(1)
    except OSError:
        return True
    return False


def _record(name: str, still: "Still", path: Path | None) -> StillRecord:
    shown = normalize_whitespace(writable(path.name))[:200] if path is not None else ""
    return StillRecord(name, still.digest, still.width, still.height, shown or "still")


def _png(still: "Still") -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(still.pixels).save(buffer, "PNG", compress_level=3)
    return buffer.getvalue()
