"""The export: stems and mix of a scene in a folder, complete or not at all."""

import contextlib
import math
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from engine.export.audition import AUDITION_FORMATS, AuditionFormat, write_audition
from engine.export.bext import bext_chunk
from engine.export.dither import dithered
from engine.export.interchange.export import write_interchange
from engine.export.ixml import ixml_chunk
from engine.export.licences import licences_of
from engine.export.loudness_matching import match_alternate, match_loudness
from engine.export.measured_wave import MeasuredWaveWriter
from engine.export.metadata import MetadataBuilder
from engine.export.plan import (
    EXPORT_KIND,
    INTERCHANGE_FORMATS,
    SOUND_KINDS,
    ExportPlan,
    ExportSettings,
    PlannedFile,
    PlannedSound,
    file_path,
    plan,
    with_layout,
    with_start,
)
from engine.export.riff import Chunks, Samples, wave_file
from engine.export.riff_info import cue_chunks, info_chunk
from engine.export.span import cut_to
from engine.export.stream import MixGain, stem_blocks
from engine.files import check_target, disk_errors, staged_folder
from engine.models.catalogue import load_catalogue
from engine.progress import Progress, no_progress
from engine.scene.scene import Scene
from engine.sound.bs1770 import LoudnessReport
from engine.sound.render import Renderer, TakeSource

DITHER_SEED = 0x0F01E7
WORK_FOLDER = ".waves"
"""Folder of WAVE files from which only listening copies are made."""
SPARE_BYTES = 16 << 20
"""Bytes of rendered blocks to cache: an export passes over each block and returns to few."""

Levels = dict[int | None, LoudnessReport]
"""By track number; the mix under None."""


@dataclass(frozen=True)
class FileFacts:
    """A written file.

    Attributes:
        path: path of the file.
        kind: as in ``PlannedFile``.
        format: as in ``PlannedFile``.
        track: as in ``PlannedFile``.
        title: as in ``PlannedFile``.
        samples: samples per channel; 0 if it is not audio.
        levels: measured while writing; None if it is not audio.
    """

    path: Path
    kind: str
    format: str
    track: int | None
    title: str
    samples: int = 0
    levels: LoudnessReport | None = None

    @property
    def lufs(self) -> float | None:
        """Integrated loudness in LUFS, or None."""
        return self.levels.integrated_lufs if self.levels else None

    @property
    def true_peak_dbtp(self) -> float | None:
        """Highest true peak in dBTP; None for silence."""
        peak = self.levels.true_peak_dbtp if self.levels else -math.inf
        return peak if math.isfinite(peak) else None


@dataclass(frozen=True)
class Exported:
    """What an export wrote.

    Attributes:
        folder: the folder.
        plan: what was planned.
        files: in the plan's order.
        gain_db: gain applied to all stems for the preset's target.
        limited: whether a limiter reduced peaks, in all stems alike.
        on_target: whether the mix is within the preset's tolerance; True without a target.
    """

    folder: Path
    plan: ExportPlan
    files: tuple[FileFacts, ...]
    gain_db: float
    limited: bool
    on_target: bool


def export(
    scene: Scene,
    takes: TakeSource,
    out: Path,
    settings: ExportSettings | None = None,
    *,
    made: datetime,
    progress: Progress | None = None,
) -> Exported:
    """Write a stem for every audible track, the mix as their exact sum, and the other requested formats.

    All files have the same length and start; their time references put them at the start timecode. The first
    passes measure, the last one writes; gain and limiter are the same for every stem. In 16 and 24 bits each
    stem is dithered separately and the mix is the integer sum of the stems; in 32 bits it is their float32
    sum in track order.

    Args:
        scene: the scene to export.
        takes: source of the samples of its takes.
        out: the folder, created; it may have contents only with ``settings.overwrite``.
        settings: what to write; None takes the defaults.
        made: date and time written into the files.
        progress: told of all passes.

    Raises:
        BadInput: as ``plan``; or the folder is not empty, or not a folder.
        Failed: it cannot be written, or a take is damaged; nothing is left behind.
        Cancelled: nothing is left behind.
        FoleyscapeError: whatever ``takes`` raises.
    """
    settings, progress = settings or ExportSettings(), progress or no_progress()
    planned = plan(scene, settings)
    scene = with_layout(scene, settings)
    overwrite, names = settings.overwrite, [file.path for file in planned.files]
    check_target(out, overwrite=overwrite, names=names, kind=EXPORT_KIND)
    with staged_folder(out, overwrite=overwrite, need_bytes=planned.need_bytes, kind=EXPORT_KIND) as folder:
        if planned.pieces:
            facts = _write_pieces(planned, takes, folder, out, made, progress)
            progress.raise_if_cancelled()
            return Exported(out, planned, facts, 0.0, limited=False, on_target=True)
        job = _ExportRun(scene, takes, planned, folder, made)
        interchange = [form for form in INTERCHANGE_FORMATS if form in settings.formats]
        share = 0.0 if not planned.sounds else 0.9 if interchange else 1.0
        gain, levels = job.sounds(progress.part(0.0, share)) if planned.sounds else (MixGain(), {})
        if interchange:
            job.write_interchange(interchange, out, progress.part(share, 1.0), embed=settings.embed)
        progress.raise_if_cancelled()
    # No report here: a finished export can no longer be cancelled.
    return Exported(
        folder=out,
        plan=planned,
        files=tuple(_facts(file, planned, out, levels) for file in planned.files),
        gain_db=gain.gain_db,
        limited=gain.ceiling_dbtp is not None,
        on_target=_on_target(planned, levels.get(None)),
    )


