"""Creates the studio of the generation thread. Torch is imported in that thread, never in the GUI thread."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from desktop.settings.model_choice import ModelChoice
from desktop.threads.torch_preload import load_torch
from engine.models.pool import ModelPool

if TYPE_CHECKING:
    from engine.studio import Studio


def studio_factory(pool: ModelPool) -> "Callable[[ModelChoice], Studio]":
    """Return a function that creates the studio of a model. Call it in the generation thread.

    Args:
        pool: loaded models, shared with the vision thread.
    """

    def make(choice: ModelChoice) -> "Studio":
        load_torch()
        from engine.models.devices import use_threads
        from engine.studio import Studio

        # Also for the default number: the vision thread may have reduced it for itself.
        use_threads(choice.threads)
        return Studio(choice.model, choice.device, pool=pool)

    return make
