"""What of a scene ``foleyscape project export`` writes: its range and its stems."""

from argparse import Namespace
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.errors import BadInput
from engine.scene.scene import Scene

if TYPE_CHECKING:
    from engine.export.plan import Content, ExportSettings

EACH: "dict[str | None, Content]" = {None: "stems", "clip": "clips", "take": "takes"}
"""Content of an export by ``--each``."""


def of_scene(settings: "ExportSettings", arguments: Namespace, scene: Scene) -> "ExportSettings":
    """Return the settings with the range and the stems that the options name in this scene.

    Raises:
        BadInput: a place or a track is none of the scene's.
    """
    from engine.export.span import position

    line = scene.timeline
    if arguments.begin is not None or arguments.end is not None:
        first = 0 if arguments.begin is None else position(arguments.begin, line)
        stop = line.length if arguments.end is None else position(arguments.end, line)
        settings = replace(settings, span=(first, stop))
    if arguments.stems is None:
        return settings
    names = [part.strip() for part in arguments.stems.split(",") if part.strip()]
    wanted = [] if names == ["none"] else [_track_named(name, scene) for name in names]
    return replace(settings, stems=tuple(wanted))


def _track_named(words: str, scene: Scene) -> int:
    """Return the id of a track by its number from the top, or its name."""
    tracks = scene.timeline.tracks
    if words.isdecimal() and 1 <= int(words[:9]) <= len(tracks):
        return tracks[int(words) - 1].id
    found = [track.id for track in tracks if track.name.casefold() == words.casefold()]
    if len(found) != 1:
        names = ", ".join(track.name for track in tracks)
        many = "no track" if not found else "more than one track"
        raise BadInput(f"There is {many} {words!r}; there are {names}. Tracks are also numbered from 1.")
    return found[0]
