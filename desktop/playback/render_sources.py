"""Sources that can be played: the mix of the timeline and single takes, all with one cache of takes."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QObject, Slot

from desktop.document.document import Document
from desktop.playback.ab_compare import TakeLevels, audition_gain_db, matching_gains_db
from desktop.playback.varispeed import ReadSamples
from desktop.playback.version_preparer import VersionSource
from engine.errors import BadInput
from engine.logs import log_failure
from engine.scene.timeline import Clip, Timeline, Track
from engine.sound.cache import TakeSource
from engine.sound.render import BLOCK, Renderer
from engine.sound.waveform import Waveform

log = logging.getLogger(__name__)

WARM_BLOCKS = 9
"""Blocks of the mix rendered after the playhead: 3 s at 48 kHz."""


class SilentOnError:
    """A take source that returns silence for takes that cannot be read, so that the others are heard.

    Args:
        takes: returns the samples of a take by digest.
        failed: called with the error, once per take.
    """

    def __init__(self, takes: TakeSource, failed: Callable[[Exception], None]) -> None:
        self._takes = takes
        self._failed = failed
        self._told: set[str] = set()

    def __call__(self, digest: str) -> tuple[Waveform, int]:
        try:
            return self._takes(digest)
        except Exception as error:  # noqa: BLE001 - edge: the error is reported, and playback goes on
            if digest not in self._told:
                self._told.add(digest)
                log_failure(log, "Reading a take", error)
                self._failed(error)
            return np.zeros((1, 1), np.float32), 48_000


class RenderSources:
    """Creates renderers that share takes and rendered blocks. Used in the render-ahead thread only.

    Args:
        takes: returns the samples of a take by digest.
        failed: called with the error of each take that cannot be read; it is silent then.
    """

    def __init__(self, takes: TakeSource, failed: Callable[[Exception], None]) -> None:
        self._takes = SilentOnError(takes, failed)
        self._renderer = Renderer(Timeline(), self._takes)
        self._levels: dict[str, TakeLevels] = {}

    def renderer(self, timeline: Timeline) -> Renderer:
        """Return the renderer of this timeline; it reuses what the last one rendered."""
        if timeline is not self._renderer.timeline:
            self._renderer = self._renderer.updated(timeline)
        return self._renderer

    @property
    def latest(self) -> Renderer:
        """The renderer asked for last; it may be read in any thread."""
        return self._renderer

    def beside(self, timeline: Timeline) -> Renderer:
        """Return a separate renderer that shares the takes."""
        return self._renderer.updated(timeline)

    def levels(self, digest: str) -> TakeLevels:
        """Return loudness and true peak of a take; measured once."""
        if digest not in self._levels:
            samples, rate = self._takes(digest)
            self._levels[digest] = TakeLevels.of(samples, rate)
        return self._levels[digest]


@dataclass(frozen=True, eq=False)
class TimelineSource:
    """The mix of a timeline."""

    sources: RenderSources
    timeline: Timeline

    def open(self) -> ReadSamples:
        return self.sources.renderer(self.timeline).mix

    def warm(self, at: int) -> bool:
        renderer = self.sources.renderer(self.timeline)
        first = at // BLOCK
        for index in range(first, first + WARM_BLOCKS):
            begin = index * BLOCK
            if begin >= self.timeline.length:
                return False
            if not renderer.is_rendered(begin, begin + BLOCK):
                renderer.mix(begin, begin + BLOCK)
                return True
        return False


@dataclass(frozen=True, eq=False)
class SingleTakeSource:
    """A take by itself from sample 0, as a clip of it at 0 dB sounds.

    Attributes:
        sources: shared takes and renderers.
        timeline: gives the rate.
        digest: the take.
        length: of the take, in timeline samples.
        against: another take: both are brought to the loudness of the quieter one without clipping.
        on_gain: called with the gain in dB, in the render-ahead thread.
        matched: whether it is brought to the loudness at which takes are auditioned.
    """

    sources: RenderSources
    timeline: Timeline
    digest: str
    length: int
    against: str | None = None
    on_gain: Callable[[float], None] | None = None
    matched: bool = False

    def open(self) -> ReadSamples:
        gain_db = self.gain_db()
        if self.on_gain is not None:
            self.on_gain(gain_db)
        clip = Clip(1, self.digest, 0, 0, self.length, gain_db=gain_db)
        alone = replace(self.timeline, tracks=(Track(1, "", clips=(clip,)),), master_gain_db=0.0)
        return self.sources.beside(alone).mix

    def gain_db(self) -> float:
        """Return the gain in dB."""
        if self.against is None:
            return audition_gain_db(self.sources.levels(self.digest)) if self.matched else 0.0
        return matching_gains_db(self.sources.levels(self.digest), self.sources.levels(self.against))[0]

    def warm(self, at: int) -> bool:  # noqa: ARG002 - a take is short
        return False


@dataclass(frozen=True, eq=False)
class SampleSource:
    """A sound that is no take of the project.

    Attributes:
        samples: float32 (channels, samples), at the timeline's rate.
        timeline: gives rate and layout.
    """

    samples: Waveform
    timeline: Timeline

    def open(self) -> ReadSamples:
        clip = Clip(1, "sound", 0, 0, self.samples.shape[1])
        alone = replace(self.timeline, tracks=(Track(1, "", clips=(clip,)),), master_gain_db=0.0)
        return Renderer(alone, lambda _: (self.samples, self.timeline.rate)).mix

    def warm(self, at: int) -> bool:  # noqa: ARG002 - it is read as it plays
        return False


class ProjectTakeSource(QObject):
    """Reads takes of the open project. Called in the playback thread; follows the document in the GUI thread.

    Args:
        document: holds the project. Create this before anything that requests takes of a new scene.
    """

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._source: VersionSource | None = None
        self._follow()
        document.scene_changed.connect(self._follow)

    def __call__(self, digest: str) -> tuple[Waveform, int]:
        source = self._source
        if source is None:
            raise BadInput("There is no project open whose takes could be heard.")
        return source(digest)

    def is_ready(self, key: str) -> bool:
        """Return whether nothing has to be rendered for a version of a take, or nothing could be."""
        source = self._source
        return source is None or source.is_ready(key)

    @Slot()
    def _follow(self) -> None:
        project = self._document.project
        self._source = None if project is None else project.takes
