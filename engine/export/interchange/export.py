"""Interchange as part of an export: media copies, and a file in each format."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine.export.file_names import session_name
from engine.export.interchange import writer_of
from engine.export.interchange.model import MediaFile, build_interchange, media_key
from engine.export.media import MEDIA_FOLDER, media_names, write_media
from engine.export.ucs import UcsBlocks
from engine.progress import Progress
from engine.scene.scene import Scene
from engine.scene.take_version import read_version_key
from engine.sound.cache import TakeSource

SAMPLE_BYTES = 3
"""Bytes per sample of a media file."""

STRETCHING = frozenset({"rpp"})
"""Formats whose programs change speed and pitch of a clip themselves; for others, the media files have them."""


SWITCHING = frozenset({"rpp"})
"""Formats whose programs switch between takes on a clip."""


@dataclass(frozen=True)
class InterchangeFile:
    """A file to be written: path within the folder, format, title, and approximate size in bytes."""

    path: str
    format: str
    title: str
    size: int


def plan_interchange(
    scene: Scene, formats: Sequence[str], rate: int, blocks: UcsBlocks | None = None
) -> list[InterchangeFile]:
    """List what ``write_interchange`` will write. ``scene`` has the frame rate and start of the export.

    Raises:
        BadInput: a clip plays a take that the scene does not have.
    """
    if not formats:
        return []
    name = session_name(scene, blocks)
    media = _planned_media(scene, rate, formats, blocks)
    found = [
        InterchangeFile(path, form, scene.name, 65_536) for form in formats for path in _paths(form, name)
    ]
    if "edl" in formats:
        from engine.export.interchange.edl import edl_texts

        # A list holds two lanes, so there may be several lists.
        lists = edl_texts(build_interchange(scene, media, folder=Path(), rate=rate), Path(f"{name}.edl"))
        found += [InterchangeFile(path.name, "edl", scene.name, len(text)) for path, text in lists.items()]
    for key, file in media.items():
        take = scene.take(read_version_key(key).take)
        size = file.samples * file.channels * SAMPLE_BYTES + 4096
        found.append(InterchangeFile(file.path.as_posix(), "wav", take.name if take else "", size))
    return found


def write_interchange(
    scene: Scene,
    takes: TakeSource,
    folder: Path,
    home: Path,
    formats: Sequence[str],
    *,
    rate: int,
    licences: Mapping[str, str],
    progress: Progress,
    embed: bool = False,
    blocks: UcsBlocks | None = None,
) -> None:
    """Write the media and a file in each format into ``folder``, which will be moved to ``home``.

    Raises:
        Failed: a file cannot be written.
        Cancelled: the work was cancelled; what was written stays in ``folder``.
        FoleyscapeError: whatever ``takes`` raises.
    """
    keys, name = media_keys(scene, formats), session_name(scene, blocks)
    media = write_media(
        scene, takes, folder, keys=keys, rate=rate, home=home, blocks=blocks, progress=progress.part(0.0, 0.8)
    )
    for number, form in enumerate(formats):
        progress.report(0.8 + 0.2 * number / len(formats), f"Writing {form}")
        interchange = build_interchange(
            scene, media, folder=home, rate=rate, licences=licences, stretches=form in STRETCHING
        )
        if form == "aaf" and embed:
            from engine.export.interchange.aaf import write

            write(interchange, folder / f"{name}.{form}", sounds=folder / MEDIA_FOLDER)
        else:
            writer_of(form)(interchange, folder / f"{name}.{form}")


def _paths(form: str, name: str) -> list[str]:
    return [] if form == "edl" else [f"{name}.{form}"]


def media_keys(scene: Scene, formats: Sequence[str]) -> tuple[str, ...]:
    """Return the versions of takes that the clips play in these formats, each once, in the order of the clips.

    For programs that switch takes on a clip, the other takes of the clips' objects are among them.
    """
    clips = [clip for track in scene.timeline.tracks for clip in track.clips]
    kinds = dict.fromkeys(form in STRETCHING for form in formats)
    keys = [media_key(clip, stretches=kind) for kind in kinds for clip in clips]
    for form in SWITCHING.intersection(formats):
        for clip in clips:
            others = (replace(clip, take=take.digest) for take in scene.alternatives(clip.take))
            keys += (media_key(other, stretches=form in STRETCHING) for other in others)
    return tuple(dict.fromkeys(keys))


def _planned_media(
    scene: Scene, rate: int, formats: Sequence[str], blocks: UcsBlocks | None
) -> dict[str, MediaFile]:
    """Return the media files that will be written, by the key of what they hold."""
    takes = {take.digest: take for take in scene.takes}
    files = {}
    for key, name in media_names(scene, media_keys(scene, formats), blocks).items():
        version = read_version_key(key)
        take = takes[version.take]
        length = take.length_at(rate, version.speed)
        files[key] = MediaFile(Path(MEDIA_FOLDER) / name, rate, take.channels, length)
    return files
