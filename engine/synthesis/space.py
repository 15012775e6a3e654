"""The path from source to file: room, distance, recorder."""

from __future__ import annotations

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft, rfftfreq
from scipy.signal import oaconvolve

from engine.synthesis.envelopes import decay, soften_ends
from engine.synthesis.filters import highpass, lowpass, stirred
from engine.synthesis.noises import coloured, white
from engine.synthesis.random_draws import Draw, Wave


def room(draw: Draw, wave: Wave, seconds: float, wet: float) -> Wave:
    """Add a room: early reflections and an exponentially decaying tail that gets duller.

    Args:
        draw: randomness and rate.
        wave: (n,) dry sound; the tail beyond its end is cut.
        seconds: reverberation time (60 dB).
        wet: level of the reverberation relative to the dry sound.
    """
    count = min(len(wave), draw.samples(seconds))
    tail = white(draw, count) * decay(draw, count, seconds)
    late = draw.samples(draw.between(0.004, 0.03))
    tail[: min(late, count)] *= 0.1
    tail = lowpass(tail, draw.rate, draw.log_between(1500.0, 7000.0), 1)
    tail /= float(np.sqrt(np.sum(tail * tail))) + 1e-9
    for _ in range(draw.whole(2, 6)):
        at = int(draw.between(0.003, 0.05) * draw.rate)
        if at < count:
            tail[at] += draw.between(-0.4, 0.4)
    return wave + wet * np.asarray(oaconvolve(wave, tail))[: len(wave)]


def recorded(draw: Draw, wave: Wave, background: float) -> Wave:
    """Simulate a recording: room, distance, bandwidth, and the recorder's noise.

    Args:
        draw: randomness and rate.
        wave: (n,) the sound itself.
        background: 0..1, probability that the surroundings are audible.
    """
    out = wave / (float(np.max(np.abs(wave))) + 1e-9)
    if draw.chance(0.6):
        out = room(draw, out, draw.log_between(0.12, 2.0), draw.log_between(0.05, 0.8))
    out = tinted(draw, out, draw.log_between(1.0, 6.0))
    if draw.chance(0.5):
        out = stirred(draw, out, draw.log_between(0.7, 4.0), draw.log_between(0.3, 6.0), draw.whole(4, 24))
    if draw.chance(0.25):
        out = lowpass(out, draw.rate, draw.log_between(3500.0, 8000.0), draw.whole(1, 2))
    out = out / (float(np.max(np.abs(out))) + 1e-9)
    if draw.chance(background):
        hiss = coloured(draw, len(out), draw.between(0.6, 2.6), draw.log_between(40.0, 400.0))
        out = out + hiss * draw.log_between(0.0001, 0.012)
    out = highpass(out, draw.rate, draw.log_between(10.0, 70.0))
    return padded(draw, out, wave) if draw.chance(0.5) else out


def tinted(draw: Draw, wave: Wave, depth_db: float) -> Wave:
    """Apply a random microphone response: broad bumps, finer ripples, a slope.

    Just below the top it falls off, as in every resampled file.
    """
    size = next_fast_len(len(wave), real=True)
    octave = np.log2(np.maximum(rfftfreq(size, 1.0 / draw.rate), 30.0) / 1000.0)
    response = draw.rng.normal(0.0, 0.25 * depth_db) * octave
    for knots, share in ((9, 1.0), (60, 0.5)):
        heights = draw.rng.normal(0.0, share * depth_db, knots)
        response += np.interp(octave, np.linspace(-5.0, 3.6, knots), heights)
    converter = np.clip((1.0 - np.linspace(0.0, 1.0, len(octave))) / 0.07, 0.0, 1.0)
    gain = 10.0 ** (response / 20.0) * converter * converter
    return np.asarray(irfft(rfft(wave, size) * gain, size)[: len(wave)])


def padded(draw: Draw, wave: Wave, dry: Wave) -> Wave:
    """Add digital silence after the last event has decayed, as in libraries of short recordings."""
    loud = np.flatnonzero(np.abs(dry) > 0.004 * float(np.max(np.abs(dry))))
    end = int(loud[-1]) + draw.samples(draw.log_between(0.02, 0.6)) if len(loud) else len(wave)
    if end > len(wave) - draw.samples(0.4):
        return wave
    out = wave.copy()
    out[:end] = soften_ends(wave[:end], draw.samples(0.01))
    out[end:] = 0.0
    return out


def finished(draw: Draw, wave: Wave) -> Wave:
    """Remove the DC offset, fade the ends, and scale to a peak of 0.25 to 0.9."""
    sounding = wave != 0.0
    out = wave - float(np.mean(wave)) / max(float(np.mean(sounding)), 1e-9) * sounding
    out = soften_ends(out, draw.samples(0.004))
    return out * (draw.between(0.25, 0.9) / (float(np.max(np.abs(out))) + 1e-9))
