"""Final Cut Pro XML, ``.fcpxml``, version 1.8 (Apple, "Final Cut Pro X XML Format").

Written directly: OpenTimelineIO's adapter marks every asset as silent and has no gain. Clips are connected to
one gap, with a Final Cut lane for each lane of a track. Final Cut edits on frames, so clip edges move to the
nearest frame, and the start within the file moves by the same amount, so that the sound stays in place to the
sample.
"""

from fractions import Fraction
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree as ET

from engine.export.interchange.lanes import named_lanes, one_line, relative_path, sounding
from engine.export.interchange.model import InterchangeClip, InterchangeTimeline, InterchangeTrack, MediaFile
from engine.files import write_file
from engine.scene.timecode import nearest_frame
from engine.scene.timeline import FadeShape, Marker

_SHAPES: dict[FadeShape, str] = {
    "linear": "linear",
    "equal_power": "easeOut",
    "exponential": "easeIn",
    "s_curve": "easeInOut",
}
_HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n'


def write(interchange: InterchangeTimeline, path: Path) -> None:
    """Write the project, complete or not at all.

    Raises:
        BadInput: the path can never be written.
        Failed: it cannot be written now.
    """
    root = document(interchange)
    ET.indent(root)
    write_file(path, _HEAD + ET.tostring(root, encoding="utf-8") + b"\n")


def document(interchange: InterchangeTimeline) -> ET.Element:
    """Return the root element of the document."""
    root = ET.Element("fcpxml", version="1.8")
    resources = ET.SubElement(root, "resources")
    frame = frame_time(1, interchange)
    ET.SubElement(resources, "format", id="r1", name="FFVideoFormatRateUndefined", frameDuration=frame)
    assets = {}
    for number, media in enumerate(interchange.used_media(), 2):
        assets[media] = f"r{number}"
        resources.append(_asset(interchange, media, f"r{number}"))
    event = ET.SubElement(root, "event", name=one_line(interchange.name))
    project = ET.SubElement(event, "project", name=one_line(interchange.name))
    project.append(_sequence(interchange, assets))
    return root


def frame_time(frames: int, interchange: InterchangeTimeline) -> str:
    """Return a number of frames as Final Cut writes times: a multiple of the frame duration."""
    rate = interchange.frame_rate
    return f"{frames * rate.denominator}/{rate.numerator}s" if frames else "0s"


def placed(interchange: InterchangeTimeline, clip: InterchangeClip) -> tuple[int, int, Fraction]:
    """Return the first frame of a clip from the timeline's start, its frames, and its start in the file in seconds.

    An edge moves to the nearest frame, or to the frame inside the clip if the file does not reach that far. A
    clip within one frame still lasts one frame.
    """
    frame, rate = 1 / interchange.frame_rate.exact, interchange.rate
    first = nearest_frame(clip.start, interchange.frame_rate, rate)
    # Timeline position of the file's first sample if the whole file sounded.
    origin = Fraction(clip.start - clip.offset, rate)
    if first * frame < origin:
        first += 1
    end = origin + Fraction(clip.media.samples, rate)
    last = nearest_frame(clip.end, interchange.frame_rate, rate)
    if last * frame > end:
        last -= 1
    return first, max(last - first, 1), max(first * frame - origin, Fraction(0))


def _asset(interchange: InterchangeTimeline, media: MediaFile, identity: str) -> ET.Element:
    return ET.Element(
        "asset",
        id=identity,
        name=media.path.stem,
        # Relative to the document, so that the folder can be moved as a whole.
        src="./" + quote(relative_path(media, interchange.folder)),
        start="0s",
        duration=_seconds(Fraction(media.samples, media.rate)),
        hasAudio="1",
        format="r1",
        audioSources="1",
        audioChannels=str(media.channels),
        audioRate=str(media.rate),
    )


def _sequence(interchange: InterchangeTimeline, assets: dict[MediaFile, str]) -> ET.Element:
    rows = named_lanes(interchange)
    places = [placed(interchange, clip) for _, _, clips in rows for clip in clips]
    marks = [
        nearest_frame(marker.at, interchange.frame_rate, interchange.rate) + 1
        for marker in interchange.markers
    ]
    length = max([first + frames for first, frames, _ in places] + marks, default=0)
    sequence = ET.Element(
        "sequence",
        format="r1",
        duration=frame_time(length, interchange),
        tcStart=frame_time(interchange.start_frame, interchange),
        tcFormat="DF" if interchange.frame_rate.drop else "NDF",
        audioLayout="stereo",
        audioRate=_RATES[interchange.rate],
    )
    spine = ET.SubElement(sequence, "spine")
    if length:
        gap = ET.SubElement(spine, "gap", name="Gap", offset="0s", duration=frame_time(length, interchange))
        gap.set("start", "0s")
        heard = sounding(interchange)
        for lane, (name, track, clips) in enumerate(rows, 1):
            for clip in clips:
                sounds = track.id in heard and not clip.muted
                gap.append(_clip(interchange, clip, track, (name, -lane, assets[clip.media]), sounds=sounds))
        gap.extend(
            _marker(interchange, number, marker) for number, marker in enumerate(interchange.markers, 1)
        )
    return sequence


_RATES = {44_100: "44.1k", 48_000: "48k", 96_000: "96k"}


def _clip(
    interchange: InterchangeTimeline,
    clip: InterchangeClip,
    track: InterchangeTrack,
    place: tuple[str, int, str],
    *,
    sounds: bool,
) -> ET.Element:
    """Return a connected clip; ``place`` is the name of its lane, the lane, and its asset."""
    name, lane, asset = place
    first, frames, start = placed(interchange, clip)
    made = ET.Element(
        "asset-clip",
        ref=asset,
        lane=str(lane),
        offset=frame_time(first, interchange),
        name=one_line(clip.name),
        start=_seconds(start),
        duration=frame_time(frames, interchange),
        enabled="1" if sounds else "0",
        format="r1",
        audioRole=f"effects.{one_line(name.replace('.', ' '), most=40)}",
    )
    # Final Cut has no tracks: a track's settings are applied to each of its clips.
    gain = clip.gain_db + track.gain_db + interchange.master_gain_db
    volume = ET.SubElement(made, "adjust-volume", amount=f"{gain:.4f}dB")
    fades = [("fadeIn", clip.fade_in), ("fadeOut", clip.fade_out)]
    if any(fade.samples for _, fade in fades):
        param = ET.SubElement(volume, "param", name="amount", value=f"{gain:.4f}dB")
        for word, fade in fades:
            if fade.samples:
                length = _seconds(interchange.seconds(fade.samples))
                ET.SubElement(param, word, type=_SHAPES[fade.shape], duration=length)
    pan = max(-1.0, min(1.0, clip.pan + track.pan))
    if pan:
        ET.SubElement(made, "adjust-panner", mode="1 (Stereo Left/Right)", amount=f"{pan * 100:.2f}")
    return made


def _marker(interchange: InterchangeTimeline, number: int, marker: Marker) -> ET.Element:
    at = nearest_frame(marker.at, interchange.frame_rate, interchange.rate)
    name = one_line(marker.name, f"Marker {number}")
    return ET.Element(
        "marker", start=frame_time(at, interchange), duration=frame_time(1, interchange), value=name
    )


def _seconds(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}s" if value else "0s"
