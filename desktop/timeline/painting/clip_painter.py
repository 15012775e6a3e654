"""Paints the clips of one track: bodies, spectrograms, fades, gain lines, names."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from desktop.theme.dark_colours import DARK
from desktop.timeline.interaction.hit_test import TALL_ENOUGH, TITLE, WIDE_ENOUGH, gain_y
from desktop.timeline.layout.time_scale import TimeScale
from desktop.timeline.layout.track_layout import TRACK_GAP, ClipIndex
from desktop.timeline.painting.spectrogram import Colours, Spectrogram
from desktop.timeline.painting.text_cache import TextCache
from desktop.timeline.painting.view_state import ClipColours, clip_colours, font
from desktop.timeline.painting.waveform_columns import fade_factor
from desktop.timeline.painting.waveform_image import draw_pixels
from engine.scene.automatic_fades import NO_FADES, FadeRule
from engine.scene.edits.clip_markers import place_of_marker
from engine.scene.timeline import Clip, FadeShape

Doubles = NDArray[np.float64]

ROUNDED = 14.0
"""Width in pixels from which clips have rounded corners."""
NAMED = 46.0
TITLED = 24.0
OVER = 28.0
"""Width in pixels of the label of a clip that goes over full scale."""
CLIP_MARKER = "#b79cf0"
CURVE = 17
SEEN = 5.0
"""Shortest fade in pixels that is drawn."""


@dataclass(frozen=True)
class TrackPlan:
    """Everything that the picture of one track depends on."""

    scale: TimeScale
    width: int
    lane: int
    ratio: float
    rate: int
    selected: frozenset[int]
    colour: tuple[int, int, int]
    audible: bool
    spectrograms: bool
    odd: bool
    fades: FadeRule = NO_FADES


class ClipPainter:
    """Paints a track's clips onto its picture."""

    def __init__(
        self, painter: QPainter, plan: TrackPlan, names: Mapping[str, str], texts: TextCache
    ) -> None:
        self._painter = painter
        self._plan = plan
        self._names = names
        self._top = TRACK_GAP
        self._height = float(plan.lane - 2 * TRACK_GAP - 1)
        self._plain = clip_colours(plan.colour, audible=plan.audible, selected=False)
        self._chosen = clip_colours(plan.colour, audible=plan.audible, selected=True)
        self._texts = texts
        self._inside = inside_of(plan)
        self._images: dict[int, QImage] = {}
        self.over: NDArray[np.bool_] = np.zeros(0, np.bool_)

    def bodies(self, lane: ClipIndex, seen: NDArray[np.int64]) -> list[tuple[Clip, QRectF]]:
        """Paint narrow clips in one pass and wide ones with a title and rounded corners; return the wide ones."""
        scale, width = self._plan.scale, self._plan.width
        left = np.maximum((lane.start[seen] - scale.start) / scale.per_pixel, -40.0)
        right = np.minimum((lane.end[seen] - scale.start) / scale.per_pixel, width + 40.0)
        narrow = right - left < ROUNDED
        if narrow.any():
            self._narrow(lane, seen[narrow], left[narrow], right[narrow])
        wide = [
            (lane.clips[place], QRectF(x, self._top, end - x - 0.6, self._height))
            for place, x, end in zip(
                seen[~narrow].tolist(), left[~narrow].tolist(), right[~narrow].tolist(), strict=True
            )
        ]
        for clip, rect in wide:
            self._body(rect, self._colours(clip))
        return wide

    def _narrow(self, lane: ClipIndex, clips: NDArray[np.int64], left: Doubles, right: Doubles) -> None:
        """Paint narrow clips as pixel rows scaled to the clips' height, with a gap after each clip."""
        ratio = self._plan.ratio
        size = round(self._plan.width * ratio)
        first = np.clip(np.round(left * ratio), 0, size).astype(np.int64)
        last = np.clip(np.maximum(np.round(right * ratio) - 1, first + 1), 0, size).astype(np.int64)
        chosen = np.zeros(len(clips), np.bool_)
        if self._plan.selected:
            chosen[:] = [lane.clips[place].id in self._plan.selected for place in clips.tolist()]
        count = np.maximum(last - first, 0)
        x = np.arange(count.sum()) + np.repeat(first - (np.cumsum(count) - count), count)
        pixels = np.zeros((round(self._height * ratio), size), np.uint32)
        for part, rows in (("body", len(pixels)), ("title", round(3 * ratio))):
            shades = np.array([getattr(c, part).rgb() for c in (self._plain, self._chosen)], np.uint32)
            line = np.zeros(size, np.uint32)
            line[x] = np.repeat(shades[chosen.astype(np.int64)], count)
            pixels[:rows] = line
        draw_pixels(self._painter, QRectF(0, self._top, self._plan.width, self._height), pixels, 0)

    def spectrograms(self, seen: list[Clip], spectrograms: Mapping[str, Spectrogram]) -> None:
        smooth = QPainter.RenderHint.SmoothPixmapTransform
        for clip in seen:
            found = spectrograms.get(clip.sound)
            if found is not None:
                # Not visible on clips of a few pixels, of which there may be thousands.
                self._painter.setRenderHint(smooth, on=clip.length >= ROUNDED * self._plan.scale.per_pixel)
                self._painter.setOpacity(0.35 if clip.muted or not self._plan.audible else 1.0)
                self._draw_spectrogram(clip, found)
        self._painter.setOpacity(1.0)

    def details(self, roomy: list[tuple[Clip, QRectF]]) -> None:
        """Paint fades, gain lines and names where there is room, and the frames of selected clips."""
        self._painter.setFont(font())
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        least = SEEN * self._plan.scale.per_pixel
        for clip, rect in roomy:
            if clip.fade_in.samples >= least or clip.fade_out.samples >= least:
                self._fades(clip, rect)
        if self._height >= TALL_ENOUGH:
            self._gain_lines([pair for pair in roomy if pair[1].width() >= WIDE_ENOUGH])
            self._titles([pair for pair in roomy if pair[1].width() >= NAMED])
            for clip, rect in roomy:
                if clip.markers:
                    self._markers(clip, rect)
                if self._is_over(rect):
                    self._over_badge(rect)
        for clip, rect in roomy:
            if self._plan.spectrograms or clip.id in self._plan.selected:
                self._frame(rect, self._colours(clip).edge)

    def _is_over(self, rect: QRectF) -> bool:
        """Return whether a visible part of a clip goes over full scale."""
        if not self.over.size:
            return False
        first, last = (round(x * self._plan.ratio) for x in (max(rect.x(), 0.0), max(rect.right(), 0.0)))
        return bool(self.over[first:last].any())

    def _over_badge(self, rect: QRectF) -> None:
        """Paint a red label at the right end of the title."""
        right = min(rect.right(), float(self._plan.width)) - 2
        self._painter.fillRect(QRectF(right - OVER, rect.y() + 2, OVER, TITLE - 4), QColor(DARK.error))
        self._painter.setPen(QColor(DARK.well))
        top = self._top + (TITLE - self._texts.height) / 2
        self._painter.drawStaticText(QPointF(right - OVER + 3, top), self._texts.get("over", OVER))

    def _markers(self, clip: Clip, rect: QRectF) -> None:
        """Paint the markers of a clip: a flag in its title, a line, and the name where there is room."""
        scale = self._plan.scale
        places = [
            (scale.x_of(place), marker.name)
            for marker in clip.markers
            if (place := place_of_marker(clip, marker)) is not None
        ]
        ends = [*(x for x, _ in places), rect.right()][1:]
        for (x, name), end in zip(places, ends, strict=True):
            if not -200 <= x <= self._plan.width:
                continue
            line = QColor(CLIP_MARKER)
            line.setAlphaF(0.6)
            self._painter.fillRect(QRectF(x, rect.y() + 1, 1, rect.height() - 2), line)
            self._painter.setPen(Qt.PenStyle.NoPen)
            self._painter.setBrush(QColor(CLIP_MARKER))
            top = rect.y() + TITLE - 1
            self._painter.drawPolygon(
                QPolygonF([QPointF(x, top), QPointF(x + 7, top + 4), QPointF(x, top + 8)])
            )
            if end - x > NAMED:
                self._painter.setPen(QColor(CLIP_MARKER))
                text = self._texts.get(name, end - x - 12)
                self._painter.drawStaticText(QPointF(x + 10, top - 2), text)

    def _frame(self, rect: QRectF, edge: QColor) -> None:
        """Paint a frame over what was drawn inside the clip, shaped like ``_body``."""
        x, y, height = round(rect.x()), round(rect.y()), round(rect.height())
        width = max(round(rect.right()) - x, 3)
        for left, top, wide, high in (
            (x + 1, y, width - 2, 1),
            (x + 1, y + height - 1, width - 2, 1),
            (x, y + 1, 1, height - 2),
            (x + width - 1, y + 1, 1, height - 2),
        ):
            self._painter.fillRect(left, top, wide, high, edge)

    def _colours(self, clip: Clip) -> ClipColours:
        return self._chosen if clip.id in self._plan.selected else self._plain

    def _body(self, rect: QRectF, colours: ClipColours) -> None:
        """Paint plain rectangles with a pixel off each corner: real curves would take five times as long."""
        painter = self._painter
        x, y, height = round(rect.x()), round(rect.y()), round(rect.height())
        width = max(round(rect.right()) - x, 3)
        painter.fillRect(x + 1, y, width - 2, height, colours.edge)
        painter.fillRect(x, y + 1, width, height - 2, colours.edge)
        painter.fillRect(x + 1, y + 1, width - 2, height - 2, colours.body)
        title = round(TITLE) - 1 if rect.height() >= TALL_ENOUGH else 3
        painter.fillRect(x + 1, y + 1, width - 2, title - 1, colours.title)

    def _draw_spectrogram(self, clip: Clip, spectrogram: Spectrogram) -> None:
        rate, scale = self._plan.rate, self._plan.scale
        first = max(clip.start, scale.start) - clip.start + clip.offset
        last = min(clip.end, scale.sample_at(self._plan.width)) - clip.start + clip.offset
        start, stop = first / rate, min(last / rate, spectrogram.seconds)
        level = spectrogram.level_for(scale.per_pixel / rate / self._plan.ratio)
        for number, begin, end in spectrogram.tiles(level, start, stop):
            tile = spectrogram.levels[level][number]
            low, high = max(begin, start), min(end, stop)
            x, right = (scale.x_of(clip.start - clip.offset + at * rate) for at in (low, high))
            inside = self._inside
            per_column = (end - begin) / tile.shape[1]
            part = QRectF((low - begin) / per_column, 0, (high - low) / per_column, tile.shape[0])
            place = QRectF(x, inside.y(), max(right - x, 1.0), inside.height())
            self._painter.drawImage(place, self._image(tile), part)

    def _image(self, tile: Colours) -> QImage:
        """Return a tile as a QImage; cached, as it is drawn for each clip of a take."""
        found = self._images.get(id(tile))
        if found is None:
            height, width = tile.shape
            found = QImage(tile.data, width, height, width * 4, QImage.Format.Format_RGB32)
            self._images[id(tile)] = found
        return found

    def _fades(self, clip: Clip, rect: QRectF) -> None:
        top, bottom = rect.y() + min(TITLE, rect.height() / 4), rect.bottom() - 1
        scale = self._plan.scale
        for fade, start, end in (
            (clip.fade_in, clip.start, clip.start + clip.fade_in.samples),
            (clip.fade_out, clip.end, clip.end - clip.fade_out.samples),
        ):
            x, far = scale.x_of(start), scale.x_of(end)
            if abs(far - x) < SEEN or not (max(x, far) > -40 and min(x, far) < self._plan.width + 40):
                continue
            points = max(3, min(CURVE, round(abs(far - x) / 4)))
            curve = [
                QPointF(x + (far - x) * share, bottom - (bottom - top) * risen)
                for share, risen in _curve(fade.shape, points)
            ]
            self._fade(QPolygonF([QPointF(x, bottom), *curve, QPointF(far, top), QPointF(x, top)]), curve)

    def _fade(self, outside: QPolygonF, curve: list[QPointF]) -> None:
        """Paint the shade without antialiasing, which would take ten times as long: the curve covers its edge."""
        shade = QColor(DARK.well)
        shade.setAlphaF(0.55)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(shade)
        self._painter.drawPolygon(outside)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._painter.setPen(QPen(self._plain.wave, 1.0))
        self._painter.drawPolyline(QPolygonF(curve))

    def _gain_lines(self, roomy: list[tuple[Clip, QRectF]]) -> None:
        """Paint rectangles: translucent lines would take ten times as long."""
        quiet, loud = QColor(DARK.text), QColor(DARK.text)
        quiet.setAlphaF(0.28)
        loud.setAlphaF(0.75)
        heights: dict[float, int] = {}
        for clip, rect in roomy:
            level = clip.gain_db
            if level not in heights:
                heights[level] = round(gain_y(level, (0.0, self._top, 0.0, self._height)))
            left, width = round(rect.x()) + 2, round(rect.width()) - 4
            self._painter.fillRect(left, heights[level], width, 1, loud if level else quiet)

    def _titles(self, roomy: list[tuple[Clip, QRectF]]) -> None:
        chosen = self._plan.selected
        # A title ends where the next clip or the label of one that goes over covers it.
        starts = [*(rect.x() for _, rect in roomy), math.inf][1:]
        ends = [rect.right() - (OVER if self._is_over(rect) else 0.0) for _, rect in roomy]
        starts = [min(start, end) for start, end in zip(starts, ends, strict=True)]
        roomy = [
            (clip, QRectF(rect.x(), rect.y(), start - rect.x(), rect.height()))
            for (clip, rect), start in zip(roomy, starts, strict=True)
        ]
        for colours, some in (
            (self._plain, [pair for pair in roomy if pair[0].id not in chosen]),
            (self._chosen, [pair for pair in roomy if pair[0].id in chosen]),
        ):
            self._painter.setPen(colours.words)
            for clip, rect in some:
                if rect.width() >= TITLED:
                    self._title(clip, rect)

    def _title(self, clip: Clip, rect: QRectF) -> None:
        left, right = max(rect.x(), 0.0) + 6, min(rect.right(), float(self._plan.width)) - 6
        words = clip.name or self._names.get(clip.take, "missing take")
        notes = _notes(clip)
        if notes:
            words = f"{words}   {' · '.join(notes)}"
        top = self._top + (TITLE - self._texts.height) / 2
        self._painter.drawStaticText(QPointF(left, top), self._texts.get(words, right - left))


