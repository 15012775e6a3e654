"""How fast stems and mixes are rendered: PYTHONPATH=. python tests/benchmarks/mixing.py [--minutes 10] [--threads 2].

64 tracks at 48 kHz without a gap: on each, takes of 10 s (mono at 16 kHz, every fourth stereo at 44.1) that cross
over a quarter of a second, with a gain, a pan and two fades a clip. Real sessions have silence, which costs nothing.

Wall time says what this machine gave; processor time what the work needs, which is what to compare on a busy one.
Memory is the highest resident size of a fresh process for each length, over that of one which only imports.
"""

import argparse
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter, process_time

from engine.scene.timeline import Clip, Timeline
from engine.sound.layout import STEREO
from engine.sound.limiter import Limiter, limit_blocks
from engine.sound.meters import LoudnessMeter
from engine.sound.render import Renderer
from tests.benchmarks.many_tracks import RATE, TRACKS, Sounds, timeline

LENGTHS = (1, 10, 60)
SIZE = 16_384
REPEATS = 7


def main() -> None:
    options = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    options.add_argument("--minutes", type=int, default=10, help="length of the timeline that is timed")
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--memory-of", type=int, help=argparse.SUPPRESS)
    arguments = options.parse_args()
    if arguments.memory_of is not None:
        sys.stdout.write(f"{_peak_after(arguments.memory_of)}\n")
        return
    _speed(timeline(arguments.minutes), arguments.threads)
    _rerender(timeline(arguments.minutes), arguments.threads)
    _memory()


@dataclass(frozen=True)
class Took:
    """Seconds by the clock and of the processor."""

    wall: float
    processor: float


def _took(work: Callable[[], object]) -> Took:
    wall, processor = perf_counter(), process_time()
    work()
    return Took(perf_counter() - wall, process_time() - processor)


def _drain(stream: Iterable[object]) -> None:
    for _ in stream:
        pass


def _speed(whole: Timeline, threads: int) -> None:
    seconds, sounds = whole.length / RATE, Sounds()
    _say(f"{TRACKS} tracks, {seconds / 60:g} minutes, {RATE} Hz, no gaps")

    def mix(count: int) -> None:
        _drain(Renderer(whole, sounds).mix_blocks(0, whole.length, SIZE, threads=count))

    def stems(count: int) -> None:
        _drain(Renderer(whole, sounds).blocks(0, whole.length, SIZE, threads=count))

    def limit() -> None:
        blocks = Renderer(whole, sounds).blocks(0, whole.length, SIZE, threads=threads)
        _drain(limit_blocks(blocks, Limiter(RATE, -12.0), in_place=True))

    def measure() -> None:
        meter = LoudnessMeter(RATE, STEREO)
        for block in Renderer(replace(whole, tracks=whole.tracks[:1]), sounds).mix_blocks(
            0, whole.length, SIZE
        ):
            meter.feed(block)

    for name, work in {
        "mix, one thread": lambda: mix(1),
        f"mix, {threads} threads": lambda: mix(threads),
        f"mix and all stems, {threads} threads": lambda: stems(threads),
        f"the same through a limiter at work, {threads} threads": limit,
        "loudness and true peak of one track": measure,
    }.items():
        took = _took(work)
        ratios = f"{seconds / took.wall:7.0f} x real time by the clock, {seconds / took.processor:7.0f} x by processor"
        _say(f"  {name:54}{ratios} time")


def _rerender(whole: Timeline, threads: int) -> None:
    """A clip in the middle gets another gain, again and again; the whole mix had been rendered."""
    _say("the mix again after one clip of 10 s changed, ms (least, middle, most of 7)")
    renderer = Renderer(whole, Sounds())
    track = whole.tracks[TRACKS // 2]
    place = len(track.clips) // 2
    clip = track.clips[place]
    renderer.mix(clip.start - 30 * RATE, clip.end + 30 * RATE)
    for count in (1, threads):
        times = []
        for repeat in range(REPEATS):
            changed = replace(clip, gain_db=-4.0 - repeat)
            clips = (*track.clips[:place], changed, *track.clips[place + 1 :])
            tracks = tuple(replace(t, clips=clips) if t.id == track.id else t for t in whole.tracks)
            edited = replace(whole, tracks=tracks)
            times.append(_took(lambda e=edited, c=count: _again(renderer, e, clip, c)))  # type: ignore[misc]
        for name, values in {
            "by the clock": sorted(took.wall for took in times),
            "processor": sorted(took.processor for took in times),
        }.items():
            least, middle, most = values[0], values[REPEATS // 2], values[-1]
            _say(f"  {count} thread(s), {name:14}{least * 1e3:8.1f}{middle * 1e3:8.1f}{most * 1e3:8.1f}")


def _again(renderer: Renderer, edited: Timeline, clip: Clip, threads: int) -> None:
    renderer.updated(edited).mix(clip.start, clip.end, threads=threads)


def _memory() -> None:
    _say("highest resident memory of a process that renders all stems and the mix, MiB over a bare one")
    bare = _child(0)
    for minutes in LENGTHS:
        _say(f"  {minutes:3} minutes {(_child(minutes) - bare) / 2**20:8.0f}")


def _child(minutes: int) -> int:
    command = [sys.executable, str(Path(__file__).resolve()), "--memory-of", str(minutes)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _peak_after(minutes: int) -> int:
    sounds = Sounds()
    if minutes:
        whole = timeline(minutes)
        _drain(Renderer(whole, sounds).blocks(0, whole.length, SIZE, threads=2))
    # Not ru_maxrss: that of a child begins with what its parent had.
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
