"""The image tower's recipe at its toy setting."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from engine.models.concepts import load_concepts
from engine.progress import no_progress
from engine.training.image_tower import ImageTowerConfig, project_to_words, stacked, train_image_tower
from engine.training.loop import Schedule
from engine.training.pictures import prepare_pictures
from engine.training.scenes import SceneComposer
from tests.engine.training.toy_pictures import write_packs


def test_the_loss_falls_and_objects_kept_apart_get_their_names(tmp_path: Path) -> None:
    concepts, config = load_concepts(), ImageTowerConfig.toy()
    pictures = prepare_pictures(write_packs(tmp_path / "data"), tmp_path / "tiles")
    learner, losses = train_image_tower(pictures, concepts, config, no_progress())
    assert np.mean(losses[-10:]) < 0.6 * np.mean(losses[:5])

    words = functional.normalize(
        torch.randn(len(load_concepts()), 512, generator=torch.Generator().manual_seed(0)), dim=-1
    )
    tower = project_to_words(learner, words).eval()
    composer = SceneComposer(pictures, concepts, replace(config.scenes, full_frame=0.0), kept_apart=True)
    rng = np.random.default_rng(0)
    scenes = [composer.draw_of([int(rng.integers(3))], rng) for _ in range(30)]
    pixels, classes, coverage = stacked(scenes)
    with torch.no_grad():
        tokens = tower(pixels)
        pooled = (coverage[:, :1] @ tokens)[:, 0] / coverage[:, 0].sum(-1, keepdim=True)
        named = (tower.project(pooled) @ words.T).argmax(-1)
    wanted = torch.from_numpy(composer.concept_of)[classes[:, 0]]
    assert (named == wanted).float().mean() >= 0.8


def test_projected_tokens_score_concepts_as_the_classifier_did(tmp_path: Path) -> None:
    config = replace(ImageTowerConfig.toy(), schedule=Schedule(2, 1e-3))
    pictures = prepare_pictures(write_packs(tmp_path / "data"), tmp_path / "tiles")
    learner, _ = train_image_tower(pictures, load_concepts(), config, no_progress())
    words = functional.normalize(
        torch.randn(len(load_concepts()), 512, generator=torch.Generator().manual_seed(1)), dim=-1
    )
    tower = project_to_words(learner, words)
    token = torch.randn(5, 32, generator=torch.Generator().manual_seed(2))
    logits = learner.concepts(token)
    scored = tower.project(token) @ words.T * tower.logit_scale
    torch.testing.assert_close(scored, logits[:, :-1] - logits[:, -1:], rtol=1e-3, atol=1e-3)


def test_a_stopped_recipe_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
    pictures = prepare_pictures(write_packs(tmp_path / "data"), tmp_path / "tiles")
    half = replace(ImageTowerConfig.toy(), schedule=Schedule(3, 1e-3))
    train_image_tower(pictures, load_concepts(), half, no_progress(), tmp_path / "image.pt")
    whole = replace(half, schedule=Schedule(5, 1e-3))
    _, losses = train_image_tower(pictures, load_concepts(), whole, no_progress(), tmp_path / "image.pt")
    assert len(losses) == 2
