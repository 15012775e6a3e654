"""The building blocks do what their physics says: pitches, decays, spectra, times."""

from __future__ import annotations

import numpy as np
import pytest

from engine.synthesis.envelopes import decay, glide, soften_ends, struck, swell, wander
from engine.synthesis.events import impulses, instants, patter, place, repeated
from engine.synthesis.filters import bandpass, formants, highpass, lowpass, resonance, stirred, tilt
from engine.synthesis.modal import plucked, rung
from engine.synthesis.noises import banded, coloured, white
from engine.synthesis.random_draws import Draw, Wave
from engine.synthesis.sources import folds, harmonics, period, pulses, reed, throat, turns
from engine.synthesis.space import finished, padded, recorded, room, tinted

RATE = 16000


@pytest.fixture
def draw() -> Draw:
    return Draw(np.random.default_rng(5), RATE)


def strongest(wave: Wave) -> float:
    """Frequency in Hz of the strongest line."""
    size = 1 << 18
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave)), size))
    return float(np.argmax(spectrum) * RATE / size)


def power_between(wave: Wave, low: float, high: float) -> float:
    spectrum = np.abs(np.fft.rfft(wave)) ** 2
    frequency = np.fft.rfftfreq(len(wave), 1.0 / RATE)
    return float(np.sum(spectrum[(frequency >= low) & (frequency < high)]))


def test_draws_stay_within_what_was_asked(draw: Draw) -> None:
    values = [draw.log_between(10.0, 1000.0) for _ in range(300)]
    assert min(values) >= 10.0
    assert max(values) <= 1000.0
    assert 60.0 < float(np.median(values)) < 160.0
    assert {draw.whole(1, 3) for _ in range(60)} == {1, 2, 3}
    assert draw.samples(0.0) == 1


def test_a_glide_passes_through_its_points() -> None:
    curve = glide([(0.0, 100.0), (0.5, 400.0), (1.0, 200.0)], 1001)
    assert curve[[0, 500, 1000]] == pytest.approx([100.0, 400.0, 200.0], rel=1e-3)
    assert float(np.max(curve)) <= 400.001


def test_a_glide_in_pitch_goes_by_equal_ratios() -> None:
    assert glide([(0.0, 100.0), (1.0, 400.0)], 1001)[500] == pytest.approx(200.0, rel=1e-3)


def test_wandering_has_no_jumps_and_about_the_spread_of_one(draw: Draw) -> None:
    curve = wander(draw, 20 * RATE, 4.0)
    assert 0.5 < float(np.std(curve)) < 1.2
    assert float(np.max(np.abs(np.diff(curve)))) < 0.02


