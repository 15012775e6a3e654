"""Backups of a scene.json that is damaged, or of an older schema, before it is replaced."""

import contextlib
import os
import re

from engine.errors import FoleyscapeError
from engine.files import disk_errors, sync_folder
from engine.project.json_text import parse_json
from engine.project.safe_files import SafeFiles

SCENE_FILE = "scene.json"
BACKUP_NAME = re.compile(r"scene\.json\.(damaged|schema|before)-\d{1,6}")


def take_digests(scene_file: bytes) -> set[str]:
    """Return the digests of the takes in the content of a scene.json; none if it cannot be read."""
    takes: object = None
    with contextlib.suppress(FoleyscapeError):
        takes = parse_json(scene_file, SCENE_FILE).get("takes")
    found = [one.get("digest") for one in takes if isinstance(one, dict)] if isinstance(takes, list) else []
    return {digest for digest in found if isinstance(digest, str)}


def keep_backup(files: SafeFiles, why: str, data: bytes) -> None:
    """Give the current scene.json a second name, such as ``scene.json.damaged-1``.

    Args:
        files: the project folder.
        why: "damaged"; "schema", an older one; or "before", what a recovered scene replaces.
        data: content of the file, for file systems without hard links.

    Raises:
        Failed: the disk is full or the folder cannot be written.
    """
    place = files.root / SCENE_FILE
    if not os.path.lexists(place):
        return
    number = 1
    while os.path.lexists(files.root / f"{SCENE_FILE}.{why}-{number}"):
        number += 1
    name = f"{SCENE_FILE}.{why}-{number}"
    try:
        os.link(place, files.root / name, follow_symlinks=False)
    except (OSError, NotImplementedError):
        files.write(name, data)
        return
    with disk_errors(files.root):
        sync_folder(files.root)
