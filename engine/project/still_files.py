"""The still of a project: a byte-for-byte copy of its original file."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import BadInput, Failed
from engine.project.safe_files import SafeFiles
from engine.scene.limits import normalize_whitespace, writable
from engine.scene.scene import StillRecord

if TYPE_CHECKING:
    from engine.vision.still import Still

MOST_BYTES = 2**30


def copy_still(files: SafeFiles, path: Path) -> StillRecord:
    """Copy a picture file into a project folder and return the record for the scene.

    Raises:
        BadInput: it is not a supported picture.
        Failed: it cannot be read, or the project cannot be written.
    """
    from engine.vision.still import load_still

    still = load_still(path)
    ending = re.sub(r"[^a-z0-9]", "", path.suffix.lower())[:8] or "picture"
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Failed(f"{path} cannot be read: {error.strerror or error}.") from error
    record = StillRecord(
        file=f"still.{ending}",
        digest=still.digest,
        width=still.width,
        height=still.height,
        name=normalize_whitespace(writable(path.name))[:200] or "still",
    )
    files.write(record.file, data)
    return record


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
