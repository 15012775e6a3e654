"""Takes from clicks on pictures unseen in training: the held-out ones of Caltech-101."""

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.evaluation.clip_sets import CLASSES
from engine.generation.model_parts import Namer
from engine.generation.object_condition import condition_of_views
from engine.models.concepts import Concept
from engine.scene.hints import Click, Hints
from engine.scene.masks import Mask
from engine.training.holdout import held_out
from engine.vision.patches import PatchEncoder, Patches
from engine.vision.still import Still

ToMask = Callable[[Still], Mask]
"""Returns the mask of the object in a still."""
ToWords = Callable[[Patches, Mask], str | None]
"""Returns text that narrows the sound of the object under a mask, or None."""


class ConditionSource(Protocol):
    """Protocol of ``ObjectDiffusion``: patches and coverage to a condition."""

    def condition(self, tokens: Tensor, coverage: Tensor, prompt: str | None = None) -> Tensor:
        """Return the condition (L,), unit length."""


class MaskCandidates(Protocol):
    """Protocol of ``engine.vision.segmenter.MaskProposal``."""

    @property
    def masks(self) -> NDArray[np.bool_]:
        """(3, H, W), best first."""


class MaskProposer(Protocol):
    """Protocol of ``engine.vision.segmenter.Segmenter``."""

    def prepare(self, still: Still) -> None:
        """Prepare the still, once."""

    def propose(self, still_digest: str, hints: Hints) -> MaskCandidates:
        """Propose masks of what the hints mean."""


@dataclass(frozen=True)
class LabelledPicture:
    """A held-out picture of one object, and the index of its class in ``CLASSES``."""

    still: Still
    label: int
    name: str


def held_out_pictures(pack: Path, concepts: Sequence[Concept], each: int) -> list[LabelledPicture]:
    """Return up to ``each`` held-out pictures of every judged class in the pack.

    Args:
        pack: path of ``caltech101_sounding.zip``.
        concepts: the concept table, which assigns picture classes to concepts.
        each: maximum number of pictures per class.
    """
    found = []
    with zipfile.ZipFile(pack) as archive:
        names = sorted(archive.namelist())
        for concept in concepts:
            if concept.id not in CLASSES:
                continue
            folders = {f"{folder}/" for folder in concept.pictures.caltech101}
            mine = [name for name in names if _of(name, folders) and held_out(name)]
            found += [
                LabelledPicture(_read(archive, name), CLASSES.index(concept.id), name) for name in mine[:each]
            ]
    return found


def ellipse(still: Still) -> Mask:
    """Return a centred ellipse with a margin of a tenth on every side, as a crude mask of one object."""
    rows, columns = np.mgrid[-1.0 : 1.0 : still.height * 1j, -1.0 : 1.0 : still.width * 1j]
    return np.asarray(rows**2 + columns**2 <= 0.8**2)


def conditions_of(
    pictures: Sequence[LabelledPicture],
    encoder: PatchEncoder,
    model: ConditionSource,
    to_mask: ToMask,
    to_words: ToWords | None = None,
) -> Tensor:
    """Return the condition of the object in each picture: (N, L)."""
    return torch.stack(
        [
            condition_of(picture.still, to_mask(picture.still), encoder, model, to_words)
            for picture in pictures
        ]
    )


def condition_of(
    still: Still,
    mask: Mask,
    encoder: PatchEncoder,
    model: ConditionSource,
    to_words: ToWords | None = None,
) -> Tensor:
    """Return the condition of what the mask covers: (L,), narrowed by ``to_words`` as the studio does with a name."""
    patches = encoder.encode(still, focus=mask)
    words = None if to_words is None else to_words(patches, mask)
    return condition_of_views(model, patches.views, mask, words)


def names_where_sure(namer: Namer, least: float) -> ToWords:
    """Return a function that gives the namer's best name if its score is at least ``least``, else None."""

    def words(patches: Patches, mask: Mask) -> str | None:
        concept, score = namer.names(patches, mask, 1)[0]
        return concept.name if score >= least else None

    return words


def _of(name: str, folders: set[str]) -> bool:
    return name.endswith(".webp") and any(name.startswith(folder) for folder in folders)


def _read(archive: zipfile.ZipFile, name: str) -> Still:
    from PIL import Image

    with Image.open(io.BytesIO(archive.read(name))) as picture:
        return Still.from_pixels(np.asarray(picture.convert("RGB")))


def clicked(segmenter: MaskProposer) -> ToMask:
    """Return a function that gives the segmenter's best proposal for one click in the middle of a still."""

    def to_mask(still: Still) -> Mask:
        segmenter.prepare(still)
        middle = Click(still.width // 2, still.height // 2)
        return np.asarray(segmenter.propose(still.digest, Hints((middle,))).masks[0])

    return to_mask
