"""What the pages for contributors say is so: links, files and modules that they name exist."""

import importlib.util
import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
DOCS = HOUSE / "resources" / "docs"
PAGES = sorted(DOCS.rglob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_every_link_leads_to_a_page(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_every_file_and_folder_of_the_project_that_it_names_exists(page: Path) -> None:
    named = re.findall(
        r"`((?:engine|desktop|tests|resources|packaging)/[\w./-]+)`", page.read_text(encoding="utf-8")
    )
    assert [name for name in named if not (HOUSE / name).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_every_module_that_it_names_exists(page: Path) -> None:
    named = re.findall(r"`((?:engine|desktop)(?:\.[a-z_]+)+)", page.read_text(encoding="utf-8"))
    assert [name for name in named if not exists(name)] == []


def exists(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def test_the_page_of_the_architecture_is_short() -> None:
    lines = (DOCS / "architecture.md").read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if line.strip()]) <= 45
