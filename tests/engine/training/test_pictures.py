"""Prepared pictures: what is kept apart, and what the tiles hold."""

from pathlib import Path

import numpy as np

from engine.training.holdout import held_out
from engine.training.pictures import prepare_pictures, rough_foreground
from tests.engine.training.toy_pictures import toy_picture, write_packs


def test_about_a_fifth_of_the_names_is_held_out_and_always_the_same() -> None:
    names = [f"rooster/image_{number:04d}.webp" for number in range(2000)]
    chosen = [held_out(name) for name in names]
    assert 0.17 < np.mean(chosen) < 0.23
    assert chosen == [held_out(name) for name in names]


def test_a_picture_is_either_trained_on_or_held_out(tmp_path: Path) -> None:
    pictures = prepare_pictures(write_packs(tmp_path / "data"), tmp_path / "tiles")
    seen, apart = pictures.members(kept_apart=False), pictures.members(kept_apart=True)
    for name in pictures.classes:
        assert seen[name], name
        assert not set(seen[name]) & set(apart[name])
    assert sum(len(found) for group in (seen, apart) for found in group.values()) == 70


def test_tiles_are_made_once_and_opened_afterwards(tmp_path: Path) -> None:
    data = write_packs(tmp_path / "data")
    first = prepare_pictures(data, tmp_path / "tiles")
    for pack in data.iterdir():
        pack.write_bytes(b"no longer a pack")
    again = prepare_pictures(data, tmp_path / "tiles")
    assert again.classes == first.classes
    np.testing.assert_array_equal(again.tile((1, 3)), first.tile((1, 3)))


def test_a_tile_keeps_the_shape_of_its_picture(tmp_path: Path) -> None:
    pictures = prepare_pictures(write_packs(tmp_path / "data"), tmp_path / "tiles", per_class=2)
    where = pictures.members(kept_apart=False)["caltech101/BACKGROUND_Google"][0]
    assert pictures.tile(where).shape == (24, 40, 4)


def test_the_foreground_of_a_plain_thing_is_the_thing() -> None:
    picture = toy_picture("dog", np.random.default_rng(1), side=96)
    red = picture[..., 0].astype(int) - picture[..., 2] > 80
    found = rough_foreground(picture) > 127
    assert (found & red).sum() / (found | red).sum() > 0.8


def test_where_nothing_stands_out_the_middle_is_taken() -> None:
    flat = np.full((40, 60, 3), 90, np.uint8)
    found = rough_foreground(flat)
    assert found[20, 30] == 255
    assert found[0, 0] == 0
