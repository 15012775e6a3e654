"""The plan of an export: everything it will write, known before rendering."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from engine.errors import BadInput
from engine.export.file_names import mix_name, safe_name, stem_names
from engine.export.interchange.export import plan_interchange
from engine.export.presets import PRESETS, Preset
from engine.export.riff import WaveFormat, wave_bytes
from engine.export.ucs import UcsBlocks
from engine.scene.scene import Scene
from engine.scene.timecode import FrameRate, from_text, sample_of, to_text
from engine.scene.timeline import PROJECT_RATES, LoudnessPreset, Timeline
from engine.sound.layout import layout_named

SoundFormat = Literal["wav", "flac", "ogg"]
FileKind = Literal["stem", "mix", "alternate", "interchange", "media"]
SOUND_KINDS: frozenset[FileKind] = frozenset({"stem", "mix", "alternate"})
Peaks = Literal["limit", "lower"]

EXPORT_KIND = "export"
"""How manifests of folders call an export."""
BITS = (16, 24, 32)
SOUND_FORMATS: tuple[SoundFormat, ...] = ("wav", "flac", "ogg")
INTERCHANGE_FORMATS = ("rpp", "otio", "edl", "csv", "aaf", "fcpxml")
FORMATS = (*SOUND_FORMATS, *INTERCHANGE_FORMATS)
MOST_HANDLES = 3600.0
HANDLE_STEPS = 300
"""Handles are multiples of 1/300 s, which is an integer number of samples at every rate, so nothing shifts."""
METADATA_BYTES = 16_384


@dataclass(frozen=True)
class ExportSettings:
    """The user's choices for an export.

    Attributes:
        rate: samples per second of the files, one of ``PROJECT_RATES``.
        bits: 16 or 24 (integer, dithered) or 32 (floating point).
        frame_rate: frame rate of the picture; None is the timeline's. The start keeps its HH:MM:SS:FF.
        start_timecode: HH:MM:SS:FF of the timeline's first sample; None is the timeline's.
        preset: loudness preset; None is the timeline's.
        handles: seconds before the timeline's start and after its end, added to every file.
        formats: any of ``FORMATS``.
        overwrite: allow the folder to have contents, and replace what an earlier export wrote there.
        ucs: blocks for Universal Category System names; None gives plain names.
        alternates: also write a stem of every muted track, outside the mix.
        peaks: what keeps the mix below the ceiling: "limit" holds its peaks down, "lower" lowers all stems alike.

    Raises:
        BadInput: a value is out of range.
    """

    rate: int = 48_000
    bits: int = 24
    frame_rate: FrameRate | None = None
    start_timecode: str | None = None
    preset: LoudnessPreset | None = None
    handles: float = 0.0
    formats: tuple[str, ...] = ("wav",)
    overwrite: bool = False
    ucs: UcsBlocks | None = None
    alternates: bool = False
    peaks: Peaks = "limit"

    def __post_init__(self) -> None:
        if self.rate not in PROJECT_RATES:
            known = ", ".join(str(rate) for rate in PROJECT_RATES)
            raise BadInput(f"Files have {known} samples a second, not {self.rate}.")
        if self.bits not in BITS:
            raise BadInput(f"Files have 16, 24 or 32 bits, not {self.bits}.")
        if self.preset is not None and self.preset not in PRESETS:
            raise BadInput(f"There is no loudness preset {self.preset!r}; there are {', '.join(PRESETS)}.")
        if not (math.isfinite(self.handles) and 0 <= self.handles <= MOST_HANDLES):
            raise BadInput(f"Handles last 0 to {MOST_HANDLES:g} seconds, not {self.handles:g}.")
        if unknown := [name for name in self.formats if name not in FORMATS]:
            raise BadInput(f"There is no format {unknown[0]!r}; there are {', '.join(FORMATS)}.")
        if not self.formats:
            raise BadInput(f"Choose at least one format of {', '.join(FORMATS)}.")


@dataclass(frozen=True)
class PlannedSound:
    """A sound to be written, in one or more formats.

    Attributes:
        path: path within the folder, without extension, with ``/``.
        kind: stem, mix, or alternate, which is a stem outside the mix.
        track: number of the stem's track, or None.
        title: title for display.
    """

    path: str
    kind: FileKind
    track: int | None
    title: str


@dataclass(frozen=True)
class PlannedFile:
    """A file to be written.

    Attributes:
        path: path within the folder, with ``/``.
        kind: kind of the file.
        format: one of ``FORMATS``.
        track: number of the stem's track, or None.
        title: title for display.
        size: approximate size in bytes.
    """

    path: str
    kind: FileKind
    format: str
    track: int | None
    title: str
    size: int


@dataclass(frozen=True)
class ExportPlan:
    """What an export will write, shown by the dialog and carried out by ``engine.export.run``.

    Attributes:
        sounds: stems in track order, then the mix.
        files: all files: the sounds in each format, then the interchange files.
        form: format of the WAVE files.
        samples: length of every audio file, with handles, at its rate.
        lead: samples before the timeline's start.
        time_reference: samples from midnight to the first sample of a file.
        frame_rate: frame rate of the picture.
        start_frame: timecode of the timeline's start, in frames.
        preset: loudness preset of the mix.
        peaks: as in ``ExportSettings``.
    """

    sounds: tuple[PlannedSound, ...]
    files: tuple[PlannedFile, ...]
    form: WaveFormat
    samples: int
    lead: int
    time_reference: int
    frame_rate: FrameRate
    start_frame: int
    preset: Preset
    peaks: Peaks = "limit"

    @property
    def start_timecode(self) -> str:
        """HH:MM:SS:FF of the timeline's start."""
        return to_text(self.start_frame, self.frame_rate)

    @property
    def sound_formats(self) -> frozenset[str]:
        """Formats in which the sounds are wanted."""
        return frozenset(file.format for file in self.files if file.kind in SOUND_KINDS)

    @property
    def wave_size(self) -> int:
        """Approximate size of one WAVE file in bytes."""
        return wave_bytes(self.form, self.samples) + METADATA_BYTES

    @property
    def need_bytes(self) -> int:
        """Free space that the export needs while it runs, in bytes."""
        formats = self.sound_formats
        # Listening copies are made from WAVE files, which exist temporarily even if they are not wanted.
        passing = formats & {"flac", "ogg"} and "wav" not in formats
        waves = len(self.sounds) * self.wave_size if passing else 0
        return sum(file.size for file in self.files) + waves + METADATA_BYTES


