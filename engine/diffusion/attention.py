"""Object attention: selects the patches of a picture that sound, by text in training and by a mask in use.

After *Sounding that Object* (arXiv 2506.04214): single-head scaled dot-product attention from a text over
patch tokens, with learnable positional encodings on keys and values, gives the condition of the sound. In
use, the softmax row is replaced by the object's mask: as it is where rows were trained with masks; else, as in the
paper, rescaled to the statistics of the learned rows.
"""

import torch
from diffusers import ConfigMixin, ModelMixin
from diffusers.configuration_utils import register_to_config
from torch import Tensor, nn
from torch.nn import functional


def mask_to_attention(coverage: Tensor, mean: Tensor | float, variance: Tensor | float) -> Tensor:
    """Convert a mask to an attention row.

    The coverage is shifted and scaled to the learned rows' mean and variance, clamped at 0 and renormalized.

    Args:
        coverage: (..., P) share of each patch that the mask covers, 0 to 1.
        mean: mean of the entries of a learned row.
        variance: variance of the entries of a learned row.

    Returns:
        (..., P), non-negative, each row summing to 1. A mask that covers everything gives a uniform row.

    Raises:
        ValueError: a mask covers nothing.
    """
    coverage = coverage.float()
    if bool((coverage.amax(-1) <= 0).any()):
        raise ValueError("The mask covers no patch.")
    spread = coverage.std(-1, correction=0, keepdim=True)
    centred = (coverage - coverage.mean(-1, keepdim=True)) / spread.clamp(min=1e-6)
    row = torch.clamp(centred * torch.as_tensor(variance).sqrt() + torch.as_tensor(mean), min=0)
    row = torch.where(spread > 1e-6, row, torch.ones_like(row))
    return row / row.sum(-1, keepdim=True)


def plain_row(coverage: Tensor) -> Tensor:
    """Return the share of each patch (..., P) that a mask covers, divided by its sum.

    Raises:
        ValueError: a mask covers nothing.
    """
    coverage = coverage.float()
    if bool((coverage.amax(-1) <= 0).any()):
        raise ValueError("The mask covers no patch.")
    return coverage / coverage.sum(-1, keepdim=True)


