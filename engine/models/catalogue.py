"""Which models exist, as data: files, sizes, checksums, licences, and what each can do.

No host is named here. Where files come from is said by the user, as an argument or in
``FOLEYSCAPE_MODELS_URL``, and nothing is fetched without being asked.
"""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from engine.errors import BadInput, Failed, FoleyscapeError
from engine.inputs import read_json
from engine.models.resources import resource

FOLDER_VARIABLE = "FOLEYSCAPE_MODELS"
URL_VARIABLE = "FOLEYSCAPE_MODELS_URL"
UNKNOWN_LICENCE = "unknown"


@dataclass(frozen=True)
class ModelFile:
    """One file of a model.

    Attributes:
        name: its path inside the model's folder, and after the base address it is fetched from.
        size: bytes; None if unknown.
        sha256: lower-case hex; None if unknown, and then the file is never downloaded.
    """

    name: str
    size: int | None = None
    sha256: str | None = None

    def __post_init__(self) -> None:
        path = PurePosixPath(self.name)
        if not path.parts or path.is_absolute() or ".." in path.parts or "\\" in self.name:
            raise ValueError(f"{self.name!r} is no path inside a model's folder")
        if self.sha256 is not None and not re.fullmatch(r"[0-9a-f]{64}", self.sha256):
            raise ValueError(f"{self.sha256!r} is no sha256")


@dataclass(frozen=True)
class Model:
    """A set of weights that can be chosen.

    Attributes:
        id: the stable key and the name of its folder.
        title: what the user reads.
        does: any of "segment", "name", "sound".
        licence: SPDX identifier; shown where the model is chosen and where its takes leave.
        commercial_use: whether the licence lets takes be sold.
        bundled: whether it travels inside Foleyscape.
        note: one or two sentences of advice.
        files: what its folder must hold.
    """

    id: str
    title: str
    does: frozenset[str]
    licence: str
    commercial_use: bool
    bundled: bool
    note: str
    files: tuple[ModelFile, ...]

    @property
    def can_be_fetched(self) -> bool:
        """Whether every file's size and checksum are known, so that what arrives can be verified."""
        return not self.bundled and all(file.size is not None and file.sha256 for file in self.files)

    @property
    def size(self) -> int | None:
        """Bytes of all files together; None if one is unknown."""
        sizes = [file.size for file in self.files]
        return None if None in sizes else sum(size for size in sizes if size is not None)


def load_catalogue(path: Path | None = None) -> tuple[Model, ...]:
    """Return all known models, the bundled one first.

    Raises:
        Failed: the catalogue cannot be read or is not one.
    """
    path = path or resource("models", "catalogue.json")
    try:
        return tuple(_model(entry) for entry in read_json(path))
    except FoleyscapeError as error:
        raise Failed(f"The model catalogue cannot be read. {error}") from error
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise Failed(f"{path} is not a model catalogue: {type(error).__name__}, {error}.") from error


def find_model(models: Iterable[Model], model_id: str) -> Model:
    """Return the model with this id.

    Raises:
        BadInput: there is none; the sentence lists those that exist.
    """
    models = tuple(models)
    for model in models:
        if model.id == model_id:
            return model
    raise BadInput(f"There is no model {model_id!r}; there are: {', '.join(model.id for model in models)}.")


def licence_of(model: str, licences: Mapping[str, str]) -> str:
    """Return the licence of the weights named in a recipe, or ``UNKNOWN_LICENCE`` for unlisted weights.

    Args:
        model: an id, or the name of a folder with the beginning of its fingerprint, as recipes have it.
        licences: SPDX identifiers by the ids of models.
    """
    return licences.get(model, licences.get(model.rpartition("-")[0], UNKNOWN_LICENCE))


def models_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of downloaded and imported models.

    ``FOLEYSCAPE_MODELS`` if set, else the XDG data folder of the user.
    """
    if chosen := environment.get(FOLDER_VARIABLE):
        return Path(chosen).expanduser()
    data = Path(environment.get("XDG_DATA_HOME") or "")
    if not data.is_absolute():
        data = Path("~/.local/share").expanduser()
    return data / "foleyscape" / "models"


def model_folder(model: Model, folder: Path) -> Path:
    """Return the folder of one model: inside Foleyscape if it is bundled, else under ``folder``."""
    return resource("models", model.id) if model.bundled else folder / model.id


def is_installed(model: Model, folder: Path) -> bool:
    """Return whether all files exist at their size. Checksums were verified when they were installed."""
    home = model_folder(model, folder)
    return all(_is_there(home / file.name, file.size) for file in model.files)


def _is_there(path: Path, size: int | None) -> bool:
    return path.is_file() and size in (None, path.stat().st_size)


def _model(entry: dict[str, Any]) -> Model:
    files = tuple(ModelFile(file["name"], file["size"], file["sha256"]) for file in entry["files"])
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", entry["id"]):
        raise ValueError(f"{entry['id']!r} does not suit a folder's name")
    return Model(
        id=entry["id"],
        title=entry["title"],
        does=frozenset(entry["does"]),
        licence=entry["licence"],
        commercial_use=bool(entry["commercial_use"]),
        bundled=bool(entry["bundled"]),
        note=entry["note"],
        files=files,
    )
