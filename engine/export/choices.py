"""The choices of an export as a value, and those that were saved under names; the window and the command share them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, cast

from engine.errors import BadInput
from engine.export.plan import FORMATS, Content, ExportSettings
from engine.export.ucs import UcsBlocks
from engine.files import disk_errors, write_file
from engine.inputs import NoSuchFile, encode_json, read_json
from engine.scene.timecode import frame_rate
from engine.scene.timeline import LoudnessPreset, Timeline

MOST_BYTES = 2**20
MOST_LETTERS = 60
"""Of a name of choices."""


@dataclass(frozen=True)
class ExportChoices:
    """The values of the form's controls. Empty or 0 means the timeline's own value where noted.

    Attributes:
        preset: id of a loudness preset; empty is none.
        rate: sample rate, or 0 for the timeline's.
        bits: bits per sample.
        frame_rate: name of the frame rate, or empty for the timeline's.
        start: timecode of the timeline's first sample, or empty for the timeline's.
        handles: handles of media files, in seconds.
        formats: ids in the engine's order.
        ucs: whether file names follow the Universal Category System.
        creator: UCS creator ID.
        source: UCS source ID.
        categories: pairs of track id and CatID that the user chose; like ``start`` they belong to one project.
        content: as in ``ExportSettings``.
        span: "loop" or "selection", or empty for the whole timeline; belongs to one project.
        left_out: ids of the tracks of which no stem is written; belongs to one project.
        mix: whether the mix is written.
        mono: whether all sounds have one channel.
        embed: whether an AAF holds its sound itself.
        library: name of a library, for the metadata.
    """

    preset: str = ""
    rate: int = 0
    bits: int = 24
    frame_rate: str = ""
    start: str = ""
    handles: float = 0.0
    formats: tuple[str, ...] = ("wav",)
    ucs: bool = False
    creator: str = ""
    source: str = ""
    categories: tuple[tuple[int, str], ...] = ()
    content: str = "stems"
    span: str = ""
    left_out: tuple[int, ...] = ()
    mix: bool = True
    mono: bool = False
    embed: bool = False
    library: str = ""

    def settings(self, timeline: Timeline, *, overwrite: bool = False) -> ExportSettings:
        """Return the engine's settings for a scene with this timeline.

        Raises:
            BadInput: a choice is invalid.
        """
        return ExportSettings(
            rate=self.rate or timeline.rate,
            bits=self.bits,
            frame_rate=frame_rate(self.frame_rate) if self.frame_rate else None,
            start_timecode=self.start.strip() or None,
            preset=cast(LoudnessPreset, self.preset) if self.preset else None,
            handles=self.handles,
            formats=tuple(name for name in FORMATS if name in self.formats),
            overwrite=overwrite,
            ucs=UcsBlocks(self.creator, self.source, categories=self.categories) if self.ucs else None,
            stems=tuple(t.id for t in timeline.tracks if t.id not in self.left_out)
            if self.left_out
            else None,
            mix=self.mix,
            mono=self.mono,
            content=cast(Content, self.content),
            library=self.library,
            embed=self.embed,
        )


def read_presets(facts: Any) -> dict[str, ExportChoices]:
    """Read named choices; invalid ones are left out."""
    entries = facts.items() if isinstance(facts, dict) else ()
    return {name: read_choices(found) for name, found in entries if name.strip() and isinstance(found, dict)}


def without_project(choices: ExportChoices) -> ExportChoices:
    """Return choices without those that belong to one project."""
    return replace(choices, frame_rate="", start="", categories=(), span="", left_out=())


def write_choices(choices: ExportChoices) -> dict[str, Any]:
    """Return only the values that differ from the defaults."""
    usual = ExportChoices()
    return {
        entry.name: getattr(choices, entry.name)
        for entry in fields(ExportChoices)
        if getattr(choices, entry.name) != getattr(usual, entry.name)
    }


def read_choices(facts: Mapping[str, Any]) -> ExportChoices:
    """Read stored choices; invalid values become the defaults."""
    usual = ExportChoices()
    kept: dict[str, Any] = {}
    for entry in fields(ExportChoices):
        value, wanted = facts.get(entry.name), getattr(usual, entry.name)
        if entry.name == "categories":
            value = _read_categories(value)
        elif entry.name == "left_out":
            value = tuple(n for n in value if type(n) is int) if isinstance(value, list | tuple) else ()
        elif isinstance(value, list):
            value = tuple(name for name in FORMATS if name in value)
        if isinstance(wanted, float) and type(value) is int:
            value = float(value)
        if type(value) is type(wanted) and value != ():
            kept[entry.name] = value
    return replace(usual, **kept)


def _read_categories(found: object) -> tuple[tuple[int, str], ...]:
    """Read pairs of track id and CatID; invalid ones are skipped."""
    pairs = found if isinstance(found, list | tuple) else ()
    return tuple(
        (pair[0], pair[1])
        for pair in pairs
        if isinstance(pair, list | tuple)
        and len(pair) == 2
        and type(pair[0]) is int
        and isinstance(pair[1], str)
    )


def choices_file() -> Path:
    """Return the file in which the last export and the named choices are kept."""
    from platformdirs import user_state_path

    return user_state_path("foleyscape", appauthor=False) / "export.json"


def named_choices(name: str, file: Path) -> ExportChoices:
    """Return the choices that were saved under a name.

    Raises:
        BadInput: there are none, or the file is damaged.
        Failed: it cannot be read.
    """
    found = read_presets(_facts_in(file).get("presets"))
    if name not in found:
        known = ", ".join(sorted(found, key=str.casefold)) or "none yet"
        raise BadInput(f"There are no export choices of the name {name!r}; there are: {known}.")
    return found[name]


def save_choices(name: str, choices: ExportChoices, file: Path) -> None:
    """Keep choices under a name, without those of one project; all else in the file stays.

    Raises:
        BadInput: the file is damaged, or the place cannot be written to.
        Failed: writing failed.
    """
    facts = _facts_in(file)
    stored = facts.get("presets")
    presets = {**(stored if isinstance(stored, dict) else {}), name: write_choices(without_project(choices))}
    with disk_errors(file):
        file.parent.mkdir(parents=True, exist_ok=True)
    write_file(file, encode_json({**facts, "presets": presets}, indent=2) + b"\n")


def _facts_in(file: Path) -> dict[str, Any]:
    try:
        facts = read_json(file, most=MOST_BYTES)
    except NoSuchFile:
        return {}
    if not isinstance(facts, dict):
        raise BadInput(f"{file} holds no export choices: move it away.")
    return facts
