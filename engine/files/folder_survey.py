"""Looking at what is in a folder before files are put there: what this program wrote, and what is somebody else's."""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.files.manifest import MANIFEST_FILE, WrittenFile, is_unchanged, known_files

OWN_PREFIX = ".foleyscape-"
"""Beginning of the names of working folders and locks, which are no content."""

UNMISSED = frozenset({MANIFEST_FILE, ".DS_Store", "Thumbs.db", "desktop.ini"})


@dataclass(frozen=True)
class FolderSurvey:
    """What is in a folder that files are to be written into.

    Attributes:
        replaced: paths of files of an earlier run, unchanged since, which the new ones replace.
        stale: paths of files of an earlier run of the same kind, unchanged since, which the new run does not
            write again and removes.
        in_the_way: paths that the new files need and that hold something else: files of others, and files of an
            earlier run that were changed since.
        foreign: paths of all other files; they stay.
    """

    replaced: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    in_the_way: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is in the folder."""
        return not (self.replaced or self.stale or self.in_the_way or self.foreign)


EMPTY_FOLDER = FolderSurvey()


def survey_folder(folder: Path, names: Sequence[str], kind: str) -> FolderSurvey:
    """Look at what is in a folder, before or after the work.

    Args:
        folder: the folder; it may be missing.
        names: paths of the files that are to be written, with ``/``.
        kind: what writes them, as in the manifest.

    Raises:
        OSError: it cannot be read.
    """
    known = known_files(folder, names)
    there = _entries(folder, (*names, *known))
    new = set(names)
    blocked = _blocked(folder, names)
    ours = {name for name in there if _is_ours(folder / name, known.get(name))}
    return FolderSurvey(
        replaced=tuple(name for name in there if name in new and name in ours),
        stale=tuple(name for name in there if name in ours - new and _is_of(known.get(name), kind)),
        in_the_way=tuple(sorted({*blocked, *(name for name in there if name in new - ours)})),
        foreign=tuple(
            name for name in there if name not in new and not (name in ours and _is_of(known.get(name), kind))
        ),
    )


def is_taken(folder: Path) -> bool:
    """Return whether a folder exists and holds anything that somebody could miss.

    What this program is writing there just now, its manifest, and what file managers leave in every folder do not
    count.

    Raises:
        OSError: it cannot be read.
    """
    if not folder.is_dir():
        return os.path.lexists(folder)
    return any(path.name not in UNMISSED for path in _children(folder))


def list_names(names: Sequence[str], most: int = 3) -> str:
    """List some names and how many more there are: "mix.wav, stems/a.wav and 2 more"."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def files_in(folder: Path) -> list[str]:
    """Return the paths of everything in a staging folder but folders and its own manifest, sorted."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in _walked(folder)
        if not stat.S_ISDIR(path.lstat().st_mode) and path != folder / MANIFEST_FILE
    )


def folders_in(folder: Path) -> list[str]:
    """Return the paths of all folders in a staging folder, the outer ones first."""
    return sorted(
        path.relative_to(folder).as_posix() for path in _walked(folder) if stat.S_ISDIR(path.lstat().st_mode)
    )


def _entries(folder: Path, names: Sequence[str]) -> list[str]:
    """Return what is in a target folder: files by path, and folders that these names do not touch as ``name/``.

    Only the touched folders are looked into: the target may be somebody's whole disk.
    """
    touched = {name.partition("/")[0] for name in names}
    found: list[str] = []
    for path in _children(folder):
        if not stat.S_ISDIR(path.lstat().st_mode):
            found += [] if path.name == MANIFEST_FILE else [path.name]
        elif path.name in touched:
            found += [inner.relative_to(folder).as_posix() for inner in _walked(path) if not inner.is_dir()]
        else:
            found.append(f"{path.name}/")
    return sorted(found)


def _children(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [folder / name for name in os.listdir(folder) if _is_content(name)]  # noqa: PTH208


def _walked(folder: Path) -> list[Path]:
    found: list[Path] = []
    for place, folders, files in os.walk(folder, onerror=_raise):
        folders[:] = [name for name in folders if _is_content(name)]
        found += [Path(place) / name for name in (*folders, *files) if _is_content(name)]
    return found


def _raise(error: OSError) -> None:
    raise error


def _is_content(name: str) -> bool:
    return not name.startswith(OWN_PREFIX) or name == MANIFEST_FILE


def _is_ours(path: Path, entry: WrittenFile | None) -> bool:
    """Return whether this program wrote a file, unchanged since; manifests of inner folders are always its own."""
    return path.name == MANIFEST_FILE or is_unchanged(path, entry)


def _is_of(entry: WrittenFile | None, kind: str) -> bool:
    return entry is not None and entry.kind == kind


def _blocked(folder: Path, names: Sequence[str]) -> set[str]:
    """Return what stands where a new file needs a folder, or where a folder stands and a file is to be."""
    found = set()
    for name in names:
        parts = name.split("/")
        if (folder / name).is_dir() and not (folder / name).is_symlink():
            found.add(name)
        for depth in range(1, len(parts)):
            parent = folder.joinpath(*parts[:depth])
            if os.path.lexists(parent) and (parent.is_symlink() or not parent.is_dir()):
                found.add("/".join(parts[:depth]))
                break
    return found
