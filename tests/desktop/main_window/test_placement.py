"""Where the window stands: wholly on its screen, whatever that is."""

import pytest
from PySide6.QtCore import QRect

from desktop.main_window.placement import moved_inside

HD_AT_TWO = QRect(4, 34, 952, 502)
"""What a window has on a screen of 1920 x 1080 pixels at a scale of 2."""


ROOMS = (HD_AT_TWO, QRect(0, 0, 1280, 720), QRect(0, 0, 1440, 900), QRect(1920, -40, 800, 600))
WINDOWS = (
    QRect(0, 0, 1440, 900),
    QRect(-3000, -3000, 960, 600),
    QRect(5000, 5000, 20, 30),
    QRect(40, 50, 400, 300),
)


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("window", WINDOWS)
def test_a_window_is_moved_and_made_smaller_only_as_far_as_it_must(window: QRect, room: QRect) -> None:
    placed = moved_inside(window, room)
    assert room.contains(placed)
    assert placed.size() == window.size().boundedTo(room.size())
    assert moved_inside(placed, room) == placed
    if room.contains(window):
        assert placed == window
