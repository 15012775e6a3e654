"""Edits of the whole timeline: rates, timecode, loudness, master gain."""

from dataclasses import replace

from engine.errors import BadInput
from engine.scene import limits
from engine.scene.edits.clip_markers import clip_markers
from engine.scene.edits.lookup import raise_first_problem, sorted_by_start, with_fitting_fades, with_timeline
from engine.scene.scene import Scene
from engine.scene.timecode import FrameRate, from_text, to_text
from engine.scene.timeline import PROJECT_RATES, Clip, Fade, LoudnessPreset, Marker, Track
from engine.scene.validity import clip_problems, marker_problems


def set_frame_rate(scene: Scene, frame_rate: FrameRate) -> Scene:
    """Set the frame rate of the picture. No sound moves; the start timecode reads as before.

    Frame numbers keep their fraction of the second; a number that drop-frame counting skips becomes the next
    valid one.

    Raises:
        BadInput: there is no such rate.
    """
    old = scene.timeline
    reading = to_text(old.start_frame, old.frame_rate)
    clock, frames = reading[:8], int(reading[9:]) * frame_rate.nominal // old.frame_rate.nominal
    return with_timeline(scene, frame_rate=frame_rate, start_frame=_existing(clock, frames, frame_rate))


def set_start_timecode(scene: Scene, timecode: str) -> Scene:
    """Set the timecode of sample 0, such as ``01:00:00:00``. No sound moves.

    Raises:
        BadInput: it is not a timecode at the scene's frame rate.
    """
    return with_timeline(scene, start_frame=from_text(timecode, scene.timeline.frame_rate))


def set_loudness(scene: Scene, loudness: LoudnessPreset) -> Scene:
    """Set the loudness preset that the mix is matched to on export.

    Raises:
        BadInput: there is no such preset.
    """
    return with_timeline(scene, loudness=loudness)


def set_master_gain(scene: Scene, gain_db: float) -> Scene:
    """Set the gain applied to every stem, and so to the mix, -96 to 24 dB.

    Raises:
        BadInput: the gain is out of range.
    """
    return with_timeline(scene, master_gain_db=gain_db)


def set_automatic_fades(
    scene: Scene, edge_fade_ms: float | None = None, *, crossfade: bool | None = None
) -> Scene:
    """Set the shortest fade at the edges of clips, and whether overlapping clips are crossfaded.

    Args:
        scene: the scene to edit.
        edge_fade_ms: 0 to 100 ms, 0 for none; None leaves it as it is.
        crossfade: None leaves it as it is.

    Raises:
        BadInput: the length is out of range.
    """
    line = scene.timeline
    return with_timeline(
        scene,
        edge_fade_ms=line.edge_fade_ms if edge_fade_ms is None else edge_fade_ms,
        auto_crossfade=line.auto_crossfade if crossfade is None else crossfade,
    )


def set_sample_rate(scene: Scene, rate: int) -> Scene:
    """Convert the timeline to another sample rate, rounding every time to the nearest sample.

    Adjacent clips stay adjacent, and parts of a split clip still continue each other in their take, unless a
    part is a single sample long.

    Raises:
        BadInput: it is not a project rate, or something would exceed the timeline or become empty.
    """
    if not (limits.whole(rate, 1, limits.MOST_RATE) and rate in PROJECT_RATES):
        known = ", ".join(map(str, PROJECT_RATES))
        raise BadInput(f"A project has a sample rate of {known}, not {limits.format_value(rate)}.")
    scaling = _Scaling(scene, rate)
    markers = tuple(scaling.marker(marker) for marker in scene.timeline.markers)
    tracks = tuple(scaling.track(track) for track in scene.timeline.tracks)
    markers = tuple(sorted(markers, key=lambda marker: (marker.at, marker.id)))
    return with_timeline(scene, rate=rate, tracks=tracks, markers=markers)


class _Scaling:
    """Converts every time of a timeline from one sample rate to another."""

    def __init__(self, scene: Scene, rate: int) -> None:
        self._from, self._to = scene.timeline.rate, rate
        self._takes = {take.digest: take for take in scene.takes}

    def marker(self, marker: Marker) -> Marker:
        changed = replace(marker, at=self._scaled(marker.at))
        raise_first_problem(marker_problems(changed))
        return changed

    def track(self, track: Track) -> Track:
        clips: list[Clip] = []
        cuts: dict[tuple[str, int, int], int] = {}
        for clip in track.clips:
            # Where a clip continues a take exactly where another stopped, rounding must not separate them.
            offset = cuts.get((clip.sound, clip.start, clip.offset), self._scaled(clip.offset))
            changed = self._clip(clip, offset)
            clips.append(changed)
            cuts[clip.sound, clip.end, clip.offset + clip.length] = changed.offset + changed.length
        return replace(track, clips=sorted_by_start(clips))

    def _clip(self, clip: Clip, offset: int) -> Clip:
        start, take_length = self._scaled(clip.start), self._takes[clip.take].length_at(self._to, clip.speed)
        offset = min(offset, max(0, take_length - 1))
        length = min(max(1, self._scaled(clip.end) - start), take_length - offset)
        changed = replace(
            clip,
            start=start,
            offset=offset,
            length=length,
            fade_in=self._fade(clip.fade_in),
            fade_out=self._fade(clip.fade_out),
            markers=clip_markers({self._scaled(marker.at): marker.name for marker in clip.markers}),
        )
        changed = with_fitting_fades(changed) if length > 0 else changed
        raise_first_problem(clip_problems(changed, take_length))
        return changed

    def _fade(self, fade: Fade) -> Fade:
        return replace(fade, samples=self._scaled(fade.samples))

    def _scaled(self, sample: int) -> int:
        return (2 * sample * self._to + self._from) // (2 * self._from)


def _existing(clock: str, frames: int, rate: FrameRate) -> int:
    """Return the frame count of HH:MM:SS and frames, or of the next timecode that drop-frame counting does not skip."""
    if rate.drop and clock.endswith(":00") and clock[4] != "0":
        frames = max(frames, rate.nominal // 15)
    return from_text(f"{clock}:{frames:02d}", rate)