def _write_pieces(
    planned: ExportPlan, takes: TakeSource, folder: Path, out: Path, made: datetime, progress: Progress
) -> tuple[FileFacts, ...]:
    """Write a file of each clip or take."""
    facts: list[FileFacts] = []
    for number, (scene, piece) in enumerate(planned.pieces):
        part = progress.part(number / len(planned.pieces), (number + 1) / len(planned.pieces))
        _, levels = _ExportRun(scene, takes, piece, folder, made).sounds(part)
        facts += [_facts(file, piece, out, levels) for file in piece.files]
    return tuple(facts)


def write_sounds(
    scene: Scene,
    takes: TakeSource,
    planned: ExportPlan,
    folder: Path,
    progress: Progress | None = None,
) -> tuple[MixGain, Levels]:
    """Write the sounds of a plan as plain WAVE files without metadata: equal scenes give equal bytes.

    Args:
        scene: the scene to export.
        takes: source of the samples of its takes.
        planned: what to write.
        folder: an existing folder.
        progress: told of all passes.

    Returns:
        The gain applied to all stems, and the levels of each sound by track number.

    Raises:
        Failed: a file cannot be written, or a take is damaged.
        Cancelled: files may be incomplete.
        FoleyscapeError: whatever ``takes`` raises.
    """
    return _ExportRun(scene, takes, planned, folder, None).sounds(progress or no_progress())


