"""What the README says is so."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from PIL import Image
from skimage import data

from desktop.main_window.all_commands import key_table_markdown
from engine.diffusion.model_folder import learnt_sounds
from engine.models.concepts import Concept, load_concepts
from engine.models.resources import resource

HOUSE = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def readme() -> str:
    return (HOUSE / "README.md").read_text(encoding="utf-8")


def blocks(readme: str, language: str) -> list[str]:
    found = re.findall(r"^```(\w*)\n(.*?)^```$", readme, re.DOTALL | re.MULTILINE)
    return [text for tongue, text in found if tongue == language]


def listed(readme: str, marker: str) -> list[str]:
    [names] = re.findall(rf"<!-- {marker} -->(.*?)<!-- end -->", readme, re.DOTALL)
    return [" ".join(name.split()) for name in names.split(",")]


def names_of(concepts: Iterable[Concept]) -> list[str]:
    return [concept.name for concept in concepts]


def test_the_things_it_knows_are_those_of_the_concept_table(readme: str) -> None:
    concepts = load_concepts()
    namer = json.loads((resource("models", "pocket", "namer") / "config.json").read_text())
    rows = zip(namer["concepts"], namer["taught"], namer["groups"], strict=False)
    known = {name for name, taught, group in rows if taught or group}
    seen = [c for c in concepts if c.id in known]
    assert listed(readme, "seen") == names_of(seen)
    assert listed(readme, "named") == names_of(c for c in concepts if c not in seen)
    learnt = learnt_sounds(resource("models", "pocket"))
    assert learnt is not None
    assert learnt <= {c.id for c in concepts}
    unlearnt = names_of(c for c in concepts if c.id not in learnt)
    assert (listed(readme, "unlearnt") if unlearnt else []) == unlearnt
    assert unlearnt or "<!-- unlearnt -->" not in readme
    assert f"It knows {len(concepts)} things that sound" in " ".join(readme.split())


def test_its_table_of_keys_is_that_of_the_window(readme: str) -> None:
    [shown] = re.findall(r"<!-- keys -->\n(.*?)\n<!-- end -->", readme, re.DOTALL)
    assert shown == key_table_markdown()


def test_every_link_and_picture_is_in_the_project(readme: str) -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", readme)
    assert targets
    assert [target for target in targets if not (HOUSE / target).is_file()] == []


def test_every_folder_it_draws_exists(readme: str) -> None:
    [house] = blocks(readme, "")
    folders = re.findall(r"^( *)(\w+)/", house, re.MULTILINE)
    parents = {"": HOUSE, "  ": HOUSE / "engine"}
    assert [name for indent, name in folders if not (parents[indent] / name).is_dir()] == []


@pytest.mark.parametrize(
    ("command", "module"),
    [
        ("./packaging/run objects", ("engine.cli", "objects")),
        ("./packaging/run sound", ("engine.cli", "sound")),
        ("./packaging/run hear", ("engine.cli", "hear")),
        ("./packaging/run project export", ("engine.cli", "project", "export")),
        ("./packaging/run app", ("desktop.command", "app")),
        (".venv/bin/python -m engine.training", ("engine.training",)),
    ],
)
def test_every_option_it_shows_is_understood(readme: str, command: str, module: tuple[str, ...]) -> None:
    lines = "".join(blocks(readme, "sh")).replace("\\\n", "").splitlines()
    shown = [line for line in lines if line.startswith(command)]
    assert shown
    understood = set(re.findall(r"--[a-z-]+", told("-m", *module, "--help")))
    assert set(re.findall(r"(?<= )--[a-z-]+", " ".join(shown))) <= understood


def test_its_lines_of_python_do_what_they_say(readme: str, tmp_path: Path) -> None:
    [program] = blocks(readme, "python")
    Image.fromarray(data.chelsea()).resize((640, 480)).save(tmp_path / "street.jpg")
    said = told("-c", program, folder=tmp_path, stderr="")
    assert "car horn" in said
    assert {path.name for path in (tmp_path / "street").iterdir()} >= {"stems", "mix.wav", "recipe.json"}


def told(*arguments: str, folder: Path = HOUSE, stderr: str | None = None) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(HOUSE)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert stderr is None or done.stderr == stderr
    return done.stdout
