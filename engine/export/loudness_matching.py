"""Finds, by measuring a mix, the gain that brings it to a loudness target, and whether it needs a limiter."""

import math
from dataclasses import dataclass, replace

from engine.export.dither import headroom
from engine.export.plan import ExportPlan
from engine.export.stream import MixGain, stem_blocks
from engine.progress import Progress
from engine.sound.bs1770 import LoudnessReport
from engine.sound.layout import layout_of
from engine.sound.meters import LoudnessMeter
from engine.sound.render import Renderer
from engine.sound.waveform import from_db, to_db

CLOSE_LU = 0.05
"""Distance from the target, in LU, at which matching stops."""
MOST_ROUNDS = 4
"""A limiter makes a mix quieter than its gain suggests, so it is measured and corrected, in at most this many passes.
"""
LEAST_SLOPE = 0.2
"""Lower bound of the loudness gained per dB of gain: a limiter that passes less cannot be compensated by more gain.
"""
MOST_GAIN_DB = 40.0
"""More gain would only raise noise."""


@dataclass(frozen=True)
class _Measured:
    """Result of one measuring pass: loudness of the mix, and the peak amplitude of each stem by track number."""

    mix: LoudnessReport
    peaks: dict[int, float]

    def with_gain(self, gain_db: float) -> tuple[float, dict[int, float]]:
        """Return the mix's true peak in dBTP and the stems' peaks with ``gain_db`` more gain."""
        return self.mix.true_peak_dbtp + gain_db, {n: p * from_db(gain_db) for n, p in self.peaks.items()}


def match_loudness(renderer: Renderer, plan: ExportPlan, progress: Progress) -> MixGain:
    """Find the gain that matches the mix to the preset's target, and the limiter for the ceiling.

    One pass measures the mix. If a target needs a limiter, further passes measure its effect.

    Args:
        renderer: renders the scene.
        plan: what is exported.
        progress: told of all passes.

    Raises:
        Failed: as ``stem_blocks``.
        Cancelled: as ``stem_blocks``.
    """
    stems = len(renderer.timeline.audible())
    # The dither of all stems adds up in the mix and must fit below the ceiling, too.
    ceiling = to_db(from_db(plan.preset.ceiling_dbtp) - headroom(stems, plan.form.bits))
    measured = _measure(renderer, plan, MixGain(), progress.part(0.0, 1.0 / MOST_ROUNDS))
    target, last = plan.preset.target_lufs, measured.mix.integrated_lufs
    if plan.peaks == "lower":
        return _lowered(0.0 if target is None or last is None else target - last, measured, ceiling)
    if target is None or last is None:
        return _with_limiter(MixGain(), measured, ceiling)
    step, gain = _capped(target - last), _with_limiter(MixGain(_capped(target - last)), measured, ceiling)
    for turn in range(1, MOST_ROUNDS):
        if gain.ceiling_dbtp is None:
            break
        part = progress.part(turn / MOST_ROUNDS, (turn + 1) / MOST_ROUNDS)
        now = _measure(renderer, plan, gain, part).mix.integrated_lufs
        if now is None or abs(target - now) <= CLOSE_LU:
            break
        # Share of the intended gain that the last step achieved: under a limiter less than all of it.
        slope = min(max((now - last) / step, LEAST_SLOPE), 1.0) if step else 1.0
        gain_db = _capped(gain.gain_db + (target - now) / slope)
        step, last = gain_db - gain.gain_db, now
        gain = _with_limiter(MixGain(gain_db), measured, ceiling)
    return gain


def match_alternate(renderer: Renderer, plan: ExportPlan, gain_db: float, progress: Progress) -> MixGain:
    """Find the limiter, if any, of a stem outside the mix, which gets the gain of the mix.

    Args:
        renderer: renders that stem alone.
        plan: what is exported.
        gain_db: gain of the mix.
        progress: told of the measuring pass.

    Raises:
        Failed: as ``stem_blocks``.
        Cancelled: as ``stem_blocks``.
    """
    ceiling = to_db(from_db(plan.preset.ceiling_dbtp) - headroom(1, plan.form.bits))
    measured = _measure(renderer, plan, MixGain(), progress)
    return _with_limiter(MixGain(gain_db), measured, ceiling)


def _measure(renderer: Renderer, plan: ExportPlan, gain: MixGain, progress: Progress) -> _Measured:
    meter = LoudnessMeter(plan.form.rate, layout_of(plan.form.channels))
    peaks: dict[int, float] = {track.id: 0.0 for track in renderer.timeline.audible()}
    for block in stem_blocks(renderer, plan, gain, progress):
        meter.feed(block.mix)
        for number, stem in block.stems.items():
            peaks[number] = max(peaks[number], float(stem.max()), -float(stem.min()))
    return _Measured(meter.report(), peaks)


def _capped(gain_db: float) -> float:
    return min(gain_db, MOST_GAIN_DB)


def _lowered(gain_db: float, measured: _Measured, ceiling_dbtp: float) -> MixGain:
    """Return the gain, lowered as far as keeps the mix and every stem below the ceiling."""
    true_peak, peaks = measured.with_gain(_capped(gain_db))
    highest = max([true_peak, *(to_db(peak) for peak in peaks.values())])
    over = highest - ceiling_dbtp if math.isfinite(highest) else 0.0
    return MixGain(_capped(gain_db) - max(over, 0.0))


def _with_limiter(gain: MixGain, measured: _Measured, ceiling_dbtp: float) -> MixGain:
    """Add a limiter if the mix or a stem would exceed the ceiling without one."""
    true_peak, peaks = measured.with_gain(gain.gain_db)
    loud = frozenset(number for number, peak in peaks.items() if to_db(peak) > ceiling_dbtp)
    limit = bool(loud) or (math.isfinite(true_peak) and true_peak > ceiling_dbtp)
    return replace(gain, ceiling_dbtp=ceiling_dbtp if limit else None, loud=loud)
