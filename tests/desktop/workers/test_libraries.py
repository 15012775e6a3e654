"""Torch's libraries are opened ahead of its import, and imports of other threads wait for that with empty hands."""

import importlib.util
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from desktop.workers.libraries import NAMES, Gate, open_libraries, torch_libraries

MISSING = "no_module_of_this_name"
LOADED = """
import sys
from pathlib import Path
from desktop.workers.libraries import open_torch, torch_opened_ahead

with torch_opened_ahead():
    pass
mapped = Path("/proc/self/maps").read_text()
open_torch()
print("torch" in sys.modules, "libtorch_cpu" in mapped)
import torch
print(torch.ones(2).sum().item())
"""


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
    open_libraries(paths, lambda path, mode: asked.append((path.name, mode & os.RTLD_GLOBAL)))
    assert asked == [("libtorch_global_deps.so", os.RTLD_GLOBAL), ("libtorch_cpu.so", 0)]


def test_an_import_of_another_thread_waits_until_the_library_is_open() -> None:
    if not hasattr(os, "RTLD_NOW"):
        pytest.skip("there is no dlopen here")
    found: list[object] = []
    other = threading.Thread(target=lambda: found.append(importlib.util.find_spec(MISSING)))

    def open_slowly(_path: Path, _mode: int) -> None:
        other.start()
        other.join(0.2)
        assert not found

    open_libraries([Path("libtorch_cpu.so")], open_slowly)
    other.join(10)
    assert found == [None]


def test_the_main_thread_never_waits() -> None:
    gate = Gate()
    assert gate.find_spec(MISSING, None) is None


def test_a_library_that_fails_leaves_no_gate_behind() -> None:
    if not hasattr(os, "RTLD_NOW"):
        pytest.skip("there is no dlopen here")

    def fail(_path: Path, _mode: int) -> None:
        raise OSError

    with pytest.raises(OSError):
        open_libraries([Path("libtorch_cpu.so")], fail)
    assert not any(isinstance(finder, Gate) for finder in sys.meta_path)
