"""Takes are recorded while the timeline plays, and lie where they were played, within one sample."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
import soundfile
from pytestqt.qtbot import QtBot

from desktop.timeline.recordings import calibration
from desktop.timeline.recordings import recorder as recording
from desktop.timeline.recordings.calibration import (
    KEY,
    keep_round_trip,
    kept_round_trip,
    measure_round_trip,
    pair_key,
)
from desktop.timeline.recordings.capture import Capture
from desktop.timeline.recordings.input_devices import NO_INPUT, Push
from desktop.timeline.recordings.part import recordings_folder
from desktop.timeline.recordings.recorder import LOST, NOT_MEASURED, RecordRequest
from engine.errors import Failed
from engine.scene.edits import add_track, attach_take, place_take
from engine.scene.recipe_facts import RecipeFacts
from engine.scene.scene import Scene, TakeRecord
from engine.scene.takes import Take
from engine.scene.timeline import Clip
from engine.scene.validity import problems
from tests.desktop.e2e.house import toy_house
from tests.desktop.objects.toy import FakeGenerationBackend
from tests.desktop.playback.fakes import RATE, counting
from tests.desktop.timeline.recordings.loopback import Loopback, LoopInput

DELAY, LATENCY = 1_234, 0.01


class Studio:
    """A window whose output is looped back into its input, with ten counting seconds on the timeline."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.loop = Loopback(DELAY, LATENCY)
        self.house = toy_house(qtbot, folder, FakeGenerationBackend(), self.loop.open_output)
        self.house.until(lambda: self.house.services.document.project is not None and self.house.at_rest())
        part = self.house.timeline.recordings
        part.open_input, part.open_output = self.loop.open_input, self.loop.open_output
        self.part, self.recorder, self.player = part, part.recorder, self.house.timeline.player
        self.count()

    def count(self) -> None:
        """Put a take on the timeline whose every sample says where it is."""
        document = self.house.services.document
        project = document.project
        assert project is not None
        record = project.add_take(Take(counting(10.0), RATE, "Count", (), 1, "{}"))

        def placed(scene: Scene) -> Scene:
            number = scene.next_id
            scene = add_track(attach_take(scene, record), "Count")
            return place_take(scene, number, record.digest, 0)

        document.edit("Count", placed)
        self.player.play()
        self.house.until(lambda: bool(self.loop.outputs))
        self.player.stop()

    def calibrated(self) -> None:
        key = pair_key(self.loop.output, LoopInput(self.loop, RATE, lambda frames, when: None))
        keep_round_trip(self.house.services.state, key, self.loop.late)

    def record(self, request: RecordRequest, seconds: float, stop: bool = True) -> TakeRecord:
        """Record so many seconds, and return the take."""
        made: list[str] = []
        self.recorder.recorded.connect(made.append)
        self.recorder.begin(request)
        self.house.until(lambda: self.recorder.running)
        stream = self.player.stream
        assert stream is not None
        self.house.until(lambda: stream.reader.offered.written > 8)
        self.loop.run(lambda: self.recorder.seconds >= seconds or not self.recorder.running, self.qtbot.wait)
        assert self.player.underruns == 0
        if stop:
            self.recorder.stop()
        self.house.until(lambda: bool(made))
        take = self.house.scene.take(made[0])
        assert take is not None
        return take

    def clip_of(self, take: TakeRecord) -> Clip:
        [clip] = [
            c for track in self.house.scene.timeline.tracks for c in track.clips if c.take == take.digest
        ]
        return clip


