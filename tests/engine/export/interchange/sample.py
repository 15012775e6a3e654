"""Timelines to hand over, built by hand, with media that need not be on the disk."""

from dataclasses import replace
from pathlib import Path

from engine.export.interchange.model import (
    InterchangeClip,
    InterchangeTimeline,
    InterchangeTrack,
    MediaFile,
    TakeFacts,
)
from engine.scene.timecode import RATES, from_text
from engine.scene.timeline import Fade, Marker

FOLDER = Path("/films/street/out")
HOSTILE = "a\"b'c`d\n<&>;é\u2028 🐕\u202eשלום\x00\ud800\ufffe,=x"


def media(number: int, samples: int = 480_000, channels: int = 1, rate: int = 48_000) -> MediaFile:
    return MediaFile(FOLDER / "media" / f"{number:02d}_cat_take1.wav", rate, channels, samples)


def clip(number: int, start: int, length: int = 48_000, name: str = "cat take 1") -> InterchangeClip:
    facts = TakeFacts("d" * 64, "cat", 1, "a cat, purring", 7, "pocket-1234", "CC-BY-4.0")
    return InterchangeClip(
        id=number,
        name=name,
        media=media(number),
        take=facts,
        start=start,
        length=length,
        offset=1_234,
        gain_db=-3.5,
        pan=0.25,
        fade_in=Fade(480, "linear"),
        fade_out=Fade(961, "s_curve"),
        muted=False,
    )


def track(number: int, *clips: InterchangeClip, name: str = "Cat") -> InterchangeTrack:
    return InterchangeTrack(
        id=number,
        name=name,
        colour=(255, 128, 1),
        object="cat",
        clips=clips,
        gain_db=-1.0,
        pan=-0.5,
        muted=False,
        soloed=False,
    )


def interchange(
    *tracks: InterchangeTrack, fps: str = "25", start: str = "01:00:00:00"
) -> InterchangeTimeline:
    rate = RATES[fps]
    return InterchangeTimeline(
        name="Street",
        folder=FOLDER,
        rate=48_000,
        frame_rate=rate,
        start_frame=from_text(start, rate),
        tracks=tracks,
        markers=(Marker(90, 12_345, "slam", hit=True), Marker(91, 99_999, "end")),
        master_gain_db=0.5,
    )


def usual(fps: str = "25", start: str = "01:00:00:00") -> InterchangeTimeline:
    """Two tracks; on the first, two clips that overlap and one further on."""
    first = track(1, clip(10, 12_345), clip(11, 50_000), clip(12, 200_001, 30_011))
    second = replace(track(2, clip(13, 0), name="Dog & <door>"), muted=True)
    return interchange(first, second, fps=fps, start=start)


def hostile(words: str) -> InterchangeTimeline:
    """Everything that has a name has this one."""
    named = replace(
        clip(1, 0, name=words), take=replace(clip(1, 0).take, name=words, prompt=words, model=words)
    )
    lane = replace(track(1, named, name=words), object=words)
    return replace(interchange(lane), name=words, markers=(Marker(5, 0, words),))


EMPTY = replace(interchange(), markers=())
ONE = interchange(track(1, clip(10, 0)))
MANY = interchange(*(track(n, clip(1000 + n, 100 * n), name=f"Track {n}") for n in range(1, 65)))
