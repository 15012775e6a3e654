"""Points and sizes in pixels, as pairs of floats."""

Point = tuple[float, float]


Size = tuple[float, float]
