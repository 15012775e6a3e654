"""Delivery: stems, mix, masks, pictures and the recipe in one folder, complete or not at all."""

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from engine.export.plan import ExportSettings, plan
from engine.export.run import Levels, write_sounds
from engine.export.stream import MixGain
from engine.files import staged_folder, write_file
from engine.generation.recipe import request_facts
from engine.generation.requests import GenerationRequest, Target, take_seed
from engine.inputs import encode_json
from engine.progress import Progress, no_progress
from engine.project.take_files import take_digest
from engine.scene.colours import Colour, object_colour
from engine.scene.recipe_facts import SCHEMA
from engine.scene.scene import Scene, TakeRecord
from engine.scene.takes import Take, Waveform
from engine.scene.timeline import LEAST_GAIN_DB, MOST_GAIN_DB, Clip, Timeline, Track
from engine.sound.audio_files import library_name
from engine.sound.bs1770 import LoudnessReport
from engine.sound.limiter import CEILING_DBTP
from engine.sound.loudness import level_lufs
from engine.sound.resample import resample
from engine.sound.spectrogram_image import SpectrogramRow, spectrogram_png
from engine.sound.truepeak import true_peak_dbtp
from engine.vision.overlay import OverlayObject, mask_png, overlay_png
from engine.vision.still import Still

RATE = 48_000
RECIPE = "recipe.json"
FIXED_NAMES = ("mix.wav", "spectrogram.png", RECIPE)
"""Files of every delivery; the names of the others depend on what is made."""
SOUND_KIND = "sound"
"""How manifests of folders call a delivery."""
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
        overwrite: allow ``target`` to have contents, and replace what an earlier delivery wrote there.
        progress: told of the files written.

    Raises:
        BadInput: the folder is not empty, or not a folder.
        Failed: it cannot be written; nothing is left behind. Or another program has filled the folder in the
            meantime; the sentence then says where the files are.
        Cancelled: nothing is left behind.
    """
    progress, provenance = progress or no_progress(), provenance or Provenance()
    need = _estimate(request, provenance)
    with staged_folder(target, overwrite=overwrite, need_bytes=need, kind=SOUND_KIND, rescue=True) as folder:
        progress.report(0.0, "Mixing")
        stems = [StemEntry(request, take) for take in takes]
        gain, levels = _write_sounds(stems, folder, progress.part(0.0, 0.7))
        delivery = _facts(target, stems, gain, levels)
        _write_pictures(folder, request, delivery, stems, provenance.still)
        progress.report(0.95, "Writing")
        write_file(
            folder / RECIPE, _json(_recipe(request, delivery, provenance, max(take.rate for take in takes)))
        )
    # No report here: a finished delivery can no longer be cancelled.
    return delivery


def file_name(words: str) -> str:
    """Turn text into part of a file name: letters, digits and hyphens, lower case, at most 40 bytes."""
    plain = re.sub(r"[\W_]+", "-", unicodedata.normalize("NFKC", words).casefold()).strip("-")
    short = plain.encode("utf-8")[:40].decode("utf-8", "ignore").strip("-")
    return short or "object"


class StemEntry:
    """One take of a delivery: its track in the scene, its file, and its facts."""

    def __init__(self, request: GenerationRequest, take: Take) -> None:
        numbered = {target.objects: number for number, target in enumerate(request.targets, 1)}
        self.take = take
        self.target = next(t for t in request.targets if t.objects == take.objects)
        self.stem = target_stem(numbered[take.objects], self.target)
        self.path = f"stems/{self.stem}_take{take.number}"
        alone = len(request.targets) == 1
        self.in_mix = take.number == request.takes[0] and (alone or not self.target.is_together)
        self.seed = take_seed(request.seed, self.target.seed_number, take.number)

    def record(self) -> TakeRecord:
        """Return the take as a scene lists it."""
        take, (channels, samples) = self.take, self.take.samples.shape
        digest = take_digest(take)
        return TakeRecord(
            digest,
            take.name,
            take.objects,
            take.number,
            take.rate,
            channels,
            samples,
            take.recipe,
            kind=take.kind,
            licence=take.licence,
        )

    def track(self, number: int, record: TakeRecord) -> Track:
        """Return a track with the take on it, muted if it is not in the mix."""
        clip = Clip(number, record.digest, 0, 0, record.length_at(RATE), gain_db=self._gain_db())
        return Track(number, self.target.name, None, (clip,), muted=not self.in_mix)

    def facts(self, levels: LoudnessReport) -> StemFacts:
        """Return the facts about the written stem."""
        return StemFacts(
            file=f"{self.path}.wav",
            name=self.target.name,
            prompt=self.target.prompt,
            take=self.take.number,
            seed=self.seed,
            mask=f"masks/{self.stem}.png" if self.target.masks else None,
            in_mix=self.in_mix,
            lufs=_rounded(levels.integrated_lufs),
            true_peak_dbtp=_rounded(levels.true_peak_dbtp),
        )

    def _gain_db(self) -> float:
        """Return the gain to the target's level at the files' rate, where the top of the take's band is lost.

        Peaks stay under the ceiling of takes: one that is too spiky for its level stays quieter.
        """
        samples = resample(self.take.samples, self.take.rate, RATE)
        level, peak = level_lufs(samples, RATE), true_peak_dbtp(samples)
        if level is None or not math.isfinite(peak):
            return 0.0
        gain_db = min(self.target.level_lufs - level, CEILING_DBTP - peak)
        return min(max(gain_db, LEAST_GAIN_DB), MOST_GAIN_DB)


def _write_sounds(stems: Sequence[StemEntry], folder: Path, progress: Progress) -> tuple[MixGain, Levels]:
    """Export a scene with a track for every take: the mix, its stems, and the other takes as alternates."""
    records = [stem.record() for stem in stems]
    tracks = tuple(
        stem.track(n, record) for n, (stem, record) in enumerate(zip(stems, records, strict=True), 1)
    )
    mono = all(record.channels == 1 for record in records)
    timeline = Timeline(rate=RATE, tracks=tracks, layout="mono" if mono else "stereo")
    scene = Scene(takes=tuple(records), timeline=timeline, next_id=len(tracks) + 1)
    sources = {
        record.digest: (stem.take.samples, stem.take.rate)
        for stem, record in zip(stems, records, strict=True)
    }
    planned = plan(scene, ExportSettings(RATE, 24, alternates=True, peaks="lower"))
    paths = {number: stem.path for number, stem in enumerate(stems, 1)}
    sounds = tuple(
        sound if sound.track is None else replace(sound, path=paths[sound.track]) for sound in planned.sounds
    )
    return write_sounds(scene, sources.__getitem__, replace(planned, sounds=sounds), folder, progress)


def target_stem(number: int, target: Target) -> str:
    """Return the beginning of a target's file names: its number from 1, and its name."""
    return f"{number:02d}_{file_name(target.name)}"


