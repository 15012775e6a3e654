"""The plan of an export: everything it will write, known before rendering."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from engine.errors import BadInput
from engine.export.file_names import mix_name, stem_names
from engine.export.interchange.export import plan_interchange
from engine.export.pieces import Piece, clip_pieces, take_pieces
from engine.export.presets import PRESETS, Preset
from engine.export.riff import WaveFormat, wave_bytes
from engine.export.span import Span, cut_to, frame_span
from engine.export.ucs import UcsBlocks
from engine.scene.scene import Scene
from engine.scene.timecode import FrameRate, frame_of, frames_in_day, from_text, sample_of, to_text
from engine.scene.timeline import PROJECT_RATES, LoudnessPreset, Timeline
from engine.sound.layout import layout_named

SoundFormat = Literal["wav", "flac", "ogg"]
LISTENING_FOLDER = "listening-copies"
"""Where FLAC and Ogg Vorbis files go."""

FileKind = Literal["stem", "mix", "alternate", "interchange", "media", "clip", "take"]
SOUND_KINDS: frozenset[FileKind] = frozenset({"stem", "mix", "alternate", "clip", "take"})
Peaks = Literal["limit", "lower"]
Content = Literal["stems", "clips", "takes"]
CONTENTS: tuple[Content, ...] = ("stems", "clips", "takes")

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
        span: stretch of the timeline in its samples, widened to whole frames; None is all of it.
        stems: numbers of the tracks whose stems are written; None is all of them. The mix keeps all of them.
        mix: whether the mix is written.
        mono: whether all sounds have one channel instead of the timeline's layout.
        content: stems and mix of the timeline, or a file of each clip or take, which then is all that is written.
        library: name of the library that the files belong to, for their metadata.
        embed: whether an AAF holds its sound itself, instead of naming the files in media/.

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
    span: Span | None = None
    stems: tuple[int, ...] | None = None
    mix: bool = True
    mono: bool = False
    content: Content = "stems"
    library: str = ""
    embed: bool = False

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
        if self.content not in CONTENTS:
            raise BadInput(f"There is no content {self.content!r}; there is {', '.join(CONTENTS)}.")
        if self.content != "stems" and not set(self.formats) & set(SOUND_FORMATS):
            raise BadInput(
                f"A file of each of the {self.content} is a sound: choose WAV, FLAC or Ogg Vorbis."
            )
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
        first: first sample of the timeline that is exported, at the timeline's rate.
        length: samples of the timeline that are exported, at the timeline's rate.
        left_out: names of muted tracks with clips, of which nothing is written.
        ucs: blocks of UCS names, for the metadata, or None.
        library: as in ``ExportSettings``.
        pieces: scenes of single sounds with their own plans, whose files these are; empty for stems and mix.
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
    first: int = 0
    length: int = 0
    left_out: tuple[str, ...] = ()
    ucs: UcsBlocks | None = None
    library: str = ""
    pieces: "tuple[tuple[Scene, ExportPlan], ...]" = ()

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
    scene = with_layout(scene, settings)
    if settings.content != "stems":
        return _plan_pieces(scene, settings)
    timeline = scene.timeline
    _check_sounding(timeline)
    first, stop = frame_span(timeline, settings.span)
    form = WaveFormat(settings.rate, len(layout_named(timeline.layout)), settings.bits)
    lead = round(settings.handles * HANDLE_STEPS) * (settings.rate // HANDLE_STEPS)
    samples = 2 * lead + -(-(stop - first) * settings.rate // timeline.rate)
    frame_rate, start_frame = _start(timeline, settings)
    start_frame += frame_of(first, frame_rate, timeline.rate)
    if start_frame + frame_of(stop - first, frame_rate, timeline.rate) > frames_in_day(frame_rate):
        raise BadInput("The timeline would run past midnight, where timecode ends: choose an earlier start.")
    reference = sample_of(start_frame, frame_rate, settings.rate) - lead
    if reference < 0:
        raise BadInput("The handles reach before midnight: choose shorter ones, or a later start timecode.")
    return ExportPlan(
        sounds=(sounds := _sounds(scene, settings)),
        files=(
            *_sound_files(sounds, settings, form, samples),
            *_interchange_files(scene, settings, (first, stop), frame_rate, start_frame),
        ),
        form=form,
        samples=samples,
        lead=lead,
        time_reference=reference,
        frame_rate=frame_rate,
        start_frame=start_frame,
        preset=PRESETS[settings.preset or timeline.loudness],
        peaks=settings.peaks,
        first=first,
        length=stop - first,
        left_out=tuple(t.name for t in timeline.tracks if t.clips and t not in timeline.audible()),
        ucs=settings.ucs,
        library=settings.library,
    )


def with_layout(scene: Scene, settings: ExportSettings) -> Scene:
    """Return the scene in the channel layout of an export."""
    return replace(scene, timeline=replace(scene.timeline, layout="mono")) if settings.mono else scene


def _check_sounding(timeline: Timeline) -> None:
    if not timeline.length:
        raise BadInput("There is nothing to export: no track has a clip on it.")
    if all(clip.muted for track in timeline.audible() for clip in track.clips):
        raise BadInput("There is nothing to export: every track or clip is muted, or another is soloed.")


def _plan_pieces(scene: Scene, settings: ExportSettings) -> ExportPlan:
    """Plan a file of each clip or take."""
    tracks = [t for t in scene.timeline.audible() if settings.stems is None or t.id in settings.stems]
    if settings.content == "takes":
        found = take_pieces(scene)
    else:
        if settings.span is not None:
            cut = cut_to(scene.timeline, frame_span(scene.timeline, settings.span))
            scene, tracks = (
                replace(scene, timeline=cut),
                [t for t in cut.tracks if t.id in {t.id for t in tracks}],
            )
        found = clip_pieces(scene, tracks)
    if not found:
        raise BadInput(f"There is nothing to export: there are no {settings.content} that sound.")
    named = [replace(it.track, name=f"{it.title} {it.number}") for it in found]
    names = stem_names(scene, named, settings.ucs)
    alone = replace(
        settings,
        content="stems",
        preset="none",
        span=None,
        stems=None,
        mix=False,
        handles=0.0,
        start_timecode=None,
    )
    kind: FileKind = "clip" if settings.content == "clips" else "take"
    pieces = tuple(
        (it.scene, _plan_piece(it, alone, f"{settings.content}/{name}", kind))
        for it, name in zip(found, names, strict=True)
    )
    plans = [planned for _, planned in pieces]
    return replace(
        plans[0],
        sounds=tuple(sound for planned in plans for sound in planned.sounds),
        files=tuple(file for planned in plans for file in planned.files),
        samples=max(planned.samples for planned in plans),
        pieces=pieces,
    )


def _plan_piece(piece: Piece, settings: ExportSettings, path: str, kind: FileKind) -> ExportPlan:
    formats = tuple(form for form in settings.formats if form in SOUND_FORMATS)
    planned = plan(piece.scene, replace(settings, formats=formats))
    sound = PlannedSound(path, kind, piece.track.id, f"{piece.title}, take {piece.number}")
    files = _sound_files([sound], replace(settings, formats=formats), planned.form, planned.samples)
    return replace(planned, sounds=(sound,), files=tuple(files))


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
    if settings.stems is not None and (
        unknown := set(settings.stems) - {t.id for t in scene.timeline.tracks}
    ):
        raise BadInput(f"There is no track {min(unknown)} whose stem could be written.")
    tracks = [*heard, *(others if settings.alternates else ())]
    names = stem_names(scene, tracks, settings.ucs)
    stems = [
        PlannedSound(f"stems/{name}", "stem" if track in heard else "alternate", track.id, track.name)
        for track, name in zip(tracks, names, strict=True)
        if settings.stems is None or track.id in settings.stems
    ]
    mix = [PlannedSound(mix_name(scene, settings.ucs), "mix", None, "Mix")] if settings.mix else []
    if not stems and not mix:
        raise BadInput("There is nothing to export: choose a stem that sounds, or the mix.")
    return (*stems, *mix)


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
    return f"{sound.path}.wav" if ending == "wav" else f"{LISTENING_FOLDER}/{sound.path}.{ending}"


def _interchange_files(
    scene: Scene, settings: ExportSettings, span: Span, rate: FrameRate, start_frame: int
) -> list[PlannedFile]:
    formats = [form for form in INTERCHANGE_FORMATS if form in settings.formats]
    dated = with_start(replace(scene, timeline=cut_to(scene.timeline, span)), rate, start_frame)
    return [
        PlannedFile(f.path, "media" if f.format == "wav" else "interchange", f.format, None, f.title, f.size)
        for f in plan_interchange(dated, formats, settings.rate, settings.ucs)
    ]


def with_start(scene: Scene, rate: FrameRate, start_frame: int) -> Scene:
    """Return the scene with the frame rate and start of an export."""
    return replace(scene, timeline=replace(scene.timeline, frame_rate=rate, start_frame=start_frame))
