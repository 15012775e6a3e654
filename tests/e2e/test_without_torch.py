"""Without PyTorch the command and the window do all that needs no model, and say in one sentence what does."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

HOUSE = Path(__file__).resolve().parents[2]
SENTENCE = (
    "foleyscape: PyTorch is not installed, and masks, names and new sounds need it: run ./packaging/run once, or "
    "install it with `pip install torch torchvision`.\n"
)
COMMAND = "import sys, tests.no_torch; from desktop.command import main; sys.exit(main())"


def run(*arguments: str, timeout: int = 240) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(HOUSE)}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=HOUSE,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )


@pytest.fixture
def still(tmp_path: Path) -> str:
    pixels = np.random.default_rng(1).integers(0, 255, (48, 64, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "street.png")
    return str(tmp_path / "street.png")


@pytest.mark.parametrize(
    "arguments",
    [
        ["sound", "STILL", "--object", "@10,10", "--out", "OUT"],
        ["sound", "STILL", "--out", "OUT"],
        ["sound", "--prompt", "rain", "--device", "auto", "--out", "OUT"],
        ["demo", "--out", "OUT"],
    ],
)
def test_a_command_that_needs_a_model_says_what_is_missing(
    arguments: list[str], still: str, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    done = run("-c", COMMAND, *(a.replace("STILL", still).replace("OUT", str(out)) for a in arguments))
    assert done.stderr.endswith(SENTENCE)
    assert "Traceback" not in done.stderr
    assert done.returncode == 1
    assert not out.exists()


def test_commands_that_need_no_model_work() -> None:
    project = str(HOUSE / "tests/museum/project_2.foley")
    assert run("-c", COMMAND, "project", "info", project).returncode == 0
    told = run("-c", COMMAND, "diagnostics")
    assert told.returncode == 0


def test_the_window_opens_edits_plays_and_exports_and_says_what_is_missing() -> None:
    done = run("-m", "pytest", "-q", "-p", "tests.no_torch", "tests/desktop/e2e/window_without_torch.py")
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout
