"""The player: decides in the GUI thread what plays, from where and how fast; audio is rendered in other threads."""

import math
from dataclasses import replace

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from desktop.document.document import Document
from desktop.document.messages import Messages
from desktop.playback.ab_compare import TakePair
from desktop.playback.output_devices import OutputDevice, open_device
from desktop.playback.output_thread import LOST, OpenDevice, OpenStream, OutputThread
from desktop.playback.playhead_path import Span
from desktop.playback.render_ahead import PlaybackRequest, PlaybackSource
from desktop.playback.render_sources import RenderSources, SampleSource, SingleTakeSource, TimelineSource
from desktop.playback.transport_math import (
    loop_between,
    loop_from,
    loop_until,
    next_speed,
    play_from,
    step_frames,
)
from desktop.playback.version_preparer import VersionPreparer, VersionSource
from engine.errors import BadInput
from engine.scene.scene import Scene
from engine.scene.timeline import MOST_SAMPLES, Timeline
from engine.sound.cache import TakeSource
from engine.sound.layout import layout_named
from engine.sound.render import Renderer
from engine.sound.take_versions import TakeVersions
from engine.sound.waveform import Waveform

TICK_MS = 15
GRAIN_SECONDS = 0.07
"""Length of the sound at each position while scrubbing."""