class ObjectAttention(ModelMixin, ConfigMixin):  # type: ignore[misc]
    """``Q = text W_Q``, ``K = (patches + pos) W_K``, ``V = (patches + pos) W_V``, ``c = MLP(softmax(QK^T/sqrt d)V)``.

    Args:
        token_width: width D of the patch tokens.
        text_width: width of the condition space, of both text and condition.
        width: width d of queries and keys.
        value_width: width of the values.
        hidden: width of the MLP's hidden layer.
        grid: patches along each side in training; positions are interpolated for other grids.
        heads: 1; more is the paper's ablation.
        additive: score by ``w tanh(Q + K)`` instead of the scaled dot product; the paper's ablation.
        mask_share: share of training rows that came from masks; 0 as in the paper, or its ablation.
        toward_words: how far a prompt inside a mask moves the condition toward its own embedding: 0 not at
            all, 1 half way.
    """

    config_name = "config.json"

    @register_to_config
    def __init__(
        self,
        token_width: int = 192,
        text_width: int = 512,
        width: int = 128,
        value_width: int = 256,
        hidden: int = 384,
        grid: int = 8,
        heads: int = 1,
        additive: bool = False,
        mask_share: float = 0.0,
        toward_words: float = 0.7,
    ) -> None:
        super().__init__()
        self.query = nn.Linear(text_width, width, bias=False)
        self.key = nn.Linear(token_width, width, bias=False)
        self.value = nn.Linear(token_width, value_width, bias=False)
        self.key_position = nn.Parameter(torch.zeros(1, token_width, grid, grid))
        self.value_position = nn.Parameter(torch.zeros(1, token_width, grid, grid))
        if additive:
            self.score = nn.Parameter(torch.randn(heads, width // heads) * (width // heads) ** -0.5)
        self.mlp = nn.Sequential(
            nn.LayerNorm(value_width),
            nn.Linear(value_width, hidden),
            nn.GELU(),
            nn.Linear(hidden, text_width),
        )
        self.register_buffer("attention_mean", torch.tensor(1.0 / grid**2))
        self.register_buffer("attention_variance", torch.tensor(1.0 / grid**4))

    def forward(self, tokens: Tensor, text: Tensor, row: Tensor | None = None) -> Tensor:
        """Compute the condition.

        Args:
            tokens: (B, P, D) patch tokens, row-major over a square grid.
            text: (B, 512) unit vectors.
            row: (B, P) attention instead of the text's, each row summing to 1; see ``mask_to_attention``.

        Returns:
            (B, 512), unit length.
        """
        weights = self.attend(tokens, text) if row is None else row[:, None, :]
        if self.training and row is None:
            self._observe(weights)
        values = self.value(tokens + self._positions(self.value_position, tokens))
        batch, count, width = values.shape
        heads = weights.shape[1]
        split = values.view(batch, count, heads, width // heads).transpose(1, 2)
        pooled = (weights.to(values.dtype)[:, :, None, :] @ split).reshape(batch, width)
        return functional.normalize(self.mlp(pooled).float(), dim=-1)

    def attend(self, tokens: Tensor, text: Tensor, row: Tensor | None = None) -> Tensor:
        """Return the text's attention (B, heads, P) over the patches, within a mask's ``row`` (B, P) if given."""
        keys = self.key(tokens + self._positions(self.key_position, tokens))
        batch, count, width = keys.shape
        heads = int(self.config.heads)
        keys = keys.view(batch, count, heads, width // heads).transpose(1, 2)
        query = self.query(text).view(batch, heads, 1, width // heads)
        if self.config.additive:
            scores = (torch.tanh(query + keys) * self.score[:, None, :]).sum(-1)
        else:
            scores = (query * keys).sum(-1) * (width // heads) ** -0.5
        if row is not None:
            scores = scores.float() + torch.log(row[:, None, :].clamp(min=1e-9))
        return torch.softmax(scores.float(), dim=-1)

    def narrowed(self, tokens: Tensor, text: Tensor, row: Tensor) -> Tensor:
        """Compute the condition of the object under a mask, narrowed by a prompt.

        Half of the row is the mask's and half the text's attention inside the mask; the result is moved
        toward the prompt by ``toward_words``.

        Args:
            tokens: (B, P, D) patch tokens.
            text: (B, 512) embedding of the prompt.
            row: (B, P) row of the mask; see ``mask_to_attention``.

        Returns:
            (B, 512), unit length.
        """
        inside = self.attend(tokens, text, row).mean(1)
        found = self(tokens, text, 0.5 * (row + inside))
        return functional.normalize(found + float(self.config.toward_words) * text, dim=-1)

    def mask_row(self, coverage: Tensor) -> Tensor:
        """Convert a mask's coverage (..., P) to an attention row (..., P) of the kind used in training.

        Weights that were trained with masks take the coverage divided by its sum. Weights that saw text alone
        (``mask_share`` 0, the paper's) take ``mask_to_attention`` with the learned statistics, adapted to the
        number of patches.

        Raises:
            ValueError: a mask covers nothing.
        """
        if float(self.config.mask_share) > 0:
            return plain_row(coverage)
        share = int(self.config.grid) ** 2 / coverage.shape[-1]
        return mask_to_attention(coverage, self.attention_mean * share, self.attention_variance * share**2)

    def _positions(self, positions: Tensor, tokens: Tensor) -> Tensor:
        side = round(tokens.shape[1] ** 0.5)
        if side * side != tokens.shape[1]:
            raise ValueError(f"{tokens.shape[1]} patches make no square grid.")
        if side != positions.shape[-1]:
            positions = functional.interpolate(
                positions, size=(side, side), mode="bilinear", align_corners=False
            )
        return positions.flatten(2).transpose(1, 2)

    @torch.no_grad()
    def _observe(self, weights: Tensor, pace: float = 0.02) -> None:
        """Update the running mean and variance of the entries of learned rows."""
        self.attention_mean.lerp_(weights.mean(), pace)
        self.attention_variance.lerp_(weights.var(-1, correction=0).mean(), pace)
