"""The text tower: text to the condition space, and the tokenizer it was trained with.

The condition space is that of AudioLDM's CLAP embedding: 512 numbers of unit length. The empty text has a
direction of its own there, the null condition of classifier-free guidance.
"""

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from diffusers import ConfigMixin, ModelMixin
from diffusers.configuration_utils import register_to_config
from torch import Tensor, nn
from torch.nn import functional

MOST_WORDS = 24
MOST_GRAMS = 24


@dataclass(frozen=True)
class Tokens:
    """Tokenized texts.

    Attributes:
        words: (B, T) rows of the word table; 0 is padding, 1 an unknown word.
        grams: (B, T, G) buckets of the character n-gram table; 0 is padding.
    """

    words: Tensor
    grams: Tensor


def split_words(text: str) -> list[str]:
    """Return the lower-case words of a text: letters and digits only."""
    return re.findall(r"[^\W_]+", text.casefold())[:MOST_WORDS]


def letter_groups(word: str, buckets: int) -> list[int]:
    """Return the buckets (1 to ``buckets`` - 1) of a word's character n-grams of length 3 to 5, with its ends marked.

    A typing error or a plural changes few of them, so such a word is embedded near the one meant.
    """
    marked = f"<{word[:20]}>"
    groups = {marked[i : i + n] for n in (3, 4, 5) for i in range(len(marked) - n + 1)}
    return [1 + zlib.crc32(group.encode()) % (buckets - 1) for group in sorted(groups)[:MOST_GRAMS]]


class WordTokenizer:
    """Tokenizes known words whole, and all words as character n-grams.

    Args:
        vocabulary: the known words.
        buckets: size of the hashed table of character n-grams.
    """

    def __init__(self, vocabulary: Sequence[str], buckets: int) -> None:
        self.buckets = buckets
        self._rows = {word: row + 2 for row, word in enumerate(vocabulary)}
        self._groups: dict[str, list[int]] = {}

    @property
    def rows(self) -> Mapping[str, int]:
        """Row of the word table of each known word."""
        return MappingProxyType(self._rows)

    def __call__(self, texts: Sequence[str]) -> Tokens:
        """Tokenize texts."""
        split = [split_words(text) for text in texts]
        length = max((len(words) for words in split), default=0) or 1
        rows = np.zeros((len(texts), length), np.int64)
        grams = np.zeros((len(texts), length, MOST_GRAMS), np.int64)
        for text, words in enumerate(split):
            for place, word in enumerate(words):
                rows[text, place] = self._rows.get(word, 1)
                groups = self.groups(word)
                grams[text, place, : len(groups)] = groups
        return Tokens(torch.from_numpy(rows), torch.from_numpy(grams))

    def groups(self, word: str) -> list[int]:
        """Return the word's character n-grams, cached for known words only."""
        if word not in self._rows:
            return letter_groups(word, self.buckets)
        if word not in self._groups:
            self._groups[word] = letter_groups(word, self.buckets)
        return self._groups[word]


class TextTower(ModelMixin, ConfigMixin):  # type: ignore[misc]
    """Embeds texts as unit vectors: word vectors, one attention block over them, a gated mean, an MLP.

    There are no positions: "rain and a dog" equals "a dog and rain".

    Args:
        vocabulary: the known words, in the order of the table's rows.
        buckets: rows of the hashed n-gram table.
        width: width of the word vectors.
        heads: heads of the attention block.
        text_width: width of the condition space.
    """

    config_name = "config.json"

    @register_to_config
    def __init__(
        self,
        vocabulary: Sequence[str] = (),
        buckets: int = 2048,
        width: int = 96,
        heads: int = 4,
        text_width: int = 512,
    ) -> None:
        super().__init__()
        self.word_table = nn.Embedding(len(vocabulary) + 2, width, padding_idx=0)
        self.gram_table = nn.Embedding(buckets, width, padding_idx=0)
        self.block = nn.TransformerEncoderLayer(
            width, heads, 2 * width, dropout=0.0, activation="gelu", batch_first=True, norm_first=True
        )
        self.gate = nn.Linear(width, 1)
        self.head = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, 256), nn.GELU(), nn.Linear(256, text_width)
        )
        self.null = nn.Parameter(torch.randn(text_width))
        self._tokenizer = WordTokenizer(vocabulary, buckets)

    @property
    def tokenizer(self) -> WordTokenizer:
        """The tokenizer of these weights."""
        return self._tokenizer

    def forward(self, words: Tensor, grams: Tensor) -> Tensor:
        """Return unit vectors (B, 512) of tokenized texts; see ``Tokens``."""
        present = words > 0
        letters = self.gram_table(grams).sum(2) / (grams > 0).sum(2, keepdim=True).clamp(min=1)
        known = (words > 1)[..., None]
        vectors = torch.where(known, self.word_table(words), 2.0 * letters)
        empty = ~present.any(1)
        # A text without words attends to its padding; its result is replaced by the null condition below.
        hidden = self.block(vectors, src_key_padding_mask=~(present | empty[:, None]))
        gates = torch.sigmoid(self.gate(hidden)) * present[..., None]
        pooled = (gates * hidden).sum(1) / gates.sum(1).clamp(min=1e-4)
        found = torch.where(empty[:, None], self.null, self.head(pooled))
        return functional.normalize(found, dim=-1)

    @torch.no_grad()
    def encode(self, texts: Sequence[str]) -> Tensor:
        """Return unit vectors (B, 512) of texts; an empty text gives the null condition."""
        tokens = self._tokenizer(texts)
        device: Any = self.device
        return torch.as_tensor(self(tokens.words.to(device), tokens.grams.to(device)))
