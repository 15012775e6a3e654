"""How the generation thread gets its studio. Torch is imported there, never in the GUI thread."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.threads.torch_preload import load_torch

if TYPE_CHECKING:
    from engine.studio import Studio


def studio_factory(
    model: str | Path | None = None, device: str = "auto", threads: int = 0
) -> "Callable[[], Studio]":
    """What makes the studio, to be called in the generation thread.

    Args:
        model: a model folder or a catalogue id; None is the bundled model.
        device: "cpu", "cuda", "mps", or "auto" for the fastest there is.
        threads: of the processor, for the models; 0 lets them decide.
    """

    def make() -> "Studio":
        load_torch()
        from engine.models.devices import use_threads
        from engine.studio import Studio

        # Said also where it is the usual number: the thread that sees may have taken fewer for itself.
        use_threads(threads or None)
        return Studio(model, device)

    return make
