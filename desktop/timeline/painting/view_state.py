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
"""Of tracks that belong to no object."""
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
    """A few words beside the pointer."""

    x: float
    y: float
    words: str


@dataclass(frozen=True)
class TimelineViewState:
    """All that is drawn.

    Attributes:
        scene, geometry: what, and where. ratio: device pixels a view pixel.
        chosen: numbers of the selected clips. hover: under the pointer.
        playhead, loop: in samples.
        current: the clip that the keyboard has gone to. focused: whether the keyboard is here, and seen to be.
        band: rubber band (x, y, width, height). guide: an edge that was caught.
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
    """Of the clips of one track."""

    body: QColor
    title: QColor
    wave: QColor
    words: QColor
    edge: QColor


def track_colour(scene: Scene, track: Track) -> Colour:
    thing = None if track.object is None else scene.object(track.object)
    return NO_OBJECT_COLOUR if thing is None else thing.colour


@lru_cache(maxsize=512)
def clip_colours(colour: Colour, *, audible: bool, selected: bool) -> ClipColours:
    """Quiet while they are not chosen, grey while the track is not heard."""
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
    """``one`` with a share of ``other``, 0 to 1."""
    pairs = zip(one.getRgb()[:3], other.getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(a + (b - a) * share) for a, b in pairs))


def font(pixels: int = FONT_PIXELS, *, bold: bool = False) -> QFont:
    made = QFont()
    made.setPixelSize(pixels)
    made.setBold(bold)
    return made
