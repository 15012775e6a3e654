"""Timelines for other programs: one format a file, all written from one ``InterchangeTimeline``.

Writers are loaded when first asked for: the command line starts without OpenTimelineIO.
"""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path

from engine.errors import BadInput
from engine.export.interchange.model import InterchangeTimeline

Writer = Callable[[InterchangeTimeline, Path], None]

_MODULES = {
    "rpp": "rpp",
    "otio": "otio",
    "edl": "edl",
    "csv": "cues",
    "aaf": "aaf",
    "fcpxml": "fcpxml",
}


class _Formats(Mapping[str, Writer]):
    """Name of a format -> what writes it."""

    def __getitem__(self, name: str) -> Writer:
        writer: Writer = import_module(f"{__name__}.{_MODULES[name]}").write
        return writer

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)


FORMATS: Mapping[str, Writer] = _Formats()
"""Every format by its name, which is also how its files end."""


def writer_of(name: str) -> Writer:
    """What writes this format.

    Raises:
        BadInput: there is no such format.
    """
    if name not in FORMATS:
        raise BadInput(f"There is no format {name!r}; there are {', '.join(FORMATS)}.")
    return FORMATS[name]
