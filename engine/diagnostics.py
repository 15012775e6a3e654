"""What to send with a report of a fault: versions, device, models and the last errors, without personal paths."""

import logging
import platform
import re
import sys
from collections.abc import Mapping
from importlib import metadata
from itertools import pairwise
from pathlib import Path

from engine.logs import BACKUPS, default_log_file

log = logging.getLogger(__name__)

LIBRARIES = (
    "foleyscape",
    "torch",
    "torchvision",
    "diffusers",
    "transformers",
    "segment-anything",
    "open-clip-torch",
    "numpy",
    "scipy",
    "PySide6-Essentials",
    "sounddevice",
    "soundfile",
)
MAX_ERRORS = 10
MAX_TAIL_BYTES = 400_000
_RECORD = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (?P<level>[A-Z]+) ", re.MULTILINE)
_STOPS = r"'\",;:()<>|\n"
_QUOTED = r"""(?P<quote>['"])(?P<quoted>(?:[A-Za-z]:)?[\\/][^'"\n]*)(?P=quote)"""
# An unquoted path goes on over spaces while another separator or suffix follows: better too much than too little.
_BARE = rf"(?<![\w.:/\\])(?:[A-Za-z]:\\|\\\\|/)[^\s{_STOPS}]+(?:[^{_STOPS}]*[/\\.][^\s{_STOPS}]+)*"
_PATH = re.compile(f"{_QUOTED}|{_BARE}")
_MEDIA = r"jpe?g|png|webp|tiff?|bmp|gif|avif|heic|wav|aiff?|flac|mp3|ogg|opus|foley|json|npz|exr|mp4|mov|mkv"
_MEDIA_NAME = re.compile(rf"[^\s{_STOPS}/\\]+\.(?P<suffix>{_MEDIA})\b", re.IGNORECASE)


def diagnostics(facts: Mapping[str, str], log_file: Path | None = None, *, keep_paths: bool = False) -> str:
    """Return a report on this installation, as text for an e-mail or an issue.

    Args:
        facts: what the caller knows, by name: "device", "model", "sound output" ...
        log_file: the log to take the last errors from; None is the usual one.
        keep_paths: leave file names and folders as they are; otherwise those outside the installation become "<path>".

    Returns:
        Lines of plain text; at most the last ``MAX_ERRORS`` errors, the newest last.
    """
    errors = last_errors(default_log_file() if log_file is None else log_file)
    sections = [
        _table({"system": platform.platform(), "python": sys.version.split()[0], **facts}),
        _table({name: _version(name) for name in LIBRARIES}),
        "\n".join(errors) if errors else "No errors in the log.",
    ]
    text = "\n\n".join(sections) + "\n"
    return text if keep_paths else without_paths(text)


def last_errors(log_file: Path, count: int = MAX_ERRORS) -> list[str]:
    """Return the last records of level ERROR or above, with their tracebacks, oldest first.

    A log that was rotated a moment ago is read together with the file before it. Returns an empty list if there is
    no log.
    """
    records = _records(_tail(log_file))
    for number in range(1, BACKUPS + 1):
        if sum(_is_error(record) for record in records) >= count:
            break
        records = _records(_tail(log_file.with_name(f"{log_file.name}.{number}"))) + records
    return [record for record in records if _is_error(record)][-count:]


def without_paths(text: str) -> str:
    """Return the text with every absolute path outside the installation replaced by "<path>" and its suffix.

    Paths of source files, inside the installation or Python's own folders, keep the part below those folders: they
    say where a fault is and nothing about the user. Names of pictures, sounds and projects without a folder go too.
    """
    text = _PATH.sub(_replacement, text)
    return _MEDIA_NAME.sub(lambda m: f"<path>.{m['suffix']}", text)


def _replacement(match: re.Match[str]) -> str:
    if match["quote"] is None:
        return _anonymous(match[0])
    return f"{match['quote']}{_anonymous(match['quoted'])}{match['quote']}"


def _anonymous(path: str) -> str:
    for root in _public_folders():
        if path.startswith(root):
            return "<installation>" + path[len(root) :].replace("\\", "/")
    suffix = Path(path).suffix
    return "<path>" + (suffix if re.fullmatch(r"\.\w{1,8}", suffix) else "")


def _public_folders() -> tuple[str, ...]:
    here = Path(__file__).resolve().parents[1]
    folders = {str(here), sys.prefix, sys.base_prefix}
    return tuple(sorted((folder for folder in folders if len(folder) > 1), key=len, reverse=True))


def _tail(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - MAX_TAIL_BYTES))
            return file.read().decode("utf-8", errors="replace")
    except OSError:
        return ""


def _records(text: str) -> list[str]:
    edges = [*(match.start() for match in _RECORD.finditer(text)), len(text)]
    return [text[start:end].rstrip() for start, end in pairwise(edges)]


def _is_error(record: str) -> bool:
    match = _RECORD.match(record)
    return match is not None and match["level"] in {"ERROR", "CRITICAL"}


def _table(rows: Mapping[str, str]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in rows.items() if value)


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "not installed"
