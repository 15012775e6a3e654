"""Whether the mask decides what is heard: python tests/benchmarks/objects.py [--scenes 24].

Scenes of two things from held-out pictures. Each gives a take of mask A, of mask B and of the whole, from the same
noise; the judges hear pairs of ESC-10's concepts, the contrastive sound tower all that have pictures.
"""

import sys
from functools import partial

import numpy as np
from numpy.typing import NDArray

from engine.diffusion.pipeline import ObjectDiffusion
from engine.diffusion.sound_tower import SoundTower
from engine.evaluation.bench import Bench, add_sampling, bench_of, parser, sampling_config_of
from engine.evaluation.clicks import names_where_sure
from engine.evaluation.clip_sets import CLASSES
from engine.evaluation.judges import Judges
from engine.evaluation.object_takes import (
    Floats,
    Hear,
    ObjectReport,
    compose_pairs,
    judge_hears,
    judge_objects,
    sample_pairs,
    tower_hears,
)
from engine.evaluation.tables import Cell, table
from engine.generation.object_finder import SURE
from engine.training.pictures import prepare_pictures


def main() -> None:
    options = parser(str(__doc__))
    add_sampling(options)
    options.add_argument("--scenes", type=int, default=24, help="of ESC-10's concepts, and as many of all")
    arguments = options.parse_args()
    bench, config = bench_of(arguments), sampling_config_of(arguments)
    model, encoder = bench.diffusion(), bench.encoder()
    pictures = prepare_pictures(bench.shared / "data", bench.judges.parent / "pictures")
    towers = _tower(bench, model)
    listeners = {"ESC-10": {**_judges(bench), **towers}, "all": towers}
    named = names_where_sure(bench.namer(), SURE)
    rows: list[list[Cell]] = []
    for name, wanted in (("ESC-10", CLASSES), ("all", None)):
        scenes = compose_pairs(pictures, bench.concepts, wanted, arguments.scenes, arguments.seed)
        if not listeners[name]:
            continue
        for kind, words in (("picture", None), ("name where sure", named)):
            takes = sample_pairs(scenes, encoder, model, model, config, to_words=words)
            for listener, (hear, top) in listeners[name].items():
                report = judge_objects(takes, hear, top)
                rows.append([f"{name}, {kind}, {listener}", *_cells(report)])
    headings = [
        "concepts, what steers, listener",
        "scenes",
        "closer",
        "swapped",
        "most heard",
        "whole has both",
    ]
    sys.stdout.write(table(headings, rows) + "\n")
    sys.stdout.write("0.5 is chance for closer, 0.25 for swapped.\n")


def _judges(bench: Bench) -> dict[str, tuple[Hear, int]]:
    """Both judges as listeners, and how near the top a thing must be to count as heard."""
    judges = bench.fitted_judges(bench.real())
    ids = [concept.id for concept in bench.concepts]
    positions = [ids.index(name) for name in CLASSES]
    ways = {"cnn": _cnn, "svm": _svm}
    return {name: (judge_hears(partial(hear, judges), positions, len(ids)), 3) for name, hear in ways.items()}


def _cnn(judges: Judges, waveforms: NDArray[np.float32]) -> Floats:
    return judges.scores(waveforms)["cnn"]


def _svm(judges: Judges, waveforms: NDArray[np.float32]) -> Floats:
    return judges.scores(waveforms)["svm"]


def _tower(bench: Bench, model: ObjectDiffusion) -> dict[str, tuple[Hear, int]]:
    """The sound tower as a listener, where the model has one."""
    folder = bench.model / "audio_encoder"
    if not folder.is_dir():
        sys.stdout.write(f"There is no sound tower in {folder}: only the judges listen.\n")
        return {}
    tower = SoundTower.from_pretrained(folder, use_safetensors=True).float().eval()
    words = model.encode_text([concept.name for concept in bench.concepts])
    return {"sound tower": (tower_hears(tower, words), 5)}


def _cells(report: ObjectReport) -> list[Cell]:
    return [report.scenes, report.closer, report.swapped, report.first_rank, report.whole]


if __name__ == "__main__":
    main()
