"""``foleyscape library``: an index of the user's own recordings."""

import contextlib
import json
import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from engine.cli.bar import spoken
from engine.cli.shown_job import run_shown
from engine.cli.streams import print_json
from engine.errors import BadInput
from engine.jobs.job import JobProgress
from engine.jobs.queue import run_now
from engine.library.found_sound import FoundSound
from engine.library.indexer import Indexer, UpdateReport
from engine.library.library import Library, library_folder
from engine.library.query import Query, read_query
from engine.library.search import LibrarySearch, Vector
from engine.library.search_filter import SearchFilter
from engine.progress import IsCancelled, Progress
from engine.studio import Studio

MAX_LIMIT = 1_000


@contextlib.contextmanager
def _library(arguments: Namespace) -> Iterator[Library]:
    library = Library(arguments.library or library_folder())
    try:
        yield library
    finally:
        library.close()


def add(arguments: Namespace, is_cancelled: IsCancelled) -> int:
    """Run ``foleyscape library add``."""
    with _library(arguments) as library:
        added = [library.add_folder(folder, arguments.licence).path for folder in arguments.folders]
        if not arguments.later:
            return _update(arguments, library, added, is_cancelled)
        for folder in added:
            print(f"{folder} is in the library; `foleyscape library update` reads it.")
        return 0


def update(arguments: Namespace, is_cancelled: IsCancelled) -> int:
    """Run ``foleyscape library update``."""
    with _library(arguments) as library:
        chosen = [library.database.folder(folder.expanduser().resolve()).path for folder in arguments.folders]
        code = _update(arguments, library, chosen or None, is_cancelled)
        if arguments.watch:
            _watch(arguments, library, is_cancelled)
        return code


def _update(
    arguments: Namespace, library: Library, folders: list[Path] | None, is_cancelled: IsCancelled
) -> int:
    if arguments.threads is not None and not 1 <= arguments.threads <= 64:
        raise BadInput(f"--threads is from 1 to 64, not {arguments.threads}.")
    _be_nice()

    def work(arguments: Namespace, progress: Progress) -> UpdateReport:
        progress.report(0.0, "Loading the sound encoder")
        listener = Studio(arguments.model, arguments.device).embeddings.listener()
        return Indexer(library, listener, arguments.threads).update(folders, progress)

    if arguments.progress_lines:
        report = run_now(arguments, work, show=_print_progress, is_cancelled=is_cancelled)
    else:
        report = run_shown(arguments, work, is_cancelled)
    _tell_update(report, as_json=arguments.json)
    return 0


def _print_progress(progress: JobProgress) -> None:
    line = json.dumps({"fraction": round(progress.fraction, 4), "text": progress.words})
    print(line, file=sys.stderr, flush=True)


def _be_nice() -> None:
    """Leave the processors to what the user does meanwhile, where the system can."""
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):
            os.nice(10)


def _watch(arguments: Namespace, library: Library, is_cancelled: IsCancelled) -> None:
    from watchfiles import watch

    folders = [folder.path for folder in library.database.folders() if folder.path.is_dir()]
    print(f"Watching {len(folders)} folders; Ctrl+C ends it.", flush=True)
    for changes in watch(*folders, debounce=2_000, yield_on_timeout=True, rust_timeout=500):
        if is_cancelled():
            return
        if changes:
            _update(arguments, library, None, is_cancelled)


def _tell_update(report: UpdateReport, *, as_json: bool) -> None:
    facts = {name: getattr(report, name) for name in ("added", "changed", "moved", "removed", "reread")}
    if as_json:
        facts |= {"failed": [{"file": str(path), "reason": reason} for path, reason in report.failed]}
        facts |= {"offline": list(map(str, report.offline))}
        print_json(facts)
        return
    done = ", ".join(f"{count} {name}" for name, count in facts.items() if count)
    print(f"Up to date: {done or 'nothing had changed'}.")
    for path in report.offline:
        print(f"  {path} is not there now; what is known of it is kept.")
    for path, reason in report.failed:
        print(f"  {path}: {reason}")


def status(arguments: Namespace, is_cancelled: IsCancelled) -> int:  # noqa: ARG001
    """Run ``foleyscape library status``."""
    with _library(arguments) as library:
        facts = library.status()
        if arguments.json:
            print_json(facts.as_json())
            return 0
        for folder in facts.folders:
            away = "" if folder.is_there else "  not there now"
            licence = f"  {folder.licence}" if folder.licence else ""
            print(f"{folder.path}  {folder.files} files, {folder.problems} unreadable{licence}{away}")
        print(f"{facts.sounds} sounds, {facts.hours:.1f} h, {facts.windows} windows; index {facts.folder}")
        for path, reason in library.problems() if arguments.problems else ():
            print(f"  {path}: {reason}")
        for copies in library.duplicates() if arguments.duplicates else ():
            print("  " + " = ".join(map(str, copies)))
        return 0


