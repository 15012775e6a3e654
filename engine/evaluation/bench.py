"""Shared parts of the benchmarks: paths, and the model, judges and recordings found there."""

import argparse
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from engine.diffusion.pipeline import ObjectDiffusion
from engine.evaluation.clip_sets import load_esc10
from engine.evaluation.judges import Judges, judges_for
from engine.evaluation.sampling import SamplingConfig
from engine.evaluation.sound import Real
from engine.generation.model_parts import FolderParts, Namer, vision_folder
from engine.models.concepts import Concept, load_concepts
from engine.models.resources import resource
from engine.vision.patches import PatchEncoder

HEARD_FOLDS = (1, 2, 3)
HELD_OUT_FOLDS = (4,)


@dataclass(frozen=True)
class Bench:
    """Input folders of a benchmark, and the folder that caches judges.

    Attributes:
        model: a pipeline folder, with ``image_encoder`` and optionally ``segmenter`` and ``audio_encoder``.
        shared: the folder whose ``data`` contains the recordings and pictures.
        judges: folder of fitted judges.
    """

    model: Path
    shared: Path
    judges: Path

    @cached_property
    def concepts(self) -> tuple[Concept, ...]:
        """The concept table."""
        return load_concepts()

    def diffusion(self) -> ObjectDiffusion:
        """Load the model to measure."""
        return ObjectDiffusion.from_folder(self.model, attention_folder=vision_folder(self.model))

    def encoder(self) -> PatchEncoder:
        """Load the model's patch encoder."""
        return PatchEncoder.from_folder(vision_folder(self.model) / "image_encoder")

    def namer(self) -> Namer:
        """Load the model's namer, the studio's."""
        return FolderParts(self.model).namer(self.encoder())

    def real(self) -> Real:
        """Load ESC-10: folds 1 to 3, from which judges and generator learn, and fold 4, which neither has heard."""
        folder = self.shared / "data" / "esc10"
        return Real(load_esc10(folder, HEARD_FOLDS), load_esc10(folder, HELD_OUT_FOLDS))

    def fitted_judges(self, real: Real) -> Judges:
        """Return the judges, fitted on first use."""
        return judges_for(self.judges, real.heard)


def parser(description: str) -> argparse.ArgumentParser:
    """Return a parser with the options common to all benchmarks."""
    root = Path(__file__).resolve().parents[2]
    options = argparse.ArgumentParser(description=description)
    options.add_argument("--model", type=Path, default=resource("models", "pocket"), help="pipeline folder")
    options.add_argument("--shared", type=Path, default=root.parent / "shared", help="folder with data/")
    options.add_argument("--judges", type=Path, default=root / ".work" / "judges", help="kept judges")
    options.add_argument("--threads", type=int, default=2)
    return options


def add_sampling(options: argparse.ArgumentParser) -> None:
    """Add the sampling options."""
    usual = SamplingConfig()
    options.add_argument("--steps", type=int, default=usual.steps)
    options.add_argument("--guidance", type=float, default=usual.guidance)
    options.add_argument("--solver", choices=("ddim", "multistep"), default=usual.solver)
    options.add_argument("--seed", type=int, default=usual.seed)


def bench_of(arguments: argparse.Namespace) -> Bench:
    """Return the folders given on the command line, and set torch's threads, on which speed measurements depend."""
    import torch

    torch.set_num_threads(arguments.threads)
    return Bench(arguments.model, arguments.shared, arguments.judges)


def sampling_config_of(arguments: argparse.Namespace) -> SamplingConfig:
    """Return the sampling config given on the command line."""
    return SamplingConfig(arguments.steps, arguments.guidance, arguments.solver, seed=arguments.seed)
