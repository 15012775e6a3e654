"""A whole model folder of the real classes at toy size, with random weights: for running what people run."""

from pathlib import Path

import numpy as np
import torch

from engine.diffusion.toy import TOY_TOKEN_WIDTH, toy_pipeline
from engine.vision.description import FEATURES
from engine.vision.proposals import Ranker
from engine.vision.segmenter_files import save_ranker
from engine.vision.towers import PatchNetwork


def write_toy_model(folder: Path) -> Path:
    """Saves the parts under ``folder``, in the layout of the bundled model."""
    toy_pipeline(seed=3).save(folder, half=False)
    with torch.random.fork_rng():
        torch.manual_seed(3)
        eyes = PatchNetwork(side=64, widths=(8, 16, TOY_TOKEN_WIDTH), depths=(1, 1, 1), heads=2)
    eyes.save_pretrained(folder / "image_encoder")
    (folder / "segmenter").mkdir()
    (folder / "segmenter" / "config.json").write_text("{}")
    rng = np.random.default_rng(3)
    ranker = Ranker(rng.normal(0, 0.3, (len(FEATURES), 4)), np.zeros(4), rng.normal(0, 0.5, 4))
    save_ranker(folder / "segmenter" / "ranker.safetensors", ranker)
    return folder
