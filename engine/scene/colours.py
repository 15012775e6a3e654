"""The colours by which objects are told apart, on the still and everywhere beside it."""

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
"""Bright on dark and on photographs, neighbours far apart in hue and, for the colour-blind, in lightness."""


def object_colour(index: int) -> Colour:
    """The colour of the object with this number, from 0; after the last the palette starts again."""
    return PALETTE[index % len(PALETTE)]
