"""How well and how fast a library is searched: python -m tests.benchmarks.library --shared ../shared [--scale 500000].

Quality is measured on the recordings that the sound encoder never heard: by the concepts' names, by one recording for
others of its concept, and by things clicked in photographs that nobody trained on (or not on these). Names of the files
are hidden (numbers) or shown (the name in their collection). Scale is measured on random vectors and names.
"""

import argparse
import os
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from engine.library.file_text import FileText, split_words
from engine.library.found_sound import FoundSound
from engine.library.indexer import Indexer
from engine.library.library import Library
from engine.library.query import read_query
from engine.library.search import LibrarySearch, Vector
from engine.library.search_filter import SearchFilter
from engine.library.vectors import codes_of
from engine.models.concepts import load_concepts
from engine.scene.masks import inner_point
from engine.studio import Studio
from engine.training.namer import caltech_things
from engine.training.recordings import RecordingClip, list_clips

TOP = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--scale", type=int, default=0, help="number of random vectors")
    parser.add_argument("--pictures", type=int, default=2, help="clicked of each Caltech class")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if options.scale:
            _scale(Path(folder), options.scale)
        else:
            _quality(Path(folder), options.shared, options.pictures)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


# Quality


def _quality(folder: Path, shared: Path, pictures: int) -> None:
    concepts = load_concepts()
    clips = [clip for clip in list_clips(shared, concepts) if clip.held_out]
    studio = Studio()
    names = {concept.id: concept.name for concept in concepts}
    vectors = {concept: studio.embeddings.of_words(name) for concept, name in names.items()}
    things = list(_clicked(studio, shared, {clip.concept for clip in clips}, pictures))
    for shown in (False, True):
        library, label = _filled(folder / str(shown), clips, studio, shown=shown)
        search = LibrarySearch(library)

        def find(
            words: str, vector: Vector | None, search: LibrarySearch = search, label: dict[str, str] = label
        ) -> list[str]:
            return [label[sound.name] for sound in search.search(read_query(words), vector, count=TOP)]

        wanted = sorted(set(label.values()))
        _say(
            f"{len(clips)} recordings of {len(wanted)} concepts, names {'shown' if shown else 'hidden'}; top {TOP}:"
        )
        _say(
            f"  by words, text and vectors   {_share(wanted, lambda c: find(names[c], vectors[c]), str):.3f}"
        )
        _say(f"  by words, vectors alone      {_share(wanted, lambda c: find('', vectors[c]), str):.3f}")
        _say(f"  by words, text alone         {_share(wanted, lambda c: find(names[c], None), str):.3f}")
        if not shown:
            _say(f"  like this one                {_like(search, label):.3f}")
            _say(
                f"  {len(things)} things clicked   {_share(things, lambda it: find('', it[1]), lambda it: it[0]):.3f}"
            )


def _filled(
    folder: Path, clips: Sequence[RecordingClip], studio: Studio, *, shown: bool
) -> tuple[Library, dict[str, str]]:
    """Return a library of links to clips, and the concept of each file name."""
    sounds, label = folder / "sounds", {}
    sounds.mkdir(parents=True)
    for number, clip in enumerate(clips):
        said = f" {split_words(clip.path.parent.name)} {clip.path.stem}" if shown else ""
        name = f"{number:04d}{said}{clip.path.suffix}"
        (sounds / name).symlink_to(clip.path.resolve())
        label[name] = clip.concept
    library = Library(folder / "index")
    library.add_folder(sounds)
    began = time.process_time()
    report = Indexer(library, studio.embeddings.listener(), threads=1).update()
    seconds = library.status().hours * 3600
    spent = time.process_time() - began
    _say(
        f"{report.added} files, {seconds:.0f} s of sound: {report.added / spent:.1f} files a second of one core"
    )
    return library, label


def _share(cases: Iterable[Any], find: Callable[[Any], Sequence[str]], right: Callable[[Any], str]) -> float:
    return float(np.mean([right(case) in find(case) for case in cases]))


def _like(search: LibrarySearch, label: dict[str, str]) -> float:
    """Return how often a recording finds another one of its concept, where there is another one."""
    found: dict[str, list[bool]] = defaultdict(list)
    for sound in search.search(count=10_000):
        vector = search.vector_of(sound.content)
        others = [it for it in search.search(None, vector, count=TOP + 1) if it.content != sound.content][
            :TOP
        ]
        found[label[sound.name]].append(any(label[it.name] == label[sound.name] for it in others))
    return float(np.mean([right for each in found.values() if len(each) > 1 for right in each]))


