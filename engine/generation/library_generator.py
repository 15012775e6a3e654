"""A generator whose takes are recordings of the user's own library, drawn among those that fit (*Seeing Sound*)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from string import hexdigits
from typing import Any

import numpy as np

from engine.errors import BadInput
from engine.generation.conditioner import Conditioner
from engine.generation.generator import Capabilities, GeneratorInfo, check_request, finished_take
from engine.generation.requests import GenerationRequest, Settings, Target
from engine.generation.settings import GeneratorSettings
from engine.library.draw import POOL_SIZE, draw_order
from engine.library.event import event_of
from engine.library.found_sound import FoundSound
from engine.library.library import Library
from engine.library.search import LibrarySearch
from engine.library.vectors import unit_vector
from engine.models.catalogue import UNKNOWN_LICENCE
from engine.progress import Progress, no_progress
from engine.project.codec import Codec, FieldCodec, InvalidValue, whole
from engine.scene.takes import Take
from engine.sound.loudness import level_lufs
from engine.sound.sound_file import read_sound
from engine.sound.waveform import Waveform
from engine.vision.still import Still

LIBRARY = "library"
RATE = 48_000
MAX_POOL = 200
DIGEST_DIGITS = 32
CANDIDATES = 200
"""Sounds that the pool is formed from."""


@dataclass(frozen=True)
class DrawnRecording:
    """A recording that a take was made of.

    Attributes:
        file: name of the file.
        digest: BLAKE2b of the file, 32 hex digits.
        start: seconds to where the take begins in it.
        seconds: length of the take.
        fit: cosine to what was asked for.
        gain_db: gain that brings it to the level of its object; 0 for one of several.
        licence: its licence, or "".
    """

    file: str
    digest: str
    start: float
    seconds: float
    fit: float
    gain_db: float = 0.0
    licence: str = ""


def _read_drawn(value: Any) -> tuple[DrawnRecording, ...]:
    if not isinstance(value, list) or len(value) > 64:
        raise InvalidValue("must be a list of recordings")
    return tuple(_read_one(entry) for entry in value)


def _read_one(entry: Any) -> DrawnRecording:
    texts, numbers = ("file", "digest", "licence"), ("start", "seconds", "fit", "gain_db")
    fits = isinstance(entry, dict) and all(isinstance(entry.get(key), str) for key in texts)
    if not fits or not all(type(entry.get(key)) in {int, float} for key in numbers):
        raise InvalidValue("must be recordings with file, digest, start, seconds, fit, gain_db and licence")
    if not all(-1e6 < float(entry[key]) < 1e6 for key in numbers):
        raise InvalidValue("has a recording with a number that is none")
    if len(entry["digest"]) != DIGEST_DIGITS or not set(entry["digest"]) <= set(hexdigits):
        raise InvalidValue(f"has a recording whose digest is not {DIGEST_DIGITS} hex digits")
    start, seconds, fit, gain_db = (float(entry[key]) for key in numbers)
    return DrawnRecording(entry["file"], entry["digest"], start, seconds, fit, gain_db, entry["licence"])


def _write_drawn(value: Sequence[DrawnRecording]) -> list[dict[str, Any]]:
    return [vars(one).copy() for one in value]


@dataclass(frozen=True)
class LibrarySettings(GeneratorSettings):
    """Settings of takes from the library.

    Attributes:
        pool: K of Algorithm 1: among about this many recordings one is drawn.
        drawn: the recordings of the take, one for each object; none yet before they are drawn.
    """

    pool: int = POOL_SIZE
    drawn: tuple[DrawnRecording, ...] = field(default=())

    @classmethod
    def codec(cls) -> Codec:
        """Return the codec of these settings."""
        drawn = FieldCodec(_read_drawn, _write_drawn)
        return Codec(cls, {"pool": whole(1, MAX_POOL), "drawn": drawn})


def library_info() -> GeneratorInfo:
    """Describe the generator."""
    can = Capabilities(
        options=frozenset({"objects", "prompt", "together"}),
        rate=RATE,
        channels=2,
        licence="of each recording",
    )
    return GeneratorInfo(LIBRARY, "From the library", "library-1", can, LibrarySettings, _chosen)


def _chosen(_: Settings) -> LibrarySettings:
    return LibrarySettings()


class LibraryGenerator:
    """Draws takes from a library.

    Args:
        folder: where the index lies.
        conditioner: gives the conditions of objects and words, in the space of the library's vectors.
    """

    def __init__(self, folder: Path, conditioner: Callable[[], Conditioner]) -> None:
        self.info = library_info()
        self._folder, self._conditioner = folder, conditioner

    def generate(
        self, request: GenerationRequest, still: Still | None = None, progress: Progress | None = None
    ) -> tuple[Take, ...]:
        """Return the takes of a request; see ``engine.generation.generator.Generator``.

        Raises:
            BadInput: the library is empty, or a recording of the recipe is no longer in it.
        """
        progress = progress or no_progress()
        check_request(self.info, request, still)
        progress.report(0.0, "Searching the library")
        library = Library(self._folder)
        try:
            return self._taken(request, still, LibrarySearch(library), progress)
        finally:
            library.close()

    def _taken(
        self, request: GenerationRequest, still: Still | None, search: LibrarySearch, progress: Progress
    ) -> tuple[Take, ...]:
        settings = request.settings
        assert isinstance(settings, LibrarySettings)
        takes = []
        jobs = [(target, count) for target in request.targets for count in request.takes]
        pools = (
            {}
            if settings.drawn
            else {target: self._pools(target, still, search) for target in request.targets}
        )
        for done, (target, count) in enumerate(jobs):
            progress.report(done / len(jobs), "Reading from the library")
            if settings.drawn:
                sounds = [_found_again(search, drawn) for drawn in settings.drawn]
            else:
                sounds = [_drawn(pool, request, target, count, settings.pool) for pool in pools[target]]
            takes.append(_take(request, settings, target, count, sounds))
        return tuple(takes)

    def _pools(self, target: Target, still: Still | None, search: LibrarySearch) -> list[list[FoundSound]]:
        """Return, for each object of a target, the sounds that fit best."""
        conditions = self._conditioner().conditions(target, still).float().cpu().numpy()
        pools = [search.search(None, unit_vector(condition), count=CANDIDATES) for condition in conditions]
        if not all(pools):
            raise BadInput("The library is empty: add folders with your recordings first.")
        return pools


def _drawn(
    pool: Sequence[FoundSound], request: GenerationRequest, target: Target, count: int, size: int
) -> FoundSound:
    """Return the recording of one take: the takes of a seed are all different, until the pool is used up."""
    draw = np.random.SeedSequence((request.seed, target.seed_number)).generate_state(1, np.uint64)[0]
    order = draw_order([sound.fit or 0.0 for sound in pool], int(draw), size)
    return pool[int(order[(count - 1) % len(order)])]


def _found_again(search: LibrarySearch, drawn: DrawnRecording) -> FoundSound:
    found = search.with_digest(drawn.digest)
    if found is None:
        raise BadInput(f"The recording {drawn.file} is no longer in the library: add its folder again.")
    return replace(found, start=drawn.start, window_seconds=drawn.seconds, fit=drawn.fit)


def _take(
    request: GenerationRequest,
    settings: LibrarySettings,
    target: Target,
    count: int,
    sounds: Sequence[FoundSound],
) -> Take:
    """Read the recordings of a take, sum them, and finish it as other takes are."""
    parts, drawn = [], []
    for place, sound in enumerate(sounds):
        samples = read_sound(sound.path, RATE).samples
        if settings.drawn:
            start, seconds = sound.start, sound.window_seconds
        else:
            start, seconds = event_of(samples, RATE, sound.start, request.duration)
        first = round(start * RATE)
        parts.append(samples[:, first : first + round(seconds * RATE)])
        again = settings.drawn[place] if settings.drawn else _facts(sound, start, seconds)
        drawn.append(again)
    total = _summed(parts)
    if len(drawn) == 1:
        drawn = [replace(drawn[0], gain_db=round(_gain_db(total, target.level_lufs), 2))]
    licence = "; ".join(dict.fromkeys(one.licence for one in drawn if one.licence))
    known = replace(request, settings=replace(settings, drawn=tuple(drawn)))
    take = finished_take(known, target, count, total, RATE)
    return replace(take, licence=licence or UNKNOWN_LICENCE)


def _facts(sound: FoundSound, start: float, seconds: float) -> DrawnRecording:
    fit = round(sound.fit or 0.0, 4)
    place = round(start, 4), round(seconds, 4)
    return DrawnRecording(sound.name, sound.digest.hex(), *place, fit, 0.0, sound.licence)


def _gain_db(samples: Waveform, lufs: float) -> float:
    """Return the gain that brings a sound to a level; 0 for silence."""
    level = level_lufs(samples, RATE)
    return 0.0 if level is None else lufs - level


def _summed(parts: Sequence[Waveform]) -> Waveform:
    """Return the sum of sounds of different lengths and one or two channels."""
    channels, length = max(len(part) for part in parts), max(part.shape[1] for part in parts)
    total = np.zeros((channels, length), np.float32)
    for part in parts:
        total[:, : part.shape[1]] += part
    return total
