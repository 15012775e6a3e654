"""Records a take while the timeline plays: pre-roll, punch in and out, placed where it was heard."""

import logging
import time
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.document.document import Document
from desktop.document.messages import Messages
from desktop.playback.player import Player
from desktop.settings.store import JsonFile
from desktop.threads.background import Background
from desktop.timeline.recordings.calibration import kept_round_trip, pair_key
from desktop.timeline.recordings.capture import Capture
from desktop.timeline.recordings.input_devices import InputDevice, OpenInput
from engine.errors import Failed
from engine.logs import log_failure
from engine.project.folder import Project
from engine.project.recordings import MOST_SECONDS, place_recording
from engine.scene.edits import next_take_number, receive_take
from engine.scene.recipe_facts import recording_recipe
from engine.scene.scene import Scene, TakeRecord
from engine.scene.takes import Take
from engine.sound.sound_file import read_sound

log = logging.getLogger(__name__)

TICK_MS = 30
POST_ROLL_SECONDS = 0.25
"""Recorded after the punch out, so that the clip can be made longer."""
LOST = "The microphone has gone: what was recorded before is kept."
TOO_LONG = f"The recording was stopped: a take holds at most {MOST_SECONDS / 60:g} minutes."
NOTHING = "Nothing was recorded: no sound came in from the microphone while the timeline played."
NOT_MEASURED = (
    "The latency of this microphone was not measured yet: "
    "with Play > Measure recording latency, takes lie exactly."
)


@dataclass(frozen=True)
class RecordRequest:
    """What is to be recorded.

    Attributes:
        index: number of the object it becomes a take of, or None.
        start: sample of the timeline where the clip begins.
        stop: sample before which it ends; None records until it is stopped.
        pre_roll: seconds that play before ``start``.
        device: name of the input; "" is the system's.
    """

    index: int | None
    start: int
    stop: int | None = None
    pre_roll: float = 2.0
    device: str = ""


@dataclass(frozen=True)
class Recorded:
    """What came in: its file, and where on the timeline it belongs.

    Attributes:
        path: the file that was written.
        device: name of the input.
        begins: sample of the timeline at which its first sample was played; may be negative.
        round_trip: seconds that were taken off; None if they were not measured.
    """

    path: Path
    device: str
    begins: int
    round_trip: float | None


