"""What must not be heard in takes: python tests/benchmarks/audio_defects.py [--takes 2] [--level -23].

Counts clicks, clipping, silence, DC and wrong levels in takes of every concept, as they leave the model and as they
are after conditioning, beside the same counts for real recordings.
"""

import sys
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from engine.evaluation.bench import add_sampling, bench_of, parser, sampling_config_of
from engine.evaluation.clip_sets import RATE
from engine.evaluation.defects import count_defects, find_defects
from engine.evaluation.sampling import sample_all
from engine.evaluation.tables import Cell, table
from engine.sound.prepare_take import prepare_take


def main() -> None:
    options = parser(str(__doc__))
    add_sampling(options)
    options.add_argument("--takes", type=int, default=2, help="of each of all concepts")
    options.add_argument("--level", type=float, default=-23.0, help="LUFS asked for")
    arguments = options.parse_args()
    bench = bench_of(arguments)
    model = bench.diffusion()
    names = [concept.name for concept in bench.concepts for _ in range(arguments.takes)]
    takes = sample_all(model, model.encode_text(names), sampling_config_of(arguments))
    real = bench.real().held_out.waveforms
    kinds = {
        "takes from the model": _counts(takes, None),
        "takes conditioned": _counts(_all_conditioned(takes, arguments.level), arguments.level),
        "real recordings": _counts(real, None),
        "real conditioned": _counts(_all_conditioned(real, arguments.level), arguments.level),
    }
    headings = list(next(iter(kinds.values())))
    rows: list[list[Cell]] = [[name, *counts.values()] for name, counts in kinds.items()]
    sys.stdout.write(table(["how many have", *headings], rows) + "\n")


def _all_conditioned(waveforms: Iterable[NDArray[np.float32]], lufs: float) -> list[NDArray[np.float32]]:
    return [prepare_take(wave[None], RATE, lufs)[0] for wave in waveforms]


def _counts(waveforms: Iterable[NDArray[np.float32]], lufs: float | None) -> dict[str, int]:
    waveforms = list(waveforms)
    found = count_defects(find_defects(wave, RATE, lufs) for wave in waveforms)
    return {"of": len(waveforms), **found}


if __name__ == "__main__":
    main()
