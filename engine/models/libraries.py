"""Say in one sentence that a library which models are made of is not installed."""

import contextlib
from collections.abc import Iterator

from engine.errors import Failed

LIBRARIES = {
    "torch": ("PyTorch", "torch torchvision"),
    "torchvision": ("torchvision", "torch torchvision"),
    "diffusers": ("diffusers", "diffusers"),
    "transformers": ("transformers", "transformers"),
    "segment_anything": ("segment-anything", "segment-anything torchvision"),
    "open_clip": ("OpenCLIP", "open_clip_torch"),
    "safetensors": ("safetensors", "safetensors"),
}
"""What each is called, and what pip installs it by, by the name it is imported by."""


@contextlib.contextmanager
def libraries_needed() -> Iterator[None]:
    """Turn the failed import of a library of models into a sentence, within a block or a decorated function.

    Everything else that the editor does works without these libraries.

    Raises:
        Failed: one of them is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        name = (error.name or "").partition(".")[0]
        if name not in LIBRARIES:
            raise
        title, packages = LIBRARIES[name]
        raise Failed(
            f"{title} is not installed, and masks, names and new sounds need it: run ./packaging/run once, or "
            f"install it with `pip install {packages}`."
        ) from error
