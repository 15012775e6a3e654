"""Every error that is raised for the user is a full sentence with nothing of the inside in it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent
ENDS = {
    "{wrong[0]}",
    "{error}",
    "{damage}",
    "{_ADVICE}",
    "{words}",
    "{error.message}",
}
"""What may end a sentence in place of its period: parts that are sentences themselves, or end like one."""
UNWANTED = r"[Ii]nternal|[Ss]taging|\.partial|\.foleyscape-|[Tt]raceback|[Nn]othing was left behind|\bNone\b|Errno|  "


@pytest.fixture(scope="module")
def sentences() -> list[tuple[str, str]]:
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sources()}
    errors = error_classes(list(trees.values()))
    assert {"BadInput", "Failed", "Incomplete", "Occupied"} <= errors
    return [
        (f"{path.relative_to(HOUSE).as_posix()}:{call.lineno}", sentence)
        for path, tree in trees.items()
        for call in calls(tree, errors)
        for sentence in read(call.args[0], tree)
    ]


def test_each_begins_with_a_capital_letter_an_option_or_what_it_is_about(
    sentences: list[tuple[str, str]],
) -> None:
    assert len(sentences) > 350
    assert not [one for one in sentences if not re.match(r"[A-Z{]|--[a-z]", one[1])]


def test_each_ends_with_a_period(sentences: list[tuple[str, str]]) -> None:
    assert not [one for one in sentences if not one[1].endswith((".", *ENDS))]


def test_none_says_anything_of_the_inside_or_a_promise_that_it_cannot_keep(
    sentences: list[tuple[str, str]],
) -> None:
    assert not [one for one in sentences if re.search(UNWANTED, one[1])]


def test_each_is_one_line_of_a_length_that_is_read(sentences: list[tuple[str, str]]) -> None:
    assert not [one for one in sentences if "\n" in one[1] or len(re.sub(r"{.*?}", "", one[1])) > 220]


def sources() -> Iterator[Path]:
    for part in ("engine", "desktop"):
        yield from sorted((HOUSE / part).rglob("*.py"))


def error_classes(trees: list[ast.Module]) -> set[str]:
    """Return the names of ``FoleyscapeError`` and of every class derived from it."""
    known, size = {"FoleyscapeError"}, 0
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    while len(known) > size:
        size = len(known)
        known |= {one.name for one in classes if known & {last_name(base) for base in one.bases}}
    return known


def calls(tree: ast.Module, errors: set[str]) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and last_name(node.func) in errors and node.args:
            yield node


def last_name(node: ast.expr) -> str:
    return ast.unparse(node).rpartition(".")[2]


def read(node: ast.expr, tree: ast.Module) -> list[str]:
    """Return the texts an expression can be, ``{...}`` for each part that is known only at run time."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.JoinedStr):
        return ["".join(part_of(value) for value in node.values)]
    if isinstance(node, ast.IfExp):
        return [*read(node.body, tree), *read(node.orelse, tree)]
    if isinstance(node, ast.Name):
        values = [value for value in assigned(node.id, tree) if not isinstance(value, ast.Name)]
        return [text for value in values for text in read(value, tree)]
    return []  # A call: the sentence is made elsewhere.


def part_of(value: ast.expr) -> str:
    if isinstance(value, ast.FormattedValue):
        return f"{{{ast.unparse(value.value)}}}"
    return str(value.value) if isinstance(value, ast.Constant) else ""


def assigned(name: str, tree: ast.Module) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(ast.unparse(target) == name for target in node.targets):
            yield node.value
