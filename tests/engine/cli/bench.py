"""What the tests of the command line share."""

from pathlib import Path

from engine.files.manifest import MANIFEST_FILE


def names_in(folder: Path) -> set[str]:
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST_FILE]
    return {path.relative_to(folder).as_posix() for path in files}
