"""Thumbnails: cut to the card, of a picture or of a project, and none of what is no picture."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from desktop.main_window.welcome.samples import sample_stills
from desktop.main_window.welcome.thumbnails import HEIGHT, WIDTH, thumbnail


@pytest.mark.parametrize("size", [(600, 100), (40, 400), (WIDTH, HEIGHT)])
@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_a_picture_of_any_shape_fills_the_card(tmp_path: Path, size: tuple[int, int], ratio: float) -> None:
    path = tmp_path / "x.png"
    Image.new("RGB", size, (200, 10, 10)).save(path)
    made = thumbnail(path, ratio)
    assert made is not None
    assert (made.width(), made.height()) == (WIDTH * ratio, HEIGHT * ratio)
    assert made.pixelColor(5, 5).red() == 200


def test_a_project_shows_its_still(tmp_path: Path) -> None:
    Image.fromarray(np.full((50, 70, 3), 120, np.uint8)).save(tmp_path / "still.png")
    assert thumbnail(tmp_path) is not None


def test_what_is_no_picture_has_no_thumbnail(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no picture")
    assert thumbnail(tmp_path / "text.png") is None
    assert thumbnail(tmp_path / "absent.png") is None
    assert thumbnail(tmp_path) is None


def test_every_sample_is_there_and_has_a_thumbnail() -> None:
    found = sample_stills()
    assert len(found) >= 4
    assert all(thumbnail(sample.path) is not None for sample in found)
