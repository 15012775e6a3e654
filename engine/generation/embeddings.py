"""Vectors of words, of objects and of sounds in one space, to search a library of recordings by."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.errors import Failed
from engine.generation.conditioner import PictureConditioner
from engine.generation.listener import SILENT, Listener, read_sound
from engine.generation.part_loader import PartLoader
from engine.generation.request_builder import targets_of
from engine.models.free_words import bundled_free_words
from engine.scene.objects import SoundingObject
from engine.vision.still import Still

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
            encoder = self._loader.encoder() if listener.shares_conditions else None
            if encoder is None:
                return self.of_words(thing.prompt or thing.name)
            conditioner = PictureConditioner(self._loader.diffusion(), encoder)
            found = conditioner.conditions(targets_of([thing])[0], still)[0]
        vector = np.asarray(found.float().cpu().numpy(), np.float32)
        return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12), np.float32)

    def of_sound(self, samples: NDArray[np.float32], rate: int) -> Vector | None:
        """Return the unit vector (512,) of a sound, float32 (channels, samples); None for silence."""
        mono = np.atleast_2d(samples).mean(axis=0)
        if not mono.size or float(np.abs(mono).max()) < SILENT:
            return None
        return np.asarray(self.listener().embed(mono[None], rate)[0], np.float32)

    def of_file(self, path: Path) -> Vector | None:
        """Return the unit vector (512,) of a sound file; None for silence.

        Raises:
            BadInput: there is no such file, or it is not an audio file.
        """
        return self.of_sound(*read_sound(path))
