"""The folder that a path of a project means."""

from pathlib import Path

from engine.errors import BadInput


def project_root(path: Path) -> Path:
    """Return the resolved folder, or raise ``BadInput`` if it is not one."""
    try:
        if path.is_dir():
            return path.resolve()
        there = path.exists()
    except (OSError, ValueError, RuntimeError) as error:
        raise BadInput(f"{str(path)[:200]!r} is no path of a project.") from error
    raise BadInput(f"{path} is a file, not a project folder." if there else f"There is no project {path}.")
