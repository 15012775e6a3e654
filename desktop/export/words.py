"""Numbers and outcomes of an export as text."""

from engine.export.plan import ExportPlan
from engine.export.presets import PRESETS, Preset
from engine.export.run import Exported
from engine.files import FolderSurvey
from engine.files import list_names as listed
from engine.scene.timecode import to_text
from engine.scene.timeline import Timeline

MINUS = "\N{MINUS SIGN}"
KINDS = {"stem": "Stem", "mix": "Mix", "media": "Media", "clip": "Clip", "take": "Take"}
FORMAT_NAMES = {
    "wav": "WAV",
    "flac": "FLAC",
    "ogg": "Ogg Vorbis",
    "rpp": "Reaper",
    "otio": "OpenTimelineIO",
    "edl": "EDL",
    "csv": "Cue sheet",
    "aaf": "AAF",
    "fcpxml": "Final Cut Pro",
}


def size_text(size: int) -> str:
    """Format a size in bytes: 1.2 MB."""
    if size < 1000:
        return f"{size} B"
    for unit, scale in (("kB", 1e3), ("MB", 1e6), ("GB", 1e9)):
        if size < 999.5 * scale or unit == "GB":
            amount = size / scale
            return f"{amount:.1f} {unit}" if amount < 9.95 else f"{amount:.0f} {unit}"
    raise AssertionError


def level_text(level: float | None) -> str:
    """Format a level with one decimal and a true minus sign; a dash for None."""
    return "–" if level is None else f"{level:.1f}".replace("-", MINUS)


def length_text(samples: int, rate: int) -> str:
    """Format a length as minutes and seconds; short ones with tenths."""
    seconds = samples / rate
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d} h" if hours else f"{minutes}:{rest:02d} min"


def preset_text(preset: Preset) -> str:
    """Format a preset with its values: EBU R 128: −23 LUFS, −1 dBTP."""
    target = "" if preset.target_lufs is None else f" {preset.target_lufs:g} LUFS,"
    return f"{preset.title}:{target} {preset.ceiling_dbtp:g} dBTP".replace("-", MINUS)


def usual_texts(timeline: Timeline) -> dict[str, str]:
    """Return the texts of the timeline's own values, for the choices that default to them."""
    return {
        "preset": f"As the timeline: {PRESETS[timeline.loudness].title}",
        "rate": f"As the timeline: {timeline.rate / 1000:g} kHz",
        "frame_rate": f"As the timeline: {timeline.frame_rate.name}",
        "start": to_text(timeline.start_frame, timeline.frame_rate),
    }


def count_text(count: int, thing: str) -> str:
    """Format a number with its noun: 1 file, 2 files."""
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def plan_text(planned: ExportPlan) -> str:
    """Summarize a plan in one line: 5 files, 12 MB, 4.0 s of sound."""
    parts = [count_text(len(planned.files), "file"), size_text(sum(file.size for file in planned.files))]
    if planned.sounds:
        parts.append(f"{length_text(planned.samples, planned.form.rate)} of sound")
    if planned.left_out:
        parts.append(f"muted, left out: {', '.join(planned.left_out)}")
    return "  ·  ".join(parts)


def done_text(exported: Exported) -> str:
    """Summarize an export, including what the user should know about its levels."""
    mix = next((file for file in exported.files if file.kind == "mix"), None)
    parts = [f"{count_text(len(exported.files), 'file')} written to {exported.folder}."]
    if mix is not None and mix.lufs is not None:
        parts.append(f"The mix has {level_text(mix.lufs)} LUFS, {level_text(mix.true_peak_dbtp)} dBTP.")
    if exported.plan.left_out:
        parts.append(f"Muted and left out: {', '.join(exported.plan.left_out)}.")
    if exported.gain_db:
        parts.append(f"All stems alike were changed by {exported.gain_db:+.1f} dB.".replace("-", MINUS))
    if exported.limited:
        parts.append("Peaks were held down in all stems alike.")
    if not exported.on_target:
        parts.append("The mix misses the preset's loudness: its peaks leave no room for more.")
    return " ".join(parts)


def holds_text(found: FolderSurvey) -> str:
    """Describe a folder that is not empty."""
    if found.in_the_way:
        return (
            f"The folder holds {listed(found.in_the_way)}, which is not replaced. Export offers a new folder."
        )
    ours = (*found.replaced, *found.stale)
    if not ours:
        return "The folder holds other files, which stay. Export asks before it adds to them."
    return (
        f"The folder already holds {listed(ours)} of an earlier export. Export asks before it replaces them."
    )