@cache
def _curve(shape: FadeShape, points: int) -> tuple[tuple[float, float], ...]:
    """Return points (share, level) along a fade, both 0 to 1."""
    share = np.linspace(0, 1, points)
    return tuple(zip(share.tolist(), fade_factor(share, shape).tolist(), strict=True))


def _notes(clip: Clip) -> list[str]:
    """Return what differs from a clip's defaults, as texts."""
    said = ["muted"] if clip.muted else []
    if clip.group is not None:
        said.append(f"group {clip.group}")
    if clip.gain_db:
        said.append(f"{clip.gain_db:+.1f} dB")
    if clip.pan:
        said.append(f"{'L' if clip.pan < 0 else 'R'}{abs(round(clip.pan * 100))}")
    if clip.reversed:
        said.append("reversed")
    if clip.speed != 1.0:
        said.append(f"{clip.speed:g}×")
    if clip.pitch:
        said.append(f"{clip.pitch:+g} st")
    return said


def inside_of(plan: TrackPlan) -> QRectF:
    """Return the rectangle of the waveforms: below the titles."""
    height = plan.lane - 2 * TRACK_GAP - 1
    title = TITLE if height >= TALL_ENOUGH else 3
    return QRectF(0, TRACK_GAP + title, plan.width, height - title - 1)
