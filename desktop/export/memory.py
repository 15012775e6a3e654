"""What the last export was like, read once when the window is made and kept on disk."""

from pathlib import Path

from desktop.export.choices import read_remembered, write_remembered
from desktop.settings.store import JsonFile, state_file


class ExportMemory:
    """Args:
    file: where it is kept. Read now, so that no dialog has to.
    """

    def __init__(self, file: JsonFile) -> None:
        self._file = file
        self.last = read_remembered(file.read())

    def save(self) -> None:
        """For a worker's thread.

        Raises:
            BadInput, Failed: it cannot be written.
        """
        known = write_remembered(self.last)
        others = {key: value for key, value in self._file.read().items() if key not in known}
        self._file.write({**others, **known})


def export_memory_file() -> JsonFile:
    """Where this person's last export is remembered."""
    return JsonFile(Path(state_file().path).with_name("export.json"))
