"""Pictures for clicking are held out, and each becomes a condition through encoder, mask and attention."""

import io
import zipfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from engine.diffusion.toy import TOY_TOKEN_WIDTH, toy_pipeline
from engine.evaluation.clicks import clicked, conditions_of, ellipse, held_out_pictures
from engine.evaluation.clip_sets import CLASSES
from engine.models.concepts import load_concepts
from engine.scene.hints import Hints
from engine.training.holdout import held_out
from engine.vision.patches import PatchEncoder
from engine.vision.still import Still
from engine.vision.towers import PatchNetwork


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    path = tmp_path / "caltech101_sounding.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for folder in ("dalmatian", "rooster", "anchor"):
            for number in range(20):
                buffer = io.BytesIO()
                Image.fromarray(rng.integers(0, 255, (40, 60, 3), np.uint8)).save(buffer, "WEBP")
                archive.writestr(f"{folder}/image_{number:04d}.webp", buffer.getvalue())
    return path


def test_only_held_out_pictures_of_judged_concepts_are_taken(pack: Path) -> None:
    pictures = held_out_pictures(pack, load_concepts(), each=2)
    assert {CLASSES[picture.label] for picture in pictures} == {"dog", "rooster"}
    assert all(held_out(picture.name) for picture in pictures)
    assert max(sum(one.label == other.label for other in pictures) for one in pictures) <= 2


def test_each_picture_becomes_a_unit_condition(pack: Path) -> None:
    pictures = held_out_pictures(pack, load_concepts(), each=1)
    encoder = PatchEncoder(PatchNetwork(widths=(8, 8, TOY_TOKEN_WIDTH), depths=(1, 1, 1), heads=2))
    conditions = conditions_of(pictures, encoder, toy_pipeline(), ellipse)
    assert conditions.shape == (len(pictures), 512)
    torch.testing.assert_close(conditions.norm(dim=1), torch.ones(len(pictures)))


def test_the_ellipse_lies_in_the_middle() -> None:
    mask = ellipse(Still.from_pixels(np.zeros((40, 80, 3), np.uint8)))
    assert mask.shape == (40, 80)
    assert mask[20, 40]
    assert not mask[0].any()
    assert 0.4 < mask.mean() < 0.6


def test_a_click_in_the_middle_takes_the_best_proposal() -> None:
    class Recorder:
        def __init__(self) -> None:
            self.hints: list[Hints] = []

        def prepare(self, still: Still) -> None:
            self.size = (still.height, still.width)

        def propose(self, still_digest: str, hints: Hints) -> SimpleNamespace:
            self.hints.append(hints)
            return SimpleNamespace(masks=np.stack([np.eye(*self.size, dtype=bool)] * 3))

    recorder = Recorder()
    mask = clicked(recorder)(Still.from_pixels(np.zeros((40, 80, 3), np.uint8)))
    assert mask.sum() == 40
    assert (recorder.hints[0].clicks[0].x, recorder.hints[0].clicks[0].y) == (40, 20)
