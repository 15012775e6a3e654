"""What a person chooses for an export, as a value: into the engine's settings, and in and out of a file."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, cast

from desktop.settings.store import JsonFile, state_file
from engine.export.file_names import safe_name
from engine.export.plan import FORMATS, ExportSettings
from engine.export.ucs import UcsBlocks
from engine.scene.timecode import frame_rate
from engine.scene.timeline import LoudnessPreset, Timeline


@dataclass(frozen=True)
class ExportChoices:
    """One value for each control of the form. Empty or 0, where noted, is what the timeline says.

    Attributes:
        preset: of loudness, or empty. rate: samples a second, or 0. bits: of a sample.
        frame_rate: its name, or empty. start: timecode of the timeline's first sample, or empty.
        handles: seconds. formats: in the engine's order.
        ucs: whether names follow the Universal Category System, with these creator and source IDs.
        categories: (track number, CatID) where a person chose one; like the start they are of one project.
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

    def settings(self, timeline: Timeline, *, overwrite: bool = False) -> ExportSettings:
        """The engine's settings for a scene with this timeline.

        Raises:
            BadInput: one of them cannot be.
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
        )


@dataclass(frozen=True)
class LastExport:
    """What one export leaves for the next.

    Attributes:
        folder: the one that its own folder was made in; empty before the first export.
        project: whose frame rate and start these were; they are no other project's.
    """

    choices: ExportChoices = ExportChoices()
    folder: str = ""
    project: str = ""

    def for_project(self, project: str) -> ExportChoices:
        """What to begin with."""
        if project and project == self.project:
            return self.choices
        return replace(self.choices, frame_rate="", start="", categories=())


def suggested_folder(begin: Path, name: str) -> Path:
    """Where an export of a scene of this name goes unless a person says otherwise: a folder of its own."""
    return begin / f"{safe_name(name, 'scene')}-export"


def read_last_export(facts: Mapping[str, Any]) -> LastExport:
    """What a file says; a value that does not fit is the usual one."""
    found = facts.get("choices")
    choices = _read_choices(found) if isinstance(found, dict) else ExportChoices()
    folder, project = facts.get("folder"), facts.get("project")
    return LastExport(
        choices, folder if isinstance(folder, str) else "", project if isinstance(project, str) else ""
    )


def write_last_export(remembered: LastExport) -> dict[str, Any]:
    """Only what differs from the usual."""
    usual, choices = ExportChoices(), remembered.choices
    found = {
        entry.name: getattr(choices, entry.name)
        for entry in fields(ExportChoices)
        if getattr(choices, entry.name) != getattr(usual, entry.name)
    }
    return {"choices": found, "folder": remembered.folder, "project": remembered.project}


def _read_choices(facts: Mapping[str, Any]) -> ExportChoices:
    usual = ExportChoices()
    kept: dict[str, Any] = {}
    for entry in fields(ExportChoices):
        value, wanted = facts.get(entry.name), getattr(usual, entry.name)
        if entry.name == "categories":
            value = _read_categories(value)
        elif isinstance(value, list):
            value = tuple(name for name in FORMATS if name in value)
        if isinstance(wanted, float) and type(value) is int:
            value = float(value)
        if type(value) is type(wanted) and value != ():
            kept[entry.name] = value
    return replace(usual, **kept)


def _read_categories(found: object) -> tuple[tuple[int, str], ...]:
    """Pairs of a track's number and a CatID; what is none is left out."""
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
    """Args:
    file: where it is kept. Read now, so that no dialog has to.
    """

    def __init__(self, file: JsonFile) -> None:
        self._file = file
        self.last = read_last_export(file.read())

    def save(self) -> None:
        """For a worker's thread.

        Raises:
            BadInput, Failed: it cannot be written.
        """
        known = write_last_export(self.last)
        others = {key: value for key, value in self._file.read().items() if key not in known}
        self._file.write({**others, **known})


def last_export_file() -> JsonFile:
    """Where this person's last export is remembered."""
    return JsonFile(Path(state_file().path).with_name("export.json"))
