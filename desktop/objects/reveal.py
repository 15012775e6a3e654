"""Shows a file in the file manager, selected where the system can do that."""

import sys
from pathlib import Path

from PySide6.QtCore import QProcess, QUrl
from PySide6.QtGui import QDesktopServices


def reveal(path: Path) -> None:
    """Open the folder of a file in the file manager, with the file selected on Windows and macOS."""
    command = reveal_command(path, sys.platform)
    if not command or not QProcess.startDetached(command[0], command[1:]):
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))


def reveal_command(path: Path, platform: str) -> list[str]:
    """Return the command that selects a file in the file manager of a platform; empty if there is none."""
    if platform == "win32":
        return ["explorer", f"/select,{path}"]
    if platform == "darwin":
        return ["open", "-R", str(path)]
    return []
