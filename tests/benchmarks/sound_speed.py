"""Old and new state of the sound engine, by processor time: python tests/benchmarks/sound_speed.py --old CHECKOUT.

    git worktree add --detach ../before efb484e
    PYTHONPATH=. python tests/benchmarks/sound_speed.py --old ../before [--minutes 1] [--rounds 3] [--cases ...]

Every case runs in a process of its own, turn by turn in the old checkout and in this one, so that both meet the same
load; the least processor time of the rounds counts, without imports and without reading takes. Both work on the same
samples, and how far their results lie apart is printed beside the times.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np

from engine.export.plan import ExportSettings
from engine.export.run import export
from engine.sound import limiter as limiter_module
from engine.sound.limiter import Limiter
from engine.sound.meters import LoudnessMeter
from engine.sound.render import Renderer
from tests.benchmarks.many_tracks import RATE, Sounds, digest_of, scene, timeline

SIZE = 16_384
HERE = Path(__file__).resolve().parents[2]
MADE = datetime(2026, 1, 2, 3, 4, 5)
NEW = hasattr(limiter_module, "limit_blocks")
"""Whether this is not the state of efb484e, whose names were others."""

try:
    from engine.sound.layout import STEREO
except ImportError:
    STEREO = 2  # type: ignore[assignment]

Result = dict[str, Any]


def main() -> None:
    options = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    options.add_argument("--old", type=Path, help="a checkout of the state to compare with")
    options.add_argument("--minutes", type=float, default=1.0, help="length of the timeline")
    options.add_argument("--export-minutes", type=float, default=0.5, help="length of what is exported")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--cases", nargs="*", default=list(CASES), choices=list(CASES))
    options.add_argument("--child", help=argparse.SUPPRESS)
    options.add_argument("--keep", type=Path, help=argparse.SUPPRESS)
    arguments = options.parse_args()
    if arguments.child:
        sys.stdout.write(json.dumps(CASES[arguments.child](arguments.minutes, arguments.keep)))
        return
    for case in arguments.cases:
        minutes = arguments.export_minutes if case.startswith("export") else arguments.minutes
        _compare(case, minutes, arguments.old, arguments.rounds)


def _compare(case: str, minutes: float, old: Path | None, rounds: int) -> None:
    checkouts = {"old": old, "new": HERE} if old else {"new": HERE}
    best: dict[str, Result] = {}
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_TMP")) as folder:
        for _ in range(rounds):
            for state, checkout in checkouts.items():
                found = _run(case, minutes, checkout, Path(folder) / f"{state}.npy")
                if state not in best or found["processor"] < best[state]["processor"]:
                    best[state] = found
        apart = _apart(best, Path(folder)) if old else ""
    line = f"{case:44}"
    for state, found in best.items():
        speed = minutes * 60 / found["processor"]
        line += f"  {state} {found['processor']:7.2f} s = {speed:6.1f} x real time"
    if old:
        line += f"  {best['old']['processor'] / best['new']['processor']:5.1f} times faster{apart}"
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _run(case: str, minutes: float, checkout: Path, keep: Path) -> Result:
    command = [sys.executable, str(Path(__file__).resolve()), "--child", case]
    command += ["--minutes", str(minutes), "--keep", str(keep)]
    environment = {**os.environ, "PYTHONPATH": f"{checkout.resolve()}{os.pathsep}{HERE}"}
    out = subprocess.run(command, check=True, capture_output=True, text=True, env=environment, cwd=checkout)
    return dict(json.loads(out.stdout))


def _apart(best: dict[str, Result], folder: Path) -> str:
    """How far the two results lie apart, in words."""
    words = ""
    if (folder / "old.npy").exists():
        old, new = np.load(folder / "old.npy"), np.load(folder / "new.npy")
        words += f"; samples differ by {np.abs(old.astype(np.float64) - new).max():.1e} at most"
    levels = best["old"].get("levels"), best["new"].get("levels")
    if all(levels):
        worst = max(abs(a - b) for a, b in zip(*levels, strict=True) if a is not None)  # type: ignore[arg-type]
        words += f"; levels by {worst:.1e} dB"
    return words


def _timed(work: Callable[[], object]) -> Result:
    wall, processor = perf_counter(), process_time()
    work()
    return {"processor": process_time() - processor, "wall": perf_counter() - wall}


def _renderer(minutes: float, tracks: int | None = None) -> tuple[Renderer, int]:
    """A renderer of the timeline, its takes read already."""
    whole = timeline(minutes)
    renderer = Renderer(replace(whole, tracks=whole.tracks[:tracks]), Sounds(), block_bytes=16 << 20)
    for number in range(64):
        renderer._takes.get(digest_of(number))
    return renderer, whole.length


def _mix(threads: int) -> Callable[[float, Path], Result]:
    def run(minutes: float, keep: Path) -> Result:
        renderer, length = _renderer(minutes)
        return _timed(lambda: _drain(renderer.mix_blocks(0, length, SIZE, threads=threads)))

    return run


def _stems(threads: int) -> Callable[[float, Path], Result]:
    def run(minutes: float, keep: Path) -> Result:
        renderer, length = _renderer(minutes)
        return _timed(lambda: _drain(renderer.blocks(0, length, SIZE, threads=threads)))

    return run


def _limit(threads: int) -> Callable[[float, Path], Result]:
    def run(minutes: float, keep: Path) -> Result:
        _warm()
        renderer, length = _renderer(minutes)
        kept: list[Any] = []

        def blocks() -> Iterable[Any]:
            whole = renderer.blocks(0, length, SIZE, threads=threads)
            if NEW:
                return limiter_module.limit_blocks(whole, Limiter(RATE, -12.0), in_place=True)
            return limiter_module.limited(whole, Limiter(RATE, -12.0))  # type: ignore[attr-defined]

        def work() -> None:
            kept.extend(block.mix for block in blocks())

        took = _timed(work)
        np.save(keep, np.concatenate(kept, axis=1))
        return took

    return run


def _meter(minutes: float, keep: Path) -> Result:
    _warm()
    renderer, length = _renderer(minutes, 1)
    meter = LoudnessMeter(RATE, STEREO)

    def work() -> None:
        for block in renderer.mix_blocks(0, length, SIZE):
            meter.feed(block)

    return {**_timed(work), "levels": list(asdict(meter.report()).values())}


def _export(preset: str) -> Callable[[float, Path], Result]:
    def run(minutes: float, keep: Path) -> Result:
        _warm()
        sounds = Sounds()
        whole = scene(minutes, sounds)
        done = []
        with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_TMP")) as folder:
            settings = ExportSettings(preset=preset)  # type: ignore[arg-type]
            took = _timed(
                lambda: done.append(export(whole, sounds, Path(folder) / "out", settings, made=MADE))
            )
        levels = [value for file in done[0].files for value in asdict(file.levels).values()]  # type: ignore[arg-type]
        return {**took, "levels": levels}

    return run


def _warm() -> None:
    """Imports what a first block would import."""
    meter = LoudnessMeter(RATE, STEREO)
    meter.feed(np.full((2, RATE), 0.1, np.float32))
    limiter = Limiter(RATE, -30.0)
    limiter.push(np.full((2, RATE), 0.1, np.float32))


def _drain(stream: Iterable[object]) -> None:
    for _ in stream:
        pass


CASES: dict[str, Callable[[float, Path], Result]] = {
    "mix of 64 tracks, one thread": _mix(1),
    "mix of 64 tracks, two threads": _mix(2),
    "64 stems and mix, one thread": _stems(1),
    "64 stems and mix, two threads": _stems(2),
    "64 tracks, limiter at work, one thread": _limit(1),
    "64 tracks, limiter at work, two threads": _limit(2),
    "loudness and true peak of one track": _meter,
    "export of 64 stems and mix, as mixed": _export("none"),
    "export of 64 stems and mix, EBU R 128": _export("r128"),
}


if __name__ == "__main__":
    main()
