"""The choices of the export form as a value, their conversion to export settings, and their storage on disk."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, cast

from desktop.settings.store import JsonFile, state_file
from engine.export.file_names import safe_name
from engine.export.plan import FORMATS, Content, ExportSettings
from engine.export.ucs import UcsBlocks
from engine.scene.timecode import frame_rate
from engine.scene.timeline import LoudnessPreset, Timeline


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


@dataclass(frozen=True)
class LastExport:
    """What is remembered of the last export.

    Attributes:
        choices: the form's values.
        folder: the parent folder of the export; empty before the first one.
        project: the project whose frame rate and start these were; other projects do not take them over.
    """

    choices: ExportChoices = ExportChoices()
    folder: str = ""
    project: str = ""

    def for_project(self, project: str) -> ExportChoices:
        """Return the choices to start with for a project."""
        if project and project == self.project:
            return self.choices
        return replace(self.choices, frame_rate="", start="", categories=(), span="", left_out=())


def suggested_folder(begin: Path, name: str) -> Path:
    """Return the suggested folder of an export: one with the scene's name in ``begin``."""
    return begin / f"{safe_name(name, 'scene')}-export"


def read_last_export(facts: Mapping[str, Any]) -> LastExport:
    """Read a settings value; invalid values become the defaults."""
    found = facts.get("choices")
    choices = _read_choices(found) if isinstance(found, dict) else ExportChoices()
    folder, project = facts.get("folder"), facts.get("project")
    return LastExport(
        choices, folder if isinstance(folder, str) else "", project if isinstance(project, str) else ""
    )


def write_last_export(remembered: LastExport) -> dict[str, Any]:
    """Return only the values that differ from the defaults."""
    found = _write_choices(remembered.choices)
    return {"choices": found, "folder": remembered.folder, "project": remembered.project}


def read_presets(facts: Any) -> dict[str, ExportChoices]:
    """Read named choices; invalid ones are left out."""
    entries = facts.items() if isinstance(facts, dict) else ()
    return {name: _read_choices(found) for name, found in entries if name.strip() and isinstance(found, dict)}


def _write_choices(choices: ExportChoices) -> dict[str, Any]:
    usual = ExportChoices()
    return {
        entry.name: getattr(choices, entry.name)
        for entry in fields(ExportChoices)
        if getattr(choices, entry.name) != getattr(usual, entry.name)
    }


def _read_choices(facts: Mapping[str, Any]) -> ExportChoices:
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


class LastExportStore:
    """Keeps the last export's choices, and those saved under names, in a file.

    Args:
        file: read once, here, so that no dialog has to.
    """

    def __init__(self, file: JsonFile) -> None:
        self.file = file
        facts = file.read()
        self.last = read_last_export(facts)
        self.presets = read_presets(facts.get("presets"))

    def keep_preset(self, name: str, choices: ExportChoices) -> None:
        """Keep choices under a name, without those of one project; ``save`` writes them."""
        self.presets[name] = LastExport(choices).for_project("")

    def save(self) -> None:
        """Write the file. Called in a worker thread.

        Raises:
            BadInput: the place cannot be written to.
            Failed: writing failed.
        """
        presets = {name: _write_choices(choices) for name, choices in self.presets.items()}
        known = {**write_last_export(self.last), "presets": presets}
        others = {key: value for key, value in self.file.read().items() if key not in known}
        self.file.write({**others, **known})


def last_export_file() -> JsonFile:
    """Return the file in which the last export is remembered."""
    return JsonFile(Path(state_file().path).with_name("export.json"))
