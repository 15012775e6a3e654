"""A wheel built from the project works by itself, from any folder, with its resources inside."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
WEIGHTS_LIMIT = 64 * 2**20
FILE_LIMIT = 16 * 2**20
NO_NETWORK = """
import socket

def refuse(*arguments):
    raise OSError("Foleyscape reached for the network without being asked")

socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
"""


def run(command: Sequence[str | Path], folder: Path) -> str:
    """Run a program as somebody else would: without this checkout on any path."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(
        [str(part) for part in command], cwd=folder, env=clean, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of the sources so that nothing left by earlier builds gets in."""
    copy = tmp_path_factory.mktemp("sources")
    for name in ("engine", "desktop", "resources"):
        shutil.copytree(HOUSE / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(HOUSE / name, copy)
    run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", copy / "out"], copy)
    [built] = (copy / "out").glob("foleyscape-*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty environment without network, with the wheel installed; only what it needs is lent by this one.

    A folder named in a .pth file is searched, but its own .pth files are not read, and so the editable
    installation of the checkout stays out.
    """
    home = tmp_path_factory.mktemp("environment")
    run([sys.executable, "-m", "venv", "--without-pip", home], home)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = home / "lib" / version / "site-packages"
    (packages / "no_network.py").write_text(NO_NETWORK, encoding="utf-8")
    lent = f"{sysconfig.get_path('purelib')}\nimport no_network\n"
    (packages / "lent.pth").write_text(lent, encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--python", str(home / "bin/python"), "install", "--quiet"]
    run([*pip, "--no-deps", "--no-index", wheel], home)
    return home


def resources_of_checkout() -> set[str]:
    return {path.relative_to(HOUSE).as_posix() for path in (HOUSE / "resources").rglob("*") if path.is_file()}


def test_the_wheel_holds_every_resource_and_the_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    assert "resources/concepts.json" in inside
    assert resources_of_checkout() <= inside
    assert any(name.endswith("licenses/LICENSE") for name in inside)


def test_the_wheel_holds_the_product_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        roots = {name.split("/")[0] for name in archive.namelist()}
    assert {root for root in roots if not root.endswith(".dist-info")} == {"engine", "desktop", "resources"}


def test_bundled_weights_stay_under_their_limits() -> None:
    sizes = {path: path.stat().st_size for path in (HOUSE / "resources").rglob("*.safetensors")}
    assert sum(sizes.values()) <= WEIGHTS_LIMIT
    assert all(size <= FILE_LIMIT for size in sizes.values()), sizes


def test_the_installed_engine_finds_its_resources_from_another_folder(
    environment: Path, tmp_path: Path
) -> None:
    program = """
import json
from engine.models.catalogue import load_catalogue
from engine.models.concepts import load_concepts
from engine.models.resources import resource

found = {"root": str(resource()), "concepts": len(load_concepts()), "models": len(load_catalogue())}
print(json.dumps(found))
"""
    found = json.loads(run([environment / "bin/python", "-c", program], tmp_path))
    assert Path(found["root"]).is_relative_to(environment)
    assert found["concepts"] == 76
    assert found["models"] > 1


def test_the_environment_has_no_network(environment: Path, tmp_path: Path) -> None:
    program = """
import socket
try:
    socket.create_connection(("127.0.0.1", 1))
except OSError as error:
    print(error)
"""
    assert "without being asked" in run([environment / "bin/python", "-c", program], tmp_path)


def test_the_installed_command_answers_from_another_folder(environment: Path, tmp_path: Path) -> None:
    said = run([environment / "bin/foleyscape", "--help"], tmp_path)
    assert "sound" in said
    assert "objects" in said


def test_the_installed_command_makes_a_sound_with_the_bundled_model(
    environment: Path, tmp_path: Path
) -> None:
    words = ["sound", "--prompt", "a dog barking", "--draft", "--duration", "1", "--out", "bark"]
    run([environment / "bin/foleyscape", *words], tmp_path)
    assert len(list((tmp_path / "bark/stems").glob("*.wav"))) == 1
    assert (tmp_path / "bark/mix.wav").stat().st_size > 48_000 * 3
