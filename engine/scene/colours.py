"""The palette of object colours, used wherever an object is shown."""

Colour = tuple[int, int, int]
"""8-bit sRGB."""

PALETTE: tuple[Colour, ...] = (
    (255, 176, 0),
    (58, 190, 255),
    (255, 92, 122),
    (94, 220, 132),
    (190, 132, 255),
    (226, 248, 84),
    (0, 206, 190),
    (244, 238, 232),
    (152, 154, 160),
    (214, 112, 58),
)
"""Bright on dark backgrounds and on photographs; any two differ by a CIEDE2000 distance of at least 18."""


def object_colour(index: int) -> Colour:
    """Return the palette colour of object number ``index`` (from 0); after the last colour the palette repeats."""
    return PALETTE[index % len(PALETTE)]
