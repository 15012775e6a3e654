"""Spectrograms of stems and mix, as one picture."""

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.scene.colours import Colour
from engine.sound.waveform import Waveform

if TYPE_CHECKING:
    from PIL import Image as Pillow
    from PIL import ImageDraw as Drawing


BACKGROUND, GRID, TEXT, QUIET_TEXT = (18, 20, 24), (58, 63, 72), (232, 234, 238), (150, 156, 166)
HEAT: tuple[Colour, ...] = (
    *((10, 9, 20), (37, 22, 73), (84, 29, 109), (133, 39, 106), (181, 54, 87)),
    *((221, 81, 58), (246, 125, 21), (252, 180, 28), (245, 235, 140), (255, 255, 235)),
)
"""From silence to the loudest, uniform in lightness, so that it is readable in grey."""

RANGE_DB = 80.0
LOWEST_HZ = 40.0
WINDOW_SECONDS = 0.032
LEFT, RIGHT, TOP, BOTTOM = 76, 92, 46, 40
PLOT_WIDTH, PLOT_HEIGHT, WAVE_HEIGHT, TITLE_HEIGHT, GAP = 1000, 190, 44, 28, 22
TICKS_HZ = (50, 100, 200, 500, 1000, 2000, 4000, 8000, 16000)


@dataclass(frozen=True)
class SpectrogramRow:
    """One sound of the picture.

    Attributes:
        name: its title.
        colour: colour of its title and waveform.
        samples: float32 (channels, samples).
        note: small text to the right of the title.
    """

    name: str
    colour: Colour
    samples: Waveform
    note: str = ""


def spectrogram_png(rows: Sequence[SpectrogramRow], rate: int, highest_hz: float | None = None) -> bytes:
    """Draw the sounds one below the other on one time axis, each as waveform and spectrogram, as an RGB PNG.

    Frequency is on the mel scale from 40 Hz; colour is the level in dB relative to the loudest point, over 80
    dB.

    Args:
        rows: the sounds, from the top; all at ``rate``.
        rate: samples per second.
        highest_hz: top of the frequency axis; None is half the rate.
    """
    from PIL import Image, ImageDraw

    height = TOP + len(rows) * (TITLE_HEIGHT + WAVE_HEIGHT + PLOT_HEIGHT) + (len(rows) - 1) * GAP + BOTTOM
    picture = Image.new("RGB", (LEFT + PLOT_WIDTH + RIGHT, height), BACKGROUND)
    draw = ImageDraw.Draw(picture)
    seconds = max(row.samples.shape[1] for row in rows) / rate
    top_hz = min(highest_hz or rate / 2, rate / 2)
    powers = [_power(row.samples, rate, seconds, top_hz) for row in rows]
    loudest = max(float(power.max()) for power in powers)
    draw.text((LEFT, 12), "Spectrograms", fill=TEXT, font=_font(18))
    draw.text(
        (LEFT + 140, 16), f"{seconds:.2f} s, up to {top_hz / 1000:g} kHz", fill=QUIET_TEXT, font=_font(13)
    )
    _colour_bar(picture, draw)
    y = TOP
    for row, power in zip(rows, powers, strict=True):
        _time_grid(draw, y + TITLE_HEIGHT, seconds)
        _draw_row(picture, draw, y, row, _heat(power, loudest))
        _frequency_axis(draw, y + TITLE_HEIGHT + WAVE_HEIGHT, top_hz)
        y += TITLE_HEIGHT + WAVE_HEIGHT + PLOT_HEIGHT + GAP
    _time_axis(draw, y - GAP, seconds)
    buffer = io.BytesIO()
    picture.save(buffer, "png")
    return buffer.getvalue()


