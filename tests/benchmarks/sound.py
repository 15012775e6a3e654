"""How good the takes are: python tests/benchmarks/sound.py [--takes 8] [--guidance 2] [--steps 20] [--clicks 8].

Takes of ESC-10's ten classes from their names, then takes by clicking held-out pictures of four of them, judged by
two classifiers that know real recordings only (folds 1 to 3), beside real ones that nothing was fitted to (fold 4).
"""

import sys

import numpy as np

from engine.evaluation.bench import Bench, add_sampling, bench_of, parser, sampling_config_of
from engine.evaluation.clicks import (
    ToMask,
    clicked,
    conditions_of,
    ellipse,
    held_out_pictures,
    names_where_sure,
)
from engine.evaluation.clip_sets import CLASSES
from engine.evaluation.judges import Judges
from engine.evaluation.sampling import (
    SamplingConfig,
    captions_of_classes,
    names_of_classes,
    takes_from_conditions,
    takes_from_words,
)
from engine.evaluation.sound import accuracy, measure
from engine.evaluation.tables import Cell, table
from engine.generation.object_finder import SURE

JUDGES = ("cnn", "svm", "both")


def main() -> None:
    options = parser(str(__doc__))
    add_sampling(options)
    options.add_argument("--takes", type=int, default=8, help="of each class, from its name")
    options.add_argument("--captions", action="store_true", help="use the concept's captions, not its name")
    options.add_argument("--clicks", type=int, default=8, help="pictures of each class; 0 leaves them out")
    arguments = options.parse_args()
    bench, config = bench_of(arguments), sampling_config_of(arguments)
    real = bench.real()
    judges = bench.fitted_judges(real)
    words = captions_of_classes if arguments.captions else names_of_classes
    takes = takes_from_words(bench.diffusion(), words(bench.concepts), arguments.takes, config)
    report = measure(takes, real, judges)
    _say(f"Takes from words, {arguments.takes} of each class, {config}:", report.text())
    _say("Of 1: real->real is the same SVM fitted to real recordings; 0.1 is chance.")
    if arguments.clicks:
        _say(f"Takes by clicking held-out pictures, at most {arguments.clicks} of each class:")
        _clicks(bench, judges, arguments.clicks, config)


def _clicks(bench: Bench, judges: Judges, each: int, config: SamplingConfig) -> None:
    model, encoder = bench.diffusion(), bench.encoder()
    pictures = held_out_pictures(bench.shared / "data" / "caltech101_sounding.zip", bench.concepts, each)
    labels = np.array([picture.label for picture in pictures], dtype=np.int64)
    ways: dict[str, ToMask] = {"ellipse": ellipse}
    if (bench.model / "segmenter").is_dir():
        from engine.vision.click_segmenter import load_segmenter

        ways["click"] = clicked(load_segmenter(bench.model / "segmenter"))
    named = names_where_sure(bench.namer(), SURE)
    for name, (to_mask, words) in {
        f"{way}, {kind}": (to_mask, words)
        for way, to_mask in ways.items()
        for kind, words in (("picture alone", None), ("name where sure", named))
    }.items():
        conditions = conditions_of(pictures, encoder, model, to_mask, words)
        found = accuracy(takes_from_conditions(model, conditions, labels, config), judges)
        rows: list[list[Cell]] = [
            [CLASSES[c], int((labels == c).sum()), *(float(found[judge][c]) for judge in JUDGES)]
            for c in np.unique(labels)
        ]
        means = [float(np.nanmean(found[judge])) for judge in JUDGES]
        _say(table([f"by {name}", "takes", *JUDGES], [*rows, ["mean", len(labels), *means]]))


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
