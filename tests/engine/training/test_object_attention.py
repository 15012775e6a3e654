"""The object attention's recipe at its toy setting: words learn to look, and masks then decide."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.diffusion.attention import ObjectAttention
from engine.diffusion.text_tower import TextTower
from engine.models.concepts import load_concepts
from engine.models.resources import resource
from engine.progress import no_progress
from engine.training.loop import Schedule
from engine.training.object_attention import (
    AttentionConfig,
    CachedScenes,
    SeparationSampler,
    concept_centres,
    load_scenes,
    train_object_attention,
)


@pytest.fixture(scope="module")
def words() -> TextTower:
    return TextTower.from_pretrained(resource("models", "pocket", "text_encoder")).float().eval()


def toy_scenes(count: int, seed: int) -> CachedScenes:
    """Tokens that say what is there: two of six concepts, each on its side of a 4 x 4 grid, and background."""
    rng = np.random.default_rng(seed)
    looks = np.random.default_rng(99).normal(size=(7, 24))
    tokens = np.repeat(looks[6][None, None], 16, 1).repeat(count, 0) + rng.normal(0, 0.2, (count, 16, 24))
    concepts = np.full((count, 4), -1)
    coverage = np.zeros((count, 4, 16))
    for scene in range(count):
        concepts[scene, :2] = rng.choice(6, 2, replace=False)
        for slot, patches in enumerate(([0, 1, 4, 5], [10, 11, 14, 15])):
            coverage[scene, slot, patches] = 1
            tokens[scene, patches] += looks[concepts[scene, slot]] - looks[6]
    return CachedScenes(
        torch.from_numpy(tokens).half(), torch.from_numpy(concepts), torch.from_numpy(coverage).half()
    )


@pytest.fixture(scope="module")
def trained(words: TextTower) -> tuple[ObjectAttention, list[float]]:
    """The toy setting's attention and its losses."""
    config = AttentionConfig.toy()
    return train_object_attention(toy_scenes(96, 0), load_concepts(), words, config, no_progress())


def test_the_loss_falls_and_the_condition_changes_with_the_mask(
    trained: tuple[ObjectAttention, list[float]], words: TextTower
) -> None:
    concepts, (attention, losses) = load_concepts(), trained
    assert np.mean(losses[-10:]) < 0.3 * np.mean(losses[:5])

    fresh, centres = toy_scenes(40, 1), concept_centres(concepts, words)
    rows = attention.mask_row(fresh.coverage[:, :2].float())
    with torch.no_grad():
        near = [
            attention(fresh.tokens.float(), torch.zeros(40, 512), rows[:, s]) @ centres.T for s in range(2)
        ]
    for side in range(2):
        own = near[side].gather(1, fresh.concepts[:, side, None])
        other = near[side].gather(1, fresh.concepts[:, 1 - side, None])
        assert (own > other).float().mean() > 0.95


def test_words_look_at_what_they_name(trained: tuple[ObjectAttention, list[float]], words: TextTower) -> None:
    concepts, (attention, _) = load_concepts(), trained
    scene = toy_scenes(1, 2)
    first, second = (concepts[int(place)].captions[0] for place in scene.concepts[0, :2])
    weights = attention.attend(scene.tokens.float().expand(2, -1, -1), words.encode([first, second]))[:, 0]
    on_its_own = (weights * scene.coverage[0, :2].float()).sum(-1)
    assert on_its_own.min() > 0.6


def test_a_question_covers_just_what_its_words_name(words: TextTower) -> None:
    questions = SeparationSampler(toy_scenes(20, 0), load_concepts(), words)
    _, texts, coverage, wanted = questions.draw(64, np.random.default_rng(0))
    things = coverage.sum(-1) / 4
    assert set(things.tolist()) == {1.0, 2.0}
    assert (texts * wanted).sum(-1).mean() > 0.7
    torch.testing.assert_close(wanted.norm(dim=-1), torch.ones(64))


def test_some_questions_are_for_what_is_not_there_and_want_nothing(words: TextTower) -> None:
    questions = SeparationSampler(toy_scenes(20, 0), load_concepts(), words, absent=0.5)
    _, texts, coverage, wanted = questions.draw(200, np.random.default_rng(0))
    null = words.encode([""])[0]
    missing = (wanted @ null) > 0.99
    assert 0.35 < missing.float().mean() < 0.65
    assert (coverage[missing].sum(-1) == 8).all()
    assert (texts[missing] @ null).max() < 0.3


def test_things_that_cannot_be_seen_are_not_asked_for(words: TextTower) -> None:
    scenes = toy_scenes(20, 0)
    scenes.coverage[:, 1] *= 0.1
    _, _, coverage, _ = SeparationSampler(scenes, load_concepts(), words).draw(32, np.random.default_rng(0))
    assert (coverage.sum(-1) == 4).all()


@pytest.mark.parametrize("ablation", [{"heads": 2}, {"additive": True}, {"mask_share": 0.5}])
def test_the_papers_ablations_train(ablation: dict[str, int | bool | float], words: TextTower) -> None:
    short = replace(AttentionConfig.toy(), schedule=Schedule(12, 5e-3, warmup_steps=2))
    changed = replace(short, **ablation)  # type: ignore[arg-type]
    _, losses = train_object_attention(toy_scenes(24, 0), load_concepts(), words, changed, no_progress())
    assert losses[-1] < losses[0]


def test_cached_scenes_read_as_they_were_written(tmp_path: Path) -> None:
    scenes = toy_scenes(5, 3)
    scenes.save(tmp_path / "cache" / "scenes.safetensors")
    again = load_scenes(tmp_path / "cache" / "scenes.safetensors")
    assert torch.equal(again.tokens, scenes.tokens)
    assert torch.equal(again.concepts, scenes.concepts)
