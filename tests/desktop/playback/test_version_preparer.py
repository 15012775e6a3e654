"""Clips at another speed or pitch are rendered beside playback: it goes on with what it has."""

import threading
from dataclasses import replace

import numpy as np
from pytestqt.qtbot import QtBot

from desktop.document.messages import Messages
from desktop.playback.player import Player
from desktop.playback.version_preparer import VersionPreparer
from engine.errors import Failed
from engine.scene.edits import set_clip_speed
from engine.scene.timeline import Timeline
from engine.sound.waveform import Waveform
from tests.desktop.playback.fakes import RATE, Shelf, Takes, document_of, scene_of, timeline_of, tone

LENGTH = 2 * RATE


class SlowVersions:
    """A source whose versions take until they are let go; what it has rendered is ready."""

    def __init__(self, take: Waveform, broken: bool = False) -> None:
        self.take, self.broken = take, broken
        self.gate = threading.Event()
        self.ready: dict[str, Waveform] = {}
        self.threads: list[str] = []

    def is_ready(self, key: str) -> bool:
        return " " not in key or key in self.ready

    def __call__(self, key: str) -> tuple[Waveform, int]:
        if self.is_ready(key):
            return self.ready.get(key, self.take), RATE
        self.threads.append(threading.current_thread().name)
        assert self.gate.wait(10)
        if self.broken:
            raise Failed("It cannot be stretched.")
        self.ready[key] = np.full((1, 2 * LENGTH), 0.5, np.float32)
        return self.ready[key], RATE


def slowed(timeline: Timeline, speed: float = 0.5) -> Timeline:
    [track] = timeline.tracks
    [clip] = track.clips
    clip = replace(clip, speed=speed, length=round(clip.length / speed))
    return replace(timeline, tracks=(replace(track, clips=(clip,)),))


def test_a_clip_sounds_as_before_until_its_version_is_ready(qtbot: QtBot) -> None:
    takes = SlowVersions(tone(2.0, 0.1))
    preparer = VersionPreparer(takes)
    plain = timeline_of(LENGTH)
    assert preparer.sounding(plain) is plain
    slow = slowed(plain)
    assert preparer.sounding(slow).tracks[0].clips == plain.tracks[0].clips
    with qtbot.waitSignal(preparer.prepared):
        takes.gate.set()
    assert preparer.sounding(slow) is slow
    preparer.close()


def test_a_new_clip_is_silent_until_its_version_is_ready(qtbot: QtBot) -> None:
    takes = SlowVersions(tone(2.0, 0.1))
    preparer = VersionPreparer(takes)
    [clip] = preparer.sounding(slowed(timeline_of(LENGTH))).tracks[0].clips
    assert clip.muted
    takes.gate.set()
    preparer.close()


def test_a_version_is_rendered_once_however_often_it_is_asked_for(qtbot: QtBot) -> None:
    takes = SlowVersions(tone(2.0, 0.1))
    preparer = VersionPreparer(takes)
    slow = slowed(timeline_of(LENGTH))
    for _ in range(3):
        preparer.sounding(slow)
    with qtbot.waitSignal(preparer.prepared):
        takes.gate.set()
    assert len(takes.threads) == 1
    preparer.close()


def test_a_version_that_cannot_be_rendered_is_told_once_and_not_tried_again(qtbot: QtBot) -> None:
    takes = SlowVersions(tone(2.0, 0.1), broken=True)
    takes.gate.set()
    preparer = VersionPreparer(takes)
    slow = slowed(timeline_of(LENGTH))
    with qtbot.waitSignal(preparer.failed) as told:
        preparer.sounding(slow)
    assert str(told.args[0]) == "It cannot be stretched."
    assert preparer.sounding(slow) is slow
    assert len(takes.threads) == 1
    preparer.forget()
    with qtbot.waitSignal(preparer.failed):
        preparer.sounding(slow)
    preparer.close()


def test_playback_goes_on_while_a_version_is_rendered_and_then_plays_it(qtbot: QtBot) -> None:
    takes, shelf = SlowVersions(np.full((1, LENGTH), 0.25, np.float32)), Shelf()
    kept = Takes(count=takes.take)
    document = document_of(scene_of(kept, timeline_of(LENGTH)))
    player = Player(document, takes, Messages(), shelf)
    player.play()
    qtbot.waitUntil(lambda: player.stream is not None and player.stream.reader.offered.written > 12)
    shelf.device.pull(4_800)
    level = float(shelf.device.pull(480)[-1, 0])
    document.edit("Change speed", lambda scene: set_clip_speed(scene, 2, 0.5))
    assert player.timeline is document.scene.timeline
    for _ in range(20):
        qtbot.wait(10)
        assert abs(float(shelf.device.pull(480)[-1, 0]) - level) < 1e-4
    assert player.underruns == 0
    takes.gate.set()

    def twice_as_loud() -> bool:
        return abs(float(shelf.device.pull(480)[-1, 0]) - 2 * level) < 1e-3

    qtbot.waitUntil(twice_as_loud, timeout=5000)
    assert player.underruns == 0
    assert not any("playback" in name for name in takes.threads)
    player.close()
