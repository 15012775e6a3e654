"""The exported stems, block by block: at the export's rate, with handles, with the same gain and limiter."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.errors import Failed
from engine.export.plan import ExportPlan
from engine.progress import Progress
from engine.sound.limiter import Limiter, limit_blocks
from engine.sound.render import Block, Renderer, stretches, sum_stems
from engine.sound.waveform import Waveform

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
    raised = renderer.raised(gain.gain_db)
    watched = [track.id for track in renderer.timeline.audible() if track.id in gain.loud]
    limiter = None
    if gain.ceiling_dbtp is not None:
        channels = plan.form.channels * (1 + len(watched))
        limiter = Limiter(plan.form.rate, gain.ceiling_dbtp, channels=channels)
    blocks = (_rendered if renderer.timeline.rate == plan.form.rate else _resampled)(raised, plan, progress)
    return blocks if limiter is None else limit_blocks(blocks, limiter, watched, in_place=True)


def _rendered(renderer: Renderer, plan: ExportPlan, progress: Progress) -> Iterator[Block]:
    """Yield the blocks of a timeline that has the files' rate."""
    start = plan.first - plan.lead
    stop = start + plan.samples
    for block in renderer.blocks(start, stop, SIZE):
        progress.report((block.start - start) / (stop - start))
        if not np.isfinite(block.mix.sum()):
            _refuse_damage(renderer, block)
        yield replace(block, start=block.start - start)


def _resampled(renderer: Renderer, plan: ExportPlan, progress: Progress) -> Iterator[Block]:
    """Yield the blocks of a timeline of another rate, resampled stem by stem."""
    at = 0
    for stems in _chunks(renderer, plan, progress):
        length = min(plan.samples - at, next(iter(stems.values())).shape[1])
        if length:
            yield sum_stems(at, {number: stem[:, :length] for number, stem in stems.items()})
        at += length
    if at < plan.samples:
        shape = plan.form.channels, plan.samples - at
        tracks = renderer.timeline.audible()
        yield sum_stems(at, {track.id: np.zeros(shape, np.float32) for track in tracks})


def _chunks(renderer: Renderer, plan: ExportPlan, progress: Progress) -> Iterator[dict[int, Waveform]]:
    """Yield the resampled stems in chunks of any length; the last may end early or late by a few samples."""
    import soxr

    rate, to = renderer.timeline.rate, plan.form.rate
    # Exact: handles are multiples of 1/300 s.
    lead = plan.lead * rate // to
    start, stop = plan.first - lead, plan.first + plan.length + lead
    tracks = renderer.timeline.audible()
    streams: dict[int, Any] = {
        track.id: soxr.ResampleStream(rate, to, plan.form.channels, "float32", "VHQ") for track in tracks
    }
    for first, last in stretches(start, stop, SIZE):
        progress.report((first - start) / (stop - start))
        block = renderer.block(first, last)
        if not np.isfinite(block.mix.sum()):
            _refuse_damage(renderer, block)
        stems = {}
        for number, stem in block.stems.items():
            progress.raise_if_cancelled()
            chunk = np.ascontiguousarray(stem.T)
            resampled = streams[number].resample_chunk(chunk, last=last == stop)
            stems[number] = np.ascontiguousarray(resampled.T)
        yield stems


def _refuse_damage(renderer: Renderer, block: Block) -> None:
    """Raise ``Failed`` naming the track whose samples make the mix infinite or NaN, or saying that all together do."""
    for track in renderer.timeline.audible():
        if not np.isfinite(block.stems[track.id].sum()):
            raise Failed(f"Track {track.name!r} holds samples that are no numbers: remove the damaged take.")
    raise Failed("The mix is louder than any number: turn its tracks down.")