def _power(samples: Waveform, rate: int, seconds: float, top_hz: float) -> NDArray[np.float64]:
    """Return the power at the plot's pixels, (PLOT_HEIGHT, PLOT_WIDTH), the top row being the highest frequency."""
    length = 1 << math.ceil(math.log2(WINDOW_SECONDS * rate))
    mono = np.pad(samples.mean(axis=0), length // 2)
    centres = (np.arange(PLOT_WIDTH) + 0.5) / PLOT_WIDTH * seconds * rate
    starts = np.clip(centres.astype(np.int64), 0, None)
    mono = np.pad(mono, (0, max(0, int(starts[-1]) + length - len(mono))))
    frames = mono[starts[:, None] + np.arange(length)] * np.hanning(length)
    spectrum = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    bins = _frequencies(top_hz) * length / rate
    lower = np.clip(bins.astype(np.int64), 0, spectrum.shape[1] - 2)
    part = np.clip(bins - lower, 0.0, 1.0)
    return np.asarray((spectrum[:, lower] * (1 - part) + spectrum[:, lower + 1] * part).T)


def _frequencies(top_hz: float) -> NDArray[np.float64]:
    """Return the frequency in Hz of each row of the plot, from the top down."""
    mels = np.linspace(_mel(top_hz), _mel(LOWEST_HZ), PLOT_HEIGHT)
    return np.asarray(700.0 * (10.0 ** (mels / 2595.0) - 1.0))


def _mel(hz: float) -> float:
    return 2595.0 * math.log10(1.0 + hz / 700.0)


def _heat(power: NDArray[np.float64], loudest: float) -> NDArray[np.uint8]:
    """Convert powers to colours, uint8 (h, w, 3)."""
    decibels = 10.0 * np.log10(np.maximum(power, 1e-30) / max(loudest, 1e-12))
    return _colours(np.clip(1.0 + decibels / RANGE_DB, 0.0, 1.0))


def _colours(share: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Convert 0..1 to colours of ``HEAT``, adding an axis of 3."""
    stops = np.linspace(0.0, 1.0, len(HEAT))
    channels = [np.interp(share, stops, [colour[i] for colour in HEAT]) for i in range(3)]
    return np.stack(channels, axis=-1).astype(np.uint8)


def _draw_row(
    picture: "Pillow.Image", draw: "Drawing.ImageDraw", y: int, row: SpectrogramRow, heat: NDArray[np.uint8]
) -> None:
    from PIL import Image

    draw.rectangle((LEFT, y + 7, LEFT + 5, y + 21), fill=row.colour)
    draw.text((LEFT + 14, y + 5), row.name, fill=TEXT, font=_font(15))
    noted = draw.textlength(row.note, font=_font(13))
    draw.text((LEFT + PLOT_WIDTH - noted, y + 7), row.note, fill=QUIET_TEXT, font=_font(13))
    middle = y + TITLE_HEIGHT + WAVE_HEIGHT // 2
    for x, (low, high) in enumerate(_extremes(row.samples)):
        reach = WAVE_HEIGHT // 2 - 2
        line = (LEFT + x, middle - high * reach, LEFT + x, middle - low * reach)
        draw.line(line, fill=row.colour)
    picture.paste(Image.fromarray(heat), (LEFT, y + TITLE_HEIGHT + WAVE_HEIGHT))


def _extremes(samples: Waveform) -> Iterator[tuple[float, float]]:
    """Yield the lowest and highest value of each column, with the row's peak scaled to 1."""
    mono = samples.mean(axis=0)
    peak = max(float(np.abs(mono).max(initial=0.0)), 1e-6)
    for part in np.array_split(mono / peak, PLOT_WIDTH):
        yield (float(part.min()), float(part.max())) if len(part) else (0.0, 0.0)


def _frequency_axis(draw: "Drawing.ImageDraw", y: int, top_hz: float) -> None:
    low, high = _mel(LOWEST_HZ), _mel(top_hz)
    last = math.inf
    for hz in TICKS_HZ:
        at = y + PLOT_HEIGHT - (_mel(hz) - low) / (high - low) * PLOT_HEIGHT
        if hz > top_hz or last - at < 15:
            continue
        last = at
        draw.line((LEFT - 5, at, LEFT - 1, at), fill=QUIET_TEXT)
        words = f"{hz // 1000} kHz" if hz >= 1000 else f"{hz} Hz"
        draw.text((LEFT - 9, at), words, fill=QUIET_TEXT, font=_font(12), anchor="rm")


def _time_grid(draw: "Drawing.ImageDraw", y: int, seconds: float) -> None:
    for second in _time_ticks(seconds):
        x = LEFT + second / seconds * PLOT_WIDTH
        draw.line((x, y + WAVE_HEIGHT + PLOT_HEIGHT, x, y + WAVE_HEIGHT + PLOT_HEIGHT + 4), fill=QUIET_TEXT)
        if second:
            draw.line((x, y, x, y + WAVE_HEIGHT - 1), fill=GRID)


def _time_axis(draw: "Drawing.ImageDraw", y: int, seconds: float) -> None:
    for second in _time_ticks(seconds):
        x = LEFT + second / seconds * PLOT_WIDTH
        draw.text((x, y + 8), f"{second:g} s", fill=QUIET_TEXT, font=_font(12), anchor="ma")


def _time_ticks(seconds: float) -> list[float]:
    """Return round times from 0, at most a dozen."""
    step = next(
        step for step in (0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 600) if seconds / step <= 12 or step == 600
    )
    return [round(number * step, 3) for number in range(int(seconds / step + 1e-6) + 1)]


def _colour_bar(picture: "Pillow.Image", draw: "Drawing.ImageDraw") -> None:
    """Draw the colour scale to the right of the first row."""
    from PIL import Image

    x, y = LEFT + PLOT_WIDTH + 16, TOP + TITLE_HEIGHT + WAVE_HEIGHT
    bar = _colours(np.repeat(np.linspace(1.0, 0.0, PLOT_HEIGHT)[:, None], 12, axis=1))
    picture.paste(Image.fromarray(bar), (x, y))
    for decibels in range(0, int(RANGE_DB) + 1, 20):
        at = y + decibels / RANGE_DB * (PLOT_HEIGHT - 1)
        draw.text((x + 18, at), f"{-decibels} dB", fill=QUIET_TEXT, font=_font(12), anchor="lm")


def _font(size: int):  # type: ignore[no-untyped-def]  # noqa: ANN202 - the type depends on how Pillow was built
    from PIL import ImageFont

    return ImageFont.load_default(size)