def _write_pictures(
    folder: Path,
    request: GenerationRequest,
    delivery: Delivery,
    stems: Sequence[StemEntry],
    still: Still | None,
) -> None:
    colours = {target.objects: object_colour(number) for number, target in enumerate(request.targets)}
    rows = [_row("Mix", MIX_COLOUR, folder / "mix.wav", delivery.mix_lufs)]
    for stem, facts in zip(stems, delivery.stems, strict=True):
        title = f"{stem.stem[:2]}  {stem.target.name}, take {stem.take.number}"
        rows.append(_row(title, colours[stem.take.objects], folder / facts.file, facts.lufs))
    shown = rows[1:] if len(rows) == 2 else rows[:MOST_ROWS]
    write_file(folder / "spectrogram.png", spectrogram_png(shown, RATE, stems[0].take.rate / 2))
    if still is not None:
        _write_masks(folder, request, still)


def _row(title: str, colour: Colour, path: Path, lufs: float | None) -> SpectrogramRow:
    import soundfile

    samples: Waveform = soundfile.read(library_name(path), dtype="float32", always_2d=True)[0].T
    note = "silent" if not samples.any() else "" if lufs is None else f"{lufs:.1f} LUFS"
    return SpectrogramRow(title, colour, samples, note)


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


def _facts(target: Path, stems: Sequence[StemEntry], gain: MixGain, levels: Levels) -> Delivery:
    length = max(stem.record().length_at(RATE) for stem in stems)
    return Delivery(
        folder=target,
        stems=tuple(stem.facts(levels[number]) for number, stem in enumerate(stems, 1)),
        mix_lufs=_rounded(levels[None].integrated_lufs),
        mix_true_peak_dbtp=_rounded(levels[None].true_peak_dbtp),
        gain_db=round(gain.gain_db, 3),
        seconds=length / RATE,
    )


def _recipe(
    request: GenerationRequest, delivery: Delivery, provenance: Provenance, rate: int
) -> dict[str, Any]:
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
            "content_ends_at_hz": min(rate, RATE) // 2,
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


def _rounded(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else round(value, 2)


def _json(facts: dict[str, Any]) -> bytes:
    return encode_json(facts, indent=2) + b"\n"
