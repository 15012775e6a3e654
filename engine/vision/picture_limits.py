"""The size that a picture may have, and what shows through where it is transparent."""

from engine.errors import BadInput

MIN_SIDE = 32
MAX_PIXELS = 50_000_000
GROUND = (128, 128, 128)
"""Background of transparent pixels: middle grey, against which dark and light cut-outs stand out."""


def check_size(width: int, height: int, what: str) -> None:
    """Reject pictures that are too small to contain an object or too large to work on.

    Raises:
        BadInput: a side is shorter than 32 pixels, or there are over 50 megapixels.
    """
    if min(width, height) < MIN_SIDE:
        raise BadInput(f"{what} is {width} x {height} pixels; the least is {MIN_SIDE} a side.")
    if width * height > MAX_PIXELS:
        raise BadInput(
            f"{what} is {width} x {height} pixels; the most is {MAX_PIXELS // 1_000_000} megapixels in all."
        )