class Player(QObject):
    """Plays the document's timeline, and single takes.

    Args:
        document: its timeline is played; edits are heard within 0.1 s.
        takes: returns the samples of a take by digest; called in the playback thread.
        messages: shows why something cannot be played.
        open_device: opens the audio output, in the playback thread.

    Signals:
        position_changed(int): the playhead is at another sample of the timeline.
        state_changed(): playing, speed, loop, take or pair has changed.
        loop_changed(object): the loop has changed: (start, stop), or None.
        availability_changed(): a device was opened, with sound or without.
        restarted(): playback started anew; meters reset.
        take_moved(str, float): the take that plays by itself is at this second.
    """

    # Signal(int) overflows at 2**31; sample positions may be larger.
    position_changed = Signal(object)
    state_changed = Signal()
    loop_changed = Signal(object)
    availability_changed = Signal()
    restarted = Signal()
    take_moved = Signal(str, float)
    _opened = Signal(object)
    _failed = Signal(object)
    _levelled = Signal(str, float)

    def __init__(
        self,
        document: Document,
        takes: TakeSource,
        messages: Messages,
        open_device: OpenDevice = open_device,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._messages = messages
        versions = takes if isinstance(takes, VersionSource) else TakeVersions(takes)
        self._sources = RenderSources(versions, self._failed.emit)
        self._versions = VersionPreparer(versions, self)
        self._timeline = document.scene.timeline
        self._mix = self._source_of_mix()
        self._project = document.project
        self._place = 0
        self._request = PlaybackRequest(self._mix)
        self._alone: str | None = None
        self._take_looping = self._matched = False
        self._pair: TakePair | None = None
        self._loop: Span | None = None
        self._looping = False
        self._device: OutputDevice | None = None
        self._past_end = False
        self.endless = False
        """Whether playback goes on after the last clip, as it does while something is recorded."""
        self._output_thread = OutputThread(open_device, self._opened.emit, self._failed.emit)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._opened.connect(self._note_device, Qt.ConnectionType.QueuedConnection)
        self._failed.connect(self._messages.fail, Qt.ConnectionType.QueuedConnection)
        self._levelled.connect(self._note_gain, Qt.ConnectionType.QueuedConnection)
        self._versions.prepared.connect(self._refresh_mix)
        self._versions.failed.connect(self._messages.fail)
        document.scene_changed.connect(self._follow)
        document.replaced.connect(self._begin_scene)

    @property
    def timeline(self) -> Timeline:
        return self._timeline

    @property
    def stream(self) -> OpenStream | None:
        """The open stream, or None."""
        return self._output_thread.stream

    @property
    def position(self) -> int:
        """The sample of the timeline that is heard now, or the playhead's while stopped."""
        if self.playing:
            self._place = self._heard(self._place)
        return self._place

    @property
    def seek_id(self) -> int:
        """The seek that is playing, for ``CallbackReader.position``."""
        return self._request.seek_id

    @property
    def speed(self) -> float:
        """1 at normal speed, negative backwards, 0 while stopped."""
        return self._request.speed

    @property
    def playing(self) -> bool:
        """Whether the timeline is playing."""
        return self.speed != 0.0 and self._on_timeline and self._request.seconds is None

    @property
    def busy(self) -> bool:
        """Whether anything is heard now: the timeline or a take by itself."""
        return self.playing or not self._on_timeline

    @property
    def loop(self) -> Span | None:
        return self._loop

    @property
    def looping(self) -> bool:
        return self._looping

    @property
    def take_heard(self) -> str | None:
        """Digest of the take that plays by itself, or None."""
        return self._alone

    @property
    def take_seconds(self) -> float:
        """Where the take that plays by itself is, in seconds; 0 while none plays."""
        return 0.0 if self._on_timeline else self._heard(self._request.start) / self.timeline.rate

    @property
    def take_looping(self) -> bool:
        """Whether a take that plays by itself begins again at its end."""
        return self._take_looping

    @property
    def pair(self) -> TakePair | None:
        """The takes being compared, or None."""
        return self._pair

    @property
    def underruns(self) -> int:
        """How often the device found no rendered audio while playing."""
        return 0 if self.stream is None else self.stream.reader.underruns

    @property
    def available(self) -> bool:
        """Whether there is sound; True until a device has been tried."""
        return not self.reason

    @property
    def reason(self) -> str:
        """Why there is no sound, as a sentence; empty if there is."""
        return "" if self._device is None else self._device.reason

    @property
    def renderer(self) -> Renderer:
        """The renderer that plays; it may be a moment behind the scene."""
        return self._sources.latest

    def prepare(self) -> None:
        """Open the device and render ahead of the playhead, in the playback thread."""
        self._ask(self._request)

    def close(self) -> None:
        """Stop playback and its threads."""
        self._timer.stop()
        self._output_thread.close()
        self._versions.close()

    def play(self) -> None:
        """Play from the playhead; from the loop's start if the playhead is outside it, from 0 if it is at the end."""
        self._begin(play_from(self.position, self._loop_requested, self.timeline), 1.0)

    def stop(self) -> None:
        """Stop at the current position."""
        place = self.position
        self._alone = self._pair = None
        self._timer.stop()
        self._stand(place)
        self.state_changed.emit()

    def stop_take(self) -> None:
        """Stop a take that plays by itself; the timeline plays on."""
        if not self._on_timeline:
            self.stop()

    def toggle(self) -> None:
        if self.playing or not self._on_timeline:
            self.stop()
        else:
            self.play()

    def shuttle(self, direction: int) -> None:
        """Step the speed faster forwards (1) or backwards (-1), as the keys L and J do."""
        speed = next_speed(self.speed if self.playing else 0.0, direction)
        if self.playing:
            self._ask(replace(self._request, speed=speed))
            self.state_changed.emit()
        elif speed > 0:
            self.play()
        else:
            self._begin(self.position, speed)

    def seek(self, sample: int) -> None:
        """Move the playhead to a sample; playback continues from there."""
        sample = max(0, min(sample, MOST_SAMPLES))
        if self.playing:
            self._seek_to(sample, self.speed)
        else:
            if not self._on_timeline:
                self.stop()
            self._stand(sample)

    def scrub(self, sample: int) -> None:
        """Move the playhead to a sample and play a short grain there."""
        self.seek(sample)
        if not self.playing:
            self._ask(replace(self._next(self._place), speed=1.0, seconds=GRAIN_SECONDS))
            self._timer.start()

    def step_frames(self, frames: int) -> None:
        """Move the playhead by ``frames`` picture frames, to the start of a frame."""
        self.scrub(step_frames(self.position, frames, self.timeline))

    def step_seconds(self, seconds: int) -> None:
        self.seek(self.position + seconds * self.timeline.rate)

    def to_start(self) -> None:
        self.seek(0)

    def to_end(self) -> None:
        """Move the playhead to the end of the last clip."""
        self.seek(self.timeline.length)

    def set_loop(self, start: int, stop: int) -> None:
        """Set the loop. One that is too short to be heard clears it."""
        self._set_loop(loop_between(start, stop, self.timeline.rate))

    def mark_in(self) -> None:
        """Set the loop's start to the playhead."""
        self.set_loop(*loop_from(self.position, self._loop, self.timeline))

    def mark_out(self) -> None:
        """Set the loop's end to the playhead."""
        self.set_loop(*loop_until(self.position, self._loop))

    def set_looping(self, on: bool) -> None:
        """Switch looping; without a loop, the whole timeline is looped."""
        self._looping = on
        if on and self._loop is None and self.timeline.length:
            self.set_loop(0, self.timeline.length)
        self._request_loop()
        self.state_changed.emit()

    def set_matched(self, on: bool) -> None:
        """Set whether takes played by themselves are brought to one loudness."""
        self._matched = on

    def set_take_looping(self, on: bool) -> None:
        """Set whether a take that plays by itself begins again at its end, also the one that plays now."""
        self._take_looping = on
        if self._alone is not None and self._pair is None and self._length_of(self._alone) is not None:
            self._ask(self._take_request(self._alone, self.take_seconds))
        self.state_changed.emit()

    def play_take(self, digest: str, seconds: float = 0.0) -> None:
        """Play a take by itself from a place in it; the playhead stays. An unknown take shows a message."""
        if self._length_of(digest) is None:
            return
        self.stop()
        self._alone = digest
        self._start(self._take_request(digest, seconds))

    def play_sound(self, key: str, samples: Waveform, seconds: float = 0.0) -> None:
        """Play a sound that is no take, from a place in it; the playhead stays.

        Args:
            key: what ``take_heard`` and ``take_moved`` call it.
            samples: float32 (channels, samples), at the timeline's rate.
            seconds: where to begin.
        """
        self.stop()
        self._alone = key
        length, rate = samples.shape[1], self.timeline.rate
        start = max(0, min(round(seconds * rate), length - 1))
        sound = SampleSource(samples, self.timeline)
        request = replace(
            self._next(start), sound=sound, speed=1.0, seconds=(length - start) / rate, loop=None
        )
        self._start(request)

    def _take_request(self, digest: str, seconds: float) -> PlaybackRequest:
        length, rate = self._length_of(digest) or 1, self.timeline.rate
        start = max(0, min(round(seconds * rate), length - 1))
        loop, limit = ((0, length), None) if self._take_looping else (None, (length - start) / rate)
        sound = SingleTakeSource(self._sources, self.timeline, digest, length, matched=self._matched)
        return replace(self._next(start), sound=sound, speed=1.0, seconds=limit, loop=loop)

    def compare(self, pair: TakePair) -> None:
        """Loop one of two takes, both at the loudness of the quieter one. ``switch`` changes to the other."""
        lengths = self._length_of(pair.a), self._length_of(pair.b)
        if lengths[0] is None or lengths[1] is None:
            return
        self.stop()
        self._pair, self._alone = replace(pair, gain_db=None), pair.heard
        round_both = 0, max(lengths[0], lengths[1])
        self._start(replace(self._next(0), sound=self._side(pair), speed=1.0, loop=round_both))

    def switch(self) -> None:
        """Change to the other take of the pair, at the same position."""
        if self._pair is None:
            return
        self._pair = self._pair.switched()
        self._alone = self._pair.heard
        self._ask(replace(self._request, sound=self._side(self._pair)))
        self.state_changed.emit()

    @property
    def _on_timeline(self) -> bool:
        return self._alone is None

    @property
    def _loop_requested(self) -> Span | None:
        return self._loop if self._looping else None

    def _begin(self, place: int, speed: float) -> None:
        self._alone = self._pair = None
        self._place, self._past_end = place, place >= self.timeline.length
        self._start(replace(self._next(place), speed=speed))

    def _start(self, request: PlaybackRequest) -> None:
        self._ask(request)
        self._timer.start()
        self.restarted.emit()
        self.state_changed.emit()

    def _seek_to(self, place: int, speed: float) -> None:
        self._place, self._past_end = place, place >= self.timeline.length
        self._ask(replace(self._next(place), speed=speed))
        self.position_changed.emit(place)

    def _stand(self, place: int) -> None:
        self._place = place
        self._ask(self._next(place))
        self.position_changed.emit(place)

    def _next(self, start: int) -> PlaybackRequest:
        """Return a request at a timeline position, with a new seek id."""
        return PlaybackRequest(self._mix, self._request.seek_id + 1, start, loop=self._loop_requested)

    def _ask(self, request: PlaybackRequest) -> None:
        self._request = request
        self._output_thread.request(request, self.timeline.rate, layout_named(self.timeline.layout))

    def _heard(self, otherwise: int) -> int:
        stream = self.stream
        found = None if stream is None else stream.position(self._request.seek_id)
        return otherwise if found is None else max(0, math.floor(found))

    @Slot()
    def _tick(self) -> None:
        before, here = self._place, self.position
        if here != before:
            self.position_changed.emit(here)
        if self._alone is not None:
            self.take_moved.emit(self._alone, self.take_seconds)
        if self.stream is not None and self.stream.reader.finished == self._request.seek_id:
            self._end()
        elif self.playing and self._is_over(here):
            self.stop()
            self._stand(self.timeline.length)

    def _is_over(self, here: int) -> bool:
        """Return whether playback has reached the end; never if it started after the last clip."""
        loops = self._request.loop is not None and here < self._request.loop[1]
        return (
            self.speed > 0
            and not self.endless
            and not loops
            and not self._past_end
            and here >= self.timeline.length
        )

    def _end(self) -> None:
        """Stop because the end was reached."""
        backwards = self.speed < 0
        if self.playing or self._alone is not None:
            self.stop()
        else:
            self._timer.stop()
            self._ask(self._next(self._place))
        if backwards:
            self._stand(0)

    def _set_loop(self, loop: Span | None) -> None:
        self._loop = loop
        self._request_loop()
        self.loop_changed.emit(loop)
        self.state_changed.emit()

    def _request_loop(self) -> None:
        if self._on_timeline:
            self._ask(replace(self._request, loop=self._loop_requested))

    def _length_of(self, digest: str) -> int | None:
        take = self._document.scene.take(digest)
        if take is None:
            self._messages.fail(BadInput("That take is not in the scene any more."))
            return None
        return max(1, take.length_at(self.timeline.rate))

    def _side(self, pair: TakePair) -> PlaybackSource:
        """Return the source of the take of the pair that plays."""
        heard = pair.heard
        return SingleTakeSource(
            self._sources,
            self.timeline,
            heard,
            self._length_of(heard) or 1,
            pair.other,
            lambda gain_db: self._levelled.emit(heard, gain_db),
        )

    @Slot(object)
    def _follow(self, scene: Scene) -> None:
        """Play another timeline, or the edited one."""
        if self._document.project is not self._project:
            self._project = self._document.project
            self._versions.forget()
            self._timeline = scene.timeline
            self._mix = self._source_of_mix()
            self.stop()
            self._stand(0)
            self._set_loop(None)
        elif scene.timeline is not self.timeline:
            self._timeline = scene.timeline
            self._refresh_mix()

    def _source_of_mix(self) -> TimelineSource:
        """Return what can be played of the timeline now, without waiting for clips at another speed or pitch."""
        return TimelineSource(self._sources, self._versions.sounding(self._timeline))

    @Slot()
    def _refresh_mix(self) -> None:
        self._mix = self._source_of_mix()
        if self._on_timeline:
            self._ask(replace(self._request, sound=self._mix))

    @Slot()
    def _begin_scene(self) -> None:
        """Forget the loop and its switch: they belong to the scene before."""
        self._set_loop(None)
        if self._looping:
            self.set_looping(False)

    @Slot(object)
    def _note_device(self, device: OutputDevice) -> None:
        self._device = device
        self.availability_changed.emit()
        if device.reason == LOST and self.speed:
            self.stop()

    @Slot(str, float)
    def _note_gain(self, digest: str, gain_db: float) -> None:
        if self._pair is not None and self._pair.heard == digest:
            self._pair = replace(self._pair, gain_db=gain_db)
            self.state_changed.emit()
