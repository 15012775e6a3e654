"""What makes each family what it is can be measured in what it makes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from engine.synthesis import (
    animals,
    bells,
    birds,
    engines,
    fire,
    horns,
    impacts,
    instruments,
    voices,
    water,
    weather,
)
from engine.synthesis.random_draws import Draw, Wave

RATE = 16000
Make = Callable[[Draw, float], Wave]


def several(make: Make, count: int = 5, seconds: float = 2.5) -> list[Wave]:
    return [make(Draw(np.random.default_rng(seed), RATE), seconds) for seed in range(count)]


def level(wave: Wave, hop: int = 160) -> Wave:
    """Level of each 10 ms."""
    frames = len(wave) // hop
    return np.asarray(np.sqrt(np.mean(wave[: frames * hop].reshape(frames, hop) ** 2, axis=1)) + 1e-9)


def centroid(wave: Wave) -> float:
    """Middle of the power spectrum in Hz."""
    power = np.abs(np.fft.rfft(wave)) ** 2
    return float(np.sum(power * np.fft.rfftfreq(len(wave), 1.0 / RATE)) / np.sum(power))


def crest(wave: Wave) -> float:
    return float(np.max(np.abs(wave)) / np.std(wave))


def repetition(curve: Wave) -> float:
    """How strongly a level curve repeats itself: highest autocorrelation at 40 ms or later."""
    centred = curve - np.mean(curve)
    own = np.correlate(centred, centred, "full")[len(curve) - 1 :]
    share = own / (own[0] * np.linspace(1.0, 0.05, len(own)))
    return float(np.max(share[4 : len(curve) // 2]))


def typical(make: Make, measure: Callable[[Wave], float], count: int = 5) -> float:
    return float(np.median([measure(wave) for wave in several(make, count)]))


def test_clocks_and_helicopters_keep_time_and_rain_does_not() -> None:
    steady = typical(bells.clock, lambda w: repetition(level(w)))
    blades = typical(engines.helicopter, lambda w: repetition(level(w)))
    drops = typical(weather.rain, lambda w: repetition(level(w)))
    assert steady > 0.6
    assert steady > drops + 0.2
    assert blades > drops


def test_shots_fires_and_clocks_are_peaky_and_the_sea_is_not() -> None:
    smooth = typical(water.sea, crest)
    for make in (impacts.gun, fire.fire, bells.clock, impacts.keyboard):
        assert typical(make, crest) > 1.5 * smooth


def test_big_animals_sound_lower_than_small_ones() -> None:
    assert typical(animals.cow, centroid) < typical(animals.cat, centroid) < typical(birds.bird, centroid)
    assert typical(animals.big_cat, centroid) < typical(birds.rooster, centroid)


def test_thunder_and_ships_are_low_and_glass_and_scissors_high() -> None:
    low = max(typical(weather.thunder, centroid), typical(engines.ship, centroid))
    high = min(typical(bells.glass, centroid), typical(impacts.scissors, centroid))
    assert 4.0 * low < high


def test_a_baby_is_pitched_between_250_and_1500_hertz() -> None:
    for wave in several(voices.baby):
        loud = wave[int(np.argmax(level(wave))) * 160 :][:2048]
        spectrum = np.abs(np.fft.rfft(loud * np.hanning(len(loud)), 8192)) ** 2
        own = np.fft.irfft(spectrum)
        lags = np.arange(RATE // 1500, RATE // 120)
        pitch = RATE / float(lags[int(np.argmax(own[lags]))])
        assert 120.0 <= pitch <= 1500.0
        assert float(np.max(own[lags]) / own[0]) > 0.3


def test_instruments_are_tonal_and_applause_is_not() -> None:
    def flatness(wave: Wave) -> float:
        power = np.abs(np.fft.rfft(wave[: 2 * RATE])) ** 2 + 1e-9
        return float(np.exp(np.mean(np.log(power))) / np.mean(power))

    noisy = typical(impacts.applause, flatness)
    for make in (
        instruments.piano,
        instruments.guitar,
        instruments.saxophone,
        instruments.accordion,
        horns.siren,
    ):
        assert typical(make, flatness, 3) < 0.2 * noisy


def test_a_sneeze_is_mostly_silence_round_one_burst() -> None:
    def quiet(wave: Wave) -> float:
        curve = level(wave)
        return float(np.mean(curve < 0.1 * np.max(curve)))

    assert typical(voices.sneeze, quiet) > 0.35


def test_the_sea_swells_slower_than_a_crowd_claps() -> None:
    def restless(wave: Wave) -> float:
        curve = np.log(level(wave))
        return float(np.std(np.diff(curve)) / np.std(curve))

    assert typical(water.sea, restless) < typical(impacts.applause, restless)


def test_the_ball_bounces_with_ever_shorter_gaps() -> None:
    draw = Draw(np.random.default_rng(4), RATE)
    curve = level(impacts._bounces(draw, 200.0, 0.05))
    ratio = curve[1:] / curve[:-1]
    hits = np.flatnonzero((ratio > 3.0) & (curve[1:] > 0.03 * np.max(curve)))
    gaps = np.diff(hits[:5])
    assert len(gaps) >= 2
    assert bool(np.all(np.diff(gaps) < 0))


@pytest.mark.parametrize("cylinders", [1, 4])
def test_an_engine_fires_every_cylinder_once_in_two_turns(cylinders: int) -> None:
    draw = Draw(np.random.default_rng(2), RATE)
    speed = np.full(3 * RATE, 40.0)
    power = np.abs(np.fft.rfft(engines.combustion(draw, speed, cylinders, 0.5, 0.0))) ** 2
    firing = 20.0 * cylinders
    frequency = np.fft.rfftfreq(3 * RATE, 1.0 / RATE)
    order = frequency / firing
    on = np.abs(order - np.round(order)) * firing < 2.0
    heard = (frequency > 30.0) & (frequency < 500.0)
    assert float(np.mean(power[heard & on])) > 4.0 * float(np.mean(power[heard & ~on]))
