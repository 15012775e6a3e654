"""File names of the Universal Category System 8.2.1.

``CatID[-UserCategory]_[VendorCategory-]FXName_CreatorID_SourceID[_UserData]``: ``_`` only separates blocks;
CatIDs keep their case and are never invented. The list of CatIDs is public domain (CC0).
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.errors import BadInput, Failed, FoleyscapeError
from engine.inputs import read_json
from engine.models.resources import resource

FX_NAME_LETTERS = 24
"""The system asks for names under 25 letters, readable in lists."""
BLOCK_LETTERS = 40
NAME_BYTES = 240
"""What file systems allow for a name, minus an extension and the suffix of a partial file."""

UNKNOWN = "OBJMisc"
MIX = "MIX"

# Letters, digits and spaces; apostrophes and the like are dropped, all else separates words.
_DROPPED, _PARTING = re.compile("['’`\"]"), re.compile(r"[\W_]+")


@dataclass(frozen=True)
class UcsBlocks:
    """The blocks common to all files of an export.

    Attributes:
        creator_id: initials or short name of the creator.
        source_id: the show, library or project.
        user_category: optional.
        vendor_category: optional.
        user_data: optional.
        categories: (track number, CatID) pairs chosen by the user; the others are found by the object's name.
    """

    creator_id: str
    source_id: str
    user_category: str = ""
    vendor_category: str = ""
    user_data: str = ""
    categories: tuple[tuple[int, str], ...] = ()


def load_cat_ids(path: Path | None = None) -> Mapping[str, tuple[str, str]]:
    """Return the category and subcategory of every CatID.

    Raises:
        Failed: the list cannot be read.
    """
    path = path or resource("ucs_catids.json")
    try:
        entries = read_json(path)
        return {cat_id: (str(category), str(sub)) for cat_id, (category, sub) in entries.items()}
    except (FoleyscapeError, ValueError, TypeError, AttributeError) as error:
        raise Failed(
            f"The list of UCS categories {path} cannot be read; install Foleyscape again."
        ) from error


def ucs_name(cat_id: str, fx_name: str, blocks: UcsBlocks, cat_ids: Mapping[str, tuple[str, str]]) -> str:
    """Return the name of a file, without extension.

    Args:
        cat_id: one of ``cat_ids``, in its exact case.
        fx_name: what the file contains, in any words; cleaned, and cut at a word to ``FX_NAME_LETTERS``.
        blocks: the blocks common to the export.
        cat_ids: the known CatIDs.

    Raises:
        BadInput: there is no such CatID, or a required block has no letter or digit in it.
    """
    if cat_id not in cat_ids:
        raise BadInput(f"There is no UCS category {cat_id!r}; CatIDs are written exactly as in the UCS list.")
    name = shortened(cleaned(fx_name), FX_NAME_LETTERS)
    creator, source = cleaned(blocks.creator_id), cleaned(blocks.source_id)
    for block, words in (("a name", name), ("a creator ID", creator), ("a source ID", source)):
        if not words:
            raise BadInput(f"A UCS file name needs {block} with letters or digits in it.")
    user_category, vendor = cleaned(blocks.user_category), cleaned(blocks.vendor_category)
    parts = [
        f"{cat_id}-{_block(user_category)}" if user_category else cat_id,
        f"{_block(vendor)}-{name}" if vendor else name,
        _block(creator),
        _block(source),
    ]
    if user_data := cleaned(blocks.user_data):
        parts.append(_block(user_data))
    return _fitting("_".join(parts))


def check_name(name: str, cat_ids: Mapping[str, tuple[str, str]]) -> None:
    """Check every block of a name (without extension).

    Raises:
        BadInput: a block is missing, empty or not clean, or the CatID does not exist.
    """
    parts = name.split("_")
    if len(parts) not in {4, 5}:
        raise BadInput(f"{name!r} is no UCS name: it has {len(parts)} blocks, not 4 or 5.")
    cat_id, _, user_category = parts[0].partition("-")
    if cat_id not in cat_ids:
        raise BadInput(f"{name!r} is no UCS name: there is no category {cat_id!r}.")
    vendor, _, fx_name = parts[1].rpartition("-")
    required = [fx_name, *parts[2:]]
    optional = [block for block in (user_category, vendor) if block]
    if not all(required) or any(cleaned(block) != block for block in required + optional):
        raise BadInput(f"{name!r} is no UCS name: a block is empty, or has signs that may not stand in one.")


def cleaned(words: str) -> str:
    """Return text usable as a block: letters, digits and single spaces, without separators or unsafe characters."""
    plain = _DROPPED.sub("", unicodedata.normalize("NFKC", words))
    # Normalize again: dropping a character may bring together characters that compose.
    return unicodedata.normalize("NFKC", _PARTING.sub(" ", plain)).strip()


def shortened(words: str, most: int) -> str:
    """Shorten text to at most ``most`` letters, cut between words if that leaves at least half."""
    if len(words) <= most:
        return words
    cut = words[:most]
    if words[most] != " " and cut.rfind(" ") >= most // 2:
        cut = cut[: cut.rfind(" ")]
    return cut.strip()


def _block(words: str) -> str:
    return shortened(words, BLOCK_LETTERS)


def _fitting(name: str) -> str:
    """Return the name if a disk can store it.

    Raises:
        BadInput: it is too long; letters of some scripts take four bytes each.
    """
    if len(name.encode("utf-8")) > NAME_BYTES:
        raise BadInput("The UCS blocks are too long together for a file's name: shorten the user data.")
    return name
