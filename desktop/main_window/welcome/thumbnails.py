"""Thumbnails of stills and projects, made in the background thread."""

import logging
from pathlib import Path

from PySide6.QtGui import QImage

from engine.logs import log_failure
from engine.vision.picture_limits import MAX_PIXELS

log = logging.getLogger(__name__)

WIDTH, HEIGHT = 168, 112


def thumbnail(path: Path, ratio: float = 1.0) -> QImage | None:
    """Return the picture at ``path``, or of the project there, cropped to a card's size; None if there is none."""
    from PIL import Image, ImageOps

    file = next(iter(sorted(path.glob("still.*"))), None) if path.is_dir() else path
    if file is None or not file.is_file():
        return None
    size = round(WIDTH * ratio), round(HEIGHT * ratio)
    try:
        with Image.open(file) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                return None
            picture.draft("RGB", (size[0] * 2, size[1] * 2))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
            small = ImageOps.fit(upright, size, Image.Resampling.LANCZOS)
    except Exception as error:  # noqa: BLE001 - a decoder may raise anything for a damaged file
        log_failure(log, "Making a thumbnail", error)
        return None
    made = QImage(small.tobytes(), *size, size[0] * 3, QImage.Format.Format_RGB888).copy()
    made.setDevicePixelRatio(ratio)
    return made
