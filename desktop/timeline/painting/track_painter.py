"""Paints tracks with their clips into pictures that are cached until something on them changes."""

from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from desktop.theme.dark_colours import DARK
from desktop.timeline.layout.ruler_ticks import Tick
from desktop.timeline.layout.time_scale import TimeScale
from desktop.timeline.layout.track_layout import ClipIndex, ClipIndexCache
from desktop.timeline.painting.clip_painter import ClipPainter, TrackPlan, inside_of
from desktop.timeline.painting.text_cache import TextCache
from desktop.timeline.painting.view_state import TimelineViewState, clip_colours, track_colour
from desktop.timeline.painting.waveform_columns import waveform_columns
from desktop.timeline.painting.waveform_image import draw_pixels, wave_pixels
from desktop.timeline.painting.waveform_loader import WaveformLoader
from engine.scene.automatic_fades import FadeRule
from engine.scene.timeline import Clip, Track

STEPS = 2.0
"""Samples per device pixel below which columns are joined to a line."""


@dataclass
class _Kept:
    track: Track
    plan: TrackPlan
    picture: QPixmap
    missing: frozenset[str]


class TrackPainter:
    """Returns the picture of each visible track."""

    def __init__(self, waveforms: WaveformLoader, clip_indices: ClipIndexCache) -> None:
        self._waveforms = waveforms
        self._clip_indices = clip_indices
        self._kept: dict[int, _Kept] = {}
        self._names: dict[str, str] = {}
        self._texts = TextCache()
        self._named: object = None
        self.drawn = 0

    def picture(self, view: TimelineViewState, row: int, ticks: list[Tick], audible: bool) -> QPixmap:
        track = view.scene.timeline.tracks[row]
        plan = _plan(view, track, row, audible)
        kept = self._kept.get(track.id)
        if kept is None or kept.track is not track or kept.plan != plan:
            self._name(view)
            kept = self._kept[track.id] = self._draw(track, plan, ticks)
        return kept.picture

    def hovered(self, view: TimelineViewState) -> tuple[Track, Clip] | None:
        """Return the clip under the pointer, with the fades that sound, and its track; None if there is none there."""
        found = None if view.hover.clip is None else view.scene.clip(view.hover.clip)
        if found is None or view.hover.row >= len(view.scene.timeline.tracks):
            return None
        track = view.scene.timeline.tracks[view.hover.row]
        return (track, self._clip_indices.clip(track, found[1].id)) if found[0] is track else None

    def arrived(self, digest: str) -> None:
        """Redraw the tracks that lacked this take's waveform or spectrogram."""
        for number in [n for n, kept in self._kept.items() if digest in kept.missing]:
            del self._kept[number]

    def keep(self, view: TimelineViewState) -> None:
        """Drop the pictures of tracks that are not visible."""
        tracks = view.scene.timeline.tracks
        there = {tracks[row].id for row in view.geometry.rows(len(tracks))}
        self._kept = {number: kept for number, kept in self._kept.items() if number in there}

    def _name(self, view: TimelineViewState) -> None:
        if self._named is not view.scene.takes:
            self._named = view.scene.takes
            self._names = {take.digest: f"{take.name} {take.number}" for take in view.scene.takes}

    def _draw(self, track: Track, plan: TrackPlan, ticks: list[Tick]) -> _Kept:
        self.drawn += 1
        picture = QPixmap(round(plan.width * plan.ratio), round(plan.lane * plan.ratio))
        picture.setDevicePixelRatio(plan.ratio)
        picture.fill(QColor(DARK.well) if plan.odd else QColor(DARK.well).lighter(112))
        lane = self._clip_indices.get(track)
        seen = lane.between(plan.scale.start, plan.scale.sample_at(plan.width))
        painter = QPainter(picture)
        _grid(painter, plan, ticks)
        drawing = ClipPainter(painter, plan, self._names, self._texts)
        roomy = drawing.bodies(lane, seen)
        asked = [lane.digests[take] for take in np.unique(lane.take[seen])]
        if plan.spectrograms:
            spectrograms = {
                digest: found
                for digest in asked
                if (found := self._waveforms.spectrogram(digest)) is not None
            }
            missing = frozenset(digest for digest in asked if digest not in spectrograms)
            drawing.spectrograms([lane.clips[place] for place in seen.tolist()], spectrograms)
        else:
            missing = self._wave(painter, lane, asked, plan, drawing)
        drawing.details(roomy)
        painter.end()
        return _Kept(track, plan, picture, missing)

    def _wave(
        self, painter: QPainter, lane: ClipIndex, asked: list[str], plan: TrackPlan, drawing: ClipPainter
    ) -> frozenset[str]:
        pyramids = {
            digest: found for digest in asked if (found := self._waveforms.pyramid(digest)) is not None
        }
        if pyramids:
            fine = TimeScale(plan.scale.start, plan.scale.per_pixel / plan.ratio)
            drawn = waveform_columns(lane, pyramids, fine, round(plan.width * plan.ratio), plan.rate)
            inside = inside_of(plan)
            colour = clip_colours(plan.colour, audible=plan.audible, selected=False).wave
            joined = fine.per_pixel < STEPS
            height = round(inside.height() * plan.ratio)
            draw_pixels(painter, inside, *wave_pixels(drawn, height, colour, joined=joined, ratio=plan.ratio))
            if drawn.over.any():
                drawing.over = drawn.over
                red = replace(drawn, weight=np.where(drawn.over, drawn.weight, np.float32(0.0)))
                pixels = wave_pixels(red, height, QColor(DARK.error), joined=joined, ratio=plan.ratio)
                draw_pixels(painter, inside, *pixels)
        return frozenset(digest for digest in asked if digest not in pyramids)


def _plan(view: TimelineViewState, track: Track, row: int, audible: bool) -> TrackPlan:
    geometry = view.geometry
    mine = (
        frozenset(clip.id for clip in track.clips if clip.id in view.selected)
        if view.selected
        else view.selected
    )
    return TrackPlan(
        scale=geometry.scale,
        width=geometry.width,
        lane=geometry.height_of(row),
        ratio=view.ratio,
        rate=view.scene.timeline.rate,
        selected=mine,
        colour=track_colour(view.scene, track),
        audible=audible,
        spectrograms=view.spectrograms,
        odd=row % 2 == 1,
        fades=FadeRule.of(view.scene.timeline),
    )


def _grid(painter: QPainter, plan: TrackPlan, ticks: list[Tick]) -> None:
    colour = QColor(DARK.raised).darker(125)
    for tick in ticks:
        if tick.label and not tick.label.startswith("+"):
            painter.fillRect(round(plan.scale.x_of(tick.at)), 0, 1, plan.lane, colour)
    painter.setPen(QPen(QColor(DARK.line), 1.0))
    painter.drawLine(QPointF(0, plan.lane - 0.5), QPointF(plan.width, plan.lane - 0.5))
