"""Attributions of recordings whose licence requires them, for the model card.

Reads the attribution files beside the recordings and writes one table. CC0 recordings require none and are
only counted.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from engine.errors import Failed
from engine.training.recordings import TRAINING_FOLDS, RecordingClip

_ESC_LINE = re.compile(
    r"^- \[(?P<file>[^\]]+)\]:\s+clip derived from (?P<work>.+?) by (?P<author>.+?) \[(?P<licence>[^\]]+)\]"
)
_SOURCE = re.compile(r"\s*\((?P<url>https?://\S+?)\)\s*$")


@dataclass(frozen=True)
class Credit:
    """Attribution of one training recording."""

    file: str
    author: str
    licence: str
    source: str

    @property
    def is_owed(self) -> bool:
        """Whether its licence requires attribution."""
        free = ("CC0", "PUBLIC DOMAIN", "PUBLIC-DOMAIN")
        return not self.licence.upper().startswith(free)


def read_credits(shared: Path, folds: Iterable[int] = TRAINING_FOLDS) -> list[Credit]:
    """Return attributions of all ESC-10 recordings of ``folds`` and all foley recordings, including CC0 ones.

    Raises:
        Failed: a recording is missing from the attribution files.
    """
    data = shared / "data"
    found = [*_esc(data / "esc10" / "ATTRIBUTION.txt"), *_foley(data / "foley" / "ATTRIBUTION.csv")]
    by_file = {credit.file: credit for credit in found}
    wanted = set(folds)
    used = [p.name for p in sorted((data / "esc10").glob("*/*.ogg")) if int(p.name[0]) in wanted]
    used += [p.name for p in sorted((data / "foley").glob("*.ogg"))]
    unnamed = [name for name in used if name not in by_file]
    if unnamed:
        raise Failed(
            f"No attribution is known for {unnamed[0]} ({len(unnamed)} in all). Leave them out or name them."
        )
    return [by_file[name] for name in used]


def pack_credits(clips: Iterable[RecordingClip]) -> list[Credit]:
    """List the credits of the clips of packs that are trained on, CC0 ones included."""
    return [
        Credit(clip.path.name, clip.attribution, clip.licence, clip.source)
        for clip in clips
        if "packs" in clip.path.parts and not clip.held_out
    ]


def write_credits(path: Path, owed: Sequence[Credit]) -> None:
    """Write the required attributions as CSV: file, author, licence, source."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["recording", "author", "licence", "source"])
        writer.writerows(astuple(credit) for credit in owed if credit.is_owed)


def _esc(path: Path) -> list[Credit]:
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        match = _ESC_LINE.match(line.strip())
        if match is None:
            continue
        source = _SOURCE.search(match["work"])
        licence = "CC BY 3.0" if match["licence"] == "CC-BY" else match["licence"]
        found.append(
            Credit(match["file"], match["author"], licence, source["url"] if source else match["work"])
        )
    return found


def _foley(path: Path) -> list[Credit]:
    with path.open(encoding="utf-8", newline="") as table:
        return [
            Credit(row["file"], row["author"], row["licence"], row["source"]) for row in csv.DictReader(table)
        ]
