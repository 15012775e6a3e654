"""Install weights: download them from an address, or import them from a folder. Only when asked.

A file is written as ``<name>.part`` and renamed only once its size and sha256 match, so a file under its final
name is always complete. An interrupted download resumes next time if the server supports it (status 206,
RFC 9110 section 15.3.7).
"""

import hashlib
import http.client
import os
import re
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from urllib.parse import quote, urlsplit

from engine.errors import BadInput, Failed
from engine.models.catalogue import URL_VARIABLE, Model, ModelFile, model_folder
from engine.progress import Progress

CHUNK = 1 << 20
TIMEOUT_SECONDS = 30.0
OK, PARTIAL, RANGE_NOT_SATISFIABLE = 200, 206, 416


def fetch_model(model: Model, base_url: str | None, folder: Path, progress: Progress) -> Path:
    """Download all files of a model.

    Args:
        model: one whose files have a known size and sha256.
        base_url: http(s) address before the files' names; None takes ``FOLEYSCAPE_MODELS_URL``.
        folder: where models live; the model gets a folder of its own in it.
        progress: reports bytes; after cancelling, the next call resumes where this one stopped.

    Returns:
        The model's folder.

    Raises:
        BadInput: the model cannot be fetched, or the address is not http(s).
        Failed: the network, the server or the disk failed, or a checksum did not match.
        Cancelled: the user cancelled.
    """
    base = _base_address(model, base_url or os.environ.get(URL_VARIABLE, ""))
    home = model_folder(model, folder)
    for file, part in _shares(model, progress):
        fetch_file(f"{base}/{quote(file.name)}", home / file.name, file, part)
    return home


def import_model(model: Model, source: Path, folder: Path, progress: Progress) -> Path:
    """Copy a model's files from a folder, verifying the sizes and checksums that are known.

    Args:
        model: one that does not come with Foleyscape.
        source: the folder that holds the files.
        folder: where models live; the model gets a folder of its own in it.
        progress: reports bytes.

    Returns:
        The model's folder.

    Raises:
        BadInput: a file is missing in ``source`` or is not the expected one.
        Failed: a file cannot be read or written.
        Cancelled: the user cancelled; nothing half-copied carries a final name.
    """
    if model.bundled:
        raise BadInput(f"{model.title} comes with Foleyscape; there is nothing to import.")
    missing = [file.name for file in model.files if not (source / file.name).is_file()]
    if missing:
        raise BadInput(f"{source} is not {model.title}: it has no {', '.join(missing)}.")
    home = model_folder(model, folder)
    for file, part in _shares(model, progress):
        _import_file(source / file.name, home / file.name, file, part)
    return home