def _clicked(studio: Studio, shared: Path, known: set[str], each: int) -> Iterable[tuple[str, Vector | None]]:
    """Yield the concept and the vector of things clicked in held-out pictures."""
    concepts = load_concepts()
    archive = shared / "data" / "caltech101_sounding.zip"
    for thing in caltech_things(archive, concepts, each, 5, kept_apart=True):
        if thing.label < len(concepts) and concepts[thing.label].id in known:
            x, y = inner_point(thing.mask)
            yield (
                concepts[thing.label].id,
                studio.embeddings.of_object(thing.still, studio.click(thing.still, x, y)),
            )


# Scale


def _scale(folder: Path, count: int) -> None:
    library = Library(folder)
    rng = np.random.default_rng(0)
    _fill(library, count, rng)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    search = LibrarySearch(library)
    queries = rng.standard_normal((30, 512)).astype(np.float32)
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    began = time.process_time()
    search.search(None, queries[0])
    _say(f"first search, with the vectors read: {time.process_time() - began:.2f} s of processor time")
    held = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    stored = sum(it.stat().st_size for it in folder.iterdir()) / 2**20
    _say(f"memory for {count} vectors: {held:.0f} MiB; on the disk {stored:.0f} MiB")
    listener = Studio().embeddings
    listener.of_words("dog")
    cases: dict[str, Callable[[int], Sequence[FoundSound]]] = {
        "vector": lambda n: search.search(None, queries[n]),
        "words and vector": lambda n: search.search(read_query(f"word{n} big"), queries[n]),
        "words, with the text encoder": lambda n: search.search(
            read_query("dog bark"), listener.of_words("dog bark")
        ),
        "vector, filtered": lambda n: search.search(None, queries[n], SearchFilter(max_seconds=3.0)),
        "exact words and vector": lambda n: search.search(read_query(f"word{n} NOT big"), queries[n]),
    }
    for name, run in cases.items():
        run(0)
        times = []
        for number in range(1, 21):
            began = time.process_time()
            run(number)
            times.append(time.process_time() - began)
        _say(
            f"{name}: {1000 * np.median(times):.1f} ms, slowest {1000 * max(times):.1f} ms of processor time"
        )


def _fill(library: Library, count: int, rng: np.random.Generator) -> None:
    """Add random vectors, each of a file of its own with a few words."""
    words = [f"word{number}" for number in range(3_000)]
    database = library.database
    folder = database.add_folder(Path("/sounds"))
    began = time.process_time()
    for start in range(0, count, 50_000):
        vectors = rng.standard_normal((min(50_000, count - start), 512)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        library.vectors.write_block(start, codes_of(vectors))
        with database.transaction():
            for number in range(start, start + len(vectors)):
                _add_row(
                    library,
                    folder.id,
                    number,
                    " ".join(rng.choice(words, 4)) + " big" * (number % 7 == 0),
                    rng,
                )
    _say(f"filled with {count} in {time.process_time() - began:.0f} s of processor time")


def _add_row(library: Library, folder: int, number: int, name: str, rng: np.random.Generator) -> None:
    run = library.database.connection.execute
    digest, text = number.to_bytes(16, "little"), FileText(name, "", "", "", "", "")
    run(
        "INSERT INTO contents (id, digest, seconds, rate, channels, lufs, centroid, flatness, outline, model) "
        "VALUES (?, ?, ?, 48000, 2, -23, 900, 0.1, ?, 'x')",
        (number + 1, digest, float(rng.uniform(0.5, 10)), bytes(128)),
    )
    run("INSERT INTO windows VALUES (?, ?, 0, 5, -20, 0)", (number, number + 1))
    run(
        "INSERT INTO files (id, folder, path, size, mtime_ns, content) VALUES (?, ?, ?, 1, 1, ?)",
        (number + 1, folder, os.fsencode(f"{number}.wav"), number + 1),
    )
    run(
        "INSERT INTO texts (rowid, name, path, category, description) VALUES (?, ?, '', '', '')",
        (number + 1, text.name),
    )


if __name__ == "__main__":
    main()