def plan(scene: Scene, settings: ExportSettings) -> ExportPlan:
    """Plan what ``engine.export.run.export`` will write with these settings.

    Raises:
        BadInput: there is nothing to export, a timecode is invalid, handles reach before midnight, or UCS
            blocks are missing.
    """
    timeline = scene.timeline
    if not timeline.length or not timeline.audible():
        raise BadInput("There is nothing to export: no track that sounds has a clip on it.")
    form = WaveFormat(settings.rate, len(layout_named(timeline.layout)), settings.bits)
    lead = round(settings.handles * HANDLE_STEPS) * (settings.rate // HANDLE_STEPS)
    samples = 2 * lead + -(-timeline.length * settings.rate // timeline.rate)
    frame_rate, start_frame = _start(timeline, settings)
    reference = sample_of(start_frame, frame_rate, settings.rate) - lead
    if reference < 0:
        raise BadInput("The handles reach before midnight: choose shorter ones, or a later start timecode.")
    return ExportPlan(
        sounds=(sounds := _sounds(scene, settings)),
        files=(
            *_sound_files(sounds, settings, form, samples),
            *_interchange_files(scene, settings, frame_rate, start_frame),
        ),
        form=form,
        samples=samples,
        lead=lead,
        time_reference=reference,
        frame_rate=frame_rate,
        start_frame=start_frame,
        preset=PRESETS[settings.preset or timeline.loudness],
        peaks=settings.peaks,
    )


def _start(timeline: Timeline, settings: ExportSettings) -> tuple[FrameRate, int]:
    """Return the frame rate, and the timeline's start in frames."""
    rate = settings.frame_rate or timeline.frame_rate
    if settings.start_timecode is not None:
        return rate, from_text(settings.start_timecode, rate)
    if rate == timeline.frame_rate:
        return rate, timeline.start_frame
    return rate, from_text(to_text(timeline.start_frame, timeline.frame_rate), rate)


def _sounds(scene: Scene, settings: ExportSettings) -> tuple[PlannedSound, ...]:
    if not set(settings.formats) & set(SOUND_FORMATS):
        return ()
    heard = scene.timeline.audible()
    others = [track for track in scene.timeline.tracks if track.clips and track not in heard]
    tracks = [*heard, *(others if settings.alternates else ())]
    names = stem_names(scene, tracks, settings.ucs)
    stems = [
        PlannedSound(f"stems/{name}", "stem" if track in heard else "alternate", track.id, track.name)
        for track, name in zip(tracks, names, strict=True)
    ]
    return (*stems, PlannedSound(mix_name(scene, settings.ucs), "mix", None, "Mix"))


def _sound_files(
    sounds: Sequence[PlannedSound], settings: ExportSettings, form: WaveFormat, samples: int
) -> list[PlannedFile]:
    whole = wave_bytes(form, samples) + METADATA_BYTES
    # FLAC barely compresses noise; Vorbis at its usual quality is under 200 kbit/s.
    sizes = {"wav": whole, "flac": whole, "ogg": samples * 25_000 // settings.rate + METADATA_BYTES}
    return [
        PlannedFile(file_path(s, ending), s.kind, ending, s.track, s.title, sizes[ending])
        for ending in SOUND_FORMATS
        if ending in settings.formats
        for s in sounds
    ]


def file_path(sound: PlannedSound, ending: str) -> str:
    """Return the path of a sound in one format within the folder; listening copies have a folder of their own."""
    return f"{sound.path}.wav" if ending == "wav" else f"audition/{sound.path}.{ending}"


def _interchange_files(
    scene: Scene, settings: ExportSettings, rate: FrameRate, start_frame: int
) -> list[PlannedFile]:
    formats = [form for form in INTERCHANGE_FORMATS if form in settings.formats]
    dated = with_start(scene, rate, start_frame)
    return [
        PlannedFile(f.path, "media" if f.format == "wav" else "interchange", f.format, None, f.title, f.size)
        for f in plan_interchange(dated, formats, safe_name(scene.name, "scene"), settings.rate)
    ]


def with_start(scene: Scene, rate: FrameRate, start_frame: int) -> Scene:
    """Return the scene with the frame rate and start of an export."""
    return replace(scene, timeline=replace(scene.timeline, frame_rate=rate, start_frame=start_frame))
