"""A timeline in 5.1 on its way to a stereo device: rendered ahead, metered whole, folded where it is heard."""

import math
from dataclasses import replace

import numpy as np
import pytest

from desktop.playback.callback_reader import CallbackReader
from desktop.playback.meter_reading import PlaybackMeter
from desktop.playback.meter_widgets import LevelBars
from desktop.playback.render_ahead import PlaybackRequest, RenderAhead
from desktop.playback.ring import Frames
from engine.sound.layout import SURROUND_5_1, SURROUND_7_1, ChannelLayout, fold_to_stereo
from engine.sound.waveform import Waveform, from_db

RATE = 48_000


class Steady:
    """Each channel at a level of its own."""

    def __init__(self, layout: ChannelLayout) -> None:
        self.levels = np.linspace(0.1, 0.2, len(layout), dtype=np.float32)

    def open(self) -> "Steady":
        return self

    def __call__(self, start: int, stop: int) -> Waveform:
        return np.repeat(self.levels[:, None], stop - start, axis=1)

    def warm(self, at: int) -> bool:
        return False


def played(layout: ChannelLayout, speed: float = 1.0) -> tuple[CallbackReader, Frames, Steady]:
    reader, sound = CallbackReader(RATE, layout), Steady(layout)
    ahead = RenderAhead(reader, 1.0, lambda error: pytest.fail(str(error)))
    request = replace(PlaybackRequest(), sound=sound, seek_id=1, start=RATE, speed=speed)
    while ahead.feed(request):
        pass
    out = np.empty((4096, 2), np.float32)
    reader.pull(out, 0.0)
    return reader, out, sound


@pytest.mark.parametrize("layout", [SURROUND_5_1, SURROUND_7_1], ids=lambda layout: layout.id)
@pytest.mark.parametrize("speed", [1.0, -1.0, 0.5])
def test_every_channel_is_heard_for_the_meters_and_two_by_the_device(
    layout: ChannelLayout, speed: float
) -> None:
    reader, out, sound = played(layout, speed)
    [heard] = reader.heard
    assert np.allclose(heard[1000:], sound.levels, atol=1e-3)
    assert np.allclose(out[1000:], fold_to_stereo(layout) @ sound.levels, atol=2e-3)


def test_a_meter_reads_every_channel() -> None:
    meter = PlaybackMeter(RATE, SURROUND_5_1)
    levels = [from_db(db) for db in (-3.0, -6.0, -9.0, -12.0, -15.0, -18.0)]
    reading = meter.take([np.tile(np.array(levels, np.float32), (480, 1))])
    assert (reading.left, reading.right) == pytest.approx((-3.0, -6.0), abs=0.01)
    assert reading.others == pytest.approx((-9.0, -12.0, -15.0, -18.0), abs=0.01)
    assert reading.names == SURROUND_5_1.names


def test_the_bars_of_six_channels_stand_apart_and_say_their_names(qtbot: object) -> None:
    bars = LevelBars()
    bars.resize(200, 34)
    bars.show_levels(-1.0, -1.0, -1.0, -math.inf, -1.0, -1.0, names=SURROUND_5_1.names)
    assert "LFE –" in bars.accessibleDescription() and "Rs −1.0" in bars.accessibleDescription()
    assert not bars.grab().toImage().isNull()
