"""Renders single sounds as an export would: a stem, the mix, or one clip. For a worker thread; no widgets."""

import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp

from desktop.export.worker import WriteExport
from engine.errors import BadInput
from engine.export.choices import ExportChoices
from engine.export.file_names import stem_names
from engine.export.pieces import clip_scene, find_clip, take_scene
from engine.export.plan import ExportSettings
from engine.files import disk_errors
from engine.progress import Progress
from engine.scene.scene import Scene
from engine.sound.cache import TakeSource

KEPT_SECONDS = 30 * 86_400.0
"""How long dragged files are kept: editors may refer to them after the window was closed."""


@dataclass(frozen=True)
class SingleExport:
    """What to render into a file.

    Attributes:
        scene: the scene it is part of.
        settings: as for an export; only WAVE.
        track: id of a stem's track, or None.
        clip: id of a clip, or None; with no track either, the mix.
        names: values other than the timeline that file names depend on.
    """

    scene: Scene = field(repr=False, compare=False)
    settings: ExportSettings
    track: int | None = None
    clip: int | None = None
    names: tuple[object, ...] = ()

    @property
    def batch(self) -> tuple[object, ...]:
        """Exports with equal values are rendered together."""
        line = self.scene.timeline
        alone = self.track is not None and self.track not in {track.id for track in line.audible()}
        return line, self.settings, self.names, self.clip, self.track if alone else None


def single_export(
    scene: Scene, choices: ExportChoices, track: int | None = None, clip: int | None = None
) -> SingleExport:
    """Return the export of a track, a clip or the mix. A single clip is not normalized to a loudness preset.

    Raises:
        BadInput: a choice is invalid.
    """
    wanted = replace(choices, formats=("wav",), content="stems", left_out=(), mix=True)
    if clip is not None:
        wanted = replace(wanted, preset="none", start="", frame_rate="", handles=0.0)
    names = (scene.name, *((thing.index, thing.name, thing.prompt) for thing in scene.objects))
    return SingleExport(scene, wanted.settings(scene.timeline), track, clip, names)


def take_export(scene: Scene, choices: ExportChoices, digest: str) -> SingleExport:
    """Return the export of a whole take as it was generated.

    Raises:
        BadInput: there is no such take, or a choice is invalid.
    """
    placed = take_scene(scene, digest)
    return single_export(placed, choices, clip=placed.timeline.tracks[0].clips[0].id)


Rendered = Mapping[int | None, Path]
"""Paths by the id of the track or clip; the mix is under None."""


def render_single(
    wanted: SingleExport, takes: TakeSource, home: Path, write: WriteExport, progress: Progress
) -> Rendered:
    """Render a file, and the others of its batch, into a new folder in ``home``. An error leaves no files.

    Raises:
        FoleyscapeError: as ``engine.export.run.export``.
    """
    with disk_errors(home):
        home.mkdir(parents=True, exist_ok=True)
        folder = Path(mkdtemp(prefix="drag-", dir=home))
    now = datetime.now().astimezone()
    try:
        scene, settings = _to_write(wanted)
        exported = write(scene, takes, folder, settings, made=now, progress=progress)
        paths = {file.track: file.path for file in exported.files}
        if wanted.clip is None:
            return paths
        stem = next(path for track, path in paths.items() if track is not None)
        final = folder / f"{clip_name(wanted.scene, wanted.clip, wanted.settings)}.wav"
        with disk_errors(final):
            return {wanted.clip: stem.rename(final)}
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _to_write(wanted: SingleExport) -> tuple[Scene, ExportSettings]:
    if wanted.clip is not None:
        return clip_scene(wanted.scene, wanted.clip), wanted.settings
    if wanted.batch[-1] is not None:
        return _solo_only(wanted.scene, wanted.track), replace(wanted.settings, preset="none")
    return wanted.scene, wanted.settings


def clip_name(scene: Scene, number: int, settings: ExportSettings) -> str:
    """Return the file name of a clip without extension: its stem's name and the number of its take."""
    track, clip = find_clip(scene, number)
    take = scene.take(clip.take)
    count = take.number if take else 1
    audible = scene.timeline.audible()
    tracks = audible if track in audible else scene.timeline.tracks
    if settings.ucs is not None:
        return stem_names(scene, [replace(track, name=f"{track.name} {count}")], settings.ucs)[0]
    return f"{stem_names(scene, tracks, None)[tracks.index(track)]}_take{count}"


def delete_old(home: Path) -> None:
    """Delete files that were dragged long ago."""
    with suppress(OSError):
        for folder in home.glob("drag-*"):
            if time.time() - folder.stat().st_mtime > KEPT_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)


def _solo_only(scene: Scene, number: int | None) -> Scene:
    """Return the scene with only this track audible, also if it is muted in the mix."""
    kept = tuple(
        replace(track, muted=False, soloed=False) for track in scene.timeline.tracks if track.id == number
    )
    if not kept:
        raise BadInput(f"There is no track {number} in the scene.")
    return replace(scene, timeline=replace(scene.timeline, tracks=kept))
