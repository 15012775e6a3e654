"""The palette of object colours, used wherever an object is shown."""

Colour = tuple[int, int, int]
"""8-bit sRGB."""

PALETTE: tuple[Colour, ...] = (
    (255, 176, 0),
    (58, 190, 255),
    (255, 92, 122),
    (94, 220, 132),
    (190, 132, 255),
    (255, 226, 92),
    (0, 206, 190),
    (255, 132, 60),
    (150, 170, 255),
    (232, 120, 214),
)
"""Bright on dark backgrounds and on photographs; neighbours differ strongly in hue and, for colour-blind
users, in lightness.
"""


def object_colour(index: int) -> Colour:
    """Return the palette colour of object number ``index`` (from 0); after the last colour the palette repeats."""
    return PALETTE[index % len(PALETTE)]
