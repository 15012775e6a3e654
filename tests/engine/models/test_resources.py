"""Bundled files are found from any folder."""

from pathlib import Path

import pytest

from engine.errors import Failed
from engine.models import resources
from engine.models.resources import resource


def test_the_concept_table_is_found_from_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert resource("concepts.json").is_file()
    assert resource("models", "pocket") == resource() / "models" / "pocket"


def test_a_damaged_installation_is_said_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "__file__", str(tmp_path / "engine" / "models" / "resources.py"))
    with pytest.raises(Failed, match="install it again"):
        resource("concepts.json")
