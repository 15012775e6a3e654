"""CLIP's text encoder, into the space of CLIP's picture tokens."""

from collections.abc import Sequence
from pathlib import Path

import torch
from diffusers import ConfigMixin, ModelMixin
from diffusers.configuration_utils import register_to_config
from torch import Tensor, nn
from torch.nn import functional

from engine.errors import BadInput

VOCABULARY = 49_408


class ClipTextNetwork(ModelMixin, ConfigMixin):  # type: ignore[misc]
    """open_clip's text transformer with its own tokenizer, whose vocabulary is part of open_clip.

    Args:
        width: width of the transformer (ViT-B-32: 512).
        layers: number of its layers (ViT-B-32: 12).
        heads: number of its attention heads (ViT-B-32: 8).
        text_width: width D of an embedding, that of the picture tokens.
        context_length: maximum number of tokens of a text.
        quick_gelu: use the activation of OpenAI's own weights.
    """

    config_name = "config.json"

    @register_to_config
    def __init__(
        self,
        width: int = 512,
        layers: int = 12,
        heads: int = 8,
        text_width: int = 512,
        context_length: int = 77,
        quick_gelu: bool = False,
    ) -> None:
        super().__init__()
        from open_clip import SimpleTokenizer
        from open_clip.transformer import QuickGELU, TextTransformer

        self._tokenizer = SimpleTokenizer(context_length=context_length)
        self.text = TextTransformer(
            context_length=context_length,
            vocab_size=VOCABULARY,
            width=width,
            heads=heads,
            layers=layers,
            output_dim=text_width,
            act_layer=QuickGELU if quick_gelu else nn.GELU,
        )

    @classmethod
    def from_folder(cls, folder: Path) -> "ClipTextNetwork":
        """Load a text encoder, in float32 and evaluation mode.

        Raises:
            BadInput: the folder has no such network, or its files are damaged.
        """
        try:
            network: ClipTextNetwork = cls.from_pretrained(folder, use_safetensors=True)
        except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
            raise BadInput(
                f"The text encoder in {folder} could not be read ({type(error).__name__}). "
                "Fetch or copy the model again."
            ) from error
        loaded: ClipTextNetwork = network.float().eval()
        return loaded

    @torch.no_grad()
    def encode(self, texts: Sequence[str]) -> Tensor:
        """Return embeddings (B, D) of texts, unit length, float32 on the CPU."""
        tokens = self._tokenizer(list(texts)).to(self.device)
        return functional.normalize(self.text(tokens).float().cpu(), dim=-1)
