"""Labelled pictures of objects, prepared once as arrays that training can read fast.

Picture packs (Caltech-101 classes, CIFAR-10, outlined objects of COCO) become memory-mapped RGBA tiles: the
colours, and as alpha the object's outline or a rough foreground by GrabCut, so that an object can be pasted
into another scene. A fifth of the pictures, chosen by a hash of their names, is held out from all training.
"""

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.training.holdout import held_out

Pixels = NDArray[np.uint8]
BACKGROUND = "caltech101/BACKGROUND_Google"
CALTECH_SIDE = 160
CIFAR_SIDE = 32
COCO_SIDE = 192
COCO_ROOM = 1.2
"""Side of an object's tile relative to the object's own: a picture includes some surroundings."""


def rough_foreground(picture: Pixels, work_side: int = 64) -> Pixels:
    """Return the likely foreground of a picture of one object.

    Args:
        picture: uint8 (H, W, 3) RGB.
        work_side: longest side, in pixels, at which GrabCut runs.

    Returns:
        uint8 (H, W), 255 inside the object, soft at its border; an ellipse if GrabCut finds nothing usable.
    """
    height, width = picture.shape[:2]
    scale = min(1.0, work_side / max(height, width))
    small = cv2.resize(picture, (max(8, round(width * scale)), max(8, round(height * scale))))
    rows, columns = small.shape[:2]
    labels = np.zeros((rows, columns), np.uint8)
    margin = max(1, round(0.04 * max(rows, columns)))
    rectangle = (margin, margin, columns - 2 * margin, rows - 2 * margin)
    # GrabCut requires scratch arrays of this shape for its two colour models.
    scratch = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(small, labels, rectangle, *scratch, 2, cv2.GC_INIT_WITH_RECT)
    inside = (labels == cv2.GC_FGD) | (labels == cv2.GC_PR_FGD)
    if not 0.12 < inside.mean() < 0.88:
        inside = _ellipse(rows, columns)
    soft = cv2.GaussianBlur(inside.astype(np.float32) * 255, (3, 3), 0)
    return np.asarray(cv2.resize(soft, (width, height)), np.uint8)


def _ellipse(rows: int, columns: int) -> NDArray[np.bool_]:
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j]
    return np.asarray(x * x + y * y < 0.81)


@dataclass(frozen=True)
class PictureSet:
    """Tiles of one size: ``tiles`` uint8 (N, side, side, 4), each filled from its top left up to ``sizes``."""

    tiles: Pixels
    sizes: NDArray[np.int32]
    names: tuple[str, ...]

    def tile(self, index: int) -> Pixels:
        """Return the picture at ``index``: uint8 (h, w, 4), colours and foreground."""
        height, width = self.sizes[index]
        return self.tiles[index, :height, :width]


@dataclass(frozen=True)
class Pictures:
    """All prepared pictures; ``classes`` are the names of the folders ("caltech101/rooster", "cifar10/dog")."""

    sets: tuple[PictureSet, ...]

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of all picture classes, sorted."""
        return tuple(sorted({name.rsplit("/", 1)[0] for pictures in self.sets for name in pictures.names}))

    def members(self, *, kept_apart: bool) -> dict[str, list[tuple[int, int]]]:
        """Return the (set, index) of each class's pictures, the held-out ones or the training ones."""
        found: dict[str, list[tuple[int, int]]] = {name: [] for name in self.classes}
        for place, pictures in enumerate(self.sets):
            for index, name in enumerate(pictures.names):
                if held_out(name.split("/", 1)[1]) == kept_apart:
                    found[name.rsplit("/", 1)[0]].append((place, index))
        return found

    def tile(self, where: tuple[int, int]) -> Pixels:
        """Return the picture at (set, index): uint8 (h, w, 4)."""
        return self.sets[where[0]].tile(where[1])


def prepare_pictures(data: Path, folder: Path, per_class: int | None = None) -> Pictures:
    """Make the tiles of the packs in ``data``, or open them if ``folder`` already has them.

    Args:
        data: folder with ``caltech101_sounding.zip``, ``cifar10_train.zip`` and ``packs/pictures-masks``; any
            may be missing.
        folder: folder of the arrays.
        per_class: maximum number of pictures per class.
    """
    packs = (
        ("caltech101", data / "caltech101_sounding.zip", CALTECH_SIDE),
        ("cifar10", data / "cifar10_train.zip", CIFAR_SIDE),
    )
    present = [pack for pack in packs if pack[1].exists()]
    sets = [_read_picture_set(name, path, side, folder, per_class) for name, path, side in present]
    outlined = data / "packs" / "pictures-masks"
    if outlined.is_dir():
        if not (folder / "coco.json").exists():
            _write_outlined(outlined, folder)
        sets.append(_open_picture_set("coco", folder))
    return Pictures(tuple(sets))


