"""Read what a sound file says about itself: bext, iXML, INFO, ID3, Vorbis comments, and its name."""

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePath
from typing import Any

from engine.export.ucs import load_cat_ids
from engine.logs import log_failure

log = logging.getLogger(__name__)

MAX_LETTERS = 4_000
"""Longer texts are cut: a recipe or a script inside a file is no description."""
_PARTS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=[0-9])|[\W_]+")
_LICENCE = re.compile(r"licen[cs]e|copyright|rights", re.IGNORECASE)
_IXML_LEFT_OUT = frozenset({"UBITS", "FILE_UID", "FAMILY_UID", "FAMILY_NAME", "IXML_VERSION"})


@dataclass(frozen=True)
class FileText:
    """Searchable text of a sound file.

    Attributes:
        name: the file name and its parts, without the suffix.
        path: the folders above it, below the library folder.
        category: UCS CatID with category and subcategory, or "".
        description: everything else that the file says about itself.
        licence: licence or copyright line, or "".
        cat_id: CatID, or "".
    """

    name: str
    path: str
    category: str
    description: str
    licence: str
    cat_id: str


def file_text(path: Path, relative: str) -> FileText:
    """Return the text of a sound file. Damaged metadata is logged and left out.

    Args:
        path: the file.
        relative: its path below the library folder.
    """
    fields = list(_fields(path))
    stem = PurePath(relative).stem
    cat_id = _cat_id(stem, (text for key, text in fields if key.lower() == "catid"))
    category = f"{cat_id} {' '.join(_categories()[cat_id])}" if cat_id else ""
    licence = next((text for key, text in fields if _LICENCE.search(key)), "")
    return FileText(
        _printable(f"{stem} {split_words(stem)}"),
        _printable(split_words(str(PurePath(relative).parent))),
        category,
        _joined(text for _, text in fields),
        _printable(licence)[:300],
        cat_id,
    )


def split_words(name: str) -> str:
    """Return the words of a name: "DogBark_02" becomes "Dog Bark 02"."""
    return " ".join(part for part in _PARTS.split(name) if part)


def _cat_id(stem: str, said: Iterable[str]) -> str:
    """Return the CatID that the metadata or the first block of the name gives, or ""."""
    for text in (*said, stem.split("_", 1)[0].split("-", 1)[0]):
        if text in _categories():
            return text
    return ""


@lru_cache(maxsize=1)
def _categories() -> dict[str, tuple[str, str]]:
    return dict(load_cat_ids())


def _fields(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (name, text) of the metadata fields."""
    readers = (
        (_wave_fields, _tag_fields) if path.suffix.lower() in {".wav", ".wave", ".bwf"} else (_tag_fields,)
    )
    for read in readers:
        try:
            yield from [(key, text) for key, text in read(path) if text.strip()]
        except Exception as error:  # noqa: BLE001 - whatever two parsers raise: a sound without text is a sound
            log_failure(log, f"Reading the metadata of {path.name}", error)


def _wave_fields(path: Path) -> Iterator[tuple[str, str]]:
    from wavinfo import WavInfoReader

    found = WavInfoReader(str(path), info_encoding="utf-8", bext_encoding="latin_1")
    if found.bext is not None:
        yield "Description", str(found.bext.description)
        yield "Originator", str(found.bext.originator)
    if found.info is not None:
        yield from ((key, str(value)) for key, value in found.info.to_dict().items() if value)
    if found.ixml is not None:
        yield from _ixml_fields(found.ixml.raw_xml)


def _ixml_fields(tree: Any) -> Iterator[tuple[str, str]]:
    for element in tree.iter():
        if isinstance(element.tag, str) and element.tag not in _IXML_LEFT_OUT and element.text:
            yield element.tag, element.text


def _tag_fields(path: Path) -> Iterator[tuple[str, str]]:
    from tinytag import TinyTag

    if not TinyTag.is_supported(str(path)):
        return
    tags = TinyTag.get(str(path), duration=False)
    for key in ("title", "comment", "artist", "album", "genre", "composer"):
        yield key, str(getattr(tags, key) or "")
    for key, values in tags.other.items():
        yield from ((key, str(value)) for value in values)


def _joined(texts: Iterable[str]) -> str:
    """Join texts, each once, up to ``MAX_LETTERS``; numbers alone are left out."""
    kept = dict.fromkeys(text.strip() for text in texts if re.search(r"[^\W\d]", text))
    return _printable("\n".join(kept))[:MAX_LETTERS]


def _printable(text: str) -> str:
    """Replace what cannot be stored as text: bytes of another encoding, and control characters."""
    valid = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in valid).strip()
