"""The player over a document, with a device that is pulled by hand: what it plays, where it stands, what it tells."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from desktop.document.messages import Message, Messages
from desktop.playback.ab_compare import TakePair
from desktop.playback.output_devices import OutputDevice, Pull
from desktop.playback.output_thread import LOST
from desktop.playback.player import Player
from desktop.playback.ring import Frames
from desktop.playback.track_peaks import track_peaks
from engine.sound.render import Renderer
from engine.sound.waveform import to_db
from tests.desktop.playback.fakes import (
    RATE,
    HandDevice,
    Shelf,
    Takes,
    counting,
    document_of,
    places,
    scene_of,
    set_timeline,
    timeline_of,
    tone,
)


class Rig:
    """A player and all round it."""

    def __init__(self, qtbot: QtBot, shelf: Callable[[int, Pull], OutputDevice] | None = None) -> None:
        self.qtbot = qtbot
        self.takes = Takes(count=counting(4), loud=tone(1, 0.5), soft=tone(1, 0.125, 550))
        self.document = document_of(scene_of(self.takes, timeline_of(4 * RATE)))
        self.messages = Messages()
        self.said: list[Message] = []
        self.messages.shown.connect(self.said.append)
        self.shelf = Shelf()
        self.player = Player(self.document, self.takes, self.messages, shelf or self.shelf)
        self.positions: list[int] = []
        self.player.position_changed.connect(self.positions.append)

    @property
    def device(self) -> HandDevice:
        return self.shelf.device

    def fed(self) -> None:
        """Waits until the device may be pulled for what was asked."""

        def there() -> None:
            line = self.player.stream
            assert line is not None
            assert line.reader.offered.seek_id == self.player._request.seek_id
            assert line.reader.offered.ends is not None or line.reader.offered.written >= 20

        self.qtbot.waitUntil(lambda: _holds(there), timeout=3000)

    def play(self, at: int = 0) -> None:
        self.player.seek(at)
        self.player.play()
        self.fed()

    def pull(self, frames: int) -> Frames:
        return self.device.pull(frames)

    def pull_slowly(self, frames: int) -> Frames:
        """More than lies ahead at one time."""
        blocks = []
        for at in range(0, frames, 8192):
            blocks.append(self.pull(min(8192, frames - at)))
            self.qtbot.wait(20)
        return np.concatenate(blocks)


def _holds(check: Callable[[], None]) -> bool:
    try:
        check()
    except AssertionError:
        return False
    return True


@pytest.fixture
def rig(qtbot: QtBot) -> Iterator[Rig]:
    made = Rig(qtbot)
    yield made
    made.player.close()


def test_it_plays_from_the_playhead_to_the_sample(rig: Rig) -> None:
    rig.play(at=10_000)
    heard = places(rig.pull(2000))
    assert heard[100:] == list(range(10_100, 12_000))
    assert rig.player.playing
    assert rig.player.position == 12_000


def test_the_position_is_what_is_heard_and_not_what_was_asked_for_ahead(rig: Rig) -> None:
    rig.player.prepare()
    rig.qtbot.waitUntil(lambda: rig.player.stream is not None)
    rig.device.latency = 0.02
    rig.play()
    rig.pull(960)
    assert rig.player.position == 0
    rig.pull(960)
    assert rig.player.position == 960


def test_stop_stays_where_it_is_and_play_goes_on_from_there(rig: Rig) -> None:
    rig.play()
    rig.pull(5000)
    rig.player.toggle()
    assert not rig.player.playing
    assert rig.player.position == 5000
    rig.player.toggle()
    rig.fed()
    assert places(rig.pull(3000))[-1] in range(5000 + 2000, 8001)


def test_an_edit_is_heard_within_100_ms_of_sound(rig: Rig) -> None:
    rig.play()
    rig.pull(4096)
    line = rig.player.stream
    assert line is not None
    before = line.reader.offered
    set_timeline(rig.document, timeline_of(4 * RATE, gain_db=-6.0))
    rig.qtbot.waitUntil(lambda: line.reader.offered is not before)
    heard = rig.pull(2048)[:, 0]
    expected = (4096 + np.arange(2048)) / 2**20 * 10 ** (-6 / 20)
    assert np.abs(heard - expected)[1024:].max() < 1e-5
    assert rig.player.position == 4096 + 2048


def test_only_a_timeline_that_differs_is_rendered_again(rig: Rig) -> None:
    rig.play()
    line = rig.player.stream
    assert line is not None
    before = line.reader.offered
    rig.document.edit("Rename scene", lambda scene: replace(scene, name="Street"))
    rig.qtbot.wait(60)
    assert line.reader.offered is before


def test_seeking_while_playing_plays_on_from_there(rig: Rig) -> None:
    rig.play()
    rig.pull(1000)
    rig.player.seek(50_000)
    assert rig.player.position == 50_000
    rig.fed()
    heard = places(rig.pull(2000))
    assert heard[-1] in range(50_000 + 2000 - 600, 52_001)
    assert rig.player.playing


def test_seeking_while_it_stands_makes_no_sound(rig: Rig) -> None:
    rig.player.seek(7000)
    rig.fed()
    assert rig.player.position == 7000
    assert rig.positions == [7000]
    assert not rig.pull(2000).any()


def test_scrubbing_sounds_for_a_moment_and_stays(rig: Rig) -> None:
    rig.player.scrub(30_000)
    rig.fed()
    out = rig.pull(8000)
    sounding = np.flatnonzero(out[:, 0])
    assert 0.06 * RATE < len(sounding) < 0.08 * RATE
    assert places(out)[1000] == 31_000
    rig.qtbot.waitUntil(lambda: rig.player.speed == 0.0)
    assert rig.player.position == 30_000
    assert not rig.player.playing


def test_j_k_and_l_go_through_the_speeds(rig: Rig) -> None:
    rig.play(at=2 * RATE)
    speeds = []
    for direction in (1, 1, 1, -1, -1, -1, -1):
        rig.player.shuttle(direction)
        speeds.append(rig.player.speed)
    assert speeds == [2, 4, 4, 2, 1, -1, -2]
    rig.player.stop()
    rig.player.shuttle(-1)
    assert rig.player.speed == -1


def test_double_speed_is_heard_at_double_speed(rig: Rig) -> None:
    rig.play()
    rig.pull(1000)
    rig.player.shuttle(1)
    rig.qtbot.wait(60)
    heard = places(rig.pull(6000))
    assert heard[-1] - heard[-1001] == pytest.approx(2000, abs=2)
    assert rig.player.position == pytest.approx(heard[-1], abs=3)


def test_backwards_it_stops_at_the_beginning(rig: Rig) -> None:
    rig.player.seek(3000)
    rig.player.shuttle(-1)
    rig.fed()
    rig.pull(5000)
    rig.qtbot.waitUntil(lambda: not rig.player.playing)
    assert rig.player.position == 0


def test_it_stops_at_the_end_of_the_last_clip_and_starts_over(rig: Rig) -> None:
    rig.play(at=4 * RATE - 1000)
    rig.pull(3000)
    rig.qtbot.waitUntil(lambda: not rig.player.playing)
    assert rig.player.position == 4 * RATE
    rig.player.play()
    assert rig.player.position == 0


def test_the_loop_is_gone_round_and_can_be_moved_while_playing(rig: Rig) -> None:
    rig.player.set_loop(1000, 3000)
    rig.player.set_looping(True)
    rig.player.play()
    rig.fed()
    heard = places(rig.pull(5000))
    assert heard[100:] == [1000 + n % 2000 for n in range(100, 5000)]
    rig.player.set_loop(1000, 5000)
    rig.qtbot.wait(60)
    assert max(places(rig.pull(8000))[3000:]) == 4999


def test_in_and_out_mark_the_loop_at_the_playhead(rig: Rig) -> None:
    rig.player.seek(48_000)
    rig.player.mark_in()
    assert rig.player.loop == (48_000, 4 * RATE)
    rig.player.seek(96_000)
    rig.player.mark_out()
    assert rig.player.loop == (48_000, 96_000)
    rig.player.seek(24_000)
    rig.player.mark_out()
    assert rig.player.loop == (0, 24_000)


def test_looping_without_a_loop_goes_round_everything(rig: Rig) -> None:
    rig.player.set_looping(True)
    assert rig.player.loop == (0, 4 * RATE)


def test_steps_of_a_frame_land_on_frames(rig: Rig) -> None:
    frame = RATE // 25
    rig.player.seek(frame * 3 + 5)
    rig.player.step_frames(-1)
    assert rig.player.position == frame * 3
    rig.player.step_frames(1)
    assert rig.player.position == frame * 4
    rig.player.step_seconds(1)
    assert rig.player.position == frame * 4 + RATE
    rig.player.to_end()
    assert rig.player.position == 4 * RATE
    rig.player.to_start()
    assert rig.player.position == 0


def test_a_take_plays_once_by_itself_and_leaves_the_playhead(rig: Rig) -> None:
    rig.player.seek(1234)
    rig.player.play_take("loud")
    assert rig.player.take_heard == "loud"
    rig.fed()
    out = rig.pull_slowly(RATE + 4000)[:, 0]
    assert np.abs(out[:RATE]).max() == pytest.approx(0.5 / 2**0.5, abs=1e-3)
    assert not out[RATE + 512 :].any()
    rig.qtbot.waitUntil(lambda: rig.player.take_heard is None)
    assert rig.player.position == 1234


def test_a_take_is_heard_from_where_one_clicks_and_says_where_it_is(rig: Rig) -> None:
    heard: list[tuple[str, float]] = []
    rig.player.take_moved.connect(lambda digest, seconds: heard.append((digest, seconds)))
    rig.player.play_take("count", 3.0)
    rig.fed()
    assert places(rig.pull_slowly(2000))[600] == 3 * RATE + 600
    rig.qtbot.waitUntil(lambda: bool(heard) and heard[-1][1] > 3.03)
    assert heard[-1][0] == "count" and rig.player.take_seconds < 3.1
    rig.pull_slowly(RATE)
    rig.qtbot.waitUntil(lambda: rig.player.take_heard is None)
    assert rig.player.take_seconds == 0.0


def test_a_looped_take_begins_again_and_goes_on_once_when_the_loop_is_left(rig: Rig) -> None:
    rig.player.set_take_looping(True)
    rig.player.play_take("loud", 0.9)
    rig.fed()
    rig.pull_slowly(RATE * 2)
    assert rig.player.take_heard == "loud" and rig.player.take_looping
    assert 0.85 < rig.player.take_seconds < 0.95
    rig.player.set_take_looping(False)
    assert rig.player.take_heard == "loud"
    rig.fed()
    rig.pull_slowly(RATE)
    rig.qtbot.waitUntil(lambda: rig.player.take_heard is None)


def test_takes_by_themselves_are_equally_loud_when_that_is_set_and_as_they_are_when_not(rig: Rig) -> None:
    def level(digest: str) -> float:
        rig.player.play_take(digest)
        rig.fed()
        return to_db(float(np.sqrt((rig.pull(8000)[4000:, 0] ** 2).mean())))

    assert level("loud") - level("soft") == pytest.approx(12.0, abs=0.1)
    rig.player.set_matched(True)
    assert level("loud") - level("soft") == pytest.approx(0.0, abs=0.3)


def test_a_take_that_is_gone_is_told_of(rig: Rig) -> None:
    rig.player.play_take("nothing")
    assert [message.kind for message in rig.said] == ["error"]


def test_a_and_b_are_equally_loud_and_change_at_the_same_place(rig: Rig) -> None:
    rig.player.compare(TakePair("loud", "soft"))
    rig.qtbot.waitUntil(lambda: rig.player.pair is not None and rig.player.pair.gain_db is not None)
    rig.fed()
    a = rig.pull(8000)[4000:, 0]
    rig.player.switch()
    assert rig.player.take_heard == "soft"
    rig.qtbot.wait(80)
    b = rig.pull(8000)[4000:, 0]
    assert float(np.sqrt((a**2).mean())) == pytest.approx(float(np.sqrt((b**2).mean())), rel=0.05)
    assert rig.player.position == 0
    rig.player.stop()
    assert rig.player.pair is None


def test_a_missing_take_is_told_of_once_and_the_rest_is_heard(rig: Rig) -> None:
    whole = timeline_of(4 * RATE)
    other = replace(whole.tracks[0], id=5, clips=(replace(whole.tracks[0].clips[0], id=6, take="gone"),))
    set_timeline(rig.document, replace(whole, tracks=(*whole.tracks, other)))
    rig.play(at=1000)
    assert places(rig.pull(600))[-1] == 1599
    rig.qtbot.waitUntil(lambda: len(rig.said) == 1)
    assert "gone" in rig.said[0].text


def test_the_device_is_opened_and_fed_outside_the_gui_thread(rig: Rig) -> None:
    rig.play()
    assert rig.shelf.threads == ["playback"]
    assert rig.device.starts > 0


def test_without_sound_everything_else_works_and_it_says_why(qtbot: QtBot) -> None:
    rig = Rig(qtbot, Shelf(reason="No sound: nothing is plugged in."))
    with qtbot.waitSignal(rig.player.availability_changed):
        rig.player.prepare()
    assert not rig.player.available
    assert rig.player.reason == "No sound: nothing is plugged in."
    rig.player.close()


def test_another_rate_opens_the_device_anew(rig: Rig) -> None:
    rig.play()
    set_timeline(rig.document, timeline_of(4 * RATE, rate=96_000))
    rig.qtbot.waitUntil(lambda: len(rig.shelf.devices) == 2)
    assert rig.shelf.devices[0].closes == 1
    assert rig.device.rate == 96_000


def test_a_device_that_is_unplugged_stops_playing_and_the_next_play_looks_again(rig: Rig) -> None:
    rig.play()
    rig.pull(2000)
    rig.device.gone = True
    rig.qtbot.waitUntil(lambda: not rig.player.playing)
    assert rig.player.reason == LOST
    assert [message.text for message in rig.said] == [LOST]
    rig.player.play()
    rig.qtbot.waitUntil(lambda: len(rig.shelf.devices) == 2)
    rig.qtbot.waitUntil(lambda: rig.player.available)


def test_another_project_begins_at_the_beginning(rig: Rig) -> None:
    rig.play(at=5000)
    other = object()
    rig.document.replace(rig.document.scene, None, other)  # type: ignore[arg-type]
    assert not rig.player.playing
    assert rig.player.position == 0


def test_closing_lets_the_device_go(rig: Rig) -> None:
    rig.play()
    rig.player.close()
    assert rig.device.closes == 1


def test_while_it_runs_no_other_python_holds_it_up_for_long(rig: Rig) -> None:
    before = sys.getswitchinterval()
    rig.play()
    assert sys.getswitchinterval() == pytest.approx(0.001)
    rig.player.close()
    assert sys.getswitchinterval() == pytest.approx(before)


def test_position_and_loop_hold_beyond_what_32_bits_count(rig: Rig) -> None:
    far = 2**31 + 4800
    rig.player.seek(far)
    assert rig.positions == [far]
    rig.player.mark_in()
    assert rig.player.loop == (far, far + RATE)


def test_dragging_the_playhead_is_heard_all_along(rig: Rig) -> None:
    sounding = []
    for at in range(20_000, 60_000, 4000):
        rig.player.scrub(at)
        rig.qtbot.wait(30)
        sounding.append(bool(rig.pull(1440).any()))
    assert sum(sounding) >= len(sounding) // 2
    assert rig.player.position == 56_000


def test_the_peaks_of_tracks_are_those_of_what_was_just_heard(rig: Rig) -> None:
    rig.play(30_000)
    rig.pull(RATE // 2)
    numbers = [track.id for track in rig.document.scene.timeline.tracks]
    at = rig.player.position
    peaks = track_peaks(rig.player.renderer, at, [*numbers, *([] if 99 in numbers else [99])])
    stem = rig.player.renderer.stem(numbers[0], at - 2400, at)
    assert peaks == {numbers[0]: pytest.approx(float(np.abs(stem).max()))}
    assert peaks[numbers[0]] > 0
    fresh = Renderer(rig.document.scene.timeline, rig.takes)
    assert track_peaks(fresh, at, numbers) == {}
