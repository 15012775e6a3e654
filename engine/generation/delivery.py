"""Delivery: stems, mix, masks, pictures and the recipe in one folder, complete or not at all."""

import json
import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from engine.files import staged_folder, write_file
from engine.generation.recipe import request_facts
from engine.generation.requests import GenerationRequest, Target, take_seed
from engine.progress import Progress, no_progress
from engine.scene.colours import object_colour
from engine.scene.recipe_facts import SCHEMA
from engine.scene.takes import Take
from engine.sound.audio_files import write_wav
from engine.sound.loudness import integrated_lufs
from engine.sound.mixing import Mixdown, Quantised, as_float, mix_down
from engine.sound.prepare_take import normalize_loudness
from engine.sound.resample import resample
from engine.sound.spectrogram_image import SpectrogramRow, spectrogram_png
from engine.sound.truepeak import true_peak_dbtp
from engine.sound.waveform import Waveform
from engine.vision.overlay import OverlayObject, mask_png, overlay_png
from engine.vision.still import Still

RATE = 48_000
RECIPE = "recipe.json"
MOST_ROWS = 12
"""Maximum number of rows in the spectrogram picture; further stems are left out of it."""

MIX_COLOUR = (232, 234, 238)


@dataclass(frozen=True)
class Provenance:
    """Origin of a request; not part of it, since it changes no sample.

    Attributes:
        still: the still, or None for text alone.
        path: the file the still was opened from, if any.
        device: the device the takes were generated on.
    """

    still: Still | None = None
    path: Path | None = None
    device: str = "cpu"


@dataclass(frozen=True)
class StemFacts:
    """Facts about one written stem; levels are of the file, None if there is no value."""

    file: str
    name: str
    prompt: str | None
    take: int
    seed: int
    mask: str | None
    in_mix: bool
    lufs: float | None
    true_peak_dbtp: float | None


@dataclass(frozen=True)
class Delivery:
    """What was written.

    Attributes:
        folder: the folder.
        stems: in the order of their numbers.
        mix_lufs: loudness of the mix; None for silence.
        mix_true_peak_dbtp: true peak of the mix; None for silence.
        gain_db: gain applied to all stems to keep the mix from clipping; 0 or less.
        seconds: duration of every file.
    """

    folder: Path
    stems: tuple[StemFacts, ...]
    mix_lufs: float | None
    mix_true_peak_dbtp: float | None
    gain_db: float
    seconds: float

    def summary(self) -> dict[str, Any]:
        """Return everything that was written, for scripts, with absolute paths."""
        folder = self.folder.resolve()
        pictures = ["spectrogram.png", *(["overlay.png"] if any(stem.mask for stem in self.stems) else [])]
        return {
            "folder": str(folder),
            "mix": str(folder / "mix.wav"),
            "recipe": str(folder / RECIPE),
            "pictures": [str(folder / name) for name in pictures],
            "stems": [
                {
                    **asdict(stem),
                    "file": str(folder / stem.file),
                    "mask": str(folder / stem.mask) if stem.mask else None,
                }
                for stem in self.stems
            ],
            "rate": RATE,
            "bits": 24,
            "seconds": self.seconds,
            "mix_lufs": self.mix_lufs,
            "mix_true_peak_dbtp": self.mix_true_peak_dbtp,
            "gain_db": self.gain_db,
        }


