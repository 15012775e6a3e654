"""The model catalogue says what exists, and refuses what could do harm."""

import json
from pathlib import Path

import pytest

from engine.errors import BadInput, Failed
from engine.models.catalogue import (
    Model,
    ModelFile,
    find_model,
    is_installed,
    load_catalogue,
    model_folder,
    models_folder,
)
from engine.models.resources import resource


@pytest.fixture(scope="module")
def catalogue() -> tuple[Model, ...]:
    return load_catalogue()


def test_the_bundled_model_is_the_first_and_lives_in_resources(catalogue: tuple[Model, ...]) -> None:
    assert [model.id for model in catalogue if model.bundled] == ["pocket"]
    assert catalogue[0].id == "pocket"
    assert model_folder(catalogue[0], Path("anywhere")) == resource("models", "pocket")


def test_every_model_says_its_licence_and_what_it_does(catalogue: tuple[Model, ...]) -> None:
    assert len({model.id for model in catalogue}) == len(catalogue)
    for model in catalogue:
        assert model.licence, model.id
        assert model.does
        assert model.does <= {"segment", "name", "sound"}, model.id
        assert model.commercial_use is ("NC" not in model.licence.split("-")), model.id


def test_only_models_with_known_checksums_can_be_fetched(catalogue: tuple[Model, ...]) -> None:
    fetchable = {model.id for model in catalogue if model.can_be_fetched}
    assert fetchable == {"sam-vit-b", "sam-vit-l", "sam-vit-h", "mobile-sam"}
    assert find_model(catalogue, "sam-vit-b").size == 375_042_383
    assert find_model(catalogue, "audioldm-s-full-v2").size is None


def test_no_file_in_the_catalogue_names_a_host() -> None:
    text = resource("models", "catalogue.json").read_text(encoding="utf-8")
    assert "://" not in text


def test_an_unknown_model_is_refused_with_those_that_exist(catalogue: tuple[Model, ...]) -> None:
    with pytest.raises(BadInput, match=r"'sam-3'.*pocket, sam-vit-b"):
        find_model(catalogue, "sam-3")


def test_a_model_is_installed_when_every_file_has_its_size(tmp_path: Path) -> None:
    files = (ModelFile("a.bin", 3), ModelFile("sub/b.json"))
    model = Model("toy", "Toy", frozenset({"sound"}), "MIT", True, False, "", files)
    (tmp_path / "toy/sub").mkdir(parents=True)
    (tmp_path / "toy/sub/b.json").write_text("{}")
    (tmp_path / "toy/a.bin").write_bytes(b"12")
    assert not is_installed(model, tmp_path)
    (tmp_path / "toy/a.bin").write_bytes(b"123")
    assert is_installed(model, tmp_path)


@pytest.mark.parametrize("name", ["../evil", "/etc/passwd", "a/../../b", "", "a\\b"])
def test_a_file_outside_the_models_folder_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no path inside"):
        ModelFile(name)


@pytest.mark.parametrize("change", [{"id": "../x"}, {"files": [{"name": "a", "size": 1, "sha256": "F"}]}])
def test_a_catalogue_with_a_harmful_entry_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    [entry, *_] = json.loads(resource("models", "catalogue.json").read_text(encoding="utf-8"))
    path = tmp_path / "catalogue.json"
    path.write_text(json.dumps([entry | change]), encoding="utf-8")
    with pytest.raises(Failed, match="model catalogue"):
        load_catalogue(path)


def test_a_missing_catalogue_is_a_failure_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(Failed, match=r"nowhere\.json"):
        load_catalogue(tmp_path / "nowhere.json")


def test_models_live_where_the_person_says_or_in_their_data_folder(tmp_path: Path) -> None:
    assert models_folder({"FOLEYSCAPE_MODELS": str(tmp_path)}) == tmp_path
    assert models_folder({"XDG_DATA_HOME": str(tmp_path)}) == tmp_path / "foleyscape/models"
    assert models_folder({"XDG_DATA_HOME": "relative"}) == models_folder({})
    assert models_folder({}).is_absolute()
