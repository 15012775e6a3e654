"""Check that hints can be meant, before the models look at them."""

from engine.errors import BadInput
from engine.scene.hints import Box, Hints
from engine.vision.still import Still


def check_hints(hints: Hints, still: Still) -> None:
    """Refuse hints that cannot be meant.

    Args:
        hints: clicks and a box, in still pixels.
        still: that they are in.

    Raises:
        BadInput: a hint is outside the still, or there is nothing that says what is meant.
    """
    size = f"{still.width} x {still.height}"
    if hints.box is None and not any(click.keep for click in hints.clicks):
        raise BadInput("At least one click must be on the object itself; those with ! only drop.")
    for click in hints.clicks:
        if not (0 <= click.x < still.width and 0 <= click.y < still.height):
            raise BadInput(f"The click {click.x:g},{click.y:g} is outside the still, which is {size} pixels.")
    if hints.box is not None:
        _check_box(hints.box, still, size)


def _check_box(box: Box, still: Still, size: str) -> None:
    words = f"{box.x0:g},{box.y0:g},{box.x1:g},{box.y1:g}"
    if not (box.x0 >= 0 and box.x1 <= still.width and box.y0 >= 0 and box.y1 <= still.height):
        raise BadInput(f"The box {words} is not inside the still, which is {size} pixels.")
    if not (box.x1 - box.x0 >= 1 and box.y1 - box.y0 >= 1):
        raise BadInput(f"The box {words} is empty: its first corner is left of and above its second.")
