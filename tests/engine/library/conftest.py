"""Small libraries of tones."""

from pathlib import Path

import pytest

from engine.library.library import Library
from tests.engine.library.tones import PITCHES, BandEmbedder, updated, write_tone


@pytest.fixture
def sounds(tmp_path: Path) -> Path:
    """A folder of four tones, one of them below."""
    root = tmp_path / "sounds"
    for name, hertz in PITCHES.items():
        write_tone(root / ("deep" if name == "low" else "") / f"{name}_tone.wav", hertz)
    return root


@pytest.fixture
def embedder() -> BandEmbedder:
    return BandEmbedder()


@pytest.fixture
def library(tmp_path: Path, sounds: Path) -> Library:
    """A library of that folder, not read yet."""
    found = Library(tmp_path / "index")
    found.add_folder(sounds)
    return found


@pytest.fixture
def indexed(library: Library, embedder: BandEmbedder) -> Library:
    """The same, read."""
    updated(library, embedder)
    return library
