"""Picture packs in the shared packs' layout, drawn here: plain shapes that a toy network can tell apart."""

import io
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

CLASSES = ("dog", "truck", "frog")


def toy_picture(kind: str, rng: np.random.Generator, side: int = 32) -> NDArray[np.uint8]:
    """A thing on a grey ground: a red disc (dog), a blue bar (truck) or a green ring (frog)."""
    y, x = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j]
    distance = np.hypot(x + rng.uniform(-0.1, 0.1), y + rng.uniform(-0.1, 0.1))
    inside, colour = {
        "dog": (distance < 0.7, (220, 30, 30)),
        "truck": ((abs(y) < 0.45) & (abs(x) < 0.85), (30, 30, 220)),
        "frog": (abs(distance - 0.55) < 0.25, (30, 200, 30)),
    }[kind]
    picture = rng.uniform(110, 150, (side, side, 3))
    picture[inside] = np.asarray(colour) + rng.normal(0, 8, 3)
    return np.asarray(np.clip(picture, 0, 255), np.uint8)


def write_packs(folder: Path, each: int = 20) -> Path:
    """``cifar10_train.zip`` with three toy classes and ``caltech101_sounding.zip`` with backgrounds; the folder."""
    rng = np.random.default_rng(0)
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / "cifar10_train.zip", "w") as pack:
        for kind in CLASSES:
            for number in range(each):
                put_picture(pack, f"{kind}/{number:04d}.jpg", toy_picture(kind, rng), "JPEG")
    with zipfile.ZipFile(folder / "caltech101_sounding.zip", "w") as pack:
        for number in range(10):
            ground = rng.uniform(90, 170, (24, 40, 3)).astype(np.uint8)
            put_picture(pack, f"BACKGROUND_Google/image_{number:04d}.webp", ground, "WEBP")
    return folder


def put_picture(pack: zipfile.ZipFile, name: str, pixels: NDArray[np.uint8], kind: str) -> None:
    """Add a picture to a pack, as ``kind`` ("JPEG", "WEBP")."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind)
    pack.writestr(name, buffer.getvalue())
