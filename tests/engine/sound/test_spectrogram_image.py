"""The spectrogram shows what sounds, where and when."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.sound.spectrogram_image import (
    LEFT,
    PLOT_HEIGHT,
    PLOT_WIDTH,
    TITLE_HEIGHT,
    TOP,
    WAVE_HEIGHT,
    SpectrogramRow,
    spectrogram_png,
)

RATE = 16_000
ORANGE = (255, 176, 0)


def drawn(rows: list[SpectrogramRow], rate: int = RATE, highest_hz: float | None = None) -> NDArray[np.uint8]:
    picture = Image.open(io.BytesIO(spectrogram_png(rows, rate, highest_hz)))
    assert picture.mode == "RGB"
    return np.asarray(picture)


def plot(pixels: NDArray[np.uint8], number: int = 0, height: int = 0) -> NDArray[np.float64]:
    """Brightness of the spectrogram of a row."""
    top = TOP + TITLE_HEIGHT + WAVE_HEIGHT + number * height
    return np.asarray(pixels[top : top + PLOT_HEIGHT, LEFT : LEFT + PLOT_WIDTH].astype(float).sum(axis=2))


def tone(hz: float, seconds: float = 1.0) -> NDArray[np.float32]:
    return np.asarray(0.3 * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE)) / RATE), np.float32)[
        None
    ]


def test_a_higher_tone_is_drawn_higher() -> None:
    rows = [
        int(plot(drawn([SpectrogramRow("tone", ORANGE, tone(hz))])).mean(axis=1).argmax())
        for hz in (200, 1000, 4000)
    ]
    assert rows == sorted(rows, reverse=True)
    assert len(set(rows)) == 3


def test_a_burst_is_drawn_when_it_sounds() -> None:
    wave = np.zeros((1, 2 * RATE), np.float32)
    wave[:, RATE : RATE + 1600] = np.random.default_rng(1).normal(0, 0.2, 1600)
    columns = plot(drawn([SpectrogramRow("burst", ORANGE, wave)])).mean(axis=0)
    loud = np.flatnonzero(columns > columns.max() / 2)
    assert abs(loud.mean() / PLOT_WIDTH - 0.525) < 0.02


def test_rows_stand_under_each_other_on_one_scale_with_their_colours() -> None:
    one = drawn([SpectrogramRow("a", ORANGE, tone(500))])
    two = drawn(
        [
            SpectrogramRow("a", ORANGE, tone(500)),
            SpectrogramRow("b", (58, 190, 255), tone(500) * np.float32(0.01)),
        ]
    )
    height = two.shape[0] - one.shape[0]
    assert plot(two).max() > plot(two, 1, height).max() + 100
    assert ((two == (58, 190, 255)).all(axis=2)).any()


def test_silence_and_very_short_sounds_are_drawn_too() -> None:
    quiet = drawn([SpectrogramRow("silence", ORANGE, np.zeros((1, RATE), np.float32))])
    assert plot(quiet).max() == plot(quiet).min()
    assert drawn([SpectrogramRow("tick", ORANGE, tone(1000, 0.01))]).shape == quiet.shape


def test_the_axis_ends_where_the_content_ends() -> None:
    high = plot(drawn([SpectrogramRow("tone", ORANGE, tone(3900))], highest_hz=4000)).mean(axis=1)
    assert int(high.argmax()) < 8
