"""OpenTimelineIO, ``.otio``, with the schemas Timeline.1, Track.1, Clip.2, Gap.1 and Marker.2.

Times are exact, at the sample rate. Gain, pan, fades and facts about takes have no schema of their own and
are stored in the metadata under ``foleyscape``.
"""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.export.interchange.lanes import named_lanes, one_line, relative_path, sounding
from engine.export.interchange.model import InterchangeClip, InterchangeTimeline, InterchangeTrack, MediaFile
from engine.files import write_file
from engine.scene.timeline import Marker

KEY = "foleyscape"


def write(interchange: InterchangeTimeline, path: Path) -> None:
    """Write the timeline, complete or not at all.

    Raises:
        BadInput: the path can never be written.
        Failed: it cannot be written now.
    """
    text: str = timeline_of(interchange).to_json_string(indent=2)
    write_file(path, text.encode("utf-8"))


def timeline_of(interchange: InterchangeTimeline) -> Any:
    """Return the ``opentimelineio.schema.Timeline``. Overlapping clips go to additional tracks below the first."""
    import opentimelineio as otio

    rate = interchange.frame_rate
    timeline = otio.schema.Timeline(
        name=one_line(interchange.name),
        # In frames, since a start timecode need not fall on a sample.
        global_start_time=otio.opentime.RationalTime(interchange.start_frame, float(rate.exact)),
        metadata={
            KEY: {
                "sample_rate": interchange.rate,
                "frame_rate": rate.name,
                "start_frame": interchange.start_frame,
                "start_sample": interchange.start_sample,
                "master_gain_db": interchange.master_gain_db,
            }
        },
    )
    heard = sounding(interchange)
    for name, track, clips in named_lanes(interchange):
        timeline.tracks.append(_track(interchange, name, track, clips, enabled=track.id in heard))
    timeline.tracks.markers.extend(
        _marker(interchange, number, marker) for number, marker in enumerate(interchange.markers, 1)
    )
    return timeline


def _track(
    interchange: InterchangeTimeline,
    name: str,
    track: InterchangeTrack,
    clips: Sequence[InterchangeClip],
    *,
    enabled: bool,
) -> Any:
    import opentimelineio as otio

    made = otio.schema.Track(name=name, kind=otio.schema.TrackKind.Audio)
    made.enabled = enabled
    made.metadata[KEY] = {
        "track": track.id,
        "object": one_line(track.object, ""),
        "gain_db": track.gain_db,
        "pan": track.pan,
        "muted": track.muted,
        "soloed": track.soloed,
        "colour": "#{:02x}{:02x}{:02x}".format(*track.colour),
    }
    at = 0
    for clip in clips:
        if clip.start > at:
            made.append(otio.schema.Gap(source_range=_range(0, clip.start - at, interchange.rate)))
        made.append(_clip(interchange, clip))
        at = clip.end
    return made


def _clip(interchange: InterchangeTimeline, clip: InterchangeClip) -> Any:
    import opentimelineio as otio

    made = otio.schema.Clip(
        name=one_line(clip.name),
        media_reference=_reference(interchange, clip.media),
        source_range=_range(clip.offset, clip.length, interchange.rate),
    )
    made.enabled = not clip.muted
    made.metadata[KEY] = {
        "clip": clip.id,
        "gain_db": clip.gain_db,
        "pan": clip.pan,
        "fade_in": asdict(clip.fade_in),
        "fade_out": asdict(clip.fade_out),
        "group": clip.group,
        "take": {
            "digest": clip.take.digest,
            "name": one_line(clip.take.name),
            "number": clip.take.number,
            "prompt": one_line(clip.take.prompt, ""),
            # As text: a seed may be larger than JSON readers keep exactly.
            "seed": "" if clip.take.seed is None else str(clip.take.seed),
            "model": one_line(clip.take.model, ""),
            "licence": one_line(clip.take.licence, ""),
        },
    }
    made.markers.extend(
        otio.schema.Marker(
            name=one_line(mark.name),
            marked_range=_range(mark.at, 0, interchange.rate),
            color=otio.schema.MarkerColor.PURPLE,
        )
        for mark in clip.markers
    )
    return made


def _reference(interchange: InterchangeTimeline, media: MediaFile) -> Any:
    import opentimelineio as otio

    made = otio.schema.ExternalReference(
        target_url=relative_path(media, interchange.folder),
        available_range=_range(0, media.samples, media.rate),
    )
    made.name = media.path.name
    made.metadata[KEY] = {"channels": media.channels, "sample_rate": media.rate, "bits": media.bits}
    return made


def _marker(interchange: InterchangeTimeline, number: int, marker: Marker) -> Any:
    import opentimelineio as otio

    colours = otio.schema.MarkerColor
    return otio.schema.Marker(
        name=one_line(marker.name, f"Marker {number}"),
        marked_range=_range(marker.at, 0, interchange.rate),
        color=colours.RED if marker.hit else colours.GREEN,
        metadata={KEY: {"hit": marker.hit}},
    )


def _range(start: int, length: int, rate: int) -> Any:
    from opentimelineio.opentime import RationalTime, TimeRange

    return TimeRange(RationalTime(start, rate), RationalTime(length, rate))
