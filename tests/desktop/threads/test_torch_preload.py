"""Torch's libraries are opened ahead of its import, and imports of other threads wait for that with empty hands."""

import os
import subprocess
import sys
import threading
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from desktop.threads.torch_preload import NAMES, ImportBarrier, load_libraries, torch_libraries

LOADED = """
import sys
from pathlib import Path
from desktop.threads.torch_preload import load_torch, torch_preloaded

with torch_preloaded():
    pass
mapped = Path("/proc/self/maps").read_text()
load_torch()
print("torch" in sys.modules, "libtorch_cpu" in mapped)
import torch
print(torch.ones(2).sum().item())
"""


class Finding(threading.Thread):
    """Looks for a module, as an import of it would."""

    def __init__(self, name: str) -> None:
        super().__init__(daemon=True)
        self._module = name
        self.found: ModuleSpec | None = None

    def run(self) -> None:
        for finder in list(sys.meta_path):
            self.found = finder.find_spec(self._module, None)
            if self.found is not None:
                return


def test_torch_is_opened_without_being_imported_and_works_afterwards() -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("/proc is Linux's")
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True", "2.0"]


def test_libraries_are_named_in_the_order_in_which_they_need_each_other() -> None:
    places = [NAMES.index(path.stem) for path in torch_libraries()]
    assert places == sorted(places)


def test_what_torch_depends_on_is_opened_for_everyone_and_torch_for_itself() -> None:
    if not hasattr(os, "RTLD_NOW"):
        pytest.skip("there is no dlopen here")
    asked: list[tuple[str, int]] = []
    paths = [Path("libtorch_global_deps.so"), Path("libtorch_cpu.so")]
    load_libraries(paths, lambda path, mode: asked.append((path.name, mode & os.RTLD_GLOBAL)))
    assert asked == [("libtorch_global_deps.so", os.RTLD_GLOBAL), ("libtorch_cpu.so", 0)]


def test_a_library_of_another_thread_waits_until_torch_is_open_and_plain_modules_do_not() -> None:
    if not hasattr(os, "RTLD_NOW"):
        pytest.skip("there is no dlopen here")
    plain, library = Finding("colorsys"), Finding("_decimal")

    def open_slowly(_path: Path, _mode: int) -> None:
        plain.start()
        plain.join(10)
        library.start()
        library.join(0.2)
        assert plain.found is not None
        assert library.found is None

    load_libraries([Path("libtorch_cpu.so")], open_slowly)
    library.join(10)
    assert library.found is not None


def test_the_main_thread_never_waits() -> None:
    spec = ImportBarrier().find_spec("_decimal", None)
    assert spec is not None


def test_a_library_that_fails_leaves_no_gate_behind() -> None:
    if not hasattr(os, "RTLD_NOW"):
        pytest.skip("there is no dlopen here")

    def fail(_path: Path, _mode: int) -> None:
        raise OSError

    with pytest.raises(OSError):
        load_libraries([Path("libtorch_cpu.so")], fail)
    assert not any(isinstance(finder, ImportBarrier) for finder in sys.meta_path)
