"""The whole pipeline, real classes at toy size."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.diffusion.pipeline import ObjectDiffusion
from engine.diffusion.toy import TOY_TOKEN_WIDTH, toy_pipeline
from engine.errors import BadInput


@pytest.fixture(scope="module")
def pipeline() -> ObjectDiffusion:
    return toy_pipeline()


def _conditions(pipeline: ObjectDiffusion) -> torch.Tensor:
    tokens = torch.randn(64, TOY_TOKEN_WIDTH, generator=torch.Generator().manual_seed(0))
    left = torch.zeros(8, 8)
    left[:, :3] = 1
    return torch.stack(
        [
            pipeline.condition(tokens, left.flatten()),
            pipeline.condition(tokens, left.flip(1).flatten()),
            pipeline.condition(tokens, left.flatten(), "dog"),
        ]
    )


def test_conditions_are_unit_length_and_differ_with_the_mask_and_the_words(
    pipeline: ObjectDiffusion,
) -> None:
    conditions = _conditions(pipeline)
    assert torch.allclose(conditions.norm(dim=1), torch.ones(3), atol=1e-4)
    assert float((conditions[0] - conditions[1]).norm()) > 1e-3
    assert float((conditions[0] - conditions[2]).norm()) > 1e-3


def test_a_take_is_the_same_alone_and_in_a_batch(pipeline: ObjectDiffusion) -> None:
    conditions = _conditions(pipeline)
    batch = pipeline.sample(conditions, [7, 8, 9], duration=0.7, steps=3, guidance=2.0)
    assert batch.shape == (3, 11_200)
    for number, seed in enumerate([7, 8, 9]):
        alone = pipeline.sample(conditions[number][None], [seed], duration=0.7, steps=3, guidance=2.0)
        np.testing.assert_allclose(alone[0], batch[number], atol=2e-5)


def test_a_take_of_several_things_is_the_same_alone_and_beside_others(pipeline: ObjectDiffusion) -> None:
    conditions = _conditions(pipeline)
    several = [conditions[0], conditions[1:], conditions[2]]
    batch = pipeline.sample(several, [7, 8, 9], duration=0.7, steps=3, guidance=2.0)
    alone = pipeline.sample([conditions[1:]], [8], duration=0.7, steps=3, guidance=2.0)
    np.testing.assert_allclose(alone[0], batch[1], atol=2e-5)
    first = pipeline.sample(conditions[1:2], [8], duration=0.7, steps=3, guidance=2.0)
    assert np.abs(first[0] - alone[0]).max() > 1e-4


def test_another_seed_and_another_condition_give_another_take(pipeline: ObjectDiffusion) -> None:
    one = _conditions(pipeline)[:1]
    takes = pipeline.sample(one.expand(2, -1), [1, 2], duration=0.4, steps=2, guidance=1.0)
    assert np.abs(takes[0] - takes[1]).max() > 1e-4


def test_any_duration_gives_exactly_its_samples(pipeline: ObjectDiffusion) -> None:
    one = _conditions(pipeline)[:1]
    for duration in (0.05, 0.333, 1.2345):
        waveform = pipeline.sample(one, [1], duration=duration, steps=1, guidance=1.0)
        assert waveform.shape == (1, round(duration * 16_000))
        assert np.isfinite(waveform).all()


def test_a_saved_pipeline_loads_and_makes_the_same_take(pipeline: ObjectDiffusion, tmp_path: Path) -> None:
    pipeline.save(tmp_path, half=False)
    again = ObjectDiffusion.from_folder(tmp_path)
    conditions = _conditions(pipeline)[:1]
    for solver in ("ddim", "multistep"):
        takes = [
            p.sample(conditions, [5], duration=0.4, steps=2, guidance=2.0, solver=solver)
            for p in (pipeline, again)
        ]
        np.testing.assert_allclose(takes[0], takes[1], atol=1e-6)
    assert not list(tmp_path.rglob("*.bin"))
    assert not list(tmp_path.rglob("*.pt"))


def test_saving_in_half_precision_leaves_the_loaded_networks_as_they_were(tmp_path: Path) -> None:
    pipeline = toy_pipeline()
    conditions = _conditions(pipeline)[:1]
    before = pipeline.sample(conditions, [5], duration=0.4, steps=2, guidance=2.0)
    pipeline.save(tmp_path, half=True)
    after = pipeline.sample(conditions, [5], duration=0.4, steps=2, guidance=2.0)
    np.testing.assert_array_equal(before, after)


def test_a_negative_prompt_changes_the_take(pipeline: ObjectDiffusion) -> None:
    one = _conditions(pipeline)[:1]
    plain = pipeline.sample(one, [1], duration=0.4, steps=2, guidance=3.0)
    away = pipeline.sample(one, [1], duration=0.4, steps=2, guidance=3.0, negative="rain")
    assert np.abs(plain - away).max() > 1e-5


def test_an_empty_mask_is_refused(pipeline: ObjectDiffusion) -> None:
    with pytest.raises(BadInput, match="mask is empty"):
        pipeline.condition(torch.randn(64, TOY_TOKEN_WIDTH), torch.zeros(64))


def test_without_object_attention_words_still_sound_and_masks_are_refused(tmp_path: Path) -> None:
    pipeline = toy_pipeline()
    pipeline.save(tmp_path)
    index = json.loads((tmp_path / "model_index.json").read_text())
    del index["object_attention"]
    (tmp_path / "model_index.json").write_text(json.dumps(index))
    words_only = ObjectDiffusion.from_folder(tmp_path)
    condition = words_only.encode_text(["a dog"])
    assert words_only.sample(condition, [1], duration=0.2, steps=1, guidance=2.0).shape == (1, 3_200)
    with pytest.raises(BadInput, match="no object attention"):
        words_only.condition(torch.randn(64, TOY_TOKEN_WIDTH), torch.ones(64))
