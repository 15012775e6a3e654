"""Timelines for other programs: one module per format, all written from one ``InterchangeTimeline``.

Writers are imported when first used, so that the command line starts without OpenTimelineIO.
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
    """Maps the name of a format to its writer."""

    def __getitem__(self, name: str) -> Writer:
        writer: Writer = import_module(f"{__name__}.{_MODULES[name]}").write
        return writer

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)


FORMATS: Mapping[str, Writer] = _Formats()
"""The writer of each format by name, which is also the file extension."""


def writer_of(name: str) -> Writer:
    """Return the writer of a format.

    Raises:
        BadInput: there is no such format.
    """
    if name not in FORMATS:
        raise BadInput(f"There is no format {name!r}; there are {', '.join(FORMATS)}.")
    return FORMATS[name]
