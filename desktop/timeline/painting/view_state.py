"""What the timeline shows, as one frozen value for each paint, and its colours."""

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtGui import QColor, QFont

from desktop.theme.dark_colours import DARK
from desktop.timeline.interaction.hit_test import NOWHERE, Hit
from desktop.timeline.layout.track_layout import TrackLayout
from engine.scene.colours import Colour
from engine.scene.scene import Scene
from engine.scene.timeline import Track

NO_OBJECT_COLOUR: Colour = (138, 152, 170)
"""Colour of tracks that belong to no object."""
FONT_PIXELS = 11


@dataclass(frozen=True)
class DropPreview:
    """A take that is about to be dropped."""

    row: int
    start: int
    length: int
    name: str


@dataclass(frozen=True)
class Tooltip:
    """A text beside the pointer."""

    x: float
    y: float
    words: str


@dataclass(frozen=True)
class TimelineViewState:
    """Everything that is drawn.

    Attributes:
        scene: the scene.
        geometry: the visible part.
        ratio: device pixels per view pixel.
        selected: ids of the selected clips.
        spectrograms: whether spectrograms are shown.
        playhead: in samples.
        loop: in samples, or None.
        hover: what is under the pointer.
        focused_clip: id of the clip under the keyboard cursor, or None.
        focus_shown: whether the keyboard focus is drawn.
        band: rubber band (x, y, width, height), or None.
        drop_preview: a take being dragged over the tracks, or None.
        guide: sample of an edge that was snapped to, or None.
        tooltip: text beside the pointer, or None.
    """

    scene: Scene
    geometry: TrackLayout
    ratio: float = 1.0
    selected: frozenset[int] = frozenset()
    spectrograms: bool = False
    playhead: int = 0
    loop: tuple[int, int] | None = None
    hover: Hit = NOWHERE
    focused_clip: int | None = None
    focus_shown: bool = False
    band: tuple[float, float, float, float] | None = None
    drop_preview: DropPreview | None = None
    guide: int | None = None
    tooltip: Tooltip | None = None


@dataclass(frozen=True)
class ClipColours:
    """Colours of the clips of one track."""

    body: QColor
    title: QColor
    wave: QColor
    words: QColor
    edge: QColor


def track_colour(scene: Scene, track: Track) -> Colour:
    """Return the colour of a track: its own, else its object's."""
    if track.chosen_colour is not None:
        return track.chosen_colour
    thing = None if track.object is None else scene.object(track.object)
    return NO_OBJECT_COLOUR if thing is None else thing.colour


@lru_cache(maxsize=512)
def clip_colours(colour: Colour, *, audible: bool, selected: bool) -> ClipColours:
    """Return a track's clip colours: muted unless selected, grey while the track is not audible."""
    own = QColor(*colour) if audible else mixed(QColor(*colour), QColor(DARK.faint), 0.8)
    ground = QColor(DARK.well)
    return ClipColours(
        body=mixed(ground, own, 0.34 if selected else 0.17),
        title=mixed(ground, own, 0.72 if selected else 0.36),
        wave=mixed(own, QColor("#ffffff"), 0.35 if selected else 0.12),
        words=QColor(DARK.well) if selected else mixed(own, QColor("#ffffff"), 0.65),
        edge=QColor(DARK.text) if selected else mixed(ground, own, 0.55),
    )


def mixed(one: QColor, other: QColor, share: float) -> QColor:
    """Mix two colours; ``share`` of ``other`` is 0 to 1."""
    pairs = zip(one.getRgb()[:3], other.getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(a + (b - a) * share) for a, b in pairs))


def font(pixels: int = FONT_PIXELS, *, bold: bool = False) -> QFont:
    """Return the timeline's font."""
    made = QFont()
    made.setPixelSize(pixels)
    made.setBold(bold)
    return made
