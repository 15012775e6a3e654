"""Every program that the product or its tests start is one that the set-up brings."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
SOURCES = sorted(
    path for part in ("engine", "desktop", "packaging", "tests") for path in (HOUSE / part).rglob("*.py")
)
STARTERS = {
    "subprocess": {"run", "Popen", "call", "check_call", "check_output", "getoutput", "getstatusoutput"},
    "os": {"system", "popen", "execv", "execvp", "execve", "spawnv", "spawnvp", "posix_spawn", "startfile"},
    "shutil": {"which"},
    "asyncio": {"create_subprocess_exec", "create_subprocess_shell"},
    "pty": {"spawn"},
}
WORDS = {
    "QProcess",
    *(f"{module}." for module in STARTERS if module != "os"),
    "from subprocess",
    "from shutil import",
}
WORDS |= {f"os.{function}" for function in STARTERS["os"]}
BROUGHT = {
    "python": "the virtual environment's own",
    "bash": "what the commands of packaging/ are written in",
    "foleyscape": "what is installed",
    "sh": "part of every system that has bash",
}
OF_THE_SYSTEM = {
    "desktop/library/index_process.py": "the Python that runs the window",
    "desktop/objects/reveal.py": "the file managers of Windows and macOS; on Linux nothing is started",
}
PASSED_ON = {("tests/packaging/test_wheel.py", "run")}
"""Functions that start whatever they are given; their callers are looked at instead."""

Call = tuple[ast.Call, str]
"""A call and the function that it stands in."""


def programs_of(path: Path) -> Iterator[tuple[int, str]]:
    """The programs that a file starts; one without any of the words is not read further."""
    source = path.read_text(encoding="utf-8")
    if any(word in source for word in WORDS):
        yield from programs(source, path.relative_to(HOUSE).as_posix())


def programs(source: str, name: str = "") -> Iterator[tuple[int, str]]:
    """The programs that a source text starts, each with its line; "?" where that cannot be read off."""
    tree = ast.parse(source)
    assigned = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for call, where in calls(tree):
        started = starts(call)
        passes_on = isinstance(call.func, ast.Name) and (name, call.func.id) in PASSED_ON
        if (started and (name, where) not in PASSED_ON) or passes_on:
            yield call.lineno, program(call.args[0] if call.args else call, assigned)


def calls(tree: ast.AST, where: str = "") -> Iterator[Call]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Call):
            yield node, where
        yield from calls(node, node.name if isinstance(node, ast.FunctionDef) else where)


def starts(call: ast.Call) -> bool:
    """Whether a call starts a program, or asks where one is."""
    function = call.func
    if isinstance(function, ast.Name):
        return function.id in ("Popen", "which", "QProcess")
    if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Name):
        return False
    return function.attr in STARTERS.get(function.value.id, ()) or "QProcess" in (
        function.attr,
        function.value.id,
    )


def program(node: ast.expr, assigned: dict[str, ast.expr]) -> str:
    """The program that a command line begins with."""
    if isinstance(node, ast.List | ast.Tuple) and node.elts:
        return program(node.elts[0], assigned)
    if isinstance(node, ast.Name) and node.id in assigned:
        return program(assigned[node.id], {key: value for key, value in assigned.items() if key != node.id})
    if isinstance(node, ast.Starred):
        return program(node.value, assigned)
    if isinstance(node, ast.BinOp):
        # A list with more behind it, or a file in a folder.
        return program(node.right if isinstance(node.op, ast.Div) else node.left, assigned)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return Path(node.value.split()[0]).name
    return "python" if ast.unparse(node) == "sys.executable" else "?"


@pytest.mark.parametrize("part", ["engine", "desktop", "packaging", "tests"])
def test_no_program_is_started_that_the_set_up_does_not_bring(part: str) -> None:
    wrong = [
        f"{path.relative_to(HOUSE)}:{line}: {started}"
        for path in SOURCES
        if path.relative_to(HOUSE).parts[0] == part
        and path.relative_to(HOUSE).as_posix() not in OF_THE_SYSTEM
        for line, started in programs_of(path)
        if started not in BROUGHT
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("line", "started"),
    [
        ("subprocess.run(['ffprobe', path])", "ffprobe"),
        ("subprocess.run('ffprobe -i x', shell=True)", "ffprobe"),
        ("shutil.which('sox')", "sox"),
        ("os.system('aplay x')", "aplay"),
        ("command = ['git', 'log']\nsubprocess.Popen(command + rest)", "git"),
        ("subprocess.check_output([sys.executable, '-c', code])", "python"),
        ("QProcess.startDetached('xdg-open', [path])", "xdg-open"),
        ("subprocess.run(given)", "?"),
    ],
)
def test_a_program_is_read_off_its_call(line: str, started: str) -> None:
    assert [found for _, found in programs(line)] == [started]
