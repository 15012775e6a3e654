"""A model's fingerprint changes with its weights and with nothing else."""

import shutil
from pathlib import Path

import pytest

from engine.errors import Failed
from engine.models.fingerprint import fingerprint


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    (folder / "unet").mkdir(parents=True)
    (folder / "model_index.json").write_text("{}")
    (folder / "unet/weights.safetensors").write_bytes(b"\x00\x01\x02")
    return folder


def test_a_copy_elsewhere_has_the_same_fingerprint(model: Path, tmp_path: Path) -> None:
    assert fingerprint(shutil.copytree(model, tmp_path / "copy")) == fingerprint(model)
    assert len(fingerprint(model)) == 64


def test_a_changed_weight_a_renamed_part_and_a_new_file_each_change_it(model: Path) -> None:
    seen = {fingerprint(model)}
    (model / "unet/weights.safetensors").write_bytes(b"\x00\x01\x03")
    seen.add(fingerprint(model))
    (model / "unet").rename(model / "vae")
    seen.add(fingerprint(model))
    (model / "vae/config.json").write_text("{}")
    seen.add(fingerprint(model))
    assert len(seen) == 4


def test_texts_for_people_and_leftovers_do_not_count(model: Path) -> None:
    before = fingerprint(model)
    (model / "README.md").write_text("A model card.")
    (model / "unet/weights.safetensors.part").write_bytes(b"half")
    (model / ".cache").mkdir()
    (model / ".cache/x.json").write_text("{}")
    assert fingerprint(model) == before


@pytest.mark.parametrize("name", ["empty", "absent"])
def test_a_folder_without_a_model_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(Failed, match="no model"):
        fingerprint(tmp_path / name)
