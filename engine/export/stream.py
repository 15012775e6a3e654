"""The exported stems, block by block: at the export's rate, with handles, with the same gain and limiter."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.errors import Failed
from engine.export.plan import CHANNELS, ExportPlan
from engine.progress import Progress
from engine.sound.limiter import Limiter, limit_blocks
from engine.sound.render import Block, Renderer, sum_stems
from engine.sound.waveform import Waveform, from_db

SIZE = 32_768
"""Samples of the timeline rendered at a time: well under a second, so that cancelling is quick."""


@dataclass(frozen=True)
class MixGain:
    """Processing applied to all stems alike, so that the mix stays their sum.

    Attributes:
        gain_db: gain of all stems.
        ceiling_dbtp: the limiter's ceiling for the mix; None is no limiter.
        loud: tracks whose stems alone exceed the ceiling, which the limiter watches too.
    """

    gain_db: float = 0.0
    ceiling_dbtp: float | None = None
    loud: frozenset[int] = frozenset()


def stem_blocks(renderer: Renderer, plan: ExportPlan, gain: MixGain, progress: Progress) -> Iterator[Block]:
    """Yield every audible stem, in order, and their sum, block by block, ``plan.samples`` in total.

    The sum is taken in float32 in track order, so that 32-bit files null, too. Memory use is constant.

    Raises:
        Failed: a track has samples that are not finite.
        Cancelled: within a block.
        FoleyscapeError: whatever the source of the takes raises.
    """
    blocks = _gained(_at_rate(renderer, plan, progress), from_db(gain.gain_db))
    if gain.ceiling_dbtp is None:
        return blocks
    watched = [track.id for track in renderer.timeline.audible() if track.id in gain.loud]
    limiter = Limiter(plan.form.rate, gain.ceiling_dbtp, channels=CHANNELS * (1 + len(watched)))
    return limit_blocks(blocks, limiter, watched)


def _at_rate(renderer: Renderer, plan: ExportPlan, progress: Progress) -> Iterator[dict[int, Waveform]]:
    """Yield the stems at the export's rate, ``plan.samples`` of each."""
    left = plan.samples
    for stems in _changed(renderer, plan, progress):
        length = min(left, next(iter(stems.values())).shape[1])
        left -= length
        if length:
            yield {number: stem[:, :length] for number, stem in stems.items()}
    if left:
        silence = np.zeros((CHANNELS, left), np.float32)
        yield {track.id: silence for track in renderer.timeline.audible()}


def _changed(renderer: Renderer, plan: ExportPlan, progress: Progress) -> Iterator[dict[int, Waveform]]:
    rate = renderer.timeline.rate
    # Exact: handles are multiples of 1/300 s.
    lead = plan.lead * rate // plan.form.rate
    start, stop = -lead, renderer.timeline.length + lead
    changers: dict[int, Any] = {}
    if rate != plan.form.rate:
        import soxr

        for track in renderer.timeline.audible():
            changers[track.id] = soxr.ResampleStream(rate, plan.form.rate, CHANNELS, "float32", "VHQ")
    for at in range(start, stop, SIZE):
        progress.report((at - start) / (stop - start))
        end = min(at + SIZE, stop)
        stems = {}
        for track in renderer.timeline.audible():
            progress.raise_if_cancelled()
            stem = renderer.stem(track.id, at, end)
            if not np.isfinite(stem.sum()):
                raise Failed(
                    f"Track {track.name!r} holds samples that are no numbers: remove the damaged take."
                )
            if track.id in changers:
                chunk = np.ascontiguousarray(stem.T)
                stem = changers[track.id].resample_chunk(chunk, last=end == stop).T
            stems[track.id] = stem
        yield stems


def _gained(stretches: Iterator[dict[int, Waveform]], gain: float) -> Iterator[Block]:
    start = 0
    for stems in stretches:
        as_mixed = gain == 1.0
        raised = stems if as_mixed else {n: stem * np.float32(gain) for n, stem in stems.items()}
        block = sum_stems(start, raised)
        start += block.mix.shape[1]
        yield block
