"""What the window remembers of exports: the last one's choices, and those that were saved under names."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop.settings.store import JsonFile
from engine.export.choices import (
    ExportChoices,
    choices_file,
    read_choices,
    read_presets,
    without_project,
    write_choices,
)
from engine.export.file_names import safe_name

NO_CHOICES = ExportChoices()


@dataclass(frozen=True)
class LastExport:
    """What is remembered of the last export.

    Attributes:
        choices: the form's values.
        folder: the parent folder of the export; empty before the first one.
        project: the project whose frame rate and start these were; other projects do not take them over.
    """

    choices: ExportChoices = NO_CHOICES
    folder: str = ""
    project: str = ""

    def for_project(self, project: str) -> ExportChoices:
        """Return the choices to start with for a project."""
        if project and project == self.project:
            return self.choices
        return without_project(self.choices)


def suggested_folder(begin: Path, name: str) -> Path:
    """Return the suggested folder of an export: one with the scene's name in ``begin``."""
    return begin / f"{safe_name(name, 'scene')}-export"


def read_last_export(facts: Mapping[str, Any]) -> LastExport:
    """Read a settings value; invalid values become the defaults."""
    found = facts.get("choices")
    choices = read_choices(found) if isinstance(found, dict) else ExportChoices()
    folder, project = facts.get("folder"), facts.get("project")
    return LastExport(
        choices, folder if isinstance(folder, str) else "", project if isinstance(project, str) else ""
    )


def write_last_export(remembered: LastExport) -> dict[str, Any]:
    """Return only the values that differ from the defaults."""
    found = write_choices(remembered.choices)
    return {"choices": found, "folder": remembered.folder, "project": remembered.project}


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
        self.presets[name] = without_project(choices)

    def save(self) -> None:
        """Write the file. Called in a worker thread.

        Raises:
            BadInput: the place cannot be written to.
            Failed: writing failed.
        """
        presets = {name: write_choices(choices) for name, choices in self.presets.items()}
        known = {**write_last_export(self.last), "presets": presets}
        others = {key: value for key, value in self.file.read().items() if key not in known}
        self.file.write({**others, **known})


def last_export_file() -> JsonFile:
    """Return the file in which the last export is remembered."""
    return JsonFile(choices_file())
