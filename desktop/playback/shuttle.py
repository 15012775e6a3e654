"""The speeds that J and L go through."""

SPEEDS = (-4.0, -2.0, -1.0, 1.0, 2.0, 4.0)


def next_speed(speed: float, direction: int) -> float:
    """The speed after a press of L (``direction`` 1) or J (-1); 0 is standing still.

    From one end of time to the other there is no stop in between: that is what K is for.
    """
    if speed == 0.0:
        return float(direction)
    faster = [other for other in SPEEDS if (other - speed) * direction > 0]
    if not faster:
        return speed
    return min(faster) if direction > 0 else max(faster)
