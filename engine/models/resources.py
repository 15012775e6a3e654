"""Where the files that travel with Foleyscape are: weights, the concept table, the model catalogue."""

from pathlib import Path

from engine.errors import Failed


def resource(*parts: str) -> Path:
    """Return the path of a bundled file or folder, e.g. ``resource("models", "pocket")``.

    ``resources`` stands beside ``engine`` in a checkout and in an installed wheel alike, so one rule finds it
    from any working folder. The caller checks whether the file itself exists.

    Args:
        parts: names of the folders and the file, from ``resources`` down.

    Raises:
        Failed: the resources folder is not beside the engine; the installation is damaged.
    """
    root = Path(__file__).resolve().parents[2] / "resources"
    if not root.is_dir():
        raise Failed(f"Foleyscape's own files are missing from {root}; install it again.")
    return root.joinpath(*parts)
