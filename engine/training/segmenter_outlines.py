"""Outlined pictures: where they are on this machine, and their masks.

``resources/outlines.json`` has the outlines only. The pictures are samples from Python and Debian packages,
and those of the data pack; what is not installed is left out and logged.
"""

import importlib.util
import io
import json
import logging
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

log = logging.getLogger("foleyscape.training")
SAMPLES = {"skimage": "data", "sklearn": "datasets/images", "matplotlib": "mpl-data/sample_data"}
"""Python packages with sample pictures, and the folder of the pictures in each."""
DEBIAN = {"opencv-doc": "examples"}
"""Debian packages with sample pictures, and the folder of the pictures in their documentation."""
DOCUMENTATION = Path("/usr/share/doc")
ARCHIVE = "caltech101"


@dataclass(frozen=True)
class Outlined:
    """A picture uint8 (h, w, 3), the masks bool (h, w) of its objects, and its source."""

    source: str
    pixels: NDArray[np.uint8]
    masks: tuple[NDArray[np.bool_], ...]

    @property
    def is_by_hand(self) -> bool:
        """Whether a person drew the outlines; the archive's are GrabCut's, approved."""
        return self.source != ARCHIVE


def mask_of(entry: dict[str, Any], height: int, width: int) -> NDArray[np.bool_]:
    """Return the mask bool (height, width) of one outlined object: its polygons minus its holes."""
    canvas = np.zeros((height, width), np.uint8)
    for key, value in (("polygons", 1), ("holes", 0), ("minus", 0)):
        for polygon in entry[key]:
            cv2.fillPoly(canvas, [np.round(np.array(polygon)).astype(np.int32)], value)
    return canvas.astype(bool)


def read_outlined(archive: Path, file: Path, documentation: Path = DOCUMENTATION) -> Iterator[Outlined]:
    """Yield the outlined pictures, those by hand first, each kind sorted by name.

    Pictures of packages that are not installed, or missing from ``archive``, are left out.

    Args:
        archive: the data pack.
        file: ``resources/outlines.json``.
        documentation: folder of Debian packages' documentation.
    """
    entries: dict[str, list[dict[str, Any]]] = json.loads(file.read_text())["objects"]
    with zipfile.ZipFile(archive) as pack:
        present = set(pack.namelist())
        for name in sorted(entries, key=lambda name: (name.startswith(ARCHIVE), name)):
            source, inner = name.split("/", 1)
            opened = _opened(source, inner, pack if inner in present else None, documentation)
            if opened is None:
                log.info("%s is not here; it is left out", name)
                continue
            pixels = np.asarray(Image.open(opened).convert("RGB"))
            yield Outlined(source, pixels, tuple(mask_of(e, *pixels.shape[:2]) for e in entries[name]))


def _opened(
    source: str, inner: str, pack: zipfile.ZipFile | None, documentation: Path
) -> io.BytesIO | Path | None:
    if source == ARCHIVE:
        return io.BytesIO(pack.read(inner)) if pack is not None else None
    folder = documentation / source / DEBIAN[source] if source in DEBIAN else _samples_of(source)
    path = folder / inner if folder is not None else None
    return path if path is not None and path.is_file() else None


def _samples_of(source: str) -> Path | None:
    package = importlib.util.find_spec(source)
    if package is None or package.origin is None:
        return None
    return Path(package.origin).parent / SAMPLES[source]
