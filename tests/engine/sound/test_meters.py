"""The meter against the minimum requirements of EBU Tech 3341 (v4, 2023, table 1) and Tech 3342 (v4, table 1).

The signals are made here from the standards' descriptions. Left out are 7 and 8 of Tech 3341, which are 5 and 6 of
Tech 3342: recordings of programmes that only the EBU's own test set has.
"""

import math
import tracemalloc

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.errors import BadInput
from engine.sound.bs1770 import LoudnessReport
from engine.sound.layout import MONO, STEREO, layout_of
from engine.sound.loudness import integrated_lufs, loudness_report
from engine.sound.meters import LoudnessMeter
from engine.sound.truepeak import true_peak_dbtp
from engine.sound.waveform import Waveform, from_db, to_db

RATE = 48_000
BLOCK = 16_384


def tone(seconds: float, dbfs: float) -> Waveform:
    """1 kHz, peak level ``dbfs``, the same on both sides. Every part ends on a whole period, so that parts join."""
    t = np.arange(round(seconds * RATE)) / RATE
    return np.tile(from_db(dbfs) * np.sin(2 * np.pi * 1000 * t), (2, 1)).astype(np.float32)


def tones(*parts: tuple[float, float]) -> Waveform:
    """Tones after each other, each (seconds, dBFS)."""
    return np.hstack([tone(seconds, dbfs) for seconds, dbfs in parts])


def silence(seconds: float) -> Waveform:
    return np.zeros((2, round(seconds * RATE)), np.float32)


def metered(samples: Waveform, rate: int = RATE, size: int = BLOCK) -> LoudnessMeter:
    meter = LoudnessMeter(rate, layout_of(len(samples)))
    for start in range(0, samples.shape[1], size):
        meter.feed(samples[:, start : start + size])
    return meter


