"""Take the parts of a studio's model from the pool, which keeps them loaded while they are used."""

import contextlib
from collections.abc import Callable, Iterator
from typing import TypeVar

from engine.errors import BadInput
from engine.generation.conditioner import Encoder, PatchFeatures
from engine.generation.found_things import BoxDetector
from engine.generation.listener import Listener
from engine.generation.model_parts import Namer, Parts, Segmenter
from engine.generation.object_aware import Diffusion
from engine.models.libraries import libraries_needed
from engine.models.pool import ModelPool
from engine.scene.masks import Mask
from engine.vision.still import Still

Part = TypeVar("Part")


class PartLoader:
    """Gives the parts of one model, loaded when first asked for and shared with every other user of the pool.

    Parts are asked for within ``session``; all of them stay loaded until it ends. Belongs to one thread at a time.

    Args:
        parts: loads them.
        pool: keeps them.
    """

    def __init__(self, parts: Parts, pool: ModelPool) -> None:
        self._parts = parts
        self._pool = pool
        self._held: contextlib.ExitStack | None = None

    @contextlib.contextmanager
    def session(self) -> Iterator[None]:
        """Keep what is asked for within the block loaded until its end. Sessions may nest.

        Raises:
            Failed: a library that the parts are made of is not installed.
        """
        if self._held is not None:
            yield
            return
        with libraries_needed(), contextlib.ExitStack() as held:
            self._held = held
            try:
                yield
            finally:
                self._held = None

    def diffusion(self) -> Diffusion:
        """Return what makes waveforms."""
        return self._use("diffusion", self._parts.diffusion)

    def encoder(self) -> Encoder | None:
        """Return what looks at stills, or None if the model cannot."""
        return self._use("encoder", self._parts.encoder)

    def lazy_encoder(self) -> Encoder:
        """Return an encoder that is loaded when it first encodes: text alone does not wait for it."""
        return _LazyEncoder(self.encoder)

    def segmenter(self) -> Segmenter:
        """Return what makes masks."""
        return self._use("segmenter", self._parts.segmenter)

    def detector(self) -> BoxDetector | None:
        """Return what finds boxes of things, or None if there is nothing that does."""
        return self._use("detector", self._parts.detector)

    def namer(self, encoder: Encoder) -> Namer:
        """Return what names objects from the features of this encoder."""
        return self._use("namer", lambda: self._parts.namer(encoder))

    def listener(self) -> Listener | None:
        """Return what hears sounds, or None if there is nothing that can."""
        return self._use("listener", self._parts.listener)

    def _use(self, name: str, load: Callable[[], Part]) -> Part:
        if self._held is None:
            raise RuntimeError("parts are used within a session")
        return self._held.enter_context(self._pool.use(self._parts.key(name), load))


class _LazyEncoder:
    def __init__(self, load: Callable[[], Encoder | None]) -> None:
        self._load = load

    def encode(self, still: Still, focus: Mask | None = None) -> PatchFeatures:
        """Return the features of a still; see ``engine.generation.conditioner.Encoder``."""
        encoder = self._load()
        if encoder is None:
            raise BadInput("This model cannot look at pictures: give every object a prompt.")
        return encoder.encode(still, focus)
