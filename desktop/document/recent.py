"""What was open lately, the newest first. Pure values."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST = 12


@dataclass(frozen=True)
class Recent:
    """Stills and project folders by their paths, each once."""

    paths: tuple[Path, ...] = ()

    def with_path(self, path: Path) -> "Recent":
        """After this was opened."""
        path = path.absolute()
        return Recent((path, *(other for other in self.paths if other != path))[:MOST])

    def without(self, path: Path) -> "Recent":
        return Recent(tuple(other for other in self.paths if other != path.absolute()))

    def texts(self) -> list[str]:
        return [str(path) for path in self.paths]


def read_recent(facts: Any) -> Recent:
    """From what a file holds; what is no path is left out."""
    texts: Iterable[Any] = facts if isinstance(facts, list) else ()
    paths = [Path(text) for text in texts if isinstance(text, str) and text and "\0" not in text]
    return Recent(tuple(dict.fromkeys(path for path in paths if path.is_absolute()))[:MOST])