def test_a_swell_starts_and_ends_at_nothing(draw: Draw) -> None:
    curve = swell(draw, RATE, 0.1, 0.3)
    assert curve[0] == 0.0
    assert curve[-1] < 1e-3
    assert curve[RATE // 2] == pytest.approx(1.0)


def test_a_decay_falls_by_sixty_decibels_in_its_time(draw: Draw) -> None:
    assert decay(draw, RATE, 0.5)[RATE // 2] == pytest.approx(1e-3, rel=0.01)
    assert struck(draw, RATE, 0.01, 0.5)[0] == 0.0


def test_softened_ends_leave_the_middle_alone() -> None:
    out = soften_ends(np.ones(1000), 50)
    assert out[0] < 0.01
    assert out[-1] < 0.01
    assert np.array_equal(out[50:-50], np.ones(900))


@pytest.mark.parametrize("slope", [0.0, 1.0, 2.0])
def test_coloured_noise_falls_by_three_decibels_per_octave_and_slope(draw: Draw, slope: float) -> None:
    noise = coloured(draw, 8 * RATE, slope)
    octaves = [power_between(noise, low, 2 * low) / low for low in (500.0, 1000.0, 2000.0)]
    fall = 10.0 * np.log10(octaves[0] / octaves[2]) / 2.0
    assert fall == pytest.approx(3.01 * slope, abs=0.6)


def test_banded_noise_lies_in_its_band(draw: Draw) -> None:
    noise = banded(draw, 2 * RATE, (1000.0, 2000.0))
    inside = power_between(noise, 700.0, 2900.0)
    assert inside > 0.95 * power_between(noise, 0.0, 8000.0)
    assert float(np.std(noise)) == pytest.approx(1.0, rel=0.01)


def test_low_and_high_pass_part_the_spectrum(draw: Draw) -> None:
    noise = white(draw, 2 * RATE)
    assert power_between(lowpass(noise, RATE, 500.0), 2000.0, 8000.0) < 0.01 * power_between(
        noise, 2000.0, 8000.0
    )
    assert power_between(highpass(noise, RATE, 2000.0), 0.0, 500.0) < 0.01 * power_between(noise, 0.0, 500.0)
    band = bandpass(noise, RATE, (900.0, 1100.0))
    assert 850.0 < strongest(band) < 1150.0
    assert power_between(tilt(noise, RATE, 200.0), 4000.0, 8000.0) < 0.05 * power_between(
        noise, 4000.0, 8000.0
    )


def test_a_low_pass_above_the_band_changes_nothing(draw: Draw) -> None:
    noise = white(draw, 1000)
    assert lowpass(noise, RATE, 9000.0) is noise


def test_a_resonance_rings_at_its_pitch_for_its_time() -> None:
    strike = np.zeros(RATE)
    strike[0] = 1.0
    ring = resonance(strike, RATE, 1000.0, 0.2)
    assert strongest(ring) == pytest.approx(1000.0, abs=5.0)
    late = float(np.max(np.abs(ring[3200:3400])))
    assert late / float(np.max(np.abs(ring))) == pytest.approx(1e-3, rel=0.5)


def test_no_formants_and_a_floor_of_one_give_the_source_back(draw: Draw) -> None:
    source = white(draw, 5000)
    assert np.allclose(formants(source, RATE, [], 1.0), source)


def test_a_moving_formant_moves_the_spectrum(draw: Draw) -> None:
    track = np.linspace(500.0, 3000.0, 2 * RATE)
    out = formants(white(draw, 2 * RATE), RATE, [(track, 100.0, 1.0)], 0.0)
    assert 450.0 < strongest(out[: RATE // 5]) < 900.0
    assert 2500.0 < strongest(out[-RATE // 5 :]) < 3200.0


def test_stirring_by_nothing_changes_nothing_and_by_much_changes_much(draw: Draw) -> None:
    noise = white(draw, RATE)
    assert np.allclose(stirred(draw, noise, 0.0, 3.0), noise)
    levels = np.std(stirred(draw, noise, 12.0, 4.0, 3).reshape(10, -1), axis=1)
    assert float(np.max(levels) / np.min(levels)) > 1.3


def test_pulses_have_equal_harmonics_and_nothing_between(draw: Draw) -> None:
    train = pulses(np.full(2 * RATE, 200.0), RATE, 0.3)
    lines = [power_between(train, f - 2.0, f + 2.0) for f in (200.0, 1000.0, 4000.0, 7000.0)]
    assert max(lines) / min(lines) < 1.3
    assert power_between(train, 1050.0, 1150.0) < 1e-3 * lines[1]
    assert draw.rate == RATE


def test_phase_advances_by_the_pitch_in_turns() -> None:
    assert turns(np.full(RATE, 123.0), RATE)[-1] == pytest.approx(123.0)


def test_harmonics_above_the_band_are_left_out() -> None:
    tone = harmonics(np.full(RATE, 3000.0), RATE, (1.0, 1.0, 1.0, 1.0))
    assert power_between(tone, 2900.0, 6100.0) > 0.999 * power_between(tone, 0.0, 8000.0)


def test_a_stored_period_reads_back_as_the_same_harmonics() -> None:
    pitch = np.full(RATE, 220.0)
    levels = (1.0, 0.5, 0.25)
    assert np.allclose(reed(pitch, RATE, period(levels)), harmonics(pitch, RATE, levels), atol=0.02)


def test_breath_and_roughness_fill_the_gaps_between_harmonics(draw: Draw) -> None:
    pitch = np.full(RATE, 400.0)
    clean, hoarse = folds(draw, pitch, 0.0, 0.0), folds(draw, pitch, 0.8, 0.8)
    between = [
        power_between(voice, 550.0, 650.0) / power_between(voice, 0.0, 8000.0) for voice in (clean, hoarse)
    ]
    assert between[1] > 5.0 * between[0]
    assert float(np.std(throat(draw, pitch, [(900.0, 200.0, 1.0)], 0.1, 0.1))) == pytest.approx(1.0, rel=0.01)


def test_a_struck_mode_has_its_pitch_and_decay(draw: Draw) -> None:
    ring = rung(draw, 1.0, np.array([740.0]), np.array([0.5]), np.array([1.0]))
    assert strongest(ring) == pytest.approx(740.0, abs=2.0)
    loud = [float(np.max(np.abs(ring[a : a + 200]))) for a in (0, RATE // 4)]
    assert loud[1] / loud[0] == pytest.approx(10.0**-1.5, rel=0.1)


def test_modes_above_the_band_are_not_heard(draw: Draw) -> None:
    ring = rung(draw, 0.2, np.array([9000.0]), np.array([0.1]), np.array([1.0]))
    assert not np.any(ring)


@pytest.mark.parametrize("pitch", [82.4, 196.0, 659.3])
def test_a_plucked_string_is_in_tune(draw: Draw, pitch: float) -> None:
    string = plucked(draw, 2.0, pitch, 0.2, 4.0)
    size = 1 << 18
    spectrum = np.abs(np.fft.rfft(string[RATE // 4 :] * np.hanning(len(string) - RATE // 4), size))
    near = (np.arange(len(spectrum)) * RATE / size > 0.9 * pitch) & (
        np.arange(len(spectrum)) * RATE / size < 1.1 * pitch
    )
    found = float(np.argmax(spectrum * near) * RATE / size)
    assert found == pytest.approx(pitch, rel=0.006)


def test_placing_cuts_what_sticks_out() -> None:
    out = np.zeros(100)
    place(out, np.ones(50), 80 / RATE, RATE, 0.5)
    assert float(np.sum(out)) == pytest.approx(10.0)
    place(out, np.ones(50), 1.0, RATE)
    assert float(np.sum(out)) == pytest.approx(10.0)


def test_repeated_events_stop_at_their_most(draw: Draw) -> None:
    out = repeated(draw, 5.0, lambda: np.ones(160), (0.2, 0.3), most=2, sparse=0.0)
    starts = int(np.sum(np.diff(np.concatenate([[0.0], (out > 0).astype(float)])) > 0))
    assert starts == 2


def test_random_instants_come_at_their_rate(draw: Draw) -> None:
    times = instants(draw, 20.0, 30.0)
    assert 450 < len(times) < 750
    assert bool(np.all(np.diff(times) >= 0))
    assert 20 < int(np.count_nonzero(impulses(draw, RATE, 50.0))) < 90


def test_a_patter_rings_within_its_band(draw: Draw) -> None:
    cloud = patter(draw, 2 * RATE, 200.0, (2000.0, 3000.0), (0.02, 0.03))
    assert power_between(cloud, 1700.0, 3400.0) > 0.8 * power_between(cloud, 0.0, 8000.0)


def test_a_room_goes_on_after_the_sound(draw: Draw) -> None:
    click = np.zeros(RATE)
    click[100] = 1.0
    wet = room(draw, click, 0.6, 0.5)
    early, late = float(np.std(wet[1500:3000])), float(np.std(wet[8000:9500]))
    assert early > 5.0 * late > 0.0


def test_a_tint_colours_but_keeps_the_length(draw: Draw) -> None:
    noise = white(draw, 3001)
    out = tinted(draw, noise, 6.0)
    assert len(out) == 3001
    assert power_between(out, 7990.0, 8000.1) < 0.05 * power_between(noise, 7990.0, 8000.1)


def test_padding_silences_what_comes_after_the_last_event(draw: Draw) -> None:
    dry = np.zeros(2 * RATE)
    dry[:4000] = white(draw, 4000)
    out = padded(draw, dry + 0.01 * white(draw, 2 * RATE), dry)
    assert not np.any(out[-RATE // 2 :])
    assert np.any(out[:4000])
    full = white(draw, RATE)
    assert padded(draw, full, full) is full


def test_a_recording_is_finished_without_offset_and_clipping(draw: Draw) -> None:
    out = finished(draw, recorded(draw, white(draw, RATE) + 3.0, 1.0))
    assert abs(float(np.mean(out))) < 1e-3
    assert 0.2 < float(np.max(np.abs(out))) <= 0.9
