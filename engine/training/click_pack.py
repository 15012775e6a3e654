"""One file with all training data of the click decoder: pictures and the masks of their objects.

Photographs come from the COCO pack (outlines CC-BY 4.0), from sample pictures of packages, outlined by hand,
and from Caltech-101, cut out by GrabCut; drawings with transparency are pasted in, and pictures without
objects serve as backgrounds.
"""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.training.segmenter_cutouts import load_backgrounds, load_photographs
from engine.training.segmenter_outlines import ARCHIVE, DOCUMENTATION, read_outlined

Kind = Literal["coco", "outlined", "photograph", "drawing", "background"]
Split = Literal["train", "score", "test"]
INDEX = "index.json"
LONGEST = 640
BACKGROUNDS = 160
"""Number of packed pictures without objects; each is used many times as a background."""


@dataclass(frozen=True)
class PackPicture:
    """A picture and its objects.

    Attributes:
        kind: source of the picture.
        name: name of the picture, which decides its split.
        pixels: uint8 (h, w, 3).
        masks: bool (h, w) of each object; a drawing has one, a background none.
        labels: name of each object.
    """

    kind: Kind
    name: str
    pixels: NDArray[np.uint8]
    masks: tuple[NDArray[np.bool_], ...]
    labels: tuple[str, ...]

    @property
    def split(self) -> Split:
        """An eighth of the photographs with several objects is never trained on, an eighth trains scores only."""
        if self.kind not in {"coco", "outlined"}:
            return "train"
        place = hashlib.sha256(self.name.encode()).digest()[0] % 8
        return "test" if place == 0 else "score" if place == 1 else "train"


def write_pack(pictures: Iterable[PackPicture], path: Path, quality: int = 78) -> int:
    """Write a pack and return the number of pictures in it.

    Args:
        pictures: what to pack.
        path: path of the zip.
        quality: quality of the WebP pictures, 0 to 100.
    """
    index: list[dict[str, Any]] = []
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as pack:
        for number, picture in enumerate(pictures):
            pack.writestr(f"{number}.webp", _encoded(Image.fromarray(picture.pixels), "WEBP", quality))
            for place, mask in enumerate(picture.masks):
                pack.writestr(f"{number}_{place}.png", _encoded(Image.fromarray(mask), "PNG", quality))
            index.append({"kind": picture.kind, "name": picture.name, "labels": list(picture.labels)})
        pack.writestr(INDEX, json.dumps(index))
    return len(index)


def _encoded(image: Image.Image, kind: str, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, quality=quality, optimize=True, method=5)
    return out.getvalue()


def read_pack(path: Path) -> list[PackPicture]:
    """Read the pictures of a pack, in order."""
    with zipfile.ZipFile(path) as pack:
        return [
            PackPicture(
                kind=entry["kind"],
                name=entry["name"],
                pixels=_pixels(pack.read(f"{number}.webp")),
                masks=tuple(
                    np.asarray(Image.open(io.BytesIO(pack.read(f"{number}_{place}.png"))), np.bool_)
                    for place in range(len(entry["labels"]))
                ),
                labels=tuple(entry["labels"]),
            )
            for number, entry in enumerate(json.loads(pack.read(INDEX)))
        ]


def _pixels(blob: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(blob)).convert("RGB"))


def click_pictures(
    shared: Path, outlines: Path, documentation: Path = DOCUMENTATION, per_class: int = 24
) -> Iterator[PackPicture]:
    """Yield all pictures for training on clicks.

    Args:
        shared: folder that contains ``data``.
        outlines: ``resources/outlines.json``.
        documentation: folder of Debian packages' documentation.
        per_class: number of Caltech pictures of each class to try.
    """
    archive = shared / "data" / "caltech101_sounding.zip"
    yield from coco_pictures(shared / "data" / "packs" / "pictures-masks")
    for number, found in enumerate(read_outlined(archive, outlines, documentation)):
        if found.source != ARCHIVE:
            scaled = _smaller(found.pixels, found.masks)
            yield PackPicture("outlined", f"{found.source}/{number}", *scaled, ("thing",) * len(found.masks))
    for number, photograph in enumerate(load_photographs(archive, per_class)):
        yield PackPicture(
            "photograph", str(number), photograph.pixels, (photograph.mask,), (photograph.concept,)
        )
    yield from _drawings(shared / "data" / "packs" / "pictures-cutouts")
    for number, pixels in enumerate(load_backgrounds(archive)[:BACKGROUNDS]):
        yield PackPicture("background", str(number), pixels, (), ())


def coco_pictures(folder: Path) -> Iterator[PackPicture]:
    """Yield the photographs of the COCO pack with their outlined objects."""
    rows: dict[str, list[tuple[str, str]]] = {}
    with (folder / "manifest.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rows.setdefault(row["picture"], []).append((row["mask"], row["label"]))
    for name, things in rows.items():
        pixels = _pixels((folder / name).read_bytes())
        masks = [np.asarray(Image.open(folder / mask).convert("L")) > 127 for mask, _ in things]
        kept = [place for place, mask in enumerate(masks) if mask.any()]
        labels = tuple(things[place][1] for place in kept)
        yield PackPicture("coco", name, pixels, tuple(masks[place] for place in kept), labels)


def _drawings(folder: Path) -> Iterator[PackPicture]:
    with (folder / "manifest.csv").open(newline="", encoding="utf-8") as file:
        for row in list(csv.DictReader(file))[::2]:
            picture = np.asarray(Image.open(folder / row["file"]).convert("RGBA"))
            mask = picture[..., 3] > 127
            if 0.1 < mask.mean() < 0.97:
                yield PackPicture("drawing", row["file"], picture[..., :3], (mask,), (row["concept"],))


def _smaller(
    pixels: NDArray[np.uint8], masks: tuple[NDArray[np.bool_], ...]
) -> tuple[NDArray[np.uint8], tuple[NDArray[np.bool_], ...]]:
    scale = LONGEST / max(pixels.shape[:2])
    if scale >= 1:
        return pixels, masks
    size = round(pixels.shape[1] * scale), round(pixels.shape[0] * scale)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)), tuple(
        np.asarray(cv2.resize(mask.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA) > 127)
        for mask in masks
    )
