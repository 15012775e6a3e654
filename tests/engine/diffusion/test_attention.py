"""Object attention: rows from masks, conditions from rows."""

from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from engine.diffusion.attention import ObjectAttention, mask_to_attention


def drawn(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def unit(*shape: int, seed: int = 0) -> Tensor:
    return functional.normalize(drawn(*shape, seed=seed), dim=-1)


def toy(**changes: int | bool | float) -> ObjectAttention:
    with torch.random.fork_rng():
        torch.manual_seed(1)
        sizes = {"token_width": 12, "width": 8, "value_width": 16, "hidden": 16, "grid": 4}
        return ObjectAttention(**{**sizes, **changes}).eval()


@given(st.lists(st.floats(0, 1), min_size=16, max_size=16), st.floats(1e-6, 1e-2))
@settings(max_examples=30, deadline=None)
def test_a_mask_becomes_a_row_of_shares(values: list[float], variance: float) -> None:
    coverage = torch.tensor(values)
    if coverage.max() <= 0:
        with pytest.raises(ValueError, match="covers no patch"):
            mask_to_attention(coverage, 1 / 16, variance)
        return
    row = mask_to_attention(coverage, 1 / 16, variance)
    assert row.min() >= 0
    torch.testing.assert_close(row.sum(), torch.tensor(1.0))


def test_a_row_has_the_mean_and_variance_of_learnt_ones_where_nothing_is_clamped() -> None:
    coverage = torch.tensor([1.0] * 8 + [0.0] * 8)
    row = mask_to_attention(coverage, 1 / 16, 0.03**2)
    torch.testing.assert_close(row.mean(), torch.tensor(1 / 16))
    torch.testing.assert_close(row.std(correction=0), torch.tensor(0.03))


def test_more_cover_never_means_less_attention() -> None:
    coverage = torch.linspace(0, 1, 16)
    row = mask_to_attention(coverage, 1 / 16, 0.1**2)
    assert (row.diff() >= 0).all()


def test_a_mask_of_everything_is_a_uniform_row() -> None:
    torch.testing.assert_close(mask_to_attention(torch.ones(16), 1 / 16, 0.01), torch.full((16,), 1 / 16))


def test_a_trace_of_an_object_still_gets_all_the_attention() -> None:
    coverage = torch.zeros(16)
    coverage[5] = 0.01
    assert mask_to_attention(coverage, 1 / 16, 0.2**2)[5] > 0.8


@pytest.mark.parametrize("changes", [{}, {"heads": 2}, {"additive": True}, {"heads": 4, "additive": True}])
def test_every_configuration_gives_unit_conditions(changes: dict[str, int | bool]) -> None:
    attention, tokens, text = toy(**changes), drawn(3, 16, 12), unit(3, 512)
    row = torch.full((3, 16), 1 / 16)
    for found in (
        attention(tokens, text),
        attention(tokens, text, row),
        attention.narrowed(tokens, text, row),
    ):
        assert found.shape == (3, 512)
        torch.testing.assert_close(found.norm(dim=-1), torch.ones(3))


def test_a_row_replaces_the_text() -> None:
    attention, tokens = toy(), drawn(2, 16, 12)
    row = torch.zeros(2, 16)
    row[:, 3] = 1
    one, other = (attention(tokens, unit(2, 512, seed=seed), row) for seed in (0, 1))
    torch.testing.assert_close(one, other)
    assert not torch.allclose(attention(tokens, unit(2, 512)), one)


def test_patches_outside_the_row_change_nothing() -> None:
    attention, tokens, text = toy(), drawn(1, 16, 12), unit(1, 512)
    row = torch.zeros(1, 16)
    row[:, :2] = 0.5
    changed = tokens.clone()
    changed[:, 2:] += 5
    torch.testing.assert_close(attention(tokens, text, row), attention(changed, text, row))


def test_words_attend_inside_the_mask_only() -> None:
    attention, tokens, text = toy(), drawn(1, 16, 12), unit(1, 512)
    row = mask_to_attention(torch.tensor([[0.0] * 12 + [1.0] * 4]), 1 / 16, 0.11**2)
    assert attention.attend(tokens, text, row)[0, 0, :12].sum() < 1e-4


def test_a_prompt_inside_a_mask_draws_the_condition_toward_its_words() -> None:
    tokens, text, row = drawn(1, 16, 12), unit(1, 512), torch.full((1, 16), 1 / 16)
    still, drawn_to = toy(toward_words=0.0), toy(toward_words=2.0)
    before = functional.cosine_similarity(still.narrowed(tokens, text, row), text)
    after = functional.cosine_similarity(drawn_to.narrowed(tokens, text, row), text)
    assert after > before + 0.3


def test_attention_depends_on_position() -> None:
    attention, text = toy(), unit(1, 512)
    with torch.no_grad():
        attention.value_position.copy_(drawn(1, 12, 4, 4, seed=7))
    tokens = drawn(1, 1, 12).expand(1, 16, 12)
    first, last = torch.zeros(2, 1, 16)
    first[:, 0], last[:, 15] = 1, 1
    assert not torch.allclose(attention(tokens, text, first), attention(tokens, text, last))


def test_another_grid_gets_interpolated_positions() -> None:
    attention = toy()
    assert attention(drawn(1, 64, 12), unit(1, 512)).shape == (1, 512)
    with pytest.raises(ValueError, match="no square grid"):
        attention(drawn(1, 60, 12), unit(1, 512))


def test_training_follows_the_statistics_of_the_rows() -> None:
    attention, tokens, text = toy().train(), 3 * drawn(4, 16, 12), 20 * unit(4, 512)
    for _ in range(200):
        attention(tokens, text)
    rows = attention.attend(tokens, text)
    torch.testing.assert_close(attention.attention_mean, torch.tensor(1 / 16))
    torch.testing.assert_close(
        attention.attention_variance, rows.var(-1, correction=0).mean().detach(), rtol=0.1, atol=1e-6
    )


def test_saved_weights_keep_their_statistics(tmp_path: Path) -> None:
    attention = toy()
    attention.attention_variance.fill_(0.004)
    attention.save_pretrained(tmp_path, safe_serialization=True)
    again = ObjectAttention.from_pretrained(tmp_path).eval()
    assert float(again.attention_variance) == pytest.approx(0.004)
    tokens, text = drawn(1, 16, 12), unit(1, 512)
    torch.testing.assert_close(again(tokens, text), attention(tokens, text))
