"""Sample stills that come with scikit-image."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path

NAMES = (
    ("chelsea.png", "Cat"),
    ("motorcycle_left.png", "Motorcycle"),
    ("camera.png", "Photographer"),
    ("horse.png", "Horse"),
    ("rocket.jpg", "Rocket"),
)


@dataclass(frozen=True)
class SampleStill:
    """A sample picture."""

    path: Path
    name: str


def sample_stills() -> tuple[SampleStill, ...]:
    """Return the samples that are installed. Does not import scikit-image."""
    spec = importlib.util.find_spec("skimage")
    folders = [Path(root) / "data" for root in (spec.submodule_search_locations or ())] if spec else []
    return tuple(
        SampleStill(folder / file, name)
        for folder in folders
        for file, name in NAMES
        if (folder / file).is_file()
    )
