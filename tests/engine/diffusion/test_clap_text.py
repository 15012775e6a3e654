"""The adapter of the published text encoder, with the real class at toy size."""

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from transformers import ClapTextConfig, ClapTextModelWithProjection

from engine.diffusion.clap_text import VOCABULARY, ClapText
from engine.errors import BadInput


class LetterTokenizer:
    """Stands for RoBERTa's tokenizer: one token per letter, padded."""

    def __len__(self) -> int:
        return VOCABULARY

    def __call__(self, texts: Sequence[str], **_: Any) -> Any:
        rows = [[0, *(ord(c) % 40 + 4 for c in text), 2] for text in texts]
        width = max(map(len, rows))
        ids = torch.tensor([row + [1] * (width - len(row)) for row in rows])
        return SimpleNamespace(input_ids=ids, attention_mask=(ids != 1).long())


def _network() -> ClapTextModelWithProjection:
    config = ClapTextConfig(
        vocab_size=64,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=64,
        projection_dim=512,
    )
    torch.manual_seed(0)
    return ClapTextModelWithProjection(config).eval()


def test_texts_become_unit_vectors_whatever_they_are_padded_with() -> None:
    encoder = ClapText(_network(), LetterTokenizer())
    both = encoder.encode(["dog", "a much longer text"])
    assert both.shape == (2, 512)
    assert torch.allclose(both.norm(dim=1), torch.ones(2), atol=1e-5)
    assert torch.allclose(encoder.encode(["dog"])[0], both[0], atol=1e-5)


def test_the_five_token_tokenizer_of_a_missing_cache_is_refused() -> None:
    with pytest.raises(BadInput, match="5 tokens instead of 50265"):
        ClapText(_network(), [0] * 5)


def test_a_missing_tokenizer_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no tokenizer folder"):
        ClapText.from_folder(_network(), tmp_path / "tokenizer")
