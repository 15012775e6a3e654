"""A still to sound, and fakes in place of the models."""

from pathlib import Path

import pytest
from PIL import Image

from engine.cli import commands, demo
from engine.studio import Studio
from tests.engine.generation.fakes import FakeParts, two_halves


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> FakeParts:
    parts = FakeParts()

    def studio(model: str | None, device: str) -> Studio:
        return Studio(parts=parts)

    monkeypatch.setattr(commands, "Studio", studio)
    monkeypatch.setattr(demo, "Studio", studio)
    return parts


@pytest.fixture
def still(tmp_path: Path) -> str:
    Image.fromarray(two_halves().pixels).save(tmp_path / "street.png")
    return str(tmp_path / "street.png")
