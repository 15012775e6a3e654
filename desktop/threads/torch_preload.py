"""Loads torch's shared libraries without blocking the GUI thread, and keeps numpy's BLAS to one thread."""

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
"""In dependency order; libraries that an installation does not have are skipped."""

SETTERS = tuple(f"{mine}openblas_set_num_threads{wide}" for mine in ("scipy_", "") for wide in ("64_", ""))
"""Names of the function that sets the number of threads, in different builds of OpenBLAS."""
FIRST = ("cv2", "PIL.Image")
ONE_AT_A_TIME = threading.Lock()
"""dlopen is process-wide, so this lock is a module global."""

Open = Callable[[Path, int], object]


@contextlib.contextmanager
def torch_preloaded() -> Iterator[None]:
    """Load torch's shared libraries in a thread while the block runs.

    Enter it before other threads start importing and after Qt has loaded its own plugins.
    """
    thread = threading.Thread(target=_preload, name="libraries")
    thread.start()
    try:
        yield
    finally:
        thread.join()


def _preload() -> None:
    # These show the still and load quickly: they must not wait for torch.
    for name in FIRST:
        importlib.import_module(name)
    load_torch()


def load_torch() -> None:
    """Load the shared libraries that ``import torch`` needs. Call it in a worker thread.

    An import holds the GIL while it loads a library, and so does ``ctypes.CDLL``: 0.2 s and more for torch, during
    which the window is blocked. A foreign function call to ``dlopen`` releases the GIL. What cannot be loaded here is
    left to the import, which reports why. Not needed on Windows, where torch does the same itself.
    """
    if not hasattr(os, "RTLD_NOW"):
        return
    with ONE_AT_A_TIME:
        if "torch" not in sys.modules and (paths := torch_libraries()):
            load_libraries(paths, library_opener())


def load_libraries(paths: Sequence[Path], open_: Open) -> None:
    """Load libraries in order; meanwhile no thread but the main thread starts to import an extension module."""
    gate = ImportBarrier()
    sys.meta_path.insert(0, gate)
    try:
        for path in paths:
            # As torch does: dependencies with RTLD_GLOBAL, its own library with RTLD_LOCAL.
            scope = os.RTLD_GLOBAL if "global_deps" in path.name else os.RTLD_LOCAL
            open_(path, os.RTLD_NOW | scope)
    finally:
        sys.meta_path.remove(gate)
        gate.opened.set()


class ImportBarrier:
    """A finder that delays imports of extension modules until it is opened; other modules are found as usual.

    The system loads one library at a time. An import of an extension module would wait for the loader while it holds
    the GIL; here it waits without holding it.
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
    """Return the system's ``dlopen`` as a function that releases the GIL."""
    dlopen = ctypes.CDLL(None).dlopen
    dlopen.argtypes, dlopen.restype = [ctypes.c_char_p, ctypes.c_int], ctypes.c_void_p
    return lambda path, mode: dlopen(os.fsencode(path), mode)


def torch_libraries() -> list[Path]:
    """Return the shared libraries of the installed torch, in dependency order."""
    found = importlib.util.find_spec("torch")
    if found is None or found.origin is None:
        return []
    folder = Path(found.origin).parent / "lib"
    ending = "dylib" if sys.platform == "darwin" else "so"
    return [path for name in NAMES if (path := folder / f"{name}.{ending}").is_file()]


def limit_blas_to_one_thread() -> None:
    """Limit numpy's bundled OpenBLAS to one thread, for the whole process.

    Our matrices are small. A second thread does not speed them up, and OpenBLAS busy-waits for it while other work
    keeps
    the cores occupied: hovering then takes five times the processor time.
    """
    for path in numpy_libraries():
        library = ctypes.CDLL(str(path))
        for name in SETTERS:
            if hasattr(library, name):
                getattr(library, name)(1)


def numpy_libraries() -> list[Path]:
    """Return the OpenBLAS library that the installed numpy bundles, if any."""
    home = Path(np.__file__).parent
    folders = home.parent / "numpy.libs", home / ".dylibs"
    return [path for folder in folders for path in sorted(folder.glob("*openblas*"))]
