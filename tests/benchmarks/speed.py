"""How long things take: python tests/benchmarks/speed.py [--threads 2] [--no-published].

Start-up in fresh interpreters, preparing a still, click and hover to mask, a 5 s take at the draft and the final
setting, and the ratio per clip to AudioLDM at full size, run by diffusers' own recipe with random weights.

The published model would need some seven minutes for a clip, so one guided U-Net step, one VAE decoding and one
vocoder pass are timed, and the step is counted 200 times. It has the size of the published weights, not their values,
which speed does not depend on.
"""

import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numpy as np
import torch

from engine.diffusion import published
from engine.evaluation.bench import Bench, bench_of, parser
from engine.evaluation.clip_sets import SECONDS
from engine.evaluation.sampling import SamplingConfig, sample_all
from engine.evaluation.tables import Cell, table
from engine.generation.requests import DRAFT, FINAL, GUIDANCE, Quality
from engine.scene.hints import Click, Hints
from engine.vision.still import Still

LIMITS = {
    "foleyscape --help": 0.4,
    "prepare a still": 1.5,
    "click to mask": 0.04,
    "take, draft": 3.0,
}
"""Seconds that issue 2 allows, on two cores."""


def main() -> None:
    options = parser(str(__doc__))
    options.add_argument("--no-published", action="store_true", help="leave out the full-size comparison")
    arguments = options.parse_args()
    bench = bench_of(arguments)
    figures = {**_start_up(), **_vision(bench), **_takes(bench)}
    rows: list[list[Cell]] = [
        [name, seconds, _limit(name), seconds / LIMITS[name] if name in LIMITS else ""]
        for name, seconds in figures.items()
    ]
    sys.stdout.write(table(["what", "seconds", "allowed", "ratio"], rows) + "\n")
    for name in ("draft", "final"):
        real_time = SECONDS / figures[f"take, {name}"]
        sys.stdout.write(f"a {name} take is made {real_time:.1f} times as fast as it plays\n")
    if not arguments.no_published:
        _compare(figures["take, draft"], figures["take, final"])


def _limit(name: str) -> Cell:
    return LIMITS.get(name, "")


def _start_up() -> dict[str, float]:
    """The fastest of three fresh interpreters: the slower ones measure what else the machine does."""
    command = [sys.executable, "-m", "engine.cli", "--help"]
    return {
        "python (nothing)": _fresh([sys.executable, "-c", "pass"]),
        "import engine": _fresh([sys.executable, "-c", "import engine"]),
        "foleyscape --help": _fresh(command),
    }


def _fresh(command: list[str]) -> float:
    root = Path(__file__).resolve().parents[2]
    return min(
        _timed(lambda: subprocess.run(command, check=True, capture_output=True, cwd=root)) for _ in range(3)
    )


def _vision(bench: Bench) -> dict[str, float]:
    from engine.vision.click_segmenter import load_segmenter

    segmenter = load_segmenter(bench.model / "segmenter")
    stills = [_still(seed) for seed in range(4)]
    segmenter.prepare(stills[0])  # the first call of all loads libraries
    prepare = [_timed(lambda still=still: segmenter.prepare(still)) for still in stills[1:]]  # type: ignore[misc]
    still = stills[-1]
    rng = np.random.default_rng(0)
    points = [(float(x), float(y)) for x, y in rng.uniform(0.1, 0.9, (20, 2)) * (still.width, still.height)]
    clicks = [
        _timed(lambda point=point: segmenter.propose(still.digest, Hints((Click(*point),))))  # type: ignore[misc]
        for point in points
    ]
    return {
        "prepare a still": statistics.median(prepare),
        "click to mask": statistics.median(clicks),
        "click to mask, slowest of 20": max(clicks),
    }


def _still(seed: int) -> Still:
    """scikit-image's photograph of a coffee cup, 600 x 400, a little brighter each time so that none is cached."""
    from skimage import data

    return Still.from_pixels(np.clip(data.coffee().astype(np.int16) + seed, 0, 255).astype(np.uint8))


def _takes(bench: Bench) -> dict[str, float]:
    model = bench.diffusion()
    condition = model.encode_text(["a dog barking"])

    def one(quality: Quality, count: int = 1) -> float:
        config = SamplingConfig(quality.steps, GUIDANCE, quality.solver)
        return _timed(lambda: sample_all(model, condition.expand(count, -1), config)) / count

    one(Quality("multistep", 2))
    draft = statistics.median(one(DRAFT) for _ in range(3))
    return {"take, draft": draft, "take, draft, each of 8": one(DRAFT, 8), "take, final": one(FINAL)}


@torch.inference_mode()
def _compare(draft: float, final: float) -> None:
    """The ratio to a clip of the same length by AudioLDM's loop: guidance doubles the batch of every step."""
    unet, vae = published.build_unet().eval(), published.build_vae().eval()
    vocoder = published.build_vocoder().eval()
    frames = -(-round(SECONDS * 100) // 32) * 32
    latent = torch.randn(1, 8, frames // 4, 16, generator=torch.Generator().manual_seed(0))
    words = torch.nn.functional.normalize(torch.ones(2, 512), dim=-1)
    both = torch.cat([latent, latent])
    step = _fastest(lambda: unet(both, 500, encoder_hidden_states=None, class_labels=words), 3)
    decode = _fastest(lambda: vae.decode(latent), 2)
    mel = vae.decode(latent).sample[:, 0]
    sound = _fastest(lambda: vocoder(mel), 2)
    clip = published.STEPS * step + decode + sound
    sys.stdout.write(
        f"AudioLDM at full size, random weights: one guided step {step:.2f} s x {published.STEPS} steps + "
        f"VAE {decode:.2f} s + vocoder {sound:.2f} s = {clip:.0f} s for {SECONDS:.0f} s\n"
        f"ratio per clip: draft {clip / draft:.0f}, final {clip / final:.0f} times as fast\n"
    )


def _fastest(call: Callable[[], object], times: int) -> float:
    return min(_timed(call) for _ in range(times))


def _timed(call: Callable[[], object]) -> float:
    start = perf_counter()
    call()
    return perf_counter() - start


if __name__ == "__main__":
    main()
