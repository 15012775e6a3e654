"""The manifest of an output folder: which files this program wrote there, so that only those are ever replaced.

It is a file in the folder. A file counts as written by this program only while its content is what was written.
"""

import hashlib
import json
import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

MANIFEST_FILE = ".foleyscape-files.json"
MOST_BYTES = 64_000_000
SCHEMA = 1
MOST_CONTENTS = 4
"""Contents kept of one path: the one that is there, and those that a broken off run was about to put there."""

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Content:
    """What a file held when it was written.

    Attributes:
        size: bytes.
        modified: time of modification, in nanoseconds since 1970, on the disk that it was written to.
        digest: sha256 in hexadecimal.
    """

    size: int
    modified: int
    digest: str


@dataclass(frozen=True)
class WrittenFile:
    """A file in a manifest.

    Attributes:
        kind: what wrote it, such as "export".
        contents: what it may hold, the newest first.
    """

    kind: str
    contents: tuple[Content, ...]


Manifest = Mapping[str, WrittenFile]
"""By path within the folder, with ``/``."""


def read_manifest(folder: Path) -> dict[str, WrittenFile]:
    """Read the manifest of a folder; what is missing or damaged counts as not written by this program."""
    path = folder / MANIFEST_FILE
    try:
        facts = path.lstat()
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > MOST_BYTES:
            return {}
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    files = found.get("files") if isinstance(found, dict) else None
    if not isinstance(files, dict):
        return {}
    entries = {name: _read_entry(entry) for name, entry in files.items() if _is_inside(name)}
    return {name: entry for name, entry in entries.items() if entry is not None}


def manifest_bytes(manifest: Manifest) -> bytes:
    """Return the content of a manifest's file."""
    files = {
        name: {
            "kind": entry.kind,
            "contents": [[one.size, one.modified, one.digest] for one in entry.contents[:MOST_CONTENTS]],
        }
        for name, entry in sorted(manifest.items())
    }
    facts = {"program": "foleyscape", "schema": SCHEMA, "files": files}
    return (json.dumps(facts, indent=1) + "\n").encode("utf-8")


def content_of(path: Path) -> Content:
    """Return what a file holds now.

    Raises:
        OSError: it cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
        facts = os.fstat(file.fileno())
    return Content(facts.st_size, facts.st_mtime_ns, digest.hexdigest())


def is_unchanged(path: Path, entry: WrittenFile | None) -> bool:
    """Return whether a file holds what this program wrote to it.

    Size and time are enough; if only the time differs, as after copying the folder, the digest decides.

    Raises:
        OSError: it cannot be read.
    """
    if entry is None:
        return False
    facts = path.lstat()
    if not stat.S_ISREG(facts.st_mode):
        return False
    alike = [one for one in entry.contents if one.size == facts.st_size]
    if any(one.modified == facts.st_mtime_ns for one in alike):
        return True
    return bool(alike) and content_of(path).digest in {one.digest for one in alike}


def merged(older: Manifest, newer: Manifest) -> dict[str, WrittenFile]:
    """Return both manifests as one, in which a file may hold what either says."""
    found = dict(older)
    for name, entry in newer.items():
        before = older[name].contents if name in older else ()
        found[name] = WrittenFile(entry.kind, tuple(dict.fromkeys((*entry.contents, *before))))
    return found


def known_files(folder: Path, names: Iterable[str]) -> dict[str, WrittenFile]:
    """Return what the manifests of a folder, and of the folders in it that these files are in, say."""
    found = read_manifest(folder)
    inner = {parent for name in names for parent in PurePosixPath(name).parents if parent.parts}
    for parent in sorted(inner):
        below = {
            f"{parent.as_posix()}/{name}": entry for name, entry in read_manifest(folder / parent).items()
        }
        found = merged(found, below)
    return found


def _read_entry(entry: Any) -> WrittenFile | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("contents"), list):
        return None
    contents = []
    for one in entry["contents"]:
        if not (isinstance(one, list) and len(one) == 3 and isinstance(one[2], str)):
            return None
        if type(one[0]) is not int or type(one[1]) is not int:
            return None
        contents.append(Content(one[0], one[1], one[2]))
    return WrittenFile(str(entry.get("kind", ""))[:100], tuple(contents))


def _is_inside(name: str) -> bool:
    """Return whether a path stays inside the folder on every system."""
    return bool(name) and all(
        part not in {"", ".", ".."} and not set(part) & set("\\:\0") for part in name.split("/")
    )
