"""Takes made by pointing at pictures that no recipe has seen: held-out ones of Caltech-101."""

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
from engine.models.concepts import Concept
from engine.scene.hints import Click, Hints
from engine.scene.masks import Mask
from engine.training.pictures import held_out
from engine.vision.namer import ObjectNamer
from engine.vision.patches import PatchEncoder, Patches
from engine.vision.still import Still

ToMask = Callable[[Still], Mask]
"""What decides which pixels of a still are the thing."""
ToWords = Callable[[Patches, Mask], str | None]
"""What words narrow the sound of the thing under a mask, if any."""


class ConditionSource(Protocol):
    """What turns patches and coverage into a condition: ``ObjectDiffusion``."""

    def condition(self, tokens: Tensor, coverage: Tensor, prompt: str | None = None) -> Tensor:
        """(L,), unit length."""


class MaskCandidates(Protocol):
    """What a segmenter proposes: ``engine.vision.segmenter.MaskProposal``."""

    @property
    def masks(self) -> NDArray[np.bool_]:
        """(3, H, W), best first."""


class MaskProposer(Protocol):
    """What turns a click into masks: ``engine.vision.segmenter.Segmenter``."""

    def prepare(self, still: Still) -> None:
        """Look at the still, once."""

    def propose(self, still_digest: str, hints: Hints) -> MaskCandidates:
        """Masks of what the hints mean."""


@dataclass(frozen=True)
class LabelledPicture:
    """A held-out picture of one thing, and the index of its class in ``CLASSES``."""

    still: Still
    label: int
    name: str


def held_out_pictures(pack: Path, concepts: Sequence[Concept], each: int) -> list[LabelledPicture]:
    """Up to ``each`` held-out pictures of every judged class that the pack has pictures of.

    Args:
        pack: ``caltech101_sounding.zip``.
        concepts: the table that says which picture classes are which concept.
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
    """The ellipse in the middle of a still that leaves a tenth free at every side: a crude mask of one thing."""
    rows, columns = np.mgrid[-1.0 : 1.0 : still.height * 1j, -1.0 : 1.0 : still.width * 1j]
    return np.asarray(rows**2 + columns**2 <= 0.8**2)


def conditions_of(
    pictures: Sequence[LabelledPicture],
    encoder: PatchEncoder,
    model: ConditionSource,
    to_mask: ToMask,
    to_words: ToWords | None = None,
) -> Tensor:
    """The condition of the thing in each picture: (N, L)."""
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
    """The condition of what the mask covers: (L,), narrowed by ``to_words`` as the studio does with a name."""
    patches = encoder.encode(still, focus=mask)
    words = None if to_words is None else to_words(patches, mask)
    return model.condition(patches.tokens, patches.coverage(mask), words)


def names_where_sure(namer: ObjectNamer, least: float) -> ToWords:
    """The namer's best name where its score is at least ``least``, else no words."""

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
    """The segmenter's best proposal for one click in the middle of a still."""

    def to_mask(still: Still) -> Mask:
        segmenter.prepare(still)
        middle = Click(still.width // 2, still.height // 2)
        return np.asarray(segmenter.propose(still.digest, Hints((middle,))).masks[0])

    return to_mask
