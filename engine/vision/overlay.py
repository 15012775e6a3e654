"""Pictures of masks: each as a 1-bit file, and all of them in colour over the still."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.scene.colours import Colour
from engine.scene.masks import Mask, bounds, inner_point, outline
from engine.vision.still import Still

if TYPE_CHECKING:
    from PIL import Image as Pillow
    from PIL import ImageDraw as Drawing

FILL = 0.38
"""Opacity of an object's colour over its pixels."""

DIMMED = 0.72
"""Brightness of the still outside all objects, so that they stand out."""


@dataclass(frozen=True)
class OverlayObject:
    """An object to draw: its mask, name and colour."""

    mask: Mask
    name: str
    colour: Colour


def mask_png(mask: Mask) -> bytes:
    """Return the mask as a 1-bit PNG of the still's size, white where the object is."""
    from PIL import Image

    return _png(Image.fromarray(mask.astype(np.uint8) * 255).convert("1"))


def overlay_png(still: Still, objects: Sequence[OverlayObject]) -> bytes:
    """Return the still with every object tinted, outlined and labelled in its colour, as an RGB PNG."""
    from PIL import Image, ImageDraw

    picture = Image.fromarray(_tinted(still, objects))
    draw = ImageDraw.Draw(picture)
    for marked in objects:
        if marked.mask.any():
            _draw_name(draw, picture.size, marked)
    return _png(picture)


def _tinted(still: Still, objects: Sequence[OverlayObject]) -> np.ndarray:
    """Return uint8 (H, W, 3): the still dimmed, its objects bright, tinted and outlined."""
    anywhere = np.zeros((still.height, still.width), np.bool_)
    for marked in objects:
        anywhere |= marked.mask
    pixels = np.where(anywhere[..., None], still.pixels, (still.pixels * DIMMED).astype(np.uint8))
    thickness = max(1, round(min(still.height, still.width) / 200))
    for marked in objects:
        colour = np.asarray(marked.colour, np.float32)
        inside = pixels[marked.mask]
        pixels[marked.mask] = (inside * (1 - FILL) + colour * FILL).astype(np.uint8)
    for marked in objects:
        pixels[outline(marked.mask, thickness)] = marked.colour
    return np.asarray(pixels, np.uint8)


def _draw_name(draw: "Drawing.ImageDraw", size: tuple[int, int], marked: OverlayObject) -> None:
    """Draw the name on a plate of the object's colour, above the object or, without room, on it."""
    from PIL import ImageFont

    width, height = size
    font = ImageFont.load_default(max(10, min(height, width) // 24))
    left, top, right, bottom = draw.textbbox((0, 0), marked.name, font=font)
    pad = max(3, int(bottom - top) // 4)
    plate = (right - left + 2 * pad, bottom - top + 2 * pad)
    x0, y0, x1, _ = bounds(marked.mask)
    y = y0 - plate[1] - pad if y0 >= plate[1] + pad else inner_point(marked.mask)[1] - plate[1] / 2
    x = min(max((x0 + x1 - plate[0]) / 2, 0), max(0, width - plate[0]))
    y = min(max(y, 0), max(0, height - plate[1]))
    draw.rounded_rectangle((x, y, x + plate[0], y + plate[1]), radius=pad, fill=marked.colour)
    draw.text((x + pad - left, y + pad - top), marked.name, fill=(16, 18, 22), font=font)


def _png(picture: "Pillow.Image") -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "png")
    return buffer.getvalue()