def _read_picture_set(pack: str, path: Path, side: int, folder: Path, per_class: int | None) -> PictureSet:
    index_file = folder / f"{pack}.json"
    if not index_file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _write_picture_set(pack, path, side, folder, per_class)
    return _open_picture_set(pack, folder)


def _open_picture_set(pack: str, folder: Path) -> PictureSet:
    index = json.loads((folder / f"{pack}.json").read_text())
    tiles = np.load(folder / f"{pack}.npy", mmap_mode="r")
    return PictureSet(tiles, np.asarray(index["sizes"], np.int32), tuple(index["names"]))


def _write_picture_set(pack: str, path: Path, side: int, folder: Path, per_class: int | None) -> None:
    with zipfile.ZipFile(path) as archive:
        names = _chosen(archive.namelist(), per_class)
        tiles = np.lib.format.open_memmap(
            folder / f"{pack}.npy", mode="w+", dtype=np.uint8, shape=(len(names), side, side, 4)
        )
        sizes = []
        for row, picture in zip(tiles, _read(archive, names, side), strict=True):
            height, width = picture.shape[:2]
            row[:height, :width, :3] = picture
            row[:height, :width, 3] = rough_foreground(picture)
            sizes.append((height, width))
        tiles.flush()
    index = {"names": [f"{pack}/{name}" for name in names], "sizes": sizes}
    (folder / f"{pack}.json").write_text(json.dumps(index))


def _write_outlined(source: Path, folder: Path) -> None:
    """Write the sufficiently large objects of COCO's photographs, each with some surroundings."""
    from engine.training.click_pack import coco_pictures

    folder.mkdir(parents=True, exist_ok=True)
    names, tiles, sizes = [], [], []
    for picture in coco_pictures(source):
        photograph = picture.name.rsplit("/", 1)[-1]
        for number, (mask, label) in enumerate(zip(picture.masks, picture.labels, strict=True)):
            tile = outlined_tile(picture.pixels, mask)
            if tile is not None:
                row = np.zeros((COCO_SIDE, COCO_SIDE, 4), np.uint8)
                row[: tile.shape[0], : tile.shape[1]] = tile
                names.append(f"coco/{label}/{photograph}#{number}")
                tiles.append(row)
                sizes.append(tile.shape[:2])
    np.save(folder / "coco.npy", np.stack(tiles))
    (folder / "coco.json").write_text(json.dumps({"names": names, "sizes": sizes}))


def outlined_tile(pixels: Pixels, mask: NDArray[np.bool_], least: int = 40) -> Pixels | None:
    """Return the part of a picture (H, W, 3) round an object as a tile (h, w, 4), or None if it is too small."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if len(rows) == 0 or max(len(rows), len(columns)) < least:
        return None
    room = round((COCO_ROOM - 1) / 2 * max(len(rows), len(columns)))
    window = (
        slice(max(0, rows[0] - room), rows[-1] + 1 + room),
        slice(max(0, columns[0] - room), columns[-1] + 1 + room),
    )
    tile = np.dstack([pixels[window], mask[window].astype(np.uint8) * 255])
    scale = COCO_SIDE / max(tile.shape[:2])
    if scale >= 1:
        return tile
    size = max(1, round(tile.shape[1] * scale)), max(1, round(tile.shape[0] * scale))
    return np.asarray(cv2.resize(tile, size, interpolation=cv2.INTER_AREA), np.uint8)


def _chosen(names: Sequence[str], per_class: int | None) -> list[str]:
    by_class: dict[str, list[str]] = {}
    for name in sorted(names):
        if name.endswith((".webp", ".jpg")):
            by_class.setdefault(name.rsplit("/", 1)[0], []).append(name)
    return [name for members in by_class.values() for name in members[:per_class]]


def _read(archive: zipfile.ZipFile, names: Sequence[str], side: int) -> Iterator[Pixels]:
    for name in names:
        picture = Image.open(io.BytesIO(archive.read(name))).convert("RGB")
        picture.thumbnail((side, side), Image.Resampling.LANCZOS)
        yield np.asarray(picture)