@pytest.fixture
def studio(qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    made = Studio(qtbot, tmp_path)
    yield made
    made.part.close()


def counted(studio: Studio, take: TakeRecord) -> np.ndarray:
    """Which samples of the timeline were heard in a take."""
    project = studio.house.services.document.project
    assert project is not None
    return np.round(project.takes(take.digest)[0][0] * 2**20)


def test_a_recorded_take_lies_within_one_sample_of_where_it_was_played(studio: Studio) -> None:
    studio.calibrated()
    take = studio.record(RecordRequest(0, 2 * RATE, pre_roll=0.5), 1.5)
    clip, heard = studio.clip_of(take), counted(studio, take)
    assert clip.start == 2 * RATE
    at = heard[clip.offset : clip.offset + clip.length]
    # The very first and last samples may be in fades of the output.
    middle = slice(400, len(at) - 400)
    off = at[middle] - (clip.start + np.arange(len(at)))[middle]
    assert np.abs(off).max() <= 1
    assert take.objects == (0,)
    assert problems(studio.house.scene) == ()
    assert dict(RecipeFacts.of(take.recipe).settings)["round_trip_ms"] == round(1000 * studio.loop.late, 3)


def test_without_a_measured_round_trip_it_is_late_by_that_and_a_sentence_says_so(studio: Studio) -> None:
    take = studio.record(RecordRequest(None, RATE, pre_roll=0.2), 0.8)
    clip, heard = studio.clip_of(take), counted(studio, take)
    at = heard[clip.offset : clip.offset + clip.length][600:-600]
    off = np.median(at - (clip.start + 600 + np.arange(len(at))))
    assert off == pytest.approx(-studio.loop.late * RATE, abs=1)
    assert NOT_MEASURED in [message.text for message in studio.house.said]


def test_between_marks_it_punches_in_and_out_and_the_clip_can_be_trimmed_outward(studio: Studio) -> None:
    studio.calibrated()
    take = studio.record(RecordRequest(1, RATE, 2 * RATE, pre_roll=0.5), 9.0, stop=False)
    clip = studio.clip_of(take)
    assert (clip.start, clip.end) == (RATE, 2 * RATE)
    assert clip.offset > 0.3 * RATE
    assert take.samples > clip.offset + clip.length
    heard = counted(studio, take)[clip.offset : clip.offset + clip.length]
    assert np.abs(heard[400:-400] - np.arange(RATE, 2 * RATE)[400:-400]).max() <= 1
    assert not studio.player.playing


def test_what_was_recorded_is_saved_opens_again_and_undo_keeps_the_take(studio: Studio) -> None:
    take = studio.record(RecordRequest(0, RATE, pre_roll=0.0), 0.5)
    house = studio.house
    house.services.document.undo()
    assert house.scene.take(take.digest) is not None
    house.services.document.redo()
    house.window.save()
    house.until(lambda: house.at_rest() and not house.services.document.unsaved)
    project = house.services.document.project
    assert project is not None
    assert project.reload().scene == house.scene
    assert list(recordings_folder().glob("*.wav")) == []


def test_recording_goes_on_after_the_last_clip(studio: Studio) -> None:
    end = studio.house.scene.timeline.length
    take = studio.record(RecordRequest(0, end - RATE // 4, pre_roll=0.0), 1.0)
    assert studio.clip_of(take).end > end + RATE // 2
    assert not studio.player.endless


def test_the_command_records_for_the_selected_object_between_the_marks_and_stops(studio: Studio) -> None:
    window, bar = studio.house.window, studio.part.bar
    studio.house.services.document.select([1])
    studio.player.set_loop(RATE, 3 * RATE)
    action = window.actions_.action("record")
    assert action.isEnabled()
    assert not bar.isVisible()
    action.trigger()
    studio.house.until(lambda: studio.recorder.running)
    request = studio.recorder.request
    assert request is not None
    assert (request.index, request.start, request.stop, request.pre_roll) == (1, RATE, 3 * RATE, 2.0)
    assert bar.isVisible()
    assert action.isChecked()
    studio.loop.run(lambda: studio.recorder.seconds > 1.5, studio.qtbot.wait)
    assert "Recording" in bar.words.text()
    assert "peak" in bar.peak.text()
    bar.button.click()
    studio.house.until(lambda: not studio.recorder.active)
    assert not bar.isVisible()
    assert not action.isChecked()
    assert any(take.kind == "recording" and take.objects == (1,) for take in studio.house.scene.takes)


def test_the_peak_is_held_and_turns_red_when_it_is_too_loud(studio: Studio) -> None:
    bar = studio.part.bar
    for peak in (0.25, 1.0, 0.1):
        bar._show_level((peak,))
    assert "peak 0.0 dB" in bar.peak.text()
    assert "too loud" in bar.peak.text()


def test_without_an_input_there_is_a_sentence_and_nothing_stays_on(studio: Studio) -> None:
    def none_there(rate: int, push: Push, name: str) -> LoopInput:
        raise Failed(NO_INPUT)

    studio.part.open_input = none_there
    studio.house.window.actions_.action("record").trigger()
    studio.house.until(lambda: not studio.recorder.active)
    assert studio.house.said[-1].text == NO_INPUT
    assert not studio.player.playing
    assert not studio.part.bar.isVisible()


def test_a_microphone_that_is_unplugged_ends_the_recording_and_keeps_what_was_there(studio: Studio) -> None:
    made: list[str] = []
    studio.recorder.recorded.connect(made.append)
    studio.recorder.begin(RecordRequest(0, 0, pre_roll=0.0))
    studio.house.until(lambda: studio.recorder.running)
    studio.loop.run(lambda: studio.recorder.seconds > 0.5, studio.qtbot.wait)
    studio.loop.input.gone = True
    studio.house.until(lambda: bool(made))
    assert LOST in [message.text for message in studio.house.said]


def test_a_recording_ends_at_the_longest_a_take_can_be(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "MOST_SECONDS", 0.4)
    take = studio.record(RecordRequest(0, 0, pre_roll=0.0), 2.0, stop=False)
    assert take.samples < RATE
    assert any("at most" in message.text for message in studio.house.said)


def test_a_crash_while_recording_loses_nothing_and_the_next_start_says_where_it_is(studio: Studio) -> None:
    studio.recorder.begin(RecordRequest(0, 0, pre_roll=0.0))
    studio.house.until(lambda: studio.recorder.running)
    studio.loop.run(lambda: studio.recorder.seconds > 0.6, studio.qtbot.wait)
    [left] = recordings_folder().glob("*.wav")
    studio.house.until(lambda: soundfile.info(left).frames >= 0.6 * RATE)
    samples, rate = soundfile.read(left)
    assert (rate, samples.ndim) == (RATE, 1)
    assert np.abs(samples).max() > 0
    studio.part.close()
    studio.part.tell_of_leftovers()
    assert str(recordings_folder()) in studio.house.said[-1].text
    left.unlink()


def stepping(loop: Loopback, work: Callable[[], object]) -> object:
    """Run work in a thread while the devices go on; return its result, or raise what it raised."""
    found: list[object] = []

    def run() -> None:
        try:
            found.append(work())
        except Exception as error:  # noqa: BLE001 - handed to the test
            found.append(error)

    thread = Thread(target=run)
    thread.start()
    while thread.is_alive():
        if loop.inputs and loop.input.started and not loop.input.closed:
            loop.step(960)
        thread.join(0.0005)
    if isinstance(found[0], Exception):
        raise found[0]
    return found[0]


@pytest.mark.parametrize(("delay", "latency"), [(0, 0.0), (1_234, 0.01), (9_999, 0.04), (300, 0.04)])
def test_the_round_trip_is_measured_to_the_sample(delay: int, latency: float) -> None:
    loop = Loopback(delay, latency)
    found = stepping(loop, lambda: measure_round_trip(loop.open_output, loop.open_input, RATE, ""))
    assert isinstance(found, tuple)
    assert found[0] == " > Loop in"
    assert found[1] * RATE == pytest.approx(loop.late * RATE, abs=1)
    assert loop.input.closed
    assert loop.output.closes == 1


def test_clicks_that_do_not_come_back_are_a_sentence() -> None:
    loop = Loopback(0)

    def noise(rate: int, push: Push, name: str) -> LoopInput:
        rng = np.random.default_rng(0)
        return loop.open_input(
            rate, lambda f, when: push(rng.normal(0, 0.1, f.shape).astype(np.float32), when), name
        )

    with pytest.raises(Failed, match="clicks were not heard"):
        stepping(loop, lambda: measure_round_trip(loop.open_output, noise, RATE, ""))


def test_measurements_that_differ_are_a_sentence_and_one_that_is_wrong_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loop = Loopback(0)
    for seconds, wanted in (((0.0001, 0.2999, 0.2946), 0.2946), ((0.0, 0.1, 0.2), None)):
        answers = iter(seconds)
        monkeypatch.setattr(calibration, "measure_round_trip", lambda *_, a=answers: ("pair", next(a)))
        if wanted is None:
            with pytest.raises(Failed, match="all differ"):
                calibration.measure_median(loop.open_output, loop.open_input, RATE, "")
        else:
            found = calibration.measure_median(loop.open_output, loop.open_input, RATE, "")
            assert found == ("pair", wanted)


def test_the_command_measures_and_keeps_the_round_trip_of_the_pair(studio: Studio) -> None:
    action = studio.house.window.actions_.action("measure_latency")
    action.trigger()
    studio.loop.run(lambda: not studio.part.measuring, studio.qtbot.wait)
    assert "ms late" in studio.house.said[-1].text
    kept = kept_round_trip(studio.house.services.state, " > Loop in")
    assert kept is not None
    assert kept * RATE == pytest.approx(studio.loop.late * RATE, abs=1)
    assert action.isEnabled()


@pytest.mark.parametrize("found", [None, [], {"a": "x"}, {"a": True}, {"a": 9.0}])
def test_a_damaged_state_has_no_round_trip(studio: Studio, found: object) -> None:
    studio.house.services.state.write({KEY: found})
    assert kept_round_trip(studio.house.services.state, "a") is None


def test_what_came_in_is_written_to_the_end(tmp_path: Path) -> None:
    capture = Capture(lambda when: when)
    capture.write_to(tmp_path / "a.wav", RATE, 1)
    capture.push(np.zeros((0, 2), np.float32), 0.0)
    capture.push(np.full((10, 1), 0.5, np.float32), 0.0)
    capture.end()
    assert soundfile.info(tmp_path / "a.wav").frames == 10
