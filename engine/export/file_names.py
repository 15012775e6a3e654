"""Names of exported files."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence

from engine.export.ucs import (
    FX_NAME_LETTERS,
    MIX,
    UNKNOWN,
    UcsBlocks,
    cleaned,
    load_cat_ids,
    shortened,
    ucs_name,
)
from engine.files.portable_names import is_reserved
from engine.models.free_words import bundled_free_words
from engine.scene.scene import Scene, TakeRecord
from engine.scene.timeline import Track

NAME_LETTERS = 40
SAFE_NAME_BYTES = 160


def stem_names(scene: Scene, tracks: Sequence[Track], blocks: UcsBlocks | None) -> tuple[str, ...]:
    """Return a file name without extension for each track's stem, unique even ignoring case.

    Plain names are numbered from the top, such as ``01_dog``; with ``blocks`` they follow the Universal
    Category System.

    Raises:
        BadInput: a UCS block is missing, or a CatID does not exist.
    """
    if blocks is None:
        return tuple(
            f"{number:02d}_{safe_name(track.name, 'track')}" for number, track in enumerate(tracks, 1)
        )
    cat_ids = load_cat_ids()
    names: dict[str, str] = {}
    for number, track in enumerate(tracks, 1):
        fx_name = cleaned(track.name) or f"Track {number}"
        cat_id = category_of_track(scene, track, blocks)
        name = _unique_ucs_name(cat_id, fx_name, blocks, cat_ids, names)
        names[name.casefold()] = name
    return tuple(names.values())


def mix_name(scene: Scene, blocks: UcsBlocks | None) -> str:
    """Return the file name of the mix, without extension.

    Raises:
        BadInput: a UCS block is missing.
    """
    return "mix" if blocks is None else ucs_name(MIX, cleaned(scene.name) or "Mix", blocks, load_cat_ids())


def session_name(scene: Scene, blocks: UcsBlocks | None) -> str:
    """Return the name of files for other programs, without extension; with ``blocks`` that of the mix.

    Raises:
        BadInput: a UCS block is missing.
    """
    return safe_name(scene.name, "scene") if blocks is None else mix_name(scene, blocks)


def take_name(
    scene: Scene, record: TakeRecord, ending: str, blocks: UcsBlocks, taken: Collection[str]
) -> str:
    """Return the UCS name of a copy of a take, without extension, in ASCII letters as far as its words go.

    Args:
        scene: the scene.
        record: the take.
        ending: what tells this copy from others of the same name.
        blocks: the blocks of the export.
        taken: file names, with extension, that are taken.
    """
    words = ascii_name(record.name, "take").replace("-", " ")
    fx_name = f"{shortened(words, FX_NAME_LETTERS - len(ending))}{ending}"
    names = {name.casefold().removesuffix(".wav"): name for name in taken}
    return _unique_ucs_name(_category_of_take(scene, record, blocks), fx_name, blocks, load_cat_ids(), names)


def _category_of_take(scene: Scene, record: TakeRecord, blocks: UcsBlocks) -> str:
    """Return the CatID of the track of a take, or else that of the concept that its name mentions."""
    for track in scene.timeline.tracks:
        if any(clip.take == record.digest for clip in track.clips):
            return category_of_track(scene, track, blocks)
    mentioned = bundled_free_words().read(record.name).concepts
    return mentioned[0].ucs if mentioned else UNKNOWN


def safe_name(words: str, otherwise: str) -> str:
    """Turn text into part of a file name: letters, digits and hyphens in lower case."""
    name = shortened(cleaned(words), NAME_LETTERS).casefold().replace(" ", "-")
    short = name.encode("utf-8")[:SAFE_NAME_BYTES].decode("utf-8", "ignore").strip("-")
    return _portable(short or otherwise)


def ascii_name(words: str, otherwise: str) -> str:
    """Turn text into part of a file name that works in any program: ASCII letters, digits and hyphens."""
    ascii_only = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode("ascii")
    short = re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")[:NAME_LETTERS].strip("-")
    return _portable(short or otherwise)


def _portable(name: str) -> str:
    """Return the name, with a letter more if Windows takes it for a device."""
    return f"{name}-" if is_reserved(name) else name


def _unique_ucs_name(
    cat_id: str,
    fx_name: str,
    blocks: UcsBlocks,
    cat_ids: Mapping[str, tuple[str, str]],
    taken: Mapping[str, str],
) -> str:
    """Return the UCS name, numbered if it is taken."""
    name, count = ucs_name(cat_id, fx_name, blocks, cat_ids), 1
    while name.casefold() in taken:
        count += 1
        room = FX_NAME_LETTERS - len(f" {count}")
        name = ucs_name(cat_id, f"{shortened(fx_name, room)} {count}", blocks, cat_ids)
    return name


def category_of_track(scene: Scene, track: Track, blocks: UcsBlocks) -> str:
    """Return the CatID the user chose, or else that of the concept named by the track or its object, in any words."""
    for track_id, chosen in blocks.categories:
        if track_id == track.id:
            return chosen
    thing = None if track.object is None else scene.object(track.object)
    for words in (track.name, thing.name if thing else "", (thing.prompt or "") if thing else ""):
        if mentioned := bundled_free_words().read(words).concepts:
            return mentioned[0].ucs
    return UNKNOWN
