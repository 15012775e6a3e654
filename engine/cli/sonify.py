"""``foleyscape sonify``: soundscapes of stills from the user's library, and data sets of them."""

import json
from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.cli.output_folder import output_folder
from engine.cli.shown_job import run_shown
from engine.errors import BadInput
from engine.files import staged_folder, write_file
from engine.generation.sonify import (
    RATE,
    ConceptVector,
    SonifySettings,
    mix_of,
    read_record,
    record_of,
)
from engine.generation.sonify import (
    sonify as make_soundscape,
)
from engine.inputs import InvalidJson, decode_json, read_input
from engine.library.library import Library, library_folder
from engine.library.search import LibrarySearch
from engine.progress import IsCancelled, Progress
from engine.sound.audio_files import write_wav
from engine.studio import Studio

Entries = list[dict[str, Any]]
LeftOut = list[dict[str, str]]

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp", ".gif", ".avif"})


KIND = "sonify"


def sonify(arguments: Namespace, is_cancelled: IsCancelled) -> int:
    """Run ``foleyscape sonify``."""
    if not 1 <= arguments.limit <= 32:
        raise BadInput(f"--limit is from 1 to 32, not {arguments.limit}.")
    with output_folder(arguments, (), KIND):
        work = _again if arguments.record is not None else _make
        entries, left_out = run_shown(arguments, work, is_cancelled)
    if arguments.json:
        facts = {"folder": str(arguments.out.resolve()), "pairs": entries, "left_out": left_out}
        print(json.dumps(facts, indent=2))
        return 0
    for entry in entries:
        heard = ", ".join(f"{one['concept']} ({Path(one['file']).name})" for one in entry["sounds"])
        print(f"  {arguments.out / entry['sound']}  {heard}")
    for one in left_out:
        print(f"  {one['still']}: {one['reason']}")
    return 0


def _make(arguments: Namespace, progress: Progress) -> tuple[Entries, LeftOut]:
    settings = SonifySettings(arguments.duration, arguments.lufs[0], arguments.lufs[1], seed=arguments.seed)
    stills = _stills(arguments.stills)
    studio = Studio(arguments.model, arguments.device)
    library = Library(arguments.library or library_folder())
    entries: Entries = []
    left_out: LeftOut = []
    try:
        with staged_folder(arguments.out, overwrite=arguments.overwrite, kind=KIND) as folder:
            (folder / "sounds").mkdir()
            maker = _Maker(studio, LibrarySearch(library), settings, arguments.limit, folder)
            for number, path in enumerate(stills):
                progress.report(number / len(stills), f"Picture {number + 1} of {len(stills)}")
                try:
                    entries.append(maker.make(path, len(entries) + 1))
                except BadInput as error:
                    left_out.append({"still": str(path), "reason": error.message})
            if not entries:
                raise BadInput(left_out[0]["reason"])
            _write_pairs(folder, entries)
    finally:
        library.close()
    return entries, left_out


@dataclass(frozen=True)
class _Maker:
    """Makes the soundscapes of stills, with a library, into a folder."""

    studio: Studio
    search: LibrarySearch
    settings: SonifySettings
    limit: int
    folder: Path

    def make(self, path: Path, number: int) -> dict[str, Any]:
        """Make one soundscape and return its record."""
        still = self.studio.open(path)
        concepts = _concepts(self.studio, still, self.limit)
        if not concepts:
            raise BadInput(f"Nothing that surely sounds was found in {path.name}.")
        made = make_soundscape(self.search, concepts, self.settings, still.digest)
        write_wav(self.folder / _name(number), made.samples, RATE)
        facts = {"still": str(path.resolve()), "digest": still.digest, "sound": _name(number)}
        return {**facts, **record_of(made, self.settings.seconds)}


def _name(number: int) -> str:
    return f"sounds/{number:05d}.wav"


def _write_pairs(folder: Path, entries: Entries) -> None:
    write_file(folder / "pairs.jsonl", "".join(f"{json.dumps(entry)}\n" for entry in entries).encode())


def _concepts(studio: Studio, still: Any, limit: int) -> list[ConceptVector]:
    """Return what surely sounds in a still, each concept once: what is only guessed is not made up."""
    found: dict[str, ConceptVector] = {}
    for thing in studio.find_objects(still, limit):
        if thing.prompt is None:
            continue
        vector = studio.embeddings.of_words(thing.prompt)
        score = studio.suggest(still, thing.mask, 1)[0][1]
        if vector is not None and thing.prompt not in found:
            found[thing.prompt] = ConceptVector(thing.prompt, score, vector)
    return list(found.values())


def _again(arguments: Namespace, progress: Progress) -> tuple[Entries, LeftOut]:
    """Make the soundscapes of a ``pairs.jsonl`` again."""
    if arguments.stills:
        raise BadInput("A record says everything: give no pictures with --record.")
    entries = [{**entry, "sound": _name(number)} for number, entry in enumerate(_lines(arguments.record), 1)]
    with staged_folder(arguments.out, overwrite=arguments.overwrite, kind=KIND) as folder:
        (folder / "sounds").mkdir()
        for number, entry in enumerate(entries):
            progress.report(number / len(entries), f"Soundscape {number + 1} of {len(entries)}")
            write_wav(folder / entry["sound"], mix_of(*read_record(entry)), RATE)
        _write_pairs(folder, entries)
    return entries, []


def _lines(path: Path) -> list[dict[str, Any]]:
    try:
        entries = [decode_json(line) for line in read_input(path).splitlines() if line.strip()]
    except InvalidJson as error:
        raise BadInput(f"{path} is no pairs.jsonl: a line {error}.") from error
    if not entries:
        raise BadInput(f"{path} has no records.")
    return entries


def _stills(given: list[Path]) -> list[Path]:
    """Return the pictures given, and those directly in the folders given."""
    if not given:
        raise BadInput("Give pictures, or folders of pictures.")
    found: list[Path] = []
    for path in given:
        inside = (
            sorted(it for it in path.iterdir() if it.suffix.lower() in PICTURES) if path.is_dir() else [path]
        )
        found += inside
    if not found:
        raise BadInput(f"There are no pictures in {given[0]}.")
    return found