def remove(arguments: Namespace, is_cancelled: IsCancelled) -> int:  # noqa: ARG001
    """Run ``foleyscape library remove``."""
    with _library(arguments) as library:
        for folder in arguments.folders:
            library.remove_folder(folder)
            print(f"{folder} is no longer in the library; its files were not touched.")
    return 0


def search(arguments: Namespace, is_cancelled: IsCancelled) -> int:
    """Run ``foleyscape library search``."""
    query = _check_search(arguments)

    def work(arguments: Namespace, progress: Progress) -> tuple[list[FoundSound], str | None]:
        progress.report(0.0, "Searching")
        vector, note = _vector(arguments, query)
        with _library(arguments) as library:
            found = LibrarySearch(library).search(query, vector, _search_filter(arguments), arguments.limit)
        return found, note

    found, note = run_shown(arguments, work, is_cancelled)
    _tell_found(found, note, as_json=arguments.json)
    return 0


def _check_search(arguments: Namespace) -> Query:
    if not 1 <= arguments.limit <= MAX_LIMIT:
        raise BadInput(f"--limit is from 1 to {MAX_LIMIT}, not {arguments.limit}.")
    if (arguments.hinted is None) != (arguments.still is None):
        raise BadInput("--object and --still belong together: say which thing in which picture.")
    if sum(bool(it) for it in (arguments.words, arguments.like, arguments.hinted)) > 1:
        raise BadInput("Search by words, by --like or by --object: one of them.")
    # A shell has taken the quotes of a phrase away: an argument with spaces beside others was one.
    words = arguments.words
    if len(words) > 1:
        words = [f'"{word}"' if " " in word else word for word in words]
    return read_query(" ".join(words))


def _vector(arguments: Namespace, query: Query) -> tuple[Vector | None, str | None]:
    """Return what to search by beside the text, and what the user should know of it."""
    if not (query.words or arguments.like or arguments.hinted):
        return None, None
    studio = Studio(arguments.model, arguments.device)
    if arguments.like is not None:
        vector = studio.embeddings.of_file(arguments.like)
        if vector is None:
            raise BadInput(f"{arguments.like} is silent: nothing sounds like it.")
        return vector, None
    if arguments.hinted is not None:
        still = studio.open(arguments.still)
        thing = studio.object_at(still, arguments.hinted.hints, arguments.hinted.name)
        return studio.embeddings.of_object(still, thing), f"Searched for: {thing.name}."
    vector = studio.embeddings.of_words(query.words)
    unknown = "The model knows none of these words: names and descriptions of the files were searched."
    return vector, unknown if vector is None else None


def _search_filter(arguments: Namespace) -> SearchFilter:
    given = {field.name: getattr(arguments, field.name) for field in fields(SearchFilter)}
    if given["folder"] is not None:
        given["folder"] = given["folder"].expanduser().resolve()
    return SearchFilter(**given)


def _tell_found(found: list[FoundSound], note: str | None, *, as_json: bool) -> None:
    if as_json:
        print_json({"note": note, "found": [facts_of(sound) for sound in found]})
        return
    if note:
        print(note)
    if not found:
        print("Nothing in the library fits. `foleyscape library status` shows what is in it.")
    for sound in found:
        fit = "    " if sound.fit is None else f"{sound.fit:4.2f}"
        level = "silent" if sound.lufs is None else f"{sound.lufs:.1f} LUFS"
        words = f"  [{', '.join(sound.matched)}]" if sound.matched else ""
        place = f" at {sound.start:.1f} s" if sound.start else ""
        print(f"{fit}  {sound.path}{place}  {spoken(sound.seconds)}, {level}{words}")


def facts_of(sound: FoundSound) -> dict[str, Any]:
    """Return a found sound as JSON-serializable values."""
    return {
        "file": str(sound.path),
        "start": round(sound.start, 3),
        "seconds": round(sound.seconds, 3),
        "rate": sound.rate,
        "channels": sound.channels,
        "lufs": None if sound.lufs is None else round(sound.lufs, 1),
        "centroid": round(sound.centroid),
        "flatness": round(sound.flatness, 3),
        "ucs": sound.cat_id or None,
        "licence": sound.licence or None,
        "starred": sound.starred,
        "copies": sound.copies,
        "fit": None if sound.fit is None else round(sound.fit, 4),
        "matched": list(sound.matched),
    }
