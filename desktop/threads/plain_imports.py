"""Import modules without PySide6's look at their sources, which nothing here needs."""

import builtins
import contextlib
from collections.abc import Iterator


@contextlib.contextmanager
def plain_imports() -> Iterator[None]:
    """Import as Python does, within the block and in every thread.

    PySide6 puts a function of its own in place of ``__import__``. It reads the source of every module that is
    imported, to see whether the module asks for other spellings of Qt's names (``from __feature__ import
    snake_case``). No module of ours does. For torch and diffusers the reading takes a fifth of the processor time of
    their import, and the sources stay in memory, 160 MB of it.

    The import underneath, which PySide6 also replaces, to load its classes late, stays.
    """
    hook = builtins.__import__
    original = getattr(builtins, "__orig_import__", None)
    if original is None or hook is not getattr(builtins, "__feature_import__", None):
        # Another version of PySide6, or someone else has replaced the function since.
        yield
        return
    builtins.__import__ = original
    try:
        yield
    finally:
        if builtins.__import__ is original:
            builtins.__import__ = hook