def readings(samples: Waveform, name: str) -> list[float]:
    """What a display of one value shows, ten times a second; None is left out."""
    meter = LoudnessMeter(RATE, layout_of(len(samples)))
    shown = []
    for start in range(0, samples.shape[1], RATE // 10):
        meter.feed(samples[:, start : start + RATE // 10])
        shown.append(getattr(meter, name))
    return [value for value in shown if value is not None]


@pytest.mark.parametrize(("signal", "level"), [(1, -23.0), (2, -33.0)])
def test_3341_signals_1_and_2_momentary_short_term_and_integrated_read_the_level(
    signal: int, level: float
) -> None:
    meter = metered(tone(20, level))
    for value in (meter.momentary_lufs, meter.short_term_lufs, meter.integrated_lufs):
        assert value == pytest.approx(level, abs=0.1)


GATED: dict[int, list[tuple[float, float]]] = {
    3: [(10, -36.0), (60, -23.0), (10, -36.0)],
    4: [(10, -72.0), (10, -36.0), (60, -23.0), (10, -36.0), (10, -72.0)],
    5: [(20, -26.0), (20.1, -20.0), (20, -26.0)],
}


@pytest.mark.parametrize("signal", GATED)
def test_3341_signals_3_to_5_integrated_loudness_is_gated(signal: int) -> None:
    assert metered(tones(*GATED[signal])).integrated_lufs == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("low_frequency_channel", [False, True])
def test_3341_signal_6_surround_channels_have_their_weights(low_frequency_channel: bool) -> None:
    """5.0: L and R at -28 dBFS, C at -24, Ls and Rs at -30; and as 5.1 with an LFE that does not count."""
    rows = [tone(20, level)[0] for level in (-28.0, -28.0, -24.0, -30.0, -30.0)]
    if low_frequency_channel:
        rows.insert(3, tone(20, -10.0)[0])
    assert metered(np.stack(rows)).integrated_lufs == pytest.approx(-23.0, abs=0.1)


def test_3341_signal_9_short_term_is_constant_after_3_s() -> None:
    shown = readings(tones(*[(1.34, -20.0), (1.66, -30.0)] * 5), "short_term_lufs")
    assert len(shown) == 121
    assert shown == pytest.approx([-23.0] * len(shown), abs=0.1)


@pytest.mark.parametrize("segment", range(20))
def test_3341_signals_10_and_13_a_short_sound_reaches_its_level_wherever_it_begins(segment: int) -> None:
    """For files. 10: 3 s of tone after 0 to 2.85 s of silence; 13: 400 ms of it after 0 to 380 ms."""
    ten = np.hstack([silence(0.15 * segment), tone(3, -23.0), silence(1)])
    assert metered(ten).report().max_short_term_lufs == pytest.approx(-23.0, abs=0.1)
    thirteen = np.hstack([silence(0.02 * segment), tone(0.4, -23.0), silence(1)])
    assert metered(thirteen).report().max_momentary_lufs == pytest.approx(-23.0, abs=0.1)


def test_3341_signals_11_and_14_the_highest_value_so_far_rises_by_a_decibel_each_time() -> None:
    """Live. 11: 3 s of tone from -38 to -19 dBFS, each in 6 s of silence; 14: 400 ms of it in 800 ms."""
    long, short = LoudnessMeter(RATE, STEREO), LoudnessMeter(RATE, STEREO)
    for step in range(20):
        level = -38.0 + step
        long.feed(np.hstack([silence(0.15 * step), tone(3, level), silence(3 - 0.15 * step)]))
        assert long.report().max_short_term_lufs == pytest.approx(level, abs=0.1)
        short.feed(np.hstack([silence(0.02 * step), tone(0.4, level), silence(0.4 - 0.02 * step)]))
        assert short.report().max_momentary_lufs == pytest.approx(level, abs=0.1)


def test_3341_signal_12_momentary_is_constant_after_1_s() -> None:
    shown = readings(tones(*[(0.18, -20.0), (0.22, -30.0)] * 25), "momentary_lufs")[6:]
    assert len(shown) == 91
    assert shown == pytest.approx([-23.0] * len(shown), abs=0.1)


def tapered(samples: NDArray[np.float64], rate: int) -> NDArray[np.float64]:
    """With 10 ms of fade at both ends."""
    ramp = np.arange(rate // 100) / (rate // 100)
    shape = np.ones(len(samples))
    shape[: len(ramp)], shape[-len(ramp) :] = ramp, ramp[::-1]
    return samples * shape


def peak_tone(divisor: int, amplitude: float, degrees: float) -> Waveform:
    """A tone at rate / divisor."""
    phase = 2 * np.pi * np.arange(RATE // 2) / divisor + math.radians(degrees)
    return np.tile(tapered(amplitude * np.sin(phase), RATE), (2, 1)).astype(np.float32)


def hidden_burst(offset: int) -> Waveform:
    """fs/6 at half of full scale round one period of fs/4 at full scale, made at 4 fs, filtered and thinned out."""
    from scipy.signal import firwin

    around = 0.5 * np.sin(2 * np.pi * np.arange(RATE) / 24)
    period = np.sin(2 * np.pi * np.arange(16) / 16)
    fine = tapered(np.concatenate([around[: 24 * 1000], period, around]), 4 * RATE)
    filtered = np.convolve(fine, firwin(511, 0.25, window="blackman"), mode="same")
    return np.tile(filtered[offset::4], (2, 1)).astype(np.float32)


TONES = {
    15: (4, 0.50, 0.0, -6.0),
    16: (4, 0.50, 45.0, -6.0),
    17: (6, 0.50, 60.0, -6.0),
    18: (8, 0.50, 67.5, -6.0),
    19: (4, 1.41, 45.0, 3.0),
}


def reads_within_tolerance(samples: Waveform, dbtp: float) -> bool:
    """+0.2 and -0.4 dB; of the meter and of the function for whole waveforms."""
    found = metered(samples, size=777).true_peak_dbtp, true_peak_dbtp(samples)
    return all(dbtp - 0.4 <= value <= dbtp + 0.2 for value in found)


@pytest.mark.parametrize("signal", TONES)
def test_3341_signals_15_to_19_peaks_of_tones_between_samples_are_found(signal: int) -> None:
    divisor, amplitude, degrees, expected = TONES[signal]
    assert reads_within_tolerance(peak_tone(divisor, amplitude, degrees), expected)


@pytest.mark.parametrize("signal", range(20, 24))
def test_3341_signals_20_to_23_a_single_period_is_found_wherever_it_falls(signal: int) -> None:
    assert reads_within_tolerance(hidden_burst(signal - 20), 0.0)


RANGES: dict[int, tuple[list[tuple[float, float]], float]] = {
    1: ([(20, -20.0), (20, -30.0)], 10.0),
    2: ([(20, -20.0), (20, -15.0)], 5.0),
    3: ([(20, -40.0), (20, -20.0)], 20.0),
    4: ([(20, -50.0), (20, -35.0), (20, -20.0), (20, -35.0), (20, -50.0)], 15.0),
}


@pytest.mark.parametrize("signal", RANGES)
def test_3342_signals_1_to_4_the_loudness_range(signal: int) -> None:
    parts, expected = RANGES[signal]
    assert metered(tones(*parts)).range_lu == pytest.approx(expected, abs=1.0)


def changing(rate: int, seconds: float = 7.0) -> Waveform:
    rng = np.random.default_rng(7)
    envelope = 1.2 + np.sin(np.arange(round(seconds * rate)) / rate * 2)
    return (rng.normal(0, 0.05, (2, len(envelope))) * envelope).astype(np.float32)


@pytest.mark.parametrize("rate", [16_000, 22_050, 44_100, 48_000, 96_000])
def test_a_stream_measures_what_the_whole_measures_at_every_rate(rate: int) -> None:
    samples = changing(rate)
    report = loudness_report(samples, rate)
    assert report.integrated_lufs == pytest.approx(integrated_lufs(samples, rate), abs=0.001)
    assert report.true_peak_dbtp == pytest.approx(true_peak_dbtp(samples), abs=1e-9)


@pytest.mark.parametrize("size", [1, 37, 480, 50_000])
def test_how_the_stream_is_cut_up_changes_nothing(size: int) -> None:
    samples = changing(RATE, 3.3)[:, : 3 * RATE + 999] if size > 100 else changing(RATE, 0.2)
    found, expected = metered(samples, size=size).report(), loudness_report(samples, RATE)
    for name in LoudnessReport.__dataclass_fields__:
        assert getattr(found, name) == pytest.approx(getattr(expected, name), abs=1e-9)


def test_a_peak_in_the_last_sample_or_between_two_blocks_counts() -> None:
    samples = np.zeros((1, 1000), np.float32)
    samples[0, 499:501] = 0.9
    assert metered(samples, size=500).true_peak_dbtp == true_peak_dbtp(samples) > to_db(0.9) + 0.5
    last = np.zeros((1, 1000), np.float32)
    last[0, -2:] = 0.9
    assert metered(last, size=500).true_peak_dbtp == true_peak_dbtp(last)


def test_what_has_no_value_is_none_and_never_minus_infinity() -> None:
    nothing = LoudnessReport(None, None, None, None, -math.inf)
    assert LoudnessMeter(RATE, STEREO).report() == nothing
    assert metered(silence(4)).report() == nothing
    short = metered(tone(0.3, -20.0))
    assert short.integrated_lufs is short.momentary_lufs is short.range_lu is None
    assert short.true_peak_dbtp == pytest.approx(-20.0, abs=0.1)


@pytest.mark.parametrize("rate", [0, 1, 3_000, 2**31])
def test_a_rate_at_which_loudness_has_no_meaning_is_refused_in_words(rate: int) -> None:
    with pytest.raises(BadInput, match=f"not at {rate} Hz"):
        LoudnessMeter(rate, MONO)


def test_hours_keep_well_under_a_megabyte_each() -> None:
    meter, samples = LoudnessMeter(8000, MONO), changing(8000, 30.0)[:1]
    meter.feed(samples)
    tracemalloc.start()
    for _ in range(20):
        meter.feed(samples)
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert kept * 6 < 800_000
