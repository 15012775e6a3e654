"""``python -m engine.training``: train a pocket model from a data folder."""

import argparse
import logging
import sys
from dataclasses import fields, replace
from pathlib import Path

from engine.training.credits import pack_credits, read_credits, write_credits
from engine.training.pocket import PARTS, DatasetSizes, PocketRun, TimeBudget
from engine.training.pocket_folder import assemble
from engine.training.pocket_parts import make
from engine.training.recordings import list_clips


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m engine.training", description=__doc__)
    parser.add_argument(
        "--shared", type=Path, required=True, help="folder that holds data/ with recordings and pictures"
    )
    parser.add_argument(
        "--work", type=Path, required=True, help="folder for checkpoints; a killed run goes on from here"
    )
    parser.add_argument("--out", type=Path, help="model folder to assemble at the end")
    parser.add_argument("--setting", choices=["toy", "bootstrap", "release"], default="bootstrap")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART")
    parser.add_argument("--seed", type=int, default=11)
    for field in fields(TimeBudget):
        parser.add_argument(f"--{field.name.replace('_', '-')}-minutes", type=float, default=field.default)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Train the requested parts and assemble the model."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    minutes = replace(
        TimeBudget(), **{f.name: getattr(options, f"{f.name}_minutes") for f in fields(TimeBudget)}
    )
    sizes = DatasetSizes.toy() if options.setting == "toy" else DatasetSizes()
    run = PocketRun(
        options.shared,
        options.work,
        setting=options.setting,
        device=options.device,
        seed=options.seed,
        minutes=minutes,
        sizes=sizes,
    )
    make(run, tuple(options.parts))
    if options.out is not None:
        assemble(run.work / "parts", options.out, sounds=run.learnt)
        packs = pack_credits(list_clips(options.shared, run.concepts))
        write_credits(options.out / "CREDITS.csv", [*read_credits(options.shared), *packs])
    return 0


if __name__ == "__main__":
    sys.exit(main())
