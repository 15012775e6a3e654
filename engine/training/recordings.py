"""Real recordings for training: from the shared folder, or from a small pack for a GPU machine.

Folds keep clips of one recording together. ``TRAINING_FOLDS`` may be learned from; ``JUDGING_FOLD`` never is,
so that all figures in the model card are on unseen sounds. ``list_clips`` lists all collections with the
concept of each clip; it holds out that fold, and of the other collections whole groups with a fifth of each
concept's clips.
"""

import csv
import hashlib
import io
import json
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from engine.models.concepts import Concept

RATE = 16_000
TRAINING_FOLDS = (1, 2, 3)
JUDGING_FOLD = 4
KEPT_APART = 5
"""One in this many clips of a concept is held out for judging; a concept with fewer groups has no held-out clips."""
# Clips that a tagger or a listener found hard to recognize are drawn less often.
WEAK_TAGS = frozenset({"short", "effect", "effect,transposed", "musical ringtone", "8 kHz speech"})
WEAK_FILES = frozenset({"sea/amb_lake_waves_2_calm_0.ogg"})


@dataclass(frozen=True)
class Recording:
    """One real recording, mono at 16 kHz.

    ``group`` is the collection and class ('esc10/dog_bark') or the collection and file stem
    ('foley/rooster'). ``fold`` is 0 if the collection has no folds.
    """

    name: str
    group: str
    fold: int
    waveform: NDArray[np.float32]


def read_mono(source: Path | io.BytesIO) -> NDArray[np.float32]:
    """Read any audio file as mono float32 at 16 kHz."""
    samples, rate = soundfile.read(source, dtype="float32", always_2d=True)
    mono = samples.mean(axis=1)
    return np.asarray(soxr.resample(mono, rate, RATE, quality="HQ"), dtype=np.float32)


def read_recordings(shared: Path, folds: Iterable[int] = TRAINING_FOLDS) -> list[Recording]:
    """Read all ESC-10 recordings of ``folds`` and all foley recordings under ``shared/data``, by name."""
    wanted = set(folds)
    found = []
    for path in sorted((shared / "data" / "esc10").glob("*/*.ogg")):
        fold = int(path.name[0])
        if fold in wanted:
            found.append(Recording(path.stem, f"esc10/{path.parent.name}", fold, read_mono(path)))
    for path in sorted((shared / "data" / "foley").glob("*.ogg")):
        found.append(Recording(path.stem, f"foley/{path.stem}", 0, read_mono(path)))
    return found


def write_pack(path: Path, recordings: Sequence[Recording], quality: float = 0.5) -> None:
    """Write recordings as Ogg Vorbis at 16 kHz in one zip, about 10 MiB for all of the shared data."""
    index = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as pack:
        for number, recording in enumerate(recordings):
            buffer = io.BytesIO()
            soundfile.write(
                buffer,
                recording.waveform,
                RATE,
                format="OGG",
                subtype="VORBIS",
                compression_level=1.0 - quality,
            )
            pack.writestr(f"{number:05d}.ogg", buffer.getvalue())
            index.append([recording.name, recording.group, recording.fold])
        pack.writestr("index.json", json.dumps(index))


def read_pack(path: Path) -> list[Recording]:
    """Read what ``write_pack`` wrote."""
    with zipfile.ZipFile(path) as pack:
        index = json.loads(pack.read("index.json"))
        return [
            Recording(name, group, fold, read_mono(io.BytesIO(pack.read(f"{number:05d}.ogg"))))
            for number, (name, group, fold) in enumerate(index)
        ]


@dataclass(frozen=True)
class RecordingClip:
    """One recorded clip of a concept on disk.

    Attributes:
        path: the audio file.
        concept: id of its concept.
        group: the recording it was cut from or the instrument it was played on; splits keep groups together.
        licence: as stated by its collection.
        attribution: whom to credit.
        tag: its collection's tag, such as "short"; may be empty.
        weight: sampling weight, 1 for a good clip.
        held_out: whether it is kept for judging.
        source: where its collection has it from; may be empty.
    """

    path: Path
    concept: str
    group: str
    licence: str
    attribution: str
    tag: str = ""
    weight: float = 1.0
    held_out: bool = False
    source: str = ""


