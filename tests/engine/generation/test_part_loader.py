"""The parts of a model come from one pool: loaded once for all studios, kept while used, unloaded when not."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.generation.model_parts import FolderParts
from engine.generation.part_loader import PartLoader
from engine.generation.requests import Settings
from engine.models.pool import ModelPool, PartKey
from engine.scene.objects import SoundingObject
from engine.studio import Studio
from engine.vision.still import Still
from tests.engine.generation.fakes import FakeParts, two_halves
from tests.engine.generation.toy_model import write_toy_model

SHORT = Settings(duration=1.0, seed=7)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_toy_model(tmp_path_factory.mktemp("toy"))


class CountingPool(ModelPool):
    """A pool that notes what is loaded."""

    def __init__(self, budget: int = 2**40) -> None:
        super().__init__(lambda _: budget)
        self.loads: list[str] = []

    def use(self, key: PartKey, load: Callable[[], Any]) -> Any:
        def noted() -> Any:
            self.loads.append(key.part)
            return load()

        return super().use(key, noted)


def dog(still: Still) -> SoundingObject:
    mask = np.zeros((still.height, still.width), np.bool_)
    mask[:, : still.width // 2] = True
    return SoundingObject(0, mask, "dog", "dog")


def test_two_studios_in_two_threads_load_every_part_of_a_model_once(model: Path) -> None:
    pool, still = CountingPool(), two_halves(120, 160)
    names: list[str] = []

    def look() -> None:
        studio = Studio(model, pool=pool)
        names.append(studio.object_of(still, dog(still).mask).name)

    eyes = threading.Thread(target=look)
    eyes.start()
    result = Studio(model, pool=pool).generate_for_objects(still, [dog(still)], SHORT)
    eyes.join(60)
    assert len(result.takes) == 1
    assert len(names) == 1
    assert sorted(pool.loads) == ["diffusion", "encoder", "listener", "namer", "text_encoder"]


def test_a_copy_of_a_model_is_the_same_model_and_another_is_not(model: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(model, tmp_path / "copy")
    pool = CountingPool()
    for folder in (model, tmp_path / "copy"):
        Studio(folder, pool=pool).prepare(two_halves(120, 160))
    assert pool.loads == ["segmenter"]
    (tmp_path / "copy/segmenter/config.json").write_text("{ }")
    Studio(tmp_path / "copy", pool=pool).prepare(two_halves(120, 160))
    assert pool.loads == ["segmenter", "segmenter"]


def test_what_is_unloaded_for_lack_of_room_is_loaded_again_and_makes_the_same(model: Path) -> None:
    still = two_halves(120, 160)
    roomy, tight = CountingPool(), CountingPool(budget=1)
    takes = []
    for pool in (roomy, tight):
        studio = Studio(model, pool=pool)
        for _ in range(2):
            takes.append(studio.generate_for_objects(still, [dog(still)], SHORT).takes[0])
            studio.suggest(still, dog(still).mask)
    assert all(np.array_equal(take.samples, takes[0].samples) for take in takes)
    assert roomy.loads.count("diffusion") == 1
    assert tight.loads.count("diffusion") == 2
    assert len(tight.loaded) == 1


def test_all_parts_of_a_session_stay_loaded_until_its_end() -> None:
    pool = ModelPool(lambda _: 1, lambda _: 1)
    loader = PartLoader(FakeParts(), pool)
    with loader.session():
        loader.diffusion()
        with loader.session():
            loader.segmenter()
        loader.encoder()
        assert {key.part for key in pool.loaded} == {"diffusion", "segmenter", "encoder"}
    assert len(pool.loaded) == 1
    with pytest.raises(RuntimeError, match="session"):
        loader.diffusion()


def test_after_an_error_nothing_is_held() -> None:
    pool = ModelPool(lambda _: 1, lambda _: 1)
    loader = PartLoader(FakeParts(), pool)
    with pytest.raises(ValueError, match="no"), loader.session():
        loader.diffusion()
        raise ValueError("no")
    pool.unload()
    assert pool.loaded == ()


def test_a_part_is_known_by_the_contents_of_its_own_folder(model: Path) -> None:
    parts = FolderParts(model)
    keys = {name: parts.key(name) for name in ("diffusion", "encoder", "segmenter", "namer", "text_encoder")}
    assert len({key.model for key in keys.values()}) == 5
    assert keys["diffusion"].model == parts.fingerprint
    assert {key.device for key in keys.values()} == {"cpu"}
