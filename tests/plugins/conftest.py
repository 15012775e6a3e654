"""A package that brings a generator, installed for one test."""

import os

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"


@pytest.fixture
def sine_installed(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """``tests.plugins.sine_generator`` as an installed package: its entry point is on the path, nothing else."""
    site = tmp_path_factory.mktemp("site")
    facts = site / "sine-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: sine\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text(
        "[foleyscape.generators]\nsine = tests.plugins.sine_generator:SineGenerator\n"
    )
    monkeypatch.syspath_prepend(site)
