"""Versions of takes: reversed to the sample, stretched to the length asked for, each rendered once."""

import os
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from engine.errors import Failed
from engine.scene.take_version import TakeVersion, version_key
from engine.scene.timeline import Clip, Timeline, Track
from engine.sound.render import Renderer
from engine.sound.stretch import INLINE_SAMPLES, stretch, stretch_here
from engine.sound.take_versions import TakeVersions, version_of
from engine.sound.waveform import Waveform

RATE = 48_000


def tone(hz: float, seconds: float = 0.4, channels: int = 1) -> Waveform:
    at = np.arange(round(seconds * RATE)) / RATE
    return np.repeat(np.sin(2 * np.pi * hz * at)[None].astype(np.float32) * 0.5, channels, axis=0)


def loudest_hz(samples: Waveform) -> float:
    middle = samples[0, samples.shape[1] // 4 : -samples.shape[1] // 4]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle)), 1 << 17))
    return float(spectrum.argmax() * RATE / (1 << 17))


class Source:
    """A take "a" that counts its readings."""

    def __init__(self, samples: Waveform) -> None:
        self.samples, self.reads = samples, 0

    def __call__(self, digest: str) -> tuple[Waveform, int]:
        assert digest == "a"
        self.reads += 1
        return self.samples, RATE


def test_a_reversed_take_is_the_take_from_its_end() -> None:
    samples = np.arange(10, dtype=np.float32).reshape(2, 5)
    assert np.array_equal(version_of(samples, RATE, TakeVersion("a", reverse=True)), samples[:, ::-1])


@pytest.mark.parametrize("speed", [0.25, 0.5, 1.5, 4.0])
def test_speed_changes_the_length_and_not_the_pitch(speed: float) -> None:
    changed = stretch_here(tone(440), RATE, speed, 0.0)
    assert changed.shape == (1, round(0.4 * RATE / speed))
    assert loudest_hz(changed) == pytest.approx(440, abs=6)


@pytest.mark.parametrize("semitones", [-24.0, -7.0, 12.0])
def test_pitch_changes_the_pitch_and_not_the_length(semitones: float) -> None:
    changed = stretch_here(tone(440), RATE, 1.0, semitones)
    assert changed.shape == (1, round(0.4 * RATE))
    assert loudest_hz(changed) == pytest.approx(440 * 2 ** (semitones / 12), rel=0.02)


@pytest.mark.parametrize("samples", [1, 2, 99])
@pytest.mark.parametrize("channels", [1, 2, 3, 6])
def test_the_shortest_sounds_and_all_channels_are_stretched(samples: int, channels: int) -> None:
    assert stretch(np.ones((channels, samples), np.float32), RATE, 0.7, 3.0).shape == (
        channels,
        round(samples / 0.7),
    )


def test_an_attack_stays_where_it_is_within_3_ms() -> None:
    samples = np.zeros((1, RATE), np.float32)
    samples[0, RATE // 2 : RATE // 2 + 100] = np.random.default_rng(0).normal(0, 0.3, 100)
    for speed in (0.5, 0.8, 2.0):
        energy = stretch_here(samples, RATE, speed, 0.0)[0] ** 2
        centre = float((energy * np.arange(len(energy))).sum() / energy.sum())
        assert abs(centre - (RATE / 2 + 20) / speed) < 0.003 * RATE


def test_a_process_of_its_own_gives_the_same_samples() -> None:
    samples = tone(300, 0.6)
    assert samples.size > INLINE_SAMPLES
    assert np.array_equal(stretch(samples, RATE, 1.25, -3.0), stretch_here(samples, RATE, 1.25, -3.0))


def test_without_the_library_there_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "python_stretch", None)
    with pytest.raises(Failed, match="pip install python-stretch"):
        stretch(tone(300, 0.1), RATE, 2.0, 0.0)


def test_a_process_that_dies_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(Failed, match="no process could be started"):
        stretch(tone(300, 1.0), RATE, 2.0, 0.0)


def test_what_a_crashed_process_printed_is_no_part_of_the_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "python_stretch.py").write_text("raise ValueError('a bug')\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    with pytest.raises(
        Failed, match=r"^The sound could not be stretched: the process that does it failed\. Try"
    ):
        stretch(tone(300, 1.0), RATE, 2.0, 0.0)


def test_a_version_is_rendered_once_for_all_who_ask_at_the_same_time() -> None:
    source = Source(tone(440))
    versions, key = TakeVersions(source), version_key("a", pitch=2.0)
    assert not versions.is_ready(key)
    assert versions.is_ready("a")
    assert versions.is_ready(version_key("a", reverse=True))
    found: list[Waveform] = []
    threads = [threading.Thread(target=lambda: found.append(versions(key)[0])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert source.reads == 1
    assert len({id(samples) for samples in found}) == 1
    assert versions.is_ready(key)
    assert not found[0].flags.writeable


def test_errors_of_a_take_reach_whoever_asks_for_its_version() -> None:
    def broken(digest: str) -> tuple[Waveform, int]:
        raise Failed("It cannot be read.")

    with pytest.raises(Failed, match="cannot be read"):
        TakeVersions(broken)(version_key("a", speed=2.0))


def test_a_renderer_plays_a_reversed_clip_from_its_end() -> None:
    samples = np.random.default_rng(1).normal(0, 0.1, (2, 1000)).astype(np.float32)
    clip = Clip(1, "a", 10, 100, 500, reversed=True)
    renderer = Renderer(
        Timeline(tracks=(Track(1, "A", clips=(clip,)),), edge_fade_ms=0.0), TakeVersions(Source(samples))
    )
    assert np.array_equal(renderer.stem(1, 10, 510), samples[:, ::-1][:, 100:600])


def test_changing_the_speed_of_a_clip_is_heard_where_it_was_and_is() -> None:
    takes = TakeVersions(Source(tone(440, 0.2, 2)))
    clip = Clip(1, "a", 0, 0, 9600)
    before = Renderer(Timeline(tracks=(Track(1, "A", clips=(clip,)),)), takes)
    plain = before.mix(0, 20_000)
    slow = Clip(1, "a", 0, 0, 19_200, speed=0.5)
    after = before.updated(Timeline(tracks=(Track(1, "A", clips=(slow,)),)))
    assert np.abs(after.mix(0, 20_000)[:, 10_000:19_000]).max() > 0.2
    assert not plain[:, 9600:].any()
