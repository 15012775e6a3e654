"""Recently opened stills and projects, the newest first. No Qt."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST = 12


@dataclass(frozen=True)
class Recent:
    """Paths of stills and project folders, without duplicates."""

    paths: tuple[Path, ...] = ()

    def with_path(self, path: Path) -> "Recent":
        """Return the list with this path first."""
        path = path.absolute()
        return Recent((path, *(other for other in self.paths if other != path))[:MOST])

    def without(self, path: Path) -> "Recent":
        return Recent(tuple(other for other in self.paths if other != path.absolute()))

    def texts(self) -> list[str]:
        return [str(path) for path in self.paths]


def read_recent(facts: Any) -> Recent:
    """Read the list from a settings value; entries that are not paths are skipped."""
    texts: Iterable[Any] = facts if isinstance(facts, list) else ()
    paths = [Path(text) for text in texts if isinstance(text, str) and text and "\0" not in text]
    return Recent(tuple(dict.fromkeys(path for path in paths if path.is_absolute()))[:MOST])
