"""What the codec and the vocoder lose: python tests/benchmarks/roundtrip.py [--model FOLDER].

Real held-out recordings go through log-mel and back, each part alone and both, and are judged again.
"""

import sys
from pathlib import Path
from typing import Any

import torch

from engine.diffusion.autoencoder import MelCodec
from engine.diffusion.model_folder import load_part, read_index
from engine.diffusion.pipeline import PipelineShape
from engine.evaluation.bench import bench_of, parser
from engine.evaluation.roundtrip import mel_error, round_trips
from engine.evaluation.sound import accuracy
from engine.evaluation.tables import Cell, table


def main() -> None:
    options = parser(str(__doc__))
    arguments = options.parse_args()
    bench = bench_of(arguments)
    real = bench.real()
    judges = bench.fitted_judges(real)
    codec, vocoder = _parts(bench.model)
    with torch.inference_mode():
        ways = {"untouched": real.held_out, **round_trips(real.held_out, codec, vocoder)}
    rows: list[list[Cell]] = []
    for name, clips in ways.items():
        found = accuracy(clips, judges)
        rows.append([name, *(float(found[judge].mean()) for judge in ("cnn", "svm", "both"))])
    sys.stdout.write(table(["real clips through", "cnn", "svm", "both"], rows) + "\n")
    sys.stdout.write(f"log-mel L1 of the codec: {mel_error(real.held_out, codec):.3f} nat\n")


def _parts(folder: Path) -> tuple[MelCodec, Any]:
    """Codec and vocoder alone, so that they can be measured before the rest of the model exists."""
    index = read_index(folder)
    shape = PipelineShape(**index.get("foleyscape", {}))
    codec = MelCodec(
        load_part(folder, index, "vae"),
        mel_patch=shape.mel_patch,
        mel_mean=shape.mel_mean,
        mel_std=shape.mel_std,
    )
    return codec, load_part(folder, index, "vocoder")


if __name__ == "__main__":
    main()
