"""Soundscapes of stills from a library of recordings: the data of *Seeing Sound* (arXiv 2501.05413, section 3.3).

Each concept that sounds in a still gets a recording drawn by Algorithm 1, at a loudness drawn evenly from a narrow
range; their sum is the soundscape. The paper's range is not in its text: ours is a setting. A record says all that is
needed to make the same samples again.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.errors import BadInput
from engine.library.draw import POOL_SIZE, draw_order
from engine.library.event import event_of
from engine.library.found_sound import FoundSound
from engine.library.search import LibrarySearch, Vector
from engine.project.codec import Codec, FieldCodec, InvalidValue, number, text_that
from engine.sound.loudness import level_lufs
from engine.sound.mixing import Quantised, quantised
from engine.sound.sound_file import read_sound
from engine.sound.waveform import Waveform, from_db

RATE = 48_000
MIN_COSINE = 0.3
"""A concept that no recording fits as well as this stays silent."""
PEAK = 10 ** (-1 / 20)
"""A sum above -1 dB full scale is lowered as a whole."""


@dataclass(frozen=True)
class SonifySettings:
    """How soundscapes are made.

    Attributes:
        seconds: length of each.
        least_lufs: lower end of the range of loudness.
        most_lufs: upper end of it.
        pool: K of Algorithm 1.
        seed: of all draws.
    """

    seconds: float = 10.0
    least_lufs: float = -24.0
    most_lufs: float = -22.0
    pool: int = POOL_SIZE
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0.5 <= self.seconds <= 600:
            raise BadInput(f"A soundscape lasts 0.5 to 600 seconds, not {self.seconds:g}.")
        if not -60 <= self.least_lufs <= self.most_lufs <= 0:
            raise BadInput("The range of loudness is from -60 to 0 LUFS, the lower end first.")


@dataclass(frozen=True)
class ConceptVector:
    """A concept that sounds in a still.

    Attributes:
        name: the concept.
        score: how sure it is there, 0 to 1.
        vector: unit vector of its words, float32 (512,).
    """

    name: str
    score: float
    vector: Vector


@dataclass(frozen=True)
class PlacedRecording:
    """A recording in a soundscape.

    Attributes:
        concept: the concept that it sounds for.
        score: how sure the concept is in the still, 0 to 1.
        file: path of the recording.
        digest: BLAKE2b of the file, 32 hex digits.
        start: seconds to where it begins in the file.
        seconds: how much of it is used.
        at: seconds to where it begins in the soundscape.
        lufs: loudness that it was brought to.
        gain_db: gain that did so, with what the whole was lowered by.
        cosine: how well it fits the concept.
    """

    concept: str
    score: float
    file: str
    digest: str
    start: float
    seconds: float
    at: float
    lufs: float
    gain_db: float
    cosine: float


@dataclass(frozen=True)
class Soundscape:
    """A soundscape with the record that makes it again.

    Attributes:
        samples: int32 steps of 24 bits, (2, samples).
        sounds: its recordings.
    """

    samples: Quantised
    sounds: tuple[PlacedRecording, ...]


def sonify(
    search: LibrarySearch, concepts: Sequence[ConceptVector], settings: SonifySettings, key: str
) -> Soundscape:
    """Make the soundscape of some concepts.

    Args:
        search: the library.
        concepts: what sounds, at least one.
        settings: how.
        key: digest of the still in hex digits; it and the seed determine the draws.

    Raises:
        BadInput: no recording fits any of the concepts, or one cannot be read.
    """
    rng = np.random.default_rng((settings.seed, int(key[:16], 16)))
    placed = [one for concept in concepts if (one := _placed(search, concept, settings, rng)) is not None]
    if not placed:
        names = ", ".join(concept.name for concept in concepts)
        raise BadInput(f"No recording in the library fits {names}: add folders with your recordings.")
    peak = float(np.abs(_sum(placed, settings.seconds)).max())
    lowered = min(0.0, 20 * np.log10(PEAK / peak)) if peak > 0 else 0.0
    final = tuple(_with_gain(one, lowered) for one in placed)
    return Soundscape(mix_of(final, settings.seconds), final)


def mix_of(sounds: Sequence[PlacedRecording], seconds: float) -> Quantised:
    """Return the mix that a record describes, bit for bit.

    Raises:
        BadInput: a recording is gone or cannot be read.
    """
    return quantised(_sum(sounds, seconds))


def _placed(
    search: LibrarySearch, concept: ConceptVector, settings: SonifySettings, rng: np.random.Generator
) -> PlacedRecording | None:
    pool = search.search(None, concept.vector, count=200)
    if not pool or (pool[0].fit or 0.0) < MIN_COSINE:
        return None
    order = draw_order([sound.fit or 0.0 for sound in pool], int(rng.integers(2**32)), settings.pool)
    sound = pool[int(order[0])]
    samples = _stereo(read_sound(sound.path, RATE).samples)
    start, seconds = event_of(samples, RATE, sound.start, settings.seconds)
    start, seconds = round(start, 4), round(seconds, 4)
    lufs = round(float(rng.uniform(settings.least_lufs, settings.most_lufs)), 2)
    at = round(float(rng.uniform(0, max(settings.seconds - seconds, 0))), 4)
    level = level_lufs(_cut(samples, start, seconds), RATE)
    gain = 0.0 if level is None else round(lufs - level, 4)
    return _record(concept, sound, (start, seconds, at), (lufs, gain))


def _record(
    concept: ConceptVector, sound: FoundSound, times: tuple[float, float, float], levels: tuple[float, float]
) -> PlacedRecording:
    return PlacedRecording(
        concept.name, round(concept.score, 4), str(sound.path), sound.digest.hex(), *times, *levels,
        round(sound.fit or 0.0, 4),
    )  # fmt: skip


def _with_gain(one: PlacedRecording, more_db: float) -> PlacedRecording:
    return PlacedRecording(**{**asdict(one), "gain_db": round(one.gain_db + more_db, 4)})


def _sum(sounds: Sequence[PlacedRecording], seconds: float) -> Waveform:
    total = np.zeros((2, round(seconds * RATE)), np.float32)
    for one in sounds:
        part = _cut(_stereo(read_sound(Path(one.file), RATE).samples), one.start, one.seconds)
        first = round(one.at * RATE)
        part = part[:, : total.shape[1] - first]
        total[:, first : first + part.shape[1]] += part * np.float32(from_db(one.gain_db))
    return total


def _cut(samples: Waveform, start: float, seconds: float) -> Waveform:
    first = round(start * RATE)
    return samples[:, first : first + round(seconds * RATE)]


def _stereo(samples: Waveform) -> Waveform:
    return np.repeat(samples, 2, axis=0) if len(samples) == 1 else samples[:2]


# Records


def record_of(soundscape: Soundscape, seconds: float) -> dict[str, Any]:
    """Return the record of a soundscape as JSON-serializable values."""
    return {
        "schema": 1,
        "seconds": seconds,
        "rate": RATE,
        "sounds": [asdict(one) for one in soundscape.sounds],
    }


def read_record(facts: Any) -> tuple[tuple[PlacedRecording, ...], float]:
    """Return the recordings and the length of a record.

    Raises:
        BadInput: it is damaged, or a newer program wrote it.
    """
    try:
        if not isinstance(facts, dict) or facts.get("schema") != 1 or facts.get("rate") != RATE:
            raise InvalidValue("its schema or rate is not known here")
        seconds = number(0.5, 600).read(facts.get("seconds"))
        listed = facts.get("sounds")
        if not isinstance(listed, list) or not 1 <= len(listed) <= 64:
            raise InvalidValue("its sounds must be a list of 1 to 64")
        return tuple(_read_placed(entry) for entry in listed), seconds
    except InvalidValue as wrong:
        raise BadInput(f"This record of a soundscape is damaged: {wrong}.") from wrong


def _read_placed(entry: Any) -> PlacedRecording:
    text = text_that(lambda value: len(value) <= 4_096, "text")
    kinds: dict[str, FieldCodec] = dict.fromkeys(("concept", "file", "digest"), text)
    kinds |= {key: number(0, 1e6) for key in ("start", "seconds", "at")}
    kinds |= {key: number(-200, 200) for key in ("lufs", "gain_db", "score", "cosine")}
    given = Codec(PlacedRecording, kinds).read(entry, lambda _: None)
    given.pop("unknown_fields")
    return PlacedRecording(**given)