def fetch_file(url: str, target: Path, file: ModelFile, progress: Progress) -> None:
    """Download one file; does nothing if it is there already.

    Args:
        url: its address.
        target: where it goes.
        file: its size and checksum, both known.
        progress: reports bytes.

    Raises:
        Failed: see :func:`fetch_model`.
        Cancelled: the user cancelled.
    """
    if file.size is None or file.sha256 is None:
        raise BadInput(f"{file.name} has no known size and checksum, so it cannot be fetched safely.")
    if target.is_file() and target.stat().st_size == file.size:
        return
    part = _part_of(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if part.is_file() and part.stat().st_size > file.size:
            part.unlink()
        _download(url, part, file.size, progress)
        _accept(part, target, file, Failed)
    except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
        raise Failed(_network_sentence(url, file, part, error)) from error
    except OSError as error:
        raise Failed(f"{target} cannot be written: {error.strerror or error}.") from error


def _download(url: str, part: Path, size: int, progress: Progress) -> None:
    have = part.stat().st_size if part.is_file() else 0
    if have == size:
        return
    headers = {"Accept-Encoding": "identity", "User-Agent": "foleyscape"}
    if have:
        headers["Range"] = f"bytes={have}-"
    # The scheme was checked to be http or https.
    request = urllib.request.Request(url, headers=headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310
            start = _start_of(response, have)
            _append(response, part, start, size, progress)
    except urllib.error.HTTPError as error:
        if error.code != RANGE_NOT_SATISFIABLE or not have:
            raise
        # The server cannot continue the partial file: start again.
        error.close()
        part.unlink()
        _download(url, part, size, progress)


def _start_of(response: http.client.HTTPResponse, have: int) -> int:
    """Return the byte at which the response begins: only a matching 206 continues the partial file."""
    if response.status == PARTIAL:
        said = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
        if said is not None and int(said[1]) == have:
            return have
        raise http.client.HTTPException("the server sent another part than the one asked for")
    if response.status != OK:
        raise http.client.HTTPException(f"the server answered {response.status} {response.reason}")
    return 0


def _append(source: IO[bytes], part: Path, start: int, size: int, progress: Progress) -> None:
    done = start
    with part.open("r+b" if start else "wb") as out:
        out.seek(start)
        out.truncate()
        while chunk := source.read(CHUNK):
            done += len(chunk)
            if done > size:
                part.unlink()
                raise Failed(f"{part.stem} is larger there than the published file, so it was not kept.")
            out.write(chunk)
            progress.report(done / size, f"{part.stem}: {megabytes(done)} of {megabytes(size)}")
        _to_disk(out)
    if done < size:
        raise http.client.HTTPException("the connection ended early")


def _accept(part: Path, target: Path, file: ModelFile, kind: type[Failed] | type[BadInput]) -> None:
    """Give ``part`` its final name if size and checksum match, otherwise delete it."""
    if file.size is not None and part.stat().st_size != file.size:
        problem = f"has {part.stat().st_size} bytes instead of {file.size}"
    elif file.sha256 is not None and sha256_of(part) != file.sha256:
        problem = "has another checksum than the published one"
    else:
        part.replace(target)
        return
    part.unlink()
    raise kind(f"{file.name} {problem}: it is damaged or another file, and was not kept.")


def _import_file(source: Path, target: Path, file: ModelFile, progress: Progress) -> None:
    part = _part_of(target)
    size = max(source.stat().st_size, 1)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as incoming, part.open("wb") as out:
            done = 0
            while chunk := incoming.read(CHUNK):
                out.write(chunk)
                done += len(chunk)
                progress.report(done / size, f"{target.name}: {megabytes(done)} of {megabytes(size)}")
            _to_disk(out)
        shutil.copymode(source, part)
        _accept(part, target, file, BadInput)
    except OSError as error:
        raise Failed(f"{source} cannot be copied to {target}: {error.strerror or error}.") from error
    finally:
        part.unlink(missing_ok=True)


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file, in lower-case hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def megabytes(count: int) -> str:
    """Format bytes for the user: ``375.0 MB``."""
    return f"{count / 1e6:.1f} MB"


def _base_address(model: Model, base_url: str) -> str:
    if not model.can_be_fetched:
        raise BadInput(
            f"{model.title} cannot be fetched, because what its files should be is not known; "
            "bring its folder and import it."
            if not model.bundled
            else f"{model.title} comes with Foleyscape; there is nothing to fetch."
        )
    if not base_url:
        raise BadInput(f"Say where to fetch {model.title} from: give an address, or set {URL_VARIABLE}.")
    if urlsplit(base_url).scheme not in {"http", "https"} or not urlsplit(base_url).netloc:
        raise BadInput(f"{base_url} is no address to fetch from; it should begin with https://.")
    return base_url.rstrip("/")


def _shares(model: Model, progress: Progress) -> Iterator[tuple[ModelFile, Progress]]:
    """Yield each file with its share of the progress: by size, or equal shares if sizes are unknown."""
    total = model.size
    weights = [file.size / total if total and file.size else 1 / len(model.files) for file in model.files]
    start = 0.0
    for file, weight in zip(model.files, weights, strict=True):
        yield file, progress.part(start, min(start + weight, 1.0))
        start += weight


def _network_sentence(url: str, file: ModelFile, part: Path, error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        reason = f"the server answered {error.code} {error.reason}"
    else:
        reason = str(getattr(error, "reason", error)) or type(error).__name__
    came = part.stat().st_size if part.is_file() else 0
    kept = f" {megabytes(came)} are here and will be continued from next time." if came else ""
    return f"{file.name} could not be fetched from {urlsplit(url).netloc}: {reason}.{kept}"


def _part_of(target: Path) -> Path:
    return target.with_name(f"{target.name}.part")


def _to_disk(out: IO[bytes]) -> None:
    out.flush()
    os.fsync(out.fileno())
