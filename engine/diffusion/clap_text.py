"""Published AudioLDM's text encoder, with the interface of our own text tower."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from engine.errors import BadInput

VOCABULARY = 50_265


class ClapText:
    """transformers' ``ClapTextModelWithProjection`` with its RoBERTa tokenizer.

    Args:
        network: the model.
        tokenizer: a ``RobertaTokenizer`` loaded from a local folder.

    Raises:
        BadInput: the tokenizer is not RoBERTa's. Without its files transformers silently builds one of five
            tokens, and every prompt would become unknown.
    """

    def __init__(self, network: Any, tokenizer: Any) -> None:
        if len(tokenizer) != VOCABULARY:
            raise BadInput(
                f"The model's tokenizer has {len(tokenizer)} tokens instead of {VOCABULARY}. "
                "Fetch or copy the model's tokenizer folder again."
            )
        self.network = network
        self.tokenizer = tokenizer

    @staticmethod
    def from_folder(network: Any, folder: Path) -> "ClapText":
        """Load the tokenizer from ``folder``, never from the network."""
        from transformers import RobertaTokenizer

        if not folder.is_dir():
            raise BadInput(f"The model has no tokenizer folder at {folder}. Fetch or copy it again.")
        return ClapText(network, RobertaTokenizer.from_pretrained(folder, local_files_only=True))

    @torch.no_grad()
    def encode(self, texts: Sequence[str]) -> Tensor:
        """Return unit-length embeddings (B, 512). The empty text is the null condition."""
        tokens = self.tokenizer(list(texts), padding=True, truncation=True, return_tensors="pt")
        device = next(self.network.parameters()).device
        out = self.network(tokens.input_ids.to(device), attention_mask=tokens.attention_mask.to(device))
        return functional.normalize(out.text_embeds, dim=-1)