class _ExportRun:
    """One export into a staging folder; without a date the files have no metadata."""

    def __init__(
        self, scene: Scene, takes: TakeSource, planned: ExportPlan, folder: Path, made: datetime | None
    ) -> None:
        self.scene, self.takes, self.plan, self.folder = scene, takes, planned, folder
        date = made or datetime.fromtimestamp(0, tz=UTC)
        self.metadata = MetadataBuilder(scene, planned, date, licences_of(load_catalogue()))
        self.has_metadata = made is not None
        self.waves = folder if "wav" in planned.sound_formats else folder / WORK_FOLDER

    def sounds(self, progress: Progress) -> tuple[MixGain, Levels]:
        """Write every audio file; return the gain applied, and the levels of each."""
        renderer = Renderer(self.scene.timeline, self.takes, block_bytes=SPARE_BYTES)
        copies = [form for form in AUDITION_FORMATS if form in self.plan.sound_formats]
        done = 0.8 if copies else 1.0
        gain = match_loudness(renderer, self.plan, _with_title(progress.part(0.0, 0.5 * done), "Measuring"))
        writing = _with_title(progress.part(0.5 * done, done), "Writing stems and mix")
        heard = [sound for sound in self.plan.sounds if sound.kind != "alternate"]
        others = [sound for sound in self.plan.sounds if sound.kind == "alternate"]
        levels = self._write(renderer, heard, gain, writing.part(0.0, len(heard) / len(self.plan.sounds)))
        for number, sound in enumerate(others, len(heard)):
            part = writing.part(number / len(self.plan.sounds), (number + 1) / len(self.plan.sounds))
            levels |= self._write_alternate(sound, gain, part)
        self._copies(copies, progress.part(done, 1.0))
        if self.waves != self.folder:
            shutil.rmtree(self.waves)
        return gain, levels

    def write_interchange(
        self, formats: Sequence[str], home: Path, progress: Progress, *, embed: bool = False
    ) -> None:
        """Write the interchange files."""
        timeline = cut_to(self.scene.timeline, (self.plan.first, self.plan.first + self.plan.length))
        write_interchange(
            with_start(replace(self.scene, timeline=timeline), self.plan.frame_rate, self.plan.start_frame),
            self.takes,
            self.folder,
            home,
            formats,
            blocks=self.plan.ucs,
            rate=self.plan.form.rate,
            licences=self.metadata.licences,
            progress=progress,
            embed=embed,
        )

    def _write_alternate(self, sound: PlannedSound, gain: MixGain, progress: Progress) -> Levels:
        """Write the stem of a track that is not in the mix."""
        timeline = self.scene.timeline
        # The others stay, muted: the timeline keeps its length.
        alone = tuple(replace(t, muted=t.id != sound.track, soloed=False) for t in timeline.tracks)
        renderer = Renderer(replace(timeline, tracks=alone), self.takes, block_bytes=SPARE_BYTES)
        limited = match_alternate(renderer, self.plan, gain.gain_db, progress.part(0.0, 0.5))
        return self._write(renderer, [sound], limited, progress.part(0.5, 1.0))

    def _write(
        self, renderer: Renderer, sounds: Sequence[PlannedSound], gain: MixGain, progress: Progress
    ) -> Levels:
        """Write stems, and their mix if it is among the sounds."""
        bits = self.plan.form.bits
        tracks = [track.id for track in renderer.timeline.audible()]
        noise = {number: np.random.default_rng((DITHER_SEED, number)) for number in tracks}
        with contextlib.ExitStack() as stack:
            writers = {sound.track: self._open_writer(stack, sound, gain) for sound in sounds}
            for block in stem_blocks(renderer, self.plan, gain, progress):
                mix: Samples = block.mix if bits == 32 else np.zeros(block.mix.shape, np.int32)
                for number, stem in block.stems.items():
                    progress.raise_if_cancelled()
                    steps = stem if bits == 32 else dithered(stem, bits, noise[number])
                    if number in writers:
                        writers[number].put(steps)
                    if bits != 32:
                        mix += steps
                if None in writers:
                    writers[None].put(mix)
            return {number: writer.finish() for number, writer in writers.items()}

    def _open_writer(
        self, stack: contextlib.ExitStack, sound: PlannedSound, gain: MixGain
    ) -> MeasuredWaveWriter:
        path = self.waves / file_path(sound, "wav")
        with disk_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        form = self.plan.form
        if not self.has_metadata:
            return MeasuredWaveWriter(stack.enter_context(wave_file(path, form, ())), form, None)
        bext = self.metadata.bext(sound, limited=gain.ceiling_dbtp is not None)
        ixml = self.metadata.ixml(sound)

        def measured(levels: LoudnessReport | None) -> Chunks:
            return (
                (b"bext", bext_chunk(replace(bext, levels=levels))),
                (b"iXML", ixml_chunk(ixml, levels)),
            )

        chunks = (*measured(None), (b"LIST", info_chunk(self.metadata.info(sound))))
        chunks += cue_chunks(self.metadata.cues())
        return MeasuredWaveWriter(stack.enter_context(wave_file(path, form, chunks)), form, measured)

    def _copies(self, forms: Sequence[AuditionFormat], progress: Progress) -> None:
        pairs = [(form, sound) for form in forms for sound in self.plan.sounds]
        for number, (form, sound) in enumerate(pairs):
            target = self.folder / file_path(sound, form)
            with disk_errors(target):
                target.parent.mkdir(parents=True, exist_ok=True)
            takes = self.metadata.takes(sound)
            write_audition(
                self.waves / file_path(sound, "wav"),
                target,
                form,
                title=f"{self.scene.name}: {sound.title}",
                licence=", ".join(dict.fromkeys(take.licence for take in takes)),
                progress=progress.part(number / len(pairs), (number + 1) / len(pairs)),
            )


def _with_title(progress: Progress, title: str) -> Progress:
    """Return the same progress with a fixed text for the current step."""

    def cancelled() -> bool:
        progress.raise_if_cancelled()
        return False

    return Progress(lambda share, _: progress.report(share, title), cancelled)


def _facts(file: PlannedFile, planned: ExportPlan, out: Path, levels: Levels) -> FileFacts:
    sound = file.kind in SOUND_KINDS
    return FileFacts(
        path=out / file.path,
        kind=file.kind,
        format=file.format,
        track=file.track,
        title=file.title,
        samples=planned.samples if sound else 0,
        levels=levels.get(file.track) if sound else None,
    )


def _on_target(planned: ExportPlan, mix: LoudnessReport | None) -> bool:
    target = planned.preset.target_lufs
    if target is None or mix is None or mix.integrated_lufs is None:
        return target is None
    return abs(mix.integrated_lufs - target) <= planned.preset.tolerance_lu
