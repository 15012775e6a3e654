"""Vectors of words, of objects and of sounds in one space, to search a library of recordings by."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.errors import Failed
from engine.generation.conditioner import Conditioner, TextConditioner
from engine.generation.listener import Listener, is_silent, read_sound
from engine.generation.object_aware import conditioner_for
from engine.generation.part_loader import PartLoader
from engine.generation.request_builder import targets_of
from engine.library.vectors import unit_vector
from engine.models.free_words import bundled_free_words
from engine.scene.objects import SoundingObject
from engine.vision.still import Still

if TYPE_CHECKING:
    from torch import Tensor

Vector = NDArray[np.float32]


class Embeddings:
    """Embeds what a library is searched by, with the parts of a studio's model.

    Args:
        loader: gives the parts.
    """

    def __init__(self, loader: PartLoader) -> None:
        self._loader = loader

    def listener(self) -> Listener:
        """Return what embeds sounds; it may be used after this call, by several threads.

        Raises:
            Failed: no model with a sound encoder is installed.
        """
        with self._loader.session():
            listener = self._loader.listener()
        if listener is None:
            raise Failed("This model cannot hear, and neither can the bundled one: install Foleyscape again.")
        return listener

    def conditioner(self) -> Conditioner:
        """Return what gives conditions in the space of the sound encoder's vectors.

        It looks at pictures if the model's own conditions lie in that space, else it goes by words alone.
        """
        listener = self.listener()
        if not listener.shares_conditions:
            return TextConditioner(_WordSpace(listener))
        with self._loader.session():
            return conditioner_for(self._loader.diffusion(), self._loader.encoder())

    def of_words(self, words: str) -> Vector | None:
        """Return the unit vector (512,) of words, or None if the concept table has none of them."""
        read = bundled_free_words().read(words)
        return self.listener().embed_text(read.text) if read.concepts else None

    def of_object(self, still: Still, thing: SoundingObject) -> Vector | None:
        """Return the unit vector (512,) of an object of a still, or None if only unknown words describe it.

        It is the condition that its sound would be generated from. A model with another space than the sound
        encoder's gives the vector of the object's words instead.

        Raises:
            BadInput: the mask is empty or not of the still's size.
        """
        listener = self.listener()
        with self._loader.session():
            if not listener.shares_conditions or self._loader.encoder() is None:
                return self.of_words(thing.prompt or thing.name)
            found = self.conditioner().conditions(targets_of([thing])[0], still)[0]
        return unit_vector(found.float().cpu().numpy())

    def of_sound(self, samples: NDArray[np.float32], rate: int) -> Vector | None:
        """Return the unit vector (512,) of a sound, float32 (channels, samples); None for silence."""
        mono = np.atleast_2d(samples).mean(axis=0)
        if is_silent(mono):
            return None
        return np.asarray(self.listener().embed(mono[None], rate)[0], np.float32)

    def of_file(self, path: Path) -> Vector | None:
        """Return the unit vector (512,) of a sound file; None for silence.

        Raises:
            BadInput: there is no such file, or it is not an audio file.
        """
        return self.of_sound(*read_sound(path))


class _WordSpace:
    """Encodes words for a conditioner in the space of a listener."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener

    def encode_text(self, texts: Sequence[str]) -> "Tensor":
        """Return the conditions of texts, (B, L), unit length."""
        import torch

        words = bundled_free_words()
        return torch.from_numpy(
            np.stack([self._listener.embed_text(words.read(text).text) for text in texts])
        )

    def condition(self, tokens: "Tensor", coverage: "Tensor", prompt: str | None = None) -> "Tensor":
        """Refuse: this space knows no pictures."""
        raise NotImplementedError
