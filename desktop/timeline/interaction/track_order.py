"""Where a track is put that is dragged by its head. No widgets."""

from desktop.timeline.layout.track_layout import TrackLayout


def place_for(geometry: TrackLayout, count: int, row: int, y: float) -> int | None:
    """Return the place, from 0, that a dragged track gets with the pointer at ``y``; None if it stays where it is.

    Args:
        geometry: where the tracks are.
        count: number of tracks.
        row: the dragged track.
        y: in the view. The track goes before the row in whose upper half the pointer is, after it in the lower half.
    """
    over = min(max(geometry.row_in(max(geometry.depth_of(y), 0.0)), 0), count - 1)
    lower = geometry.depth_of(y) >= geometry.depth_at(over) + geometry.height_of(over) / 2
    gap = over + lower
    place = gap - (gap > row)
    return None if place == row else place
