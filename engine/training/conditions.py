"""The U-Net's conditions in training: from text, and from text attention over composed scenes.

A row of the latent bank says which concepts sound. Its condition is the embedding of a caption of exactly
those, or what object attention extracts for that caption from a scene that shows them among other objects
(*Sounding that Object*, arXiv 2506.04214, section 3.2).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engine.diffusion.attention import ObjectAttention
from engine.diffusion.text_tower import TextTower
from engine.models.concepts import Concept
from engine.training.latents import Group
from engine.training.object_attention import LEAST_PATCHES, CachedScenes


@dataclass
class CaptionConditions:
    """Conditions from text alone.

    Args:
        concepts: the concept table.
        words: encodes captions; frozen.
    """

    concepts: Sequence[Concept]
    words: TextTower

    def __post_init__(self) -> None:
        self._sayings = {c.id: (*c.captions, *c.words[:5], c.name) for c in self.concepts}

    def captions(self, groups: Sequence[Group], rng: np.random.Generator) -> list[str]:
        """Return one caption per group, with a phrase for each of its concepts, in random order."""
        out = []
        for group in groups:
            said = [self._sayings[name][int(rng.integers(len(self._sayings[name])))] for name in group]
            rng.shuffle(said)
            out.append(" and ".join(said))
        return out

    def draw(self, groups: list[Group], rng: np.random.Generator) -> Tensor:
        """Return the embedding (B, L) of a caption per group."""
        return self.words.encode(self.captions(groups, rng))

    def null(self) -> Tensor:
        """Return the empty text's condition (L,)."""
        return self.words.encode([""])[0]

    def trained(self) -> nn.Module | None:
        """Return None: the text tower is frozen."""
        return None


@dataclass
class SceneConditions:
    """Conditions from text attention over cached scenes if there is one, else from text.

    Args:
        captions: draws captions.
        scenes: patch tokens of composed scenes, and what they show.
        attention: finds the caption's objects in a scene.
        scene_share: share of the rows with a scene that use it.
        joint: whether the diffusion loss trains the attention too, as in the paper.
    """

    captions: CaptionConditions
    scenes: CachedScenes
    attention: ObjectAttention
    scene_share: float = 0.6
    joint: bool = False
    _shown: dict[frozenset[str], list[int]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        names = [c.id for c in self.captions.concepts]
        self._seen_in: list[set[str]] = []
        visible = self.scenes.coverage.float().sum(-1) >= LEAST_PATCHES
        for concepts, clear in zip(self.scenes.concepts.tolist(), visible.tolist(), strict=True):
            self._seen_in.append({names[c] for c, ok in zip(concepts, clear, strict=True) if ok and c >= 0})
        if not self.joint:
            self.attention.requires_grad_(False).eval()

    def scenes_of(self, group: Group) -> list[int]:
        """Return the scenes that show every concept of ``group``."""
        wanted = frozenset(group)
        if wanted not in self._shown:
            self._shown[wanted] = [n for n, seen in enumerate(self._seen_in) if wanted <= seen]
        return self._shown[wanted]

    def draw(self, groups: list[Group], rng: np.random.Generator) -> Tensor:
        """Return a condition (B, L) per group, from a scene if there is one."""
        text = self.captions.draw(groups, rng)
        rows, chosen = self._choose(groups, rng)
        if len(rows) == 0:
            return text
        at = torch.from_numpy(rows)
        tokens = self.scenes.tokens[torch.from_numpy(chosen)].float()
        device = next(self.attention.parameters()).device
        found = self.attention(tokens.to(device), text[at].to(device))
        return text.to(device).index_copy(0, at.to(device), found)

    def null(self) -> Tensor:
        """Return the empty text's condition (L,)."""
        return self.captions.null()

    def trained(self) -> nn.Module | None:
        """Return the attention if it is trained jointly, else None."""
        return self.attention if self.joint else None

    def _choose(
        self, groups: list[Group], rng: np.random.Generator
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Select the rows that use a scene, and the scene of each."""
        rows, chosen = [], []
        for row, group in enumerate(groups):
            fitting = self.scenes_of(group)
            if fitting and rng.random() < self.scene_share:
                rows.append(row)
                chosen.append(fitting[int(rng.integers(len(fitting)))])
        return np.array(rows, dtype=np.int64), np.array(chosen, dtype=np.int64)