def deliver(
    request: GenerationRequest,
    takes: Sequence[Take],
    target: Path,
    provenance: Provenance | None = None,
    *,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Delivery:
    """Write the takes of a request as stems, with the files that belong to them.

    ``stems/NN_name_takeK.wav`` and ``mix.wav`` (48 kHz, 24 bit, equal lengths, starting together),
    ``masks/NN_name.png``, ``overlay.png``, ``spectrogram.png`` and ``recipe.json``. The mix is the sum of the
    first take of every object; further takes are alternatives, and so is a take of all objects together.

    Args:
        request: the request.
        takes: its takes, in the request's order.
        target: the folder, created; it may have contents only with ``overwrite``.
        provenance: the still and its file.
        overwrite: allow ``target`` to have contents.
        progress: told of the files written.

    Raises:
        BadInput: the folder is not empty, or not a folder.
        Failed: it cannot be written; nothing is left behind.
        Cancelled: nothing is left behind.
    """
    progress, provenance = progress or no_progress(), provenance or Provenance()
    with staged_folder(target, overwrite=overwrite, need_bytes=_estimate(request, provenance)) as folder:
        progress.report(0.0, "Mixing")
        places = [StemEntry(request, take) for take in takes]
        mixdown = mix_down([place.wave() for place in places], [place.in_mix for place in places])
        progress.report(0.3, "Writing")
        (folder / "stems").mkdir()
        stems = []
        for place, steps in zip(places, mixdown.stems, strict=True):
            write_wav(folder / place.file, steps, RATE)
            stems.append(place.facts(steps))
            progress.report(0.3 + 0.4 * len(stems) / len(places), "Writing")
        write_wav(folder / "mix.wav", mixdown.mix, RATE)
        _write_pictures(folder, request, mixdown, places, provenance.still, takes[0].rate)
        progress.report(0.95, "Writing")
        delivery = _facts(target, stems, mixdown)
        write_file(folder / RECIPE, _json(_recipe(request, delivery, provenance)))
    # No report here: a finished delivery can no longer be cancelled.
    return delivery


def file_name(words: str) -> str:
    """Turn text into part of a file name: letters, digits and hyphens, lower case, at most 40 bytes."""
    plain = re.sub(r"[\W_]+", "-", unicodedata.normalize("NFKC", words).casefold()).strip("-")
    short = plain.encode("utf-8")[:40].decode("utf-8", "ignore").strip("-")
    return short or "object"


class StemEntry:
    """The file of one take, and its facts."""

    def __init__(self, request: GenerationRequest, take: Take) -> None:
        numbered = {target.objects: number for number, target in enumerate(request.targets, 1)}
        self.take = take
        self.target = next(t for t in request.targets if t.objects == take.objects)
        self.stem = target_stem(numbered[take.objects], self.target)
        self.file = f"stems/{self.stem}_take{take.number}.wav"
        alone = len(request.targets) == 1
        self.in_mix = take.number == request.takes[0] and (alone or not self.target.is_together)
        self.seed = take_seed(request.seed, self.target.seed_number, take.number)

    def wave(self) -> Waveform:
        """Return the take at the stems' rate, with its loudness restored after losing the top of its band."""
        return normalize_loudness(
            resample(self.take.samples, self.take.rate, RATE), RATE, self.target.level_lufs
        )

    def facts(self, steps: Quantised) -> StemFacts:
        """Return the facts about the written stem."""
        wave = as_float(steps)
        return StemFacts(
            file=self.file,
            name=self.target.name,
            prompt=self.target.prompt,
            take=self.take.number,
            seed=self.seed,
            mask=f"masks/{self.stem}.png" if self.target.masks else None,
            in_mix=self.in_mix,
            lufs=_rounded(integrated_lufs(wave, RATE)),
            true_peak_dbtp=_rounded(true_peak_dbtp(wave)),
        )


def target_stem(number: int, target: Target) -> str:
    """Return the beginning of a target's file names: its number from 1, and its name."""
    return f"{number:02d}_{file_name(target.name)}"


def _write_pictures(
    folder: Path,
    request: GenerationRequest,
    mixdown: Mixdown,
    places: Sequence[StemEntry],
    still: Still | None,
    model_rate: int,
) -> None:
    colours = {target.objects: object_colour(number) for number, target in enumerate(request.targets)}
    rows = [SpectrogramRow("Mix", MIX_COLOUR, as_float(mixdown.mix), _level_note(mixdown.mix))]
    for place, steps in zip(places, mixdown.stems, strict=True):
        title = f"{place.stem[:2]}  {place.target.name}, take {place.take.number}"
        rows.append(SpectrogramRow(title, colours[place.take.objects], as_float(steps), _level_note(steps)))
    shown = rows[1:] if len(rows) == 2 else rows[:MOST_ROWS]
    write_file(folder / "spectrogram.png", spectrogram_png(shown, RATE, model_rate / 2))
    if still is not None:
        _write_masks(folder, request, still)


def _write_masks(folder: Path, request: GenerationRequest, still: Still) -> None:
    marked = []
    (folder / "masks").mkdir()
    for number, target in enumerate(request.targets, 1):
        mask = target.area()
        if mask is None:
            continue
        write_file(folder / "masks" / f"{target_stem(number, target)}.png", mask_png(mask))
        if not target.is_together or len(request.targets) == 1:
            marked.append(OverlayObject(mask, target.name, object_colour(number - 1)))
    write_file(folder / "overlay.png", overlay_png(still, marked))


def _facts(target: Path, stems: Sequence[StemFacts], mixdown: Mixdown) -> Delivery:
    mix = as_float(mixdown.mix)
    return Delivery(
        folder=target,
        stems=tuple(stems),
        mix_lufs=_rounded(integrated_lufs(mix, RATE)),
        mix_true_peak_dbtp=_rounded(true_peak_dbtp(mix)),
        gain_db=round(mixdown.gain_db, 3),
        seconds=mix.shape[1] / RATE,
    )


def _recipe(request: GenerationRequest, delivery: Delivery, provenance: Provenance) -> dict[str, Any]:
    still = None
    if provenance.still is not None:
        path = str(provenance.path.resolve()) if provenance.path else None
        size = [provenance.still.width, provenance.still.height]
        still = {"path": path, "digest": provenance.still.digest, "size": size}
    return {
        "schema": SCHEMA,
        "program": "foleyscape",
        "request": request_facts(request),
        "still": still,
        "device": provenance.device,
        "output": {
            "rate": RATE,
            "bits": 24,
            "seconds": delivery.seconds,
            "content_ends_at_hz": 8000,
            "gain_db": delivery.gain_db,
            "mix": {
                "file": "mix.wav",
                "lufs": delivery.mix_lufs,
                "true_peak_dbtp": delivery.mix_true_peak_dbtp,
            },
            "stems": [asdict(stem) for stem in delivery.stems],
        },
    }


def _estimate(request: GenerationRequest, provenance: Provenance) -> int:
    """Estimate the bytes that the folder needs, generously."""
    files = len(request.targets) * len(request.takes) + 1
    still = provenance.still.pixels.size if provenance.still else 0
    return int(files * request.duration * RATE * 3) + still + 2_000_000


def _level_note(steps: Quantised) -> str:
    level = integrated_lufs(as_float(steps), RATE)
    return "silent" if not steps.any() else "" if level is None else f"{level:.1f} LUFS"


def _rounded(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(value, 2)


def _json(facts: dict[str, Any]) -> bytes:
    return (json.dumps(facts, indent=2, ensure_ascii=False) + "\n").encode("utf-8")
