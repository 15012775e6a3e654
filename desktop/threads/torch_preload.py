"""Libraries: brings torch's into memory without holding up the window, and keeps numpy's from spinning."""

import contextlib
import ctypes
import importlib
import importlib.util
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from importlib.machinery import ExtensionFileLoader, ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

import numpy as np

NAMES = ("libtorch_global_deps", "libtorch_cpu", "libtorch_cuda", "libtorch", "libtorch_python")
"""In the order in which they need each other; what an installation does not have is passed over."""

SETTERS = tuple(f"{mine}openblas_set_num_threads{wide}" for mine in ("scipy_", "") for wide in ("64_", ""))
"""What builds of OpenBLAS call it."""
FIRST = ("cv2", "PIL.Image")
ONE_AT_A_TIME = threading.Lock()
"""The system opens libraries for the whole process; so this, alone, is the process's and nobody's own."""

Open = Callable[[Path, int], object]


@contextlib.contextmanager
def torch_preloaded() -> Iterator[None]:
    """Opens torch's libraries beside what is in the block, so that they are there before anyone is kept waiting.

    To be entered before other threads begin to import, and after all that Qt opens for the window is open.
    """
    thread = threading.Thread(target=_preload, name="libraries")
    thread.start()
    try:
        yield
    finally:
        thread.join()


def _preload() -> None:
    # Without these no still is on screen, and they take no time to open: they shall not wait for torch.
    for name in FIRST:
        importlib.import_module(name)
    load_torch()


def load_torch() -> None:
    """Opens the shared libraries that ``import torch`` will need; to be called in a worker's thread.

    An import holds the interpreter while its libraries are opened, and so does ``ctypes.CDLL``: for torch 0.2 s and
    more, in which the window stands still. A foreign function does not, and ``dlopen`` is one. What cannot be opened
    here is left to the import, which says why. Windows needs none of this: torch itself does so there.
    """
    if not hasattr(os, "RTLD_NOW"):
        return
    with ONE_AT_A_TIME:
        if "torch" not in sys.modules:
            load_libraries(torch_libraries(), library_opener())


def load_libraries(paths: Sequence[Path], open_: Open) -> None:
    """Opens libraries in order, while other threads wait that are about to import one (but for the main thread)."""
    gate = ImportBarrier()
    sys.meta_path.insert(0, gate)
    try:
        for path in paths:
            # As torch opens them: what it depends on for everyone, itself for itself.
            scope = os.RTLD_GLOBAL if "global_deps" in path.name else os.RTLD_LOCAL
            open_(path, os.RTLD_NOW | scope)
    finally:
        sys.meta_path.remove(gate)
        gate.opened.set()


class ImportBarrier:
    """Finds modules as Python does; those that are libraries only once it is opened.

    The system opens one library at a time. An import that comes to that while another library is being opened waits
    for it with the interpreter in its hands; here it waits with empty hands.
    """

    def __init__(self) -> None:
        self.opened = threading.Event()
        self._owner = threading.get_ident()

    def find_spec(
        self, name: str, path: Sequence[str] | None, _target: ModuleType | None = None, /
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path)
        if spec is not None and isinstance(spec.loader, ExtensionFileLoader) and not self._passes():
            self.opened.wait()
        return spec

    def _passes(self) -> bool:
        return threading.get_ident() in (self._owner, threading.main_thread().ident)


def library_opener() -> Open:
    """The system's ``dlopen``, called without the interpreter."""
    dlopen = ctypes.CDLL(None).dlopen
    dlopen.argtypes, dlopen.restype = [ctypes.c_char_p, ctypes.c_int], ctypes.c_void_p
    return lambda path, mode: dlopen(os.fsencode(path), mode)


def torch_libraries() -> list[Path]:
    """The shared libraries of the torch that would be imported, those first that others need."""
    found = importlib.util.find_spec("torch")
    if found is None or found.origin is None:
        return []
    folder = Path(found.origin).parent / "lib"
    ending = "dylib" if sys.platform == "darwin" else "so"
    return [path for name in NAMES if (path := folder / f"{name}.{ending}").is_file()]


def limit_blas_to_one_thread() -> None:
    """Has numpy multiply matrices in one thread, in the whole process, where it brought its own OpenBLAS.

    Ours are small. A second thread is no help with them, and while others keep the cores busy it is waited for, by
    turning in circles: hovering then takes five times the work.
    """
    for path in numpy_libraries():
        library = ctypes.CDLL(str(path))
        for name in SETTERS:
            if hasattr(library, name):
                getattr(library, name)(1)


def numpy_libraries() -> list[Path]:
    """The OpenBLAS of the numpy that is in use, if it has one of its own."""
    home = Path(np.__file__).parent
    folders = home.parent / "numpy.libs", home / ".dylibs"
    return [path for folder in folders for path in sorted(folder.glob("*openblas*"))]