class Recorder(QObject):
    """Records from an input while the player plays.

    Args:
        document: its project receives the take.
        player: plays the timeline, and says where it is.
        messages: says why nothing is recorded.
        state: keeps the measured round trips.
        folder: where files are written while they are recorded.
        open_input: opens the input; called in a thread.

    Signals:
        changed(): recording has begun or ended.
        level(tuple): the highest amplitude of each channel since the last.
        recorded(str): a take, by its digest, is in the scene.
    """

    changed = Signal()
    level = Signal(object)
    recorded = Signal(str)

    def __init__(
        self,
        document: Document,
        player: Player,
        messages: Messages,
        state: JsonFile,
        *,
        folder: Path,
        open_input: OpenInput,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._player, self._messages = document, player, messages
        self._state, self._folder, self._open_input = state, folder, open_input
        self.request: RecordRequest | None = None
        """What is being recorded, or None."""
        self._capture = Capture(self._output_time)
        self._input: InputDevice | None = None
        self._offsets: list[float] = []
        self._seen = -1
        self._looping = False
        self._path = folder
        self._thread = Background(self)
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)

    @property
    def active(self) -> bool:
        """Whether a recording is being prepared or made."""
        return self.request is not None

    @property
    def running(self) -> bool:
        """Whether sound is coming in."""
        return self._input is not None

    @property
    def seconds(self) -> float:
        """How much has been recorded, pre-roll included."""
        return 0.0 if self._input is None else self._capture.frames / self._input.rate

    def begin(self, request: RecordRequest) -> None:
        """Open the input, then play from before the start and record."""
        if self.active or self._document.project is None:
            return
        self.request = request
        self._capture = Capture(self._output_time)
        rate = self._player.timeline.rate
        work = partial(self._open_input, rate, self._capture.push, request.device)
        self._thread.run(work, self._start, self._refuse)
        self.changed.emit()

    def stop(self) -> None:
        """Stop playing and recording, and make a take of what was recorded."""
        if self._input is None:
            self.request = None
            self.changed.emit()
            return
        stopped = self._player.position
        self._player.stop()
        self._timer.stop()
        device, self._input = self._input, None
        self._player.endless = False
        self._player.set_looping(self._looping)
        self._thread.run(
            partial(_end, device, self._capture), lambda _: self._take(device, stopped), self._refuse
        )

    def close(self) -> None:
        """Stop without making a take; what was recorded stays in its file."""
        self._timer.stop()
        if self._input is not None:
            _end(self._input, self._capture)
            self._input = None
        self._thread.close()

    def _start(self, device: InputDevice) -> None:
        request = self.request
        if request is None:
            self._thread.run(device.close, lambda _: None, self._messages.fail)
            return
        self._input, self._offsets, self._seen = device, [], -1
        self._path = self._folder / f"{time.strftime('%Y%m%d-%H%M%S')}-{time.time_ns() % 10**6:06d}.wav"
        try:
            self._capture.write_to(self._path, device.rate, device.channels)
            device.start()
        except Exception as error:  # noqa: BLE001 - edge: a driver may raise anything
            log_failure(log, "Starting the recording", error)
            self._refuse(error)
            return
        rate = self._player.timeline.rate
        self._looping = self._player.looping
        self._player.set_looping(False)
        self._player.endless = True
        self._player.seek(max(0, request.start - round(request.pre_roll * rate)))
        self._player.play()
        self._timer.start()
        self.changed.emit()

    def _tick(self) -> None:
        device, request = self._input, self.request
        if device is None or request is None:
            return
        self._align(device)
        peaks = [self._capture.peaks.popleft() for _ in range(len(self._capture.peaks))]
        if peaks:
            self.level.emit(tuple(max(channel) for channel in zip(*peaks, strict=True)))
        rate = self._player.timeline.rate
        if self._capture.error is not None:
            self._messages.fail(self._capture.error)
            self.stop()
        elif device.lost():
            self._messages.warn(LOST)
            self.stop()
        elif self.seconds >= MOST_SECONDS:
            self._messages.warn(TOO_LONG)
            self.stop()
        elif not self._player.playing:
            self.stop()
        elif request.stop is not None:
            late = self._round_trip(device) or 0.0
            if self._player.position >= request.stop + round((POST_ROLL_SECONDS + late) * rate):
                self.stop()

    def _align(self, device: InputDevice) -> None:
        """Note where on the timeline the first frame would be, by every block since the last look."""
        stream, ratio = self._player.stream, self._player.timeline.rate / device.rate
        if stream is None:
            return
        for frame, when in tuple(self._capture.marks):
            if frame > self._seen:
                # The reader rounds down to whole frames: half a frame more is the nearest.
                place = stream.reader.position(when + 0.5 / stream.device.rate, self._player.seek_id)
                if place is not None:
                    self._offsets.append(place - frame * ratio)
                self._seen = frame

    def _output_time(self, when: float) -> float:
        """Convert a time of the input's clock to one of the output's; they may begin at different moments."""
        stream, device = self._player.stream, self._input
        return when if stream is None or device is None else stream.device.time() - (device.time() - when)

    def _round_trip(self, device: InputDevice) -> float | None:
        stream = self._player.stream
        return kept_round_trip(self._state, pair_key(None if stream is None else stream.device, device))

    def _take(self, device: InputDevice, stopped: int) -> None:
        request, project, scene = self.request, self._document.project, self._document.scene
        if request is None or project is None or not self._offsets or stopped <= request.start:
            self._refuse(Failed(NOTHING))
            return
        late = self._round_trip(device)
        if late is None:
            self._messages.tell(NOT_MEASURED)
        begins = round(median(self._offsets) - (late or 0.0) * scene.timeline.rate)
        recorded = Recorded(self._path, device.name, begins, late)
        # Without a punch out, the clip ends where the timeline was stopped.
        stop = stopped if request.stop is None else min(request.stop, stopped)
        done = partial(self._stored, project, replace(request, stop=stop), recorded)
        self._thread.run(partial(_store, project, scene, request, recorded), done, self._refuse)

    def _stored(
        self, project: Project, request: RecordRequest, recorded: Recorded, record: TakeRecord
    ) -> None:
        self.request = None
        self.changed.emit()
        if self._document.project is not project:
            self._messages.warn(
                f"The recording was not added: its scene was closed. It is in {recorded.path}."
            )
            return
        number = next_take_number(self._document.scene, record.objects)
        record = replace(record, number=number)
        self._document.adopt(partial(receive_take, take=record))
        if self._document.edit(f"Record {record.name}", partial(placed, record, request, recorded.begins)):
            recorded.path.unlink(missing_ok=True)
        self.recorded.emit(record.digest)

    def _refuse(self, error: BaseException) -> None:
        self._timer.stop()
        device, self._input, self.request = self._input, None, None
        if device is not None:
            self._thread.run(partial(_end, device, self._capture), lambda _: None, lambda _: None)
        self._player.endless = False
        self._messages.fail(error)
        self.changed.emit()


def placed(record: TakeRecord, request: RecordRequest, begins: int, scene: Scene) -> Scene:
    """Return the scene with the punched stretch of a recording as a clip, which can be trimmed outward.

    Args:
        record: the take, which is in the scene.
        request: what was asked; its ``stop`` is where recording ended.
        begins: sample of the timeline at which the take's first sample was played.
        scene: the scene.

    Raises:
        BadInput: the clip cannot be placed.
    """
    length = record.length_at(scene.timeline.rate)
    start = max(request.start, begins, 0)
    stop = min(request.stop if request.stop is not None else begins + length, begins + length)
    return place_recording(scene, record, at=start, offset=start - begins, length=max(1, stop - start))


def _end(device: InputDevice, capture: Capture) -> None:
    device.close()
    capture.end()


def _store(project: Project, scene: Scene, request: RecordRequest, recorded: Recorded) -> TakeRecord:
    """Store what was recorded as a take of the project; runs in the thread."""
    sound = read_sound(recorded.path, scene.timeline.rate)
    thing = None if request.index is None else scene.object(request.index)
    facts: dict[str, str | int | float] = {
        "format": sound.facts.form,
        "rate": sound.facts.rate,
        "channels": sound.facts.channels,
        "recorded": time.strftime("%Y-%m-%d %H:%M:%S"),
        "round_trip_ms": "not measured"
        if recorded.round_trip is None
        else round(1000 * recorded.round_trip, 3),
    }
    take = Take(
        sound.samples,
        sound.rate,
        "Recording" if thing is None else thing.name,
        () if thing is None else (thing.index,),
        1,
        recording_recipe(recorded.device or "microphone", sound.digest, facts),
        kind="recording",
        licence="own recording",
    )
    return project.add_take(take, take.objects)