def list_clips(shared: Path, concepts: Sequence[Concept]) -> list[RecordingClip]:
    """List the clips under ``shared/data`` of all concepts in the table, ordered by collection and file.

    ESC-10 holds out its ``JUDGING_FOLD``. Other collections always hold out the same groups, with a fifth of
    a concept's clips or a little more; a concept with fewer than five groups has none.
    """
    data = shared / "data"
    esc10 = list(_esc10_clips(data / "esc10", concepts))
    others = [*_foley_clips(data / "foley", concepts), *_pack_clips(data / "packs", concepts)]
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    for clip in others:
        groups[clip.concept][clip.group] += 1
    apart = {group for sizes in groups.values() for group in _kept_apart(sizes)}
    return [*esc10, *(replace(clip, held_out=clip.group in apart) for clip in others)]


def read_clips(clips: Iterable[RecordingClip]) -> list[Recording]:
    """Read clips as recordings, in order; ``group`` says where each is: 'packs/esc50-40/pig'."""
    return [
        Recording(clip.path.stem, _place(clip.path), _fold(clip.tag), read_mono(clip.path)) for clip in clips
    ]


def _place(path: Path) -> str:
    """Return the value of ``Recording.group``: the collection and class, or the collection and file stem."""
    parts = path.parts
    if "packs" in parts[-4:]:
        return "/".join(parts[-4:-1])
    return f"foley/{path.stem}" if path.parent.name == "foley" else "/".join(parts[-3:-1])


def _fold(tag: str) -> int:
    return int(tag[4:]) if re.fullmatch(r"fold\d", tag) else 0


def _kept_apart(sizes: Mapping[str, int]) -> Iterator[str]:
    """Yield the groups to hold out, given the clips in each; the order of their hashes decides."""
    whole, kept = sum(sizes.values()), 0
    if len(sizes) < KEPT_APART:
        return
    for group in sorted(sizes, key=lambda group: hashlib.sha256(group.encode()).hexdigest()):
        if kept * KEPT_APART < whole and sizes[group] * 3 <= whole:
            kept += sizes[group]
            yield group


def _esc10_clips(folder: Path, concepts: Sequence[Concept]) -> Iterator[RecordingClip]:
    owners = {name: concept.id for concept in concepts for name in concept.recordings.esc10}
    thanks = dict(_esc10_attributions(folder / "ATTRIBUTION.txt"))
    for path in sorted(folder.glob("*/*.ogg")):
        if path.parent.name not in owners:
            continue
        licence, attribution = thanks.get(path.name, ("", ""))
        fold, recording = path.stem.split("-")[:2]
        yield RecordingClip(
            path,
            owners[path.parent.name],
            f"esc/{fold}-{recording}",
            licence,
            attribution,
            f"fold{fold}",
            held_out=int(fold) == JUDGING_FOLD,
        )


def _esc10_attributions(path: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            found = re.match(r"- \[([^\]]+)\]:\s*(.+) \[([^\]]+)\]\s*$", line.strip())
            if found:
                yield found[1], (found[3], found[2])


def _foley_clips(folder: Path, concepts: Sequence[Concept]) -> Iterator[RecordingClip]:
    rows = {row["file"]: row for row in _table(folder / "ATTRIBUTION.csv")}
    for path in sorted(folder.glob("*.ogg")):
        row = rows.get(path.name, {})
        group = "foley/" + re.sub(r"[._]?\d+$", "", path.stem)
        for concept in concepts:
            if concept.recordings.has_foley(path.stem):
                yield RecordingClip(path, concept.id, group, row.get("licence", ""), row.get("author", ""))


def _pack_clips(folder: Path, concepts: Sequence[Concept]) -> Iterator[RecordingClip]:
    owners = {name: concept.id for concept in concepts for name in concept.recordings.packs}
    for pack in sorted({name.split("/")[0] for name in owners}):
        for row in _table(folder / pack / "manifest.csv"):
            owner = owners.get(f"{pack}/{row['concept']}")
            if owner is not None:
                yield _pack_clip(folder / pack, owner, row)


def _pack_clip(pack: Path, owner: str, row: dict[str, str]) -> RecordingClip:
    # A phrase rendered from a soundfont is numbered after its instrument; clips of ESC-50 are named like ESC-10's.
    group = row["group"].rpartition("/")[0] if pack.name.startswith("soundfont") else row["group"]
    source = "esc" if pack.name.startswith("esc") else pack.name
    weak = row["tags"] in WEAK_TAGS or row["file"] in WEAK_FILES
    return RecordingClip(
        pack / row["file"],
        owner,
        f"{source}/{group}",
        row["licence"],
        row["attribution"],
        row["tags"],
        0.3 if weak else 1.0,
        source=row["source"],
    )


def _table(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))
