"""What is not a model folder is refused in a sentence, and nothing but known classes is loaded."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.diffusion.model_folder import CLASSES, learnt_sounds, load_part, read_index
from engine.diffusion.pipeline import ObjectDiffusion
from engine.diffusion.toy import toy_pipeline
from engine.errors import BadInput


def test_a_folder_without_an_index_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="There is no model in"):
        ObjectDiffusion.from_folder(tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", "\x00\xff"])
def test_a_damaged_index_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "model_index.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(BadInput, match="is damaged"):
        read_index(tmp_path)


def test_an_unknown_class_is_never_imported(tmp_path: Path) -> None:
    index = {"unet": ["os", "system"]}
    with pytest.raises(BadInput, match="no unet that Foleyscape can load"):
        load_part(tmp_path, index, "unet")


def test_missing_parts_are_named(tmp_path: Path) -> None:
    (tmp_path / "model_index.json").write_text(json.dumps({"_class_name": "ObjectDiffusion"}))
    with pytest.raises(BadInput, match="has no unet, vae, vocoder"):
        ObjectDiffusion.from_folder(tmp_path)


def test_truncated_weights_are_refused(tmp_path: Path) -> None:
    toy_pipeline().save(tmp_path)
    weights = tmp_path / "vocoder" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:200])
    with pytest.raises(BadInput, match="vocoder of the model"):
        ObjectDiffusion.from_folder(tmp_path)


def test_pickled_weights_are_not_read(tmp_path: Path) -> None:
    toy_pipeline().save(tmp_path)
    weights = tmp_path / "unet" / "diffusion_pytorch_model.safetensors"
    weights.rename(weights.with_name("diffusion_pytorch_model.bin"))
    with pytest.raises(BadInput, match="unet of the model"):
        ObjectDiffusion.from_folder(tmp_path)


def test_every_class_that_may_be_loaded_exists() -> None:
    for name, find in CLASSES.items():
        assert find().__name__ == name


def test_a_model_says_which_sounds_it_has_learnt_or_that_it_does_not_know(tmp_path: Path) -> None:
    model = toy_pipeline()
    model.save(tmp_path / "silent")
    assert learnt_sounds(tmp_path / "silent") is None
    model.shape = replace(model.shape, sounds=["dog", "rain"])
    model.save(tmp_path / "says")
    assert learnt_sounds(tmp_path / "says") == frozenset({"dog", "rain"})
    assert ObjectDiffusion.from_folder(tmp_path / "says").shape.sounds == ["dog", "rain"]
