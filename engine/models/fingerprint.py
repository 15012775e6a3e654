"""Identify a set of weights by its contents, so that a recipe names exactly the model it was made with."""

import hashlib
from pathlib import Path

from engine.errors import Failed

# Texts for display: an improved model card does not make another model.
WORDS = frozenset({".md"})


def fingerprint(folder: Path) -> str:
    """Return the sha256 of a model's folder: of its files' names and contents, in the order of the names.

    Ignores hidden files, unfinished downloads and texts for display. Takes about 0.1 s for the bundled model.

    Args:
        folder: the model's folder.

    Returns:
        64 lower-case hex digits.

    Raises:
        Failed: the folder holds no model or cannot be read.
    """
    digest = hashlib.sha256()
    try:
        files = sorted(path for path in folder.rglob("*") if _counts(path.relative_to(folder), path))
        for path in files:
            name = path.relative_to(folder).as_posix().encode()
            with path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").digest()
            digest.update(len(name).to_bytes(4, "big") + name + content)
    except OSError as error:
        raise Failed(f"The model in {folder} cannot be read: {error.strerror or error}.") from error
    if not files:
        raise Failed(f"There is no model in {folder}.")
    return digest.hexdigest()


def _counts(name: Path, path: Path) -> bool:
    hidden = any(part.startswith(".") for part in name.parts)
    return not hidden and path.suffix not in WORDS and path.suffix != ".part" and path.is_file()
