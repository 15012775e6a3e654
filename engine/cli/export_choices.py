"""What ``foleyscape project export`` writes: choices saved under a name, options, and a scene's range and stems."""

from argparse import Namespace
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from engine.errors import BadInput
from engine.scene.limits import text
from engine.scene.scene import Scene

if TYPE_CHECKING:
    from engine.export.choices import ExportChoices
    from engine.export.plan import ExportSettings
    from engine.scene.timeline import Timeline

EACH = {"clip": "clips", "take": "takes"}
"""Content of an export by ``--each``."""
USUAL_RATE = 48_000


def chosen(arguments: Namespace) -> "ExportChoices":
    """Return the choices that ``--named`` names, or the usual ones, with every option that is given in their place.

    Raises:
        BadInput: there are none of that name, or half of the UCS blocks is missing.
    """
    from engine.export.choices import ExportChoices, choices_file, named_choices

    _check_name(arguments.save_as)
    if arguments.named is None:
        choices = ExportChoices(rate=USUAL_RATE)
    else:
        choices = named_choices(arguments.named, choices_file())
    given = {name: value for name, value in _given(arguments).items() if value is not None}
    choices = replace(choices, **given)
    if bool(choices.creator) != bool(choices.source) and choices.ucs:
        raise BadInput("UCS names need both --creator and --source.")
    return choices


def _given(arguments: Namespace) -> dict[str, Any]:
    """Return the value of each choice that an option gives; None where it was left out."""
    formats = None
    if arguments.format is not None:
        formats = tuple(dict.fromkeys(part.strip() for part in arguments.format.split(",") if part.strip()))
    return {
        "rate": arguments.rate,
        "bits": arguments.bits,
        "frame_rate": arguments.fps,
        "start": arguments.start_timecode,
        "preset": arguments.preset,
        "handles": arguments.handles,
        "formats": formats,
        "ucs": True if arguments.creator is not None or arguments.source is not None else None,
        "creator": arguments.creator,
        "source": arguments.source,
        "mix": False if arguments.no_mix else None,
        "mono": arguments.mono or None,
        "content": EACH.get(arguments.each),
        "library": arguments.library,
        "embed": arguments.embed or None,
    }


def _check_name(name: str | None) -> None:
    from engine.export.choices import MOST_LETTERS

    if name is not None and not (name.strip() and text(" ".join(name.split()), MOST_LETTERS)):
        raise BadInput(f"A name of export choices has 1 to {MOST_LETTERS} plain letters on one line.")


def settings_of(choices: "ExportChoices", arguments: Namespace, timeline: "Timeline") -> "ExportSettings":
    """Return the settings of an export of this timeline.

    Raises:
        BadInput: an option is invalid.
    """
    # The formats follow, as they were given: a wrong one is to be refused, not left out.
    settings = replace(choices, formats=("wav",)).settings(timeline, overwrite=arguments.overwrite)
    blocks = settings.ucs
    if blocks is not None:
        user, vendor = arguments.user_category, arguments.vendor_category
        blocks = replace(blocks, user_category=user, vendor_category=vendor)
    settings = replace(settings, formats=choices.formats, ucs=blocks)
    # Nothing and 0 mean the timeline's own among choices, and are wrong as options.
    if arguments.rate is not None:
        settings = replace(settings, rate=arguments.rate)
    return settings if arguments.preset is None else replace(settings, preset=arguments.preset)


def keep_choices(choices: "ExportChoices", arguments: Namespace) -> None:
    """Save the choices under the name of ``--save-as``, if it is given.

    Raises:
        FoleyscapeError: they cannot be saved.
    """
    from engine.export.choices import choices_file, save_choices

    if arguments.save_as is not None:
        save_choices(" ".join(arguments.save_as.split()), choices, choices_file())


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
