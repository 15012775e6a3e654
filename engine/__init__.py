"""Foleyscape's engine: a still, clicks, sounds. ``from engine import Studio`` is the way in.

Importing this package loads neither torch nor any model; ``Studio`` itself is imported when first asked for.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.studio import Studio

__all__ = ["Studio"]


def __getattr__(name: str) -> Any:
    if name == "Studio":
        from engine.studio import Studio

        return Studio
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
