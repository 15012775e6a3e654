"""Thumbnails of objects and waveforms of takes, computed in a thread."""

from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from desktop.document.document import Document
from desktop.objects.preview_images import Peaks, cut_out, peaks
from desktop.threads.background import Background
from desktop.threads.background_cache import BackgroundCache
from engine.scene.masks import Mask
from engine.scene.objects import SoundingObject
from engine.scene.scene import TakeRecord
from engine.sound.cache import TakeSource


class Previews(QObject):
    """Returns None for what is not known yet; ``ready`` follows.

    Args:
        document: holds still and takes.
        background: runs the work; not the thread that saves, which must not wait for it.
    """

    ready = Signal()

    def __init__(self, document: Document, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._lookup = BackgroundCache(background, self)
        self._lookup.ready.connect(lambda _: self.ready.emit())

    def thumbnail(self, thing: SoundingObject) -> QImage | None:
        still = self._document.still
        if still is None or thing.mask.shape != (still.height, still.width):
            return None
        key = ("thumbnail", still.digest, thing.mask_digest)
        image: QImage | None = self._lookup.get(key, partial(_thumbnail, still.pixels, thing.mask))
        return image

    def peaks(self, take: TakeRecord) -> Peaks | None:
        project = self._document.project
        if project is None:
            return None
        found: Peaks | None = self._lookup.get(
            ("peaks", take.digest), partial(_peaks, project.takes, take.digest)
        )
        return found


def _thumbnail(pixels: NDArray[np.uint8], mask: Mask) -> QImage:
    small = cut_out(pixels, mask)
    height, width, _ = small.shape
    return QImage(small.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def _peaks(source: TakeSource, digest: str) -> Peaks:
    samples, _ = source(digest)
    return peaks(samples)
