"""The iXML chunk (iXML specification 3.01): scene, take, date, frame rate, and the takes that sound."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from engine.errors import BadInput
from engine.export.aswg import Described, aswg_fields
from engine.export.licences import TakeUsed
from engine.scene.recipe_facts import parse_recipe, without_bits
from engine.scene.timecode import FrameRate
from engine.sound.bs1770 import LoudnessReport

VERSION = "3.01"

# XML 1.0, section 2.2, production 2: the characters a document may contain.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


_WIDEST = LoudnessReport(-9999.99, -9999.99, -9999.99, 9999.99, -9999.99)
"""Levels that take more room than any."""


@dataclass(frozen=True)
class FileSet:
    """The export that a file belongs to: its id and name, the number of files, and the position of this one."""

    uid: str
    name: str
    total: int
    index: int


@dataclass(frozen=True)
class Ixml:
    """Content of the chunk.

    Attributes:
        project: name of the project.
        scene: name of the scene, as on a slate.
        take: number of the take, as on a slate.
        uid: unique identifier of the file, 32 characters.
        frame_rate: frame rate of the picture.
        rate: samples per second of the file.
        bits: bits per sample of the file.
        time_reference: samples from midnight to the first sample, at ``rate``.
        channels: name and function of each channel, such as ("Dog L", "LEFT").
        takes: all takes that sound in the file.
        files: the export it belongs to.
        circled: whether the user starred it.
        described: the file as a library describes it (the ASWG extension); None leaves that out.
    """

    project: str
    scene: str
    take: str
    uid: str
    frame_rate: FrameRate
    rate: int
    bits: int
    time_reference: int
    channels: tuple[tuple[str, str], ...]
    takes: tuple[TakeUsed, ...]
    files: FileSet
    circled: bool = False
    described: Described | None = None


def ixml_chunk(ixml: Ixml, levels: LoudnessReport | None = None) -> bytes:
    """Return the content of the chunk: an XML document in UTF-8.

    Its size does not depend on the levels, so they can be filled in later.
    """
    data = _document(ixml, levels)
    # XML allows line feeds at its end. An even size, for the same reason as ``bext``.
    room = len(_document(ixml, _WIDEST))
    return data.ljust(room + room % 2, b"\n")


def _document(ixml: Ixml, levels: LoudnessReport | None) -> bytes:
    root = ElementTree.Element("BWFXML")
    for tag, value in (
        ("IXML_VERSION", VERSION),
        ("PROJECT", ixml.project),
        ("SCENE", ixml.scene),
        ("TAKE", ixml.take),
        ("CIRCLED", str(ixml.circled).upper()),
        ("FILE_UID", ixml.uid),
        ("NOTE", note(ixml.takes)),
    ):
        _add(root, tag, value)
    _speed(_add(root, "SPEED"), ixml)
    _files(_add(root, "FILE_SET"), ixml.files)
    _tracks(_add(root, "TRACK_LIST"), ixml.channels)
    if ixml.described is not None:
        extension = _add(root, "ASWG")
        for tag, value in aswg_fields(ixml.described, levels):
            _add(extension, tag, value)
    _add(root, "USER", recipes(ixml.takes))
    ElementTree.indent(root, "")
    document: str = ElementTree.tostring(root, "unicode")
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + document).encode("utf-8")


def note(takes: Sequence[TakeUsed]) -> str:
    """Describe the takes for people, one line each."""
    lines = [f"{take.name} take {take.number}: {take.model or take.source}, {take.licence}" for take in takes]
    return "\n".join(lines)


def recipes(takes: Sequence[TakeUsed]) -> str:
    """Describe the takes for programs: JSON with the recipe and licence of each.

    The pixels of masks are left out to keep the chunk small; their digests stay, and the project holds the
    masks.
    """
    entries = [
        {
            "digest": take.digest,
            "name": take.name,
            "take": take.number,
            "kind": take.kind,
            "model": take.model,
            "source": take.source,
            "licence": take.licence,
            "recipe": _read(take.recipe),
        }
        for take in takes
    ]
    return json.dumps({"program": "foleyscape", "takes": entries}, ensure_ascii=False)


def _speed(speed: ElementTree.Element, ixml: Ixml) -> None:
    rate = f"{ixml.frame_rate.numerator}/{ixml.frame_rate.denominator}"
    high, low = divmod(ixml.time_reference, 1 << 32)
    for tag, value in (
        ("NOTE", ""),
        ("MASTER_SPEED", rate),
        ("CURRENT_SPEED", rate),
        ("TIMECODE_RATE", rate),
        ("TIMECODE_FLAG", "DF" if ixml.frame_rate.drop else "NDF"),
        ("FILE_SAMPLE_RATE", ixml.rate),
        ("AUDIO_BIT_DEPTH", ixml.bits),
        ("DIGITIZER_SAMPLE_RATE", ixml.rate),
        ("TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI", high),
        ("TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO", low),
        ("TIMESTAMP_SAMPLE_RATE", ixml.rate),
    ):
        _add(speed, tag, str(value))


def _files(files: ElementTree.Element, values: FileSet) -> None:
    for tag, value in (
        ("TOTAL_FILES", values.total),
        ("FAMILY_UID", values.uid),
        ("FAMILY_NAME", values.name),
        ("FILE_SET_INDEX", values.index),
    ):
        _add(files, tag, str(value))


def _tracks(tracks: ElementTree.Element, channels: Sequence[tuple[str, str]]) -> None:
    _add(tracks, "TRACK_COUNT", str(len(channels)))
    for number, (name, function) in enumerate(channels, 1):
        track = _add(tracks, "TRACK")
        for tag, value in (
            ("CHANNEL_INDEX", str(number)),
            ("INTERLEAVE_INDEX", str(number)),
            ("NAME", name),
            ("FUNCTION", function),
        ):
            _add(track, tag, value)


def _add(parent: ElementTree.Element, tag: str, text: str | None = None) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, tag)
    if text is not None:
        child.text = _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)
    return child


def _read(recipe: str) -> Any:
    """Return the recipe without pixels, or as plain text if it is not valid JSON."""
    try:
        return without_bits(parse_recipe(recipe))
    except BadInput:
        return recipe
