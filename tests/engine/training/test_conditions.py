"""Conditions of the U-Net: words, and attention over scenes that show what is heard."""

import numpy as np
import pytest
import torch

from engine.diffusion.attention import ObjectAttention
from engine.diffusion.text_tower import TextTower
from engine.models.concepts import load_concepts
from engine.training.conditions import CaptionConditions, SceneConditions
from engine.training.object_attention import CachedScenes

CONCEPTS = load_concepts()
DOG, RAIN, CAT = (next(n for n, c in enumerate(CONCEPTS) if c.id == name) for name in ("dog", "rain", "cat"))


@pytest.fixture
def captions() -> CaptionConditions:
    torch.manual_seed(0)
    words = sorted({word for c in CONCEPTS for text in (*c.captions, *c.words) for word in text.split()})
    return CaptionConditions(CONCEPTS, TextTower(vocabulary=words, width=16, buckets=64).eval())


def _scenes() -> CachedScenes:
    """Three scenes: a dog; a dog and a cat; a cat that can hardly be seen."""
    concepts = torch.tensor([[DOG, -1, -1, -1], [DOG, CAT, -1, -1], [CAT, -1, -1, -1]])
    coverage = torch.zeros(3, 4, 16)
    coverage[0, 0, :4] = coverage[1, 0, :4] = coverage[1, 1, 8:12] = 1
    coverage[2, 0, 3] = 0.2
    tokens = torch.randn(3, 16, 24, generator=torch.Generator().manual_seed(0))
    return CachedScenes(tokens.half(), concepts, coverage.half())


def _with_scenes(captions: CaptionConditions, share: float, *, joint: bool = False) -> SceneConditions:
    torch.manual_seed(1)
    attention = ObjectAttention(token_width=24, grid=4)
    return SceneConditions(captions, _scenes(), attention, scene_share=share, joint=joint)


def test_a_caption_says_every_concept_of_its_group(captions: CaptionConditions) -> None:
    rng = np.random.default_rng(0)
    said = {captions.captions([("rain", "clock")], rng)[0] for _ in range(20)}
    assert len(said) > 5
    sayings = {c.id: (*c.captions, *c.words, c.name) for c in CONCEPTS if c.id in ("rain", "clock")}
    for caption in said:
        assert all(any(text in caption for text in sayings[name]) for name in ("rain", "clock"))


def test_words_give_unit_conditions_and_the_null_is_the_empty_text(captions: CaptionConditions) -> None:
    drawn = captions.draw([("dog",), ("rain", "cat")], np.random.default_rng(0))
    assert torch.allclose(drawn.norm(dim=1), torch.ones(2), atol=1e-5)
    assert torch.equal(captions.null(), captions.words.encode([""])[0])


def test_only_scenes_that_clearly_show_all_of_a_group_are_used(captions: CaptionConditions) -> None:
    conditions = _with_scenes(captions, 1.0)
    assert conditions.scenes_of(("dog",)) == [0, 1]
    assert conditions.scenes_of(("cat",)) == [1]
    assert conditions.scenes_of(("dog", "cat")) == [1]
    assert conditions.scenes_of(("rain",)) == []


def test_rows_without_a_scene_fall_back_on_their_caption(captions: CaptionConditions) -> None:
    groups: list[tuple[str, ...]] = [("dog",), ("rain",)]
    plain = captions.draw(groups, np.random.default_rng(5))
    mixed = _with_scenes(captions, 1.0).draw(groups, np.random.default_rng(5))
    assert float((mixed[0] - plain[0]).norm()) > 1e-2
    assert torch.allclose(mixed[1], plain[1])
    none = _with_scenes(captions, 0.0).draw(groups, np.random.default_rng(5))
    assert torch.allclose(none, plain)


def test_the_attention_learns_along_only_when_asked(captions: CaptionConditions) -> None:
    frozen = _with_scenes(captions, 1.0)
    assert frozen.trained() is None
    assert not frozen.draw([("dog",)], np.random.default_rng(0)).requires_grad
    joint = _with_scenes(captions, 1.0, joint=True)
    joint.draw([("dog",)], np.random.default_rng(0)).square().sum().sub(2).abs().backward()  # type: ignore[no-untyped-call]
    assert joint.trained() is joint.attention
    assert joint.attention.value.weight.grad is not None
