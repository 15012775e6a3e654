"""The glossary's words in the code: no banned word in a name, docstring or comment; docstrings in one form."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GLOSSARY = ROOT / "resources" / "docs" / "glossary.md"
SECTIONS = ("Args", "Attributes", "Raises")

Found = tuple[int, str]
"""A line number and what is wrong there."""


def banned() -> tuple[tuple[str, ...], ...]:
    """The first column of the glossary's last table, each entry as its words."""
    table = GLOSSARY.read_text(encoding="utf-8").split("## Words not used in code")[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    entries = [entry for row in rows[1:] for entry in row[0].split(", ")]
    return tuple(tuple(entry.split()) for entry in entries)


def parts(name: str) -> list[str]:
    """The words of an identifier: ``hoverMask``, ``HOVER_MASK`` and ``hover_mask`` are "hover mask"."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def docstrings(tree: ast.Module) -> dict[tuple[int, int], str]:
    """Every string that documents something, attributes included, by the position where it starts."""
    bodies = [
        node.body for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
    ]
    statements = [statement for body in bodies for statement in body]
    return {
        (statement.lineno, statement.col_offset): statement.value.value
        for statement in statements
        if isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    }


def among(found: Sequence[str], words: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Those of ``words`` that stand somewhere in ``found``, all of an entry's words in a row."""
    standing = set(found)
    for word in words:
        if word[0] in standing and any(
            tuple(found[at : at + len(word)]) == word for at in range(len(found) - len(word) + 1)
        ):
            yield " ".join(word)


def banned_words(source: str, words: Sequence[tuple[str, ...]]) -> Iterator[Found]:
    """Banned words in the names, docstrings and comments of a source text, with their lines."""
    documented = docstrings(ast.parse(source))
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME:
            found = parts(token.string)
        elif token.type == tokenize.COMMENT or token.start in documented:
            found = re.findall(r"[a-z]+", token.string.lower())
        else:
            continue
        for word in among(found, words):
            yield token.start[0], word


def crowded_entries(source: str) -> Iterator[Found]:
    """Entries of a docstring's sections that share a line with another or name several things at once."""
    for (line, _), text in docstrings(ast.parse(source)).items():
        for section in re.finditer(
            rf"^ *(?:{'|'.join(SECTIONS)}):\n((?:[ \t]+\S.*\n?|\n(?=[ \t]))+)", text, re.M
        ):
            entries = section[1].splitlines()
            indent = min(len(entry) - len(entry.lstrip()) for entry in entries if entry.strip())
            names = [entry.strip().split(":")[0] for entry in entries if re.match(rf" {{{indent}}}\S", entry)]
            for name in names:
                if not re.fullmatch(r"\*{0,2}[\w.]+", name):
                    yield line, f"{name!r} is not one name"
            for name in re.findall(r"\. (\w+): ", section[1]):
                yield line, f"{name!r} belongs on a line of its own"


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def problems(paths: Sequence[Path]) -> list[str]:
    words = banned()
    found = []
    for path in paths:
        where = path.relative_to(ROOT)
        found += [
            f"{where}: {word}" for word in map(" ".join, words) if word in " ".join(parts(path.stem)).split()
        ]
        source = path.read_text(encoding="utf-8")
        found += [f"{where}:{line}: {word}" for line, word in banned_words(source, words)]
    return found


@pytest.mark.parametrize("package", ["engine", "desktop"])
def test_no_name_docstring_or_comment_has_a_word_that_the_glossary_bans(package: str) -> None:
    assert problems(modules(package)) == []


@pytest.mark.parametrize("package", ["engine", "desktop"])
def test_every_entry_of_a_docstring_has_a_line_of_its_own(package: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {what}"
        for path in modules(package)
        for line, what in crowded_entries(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_banned_words_are_found_in_names_docstrings_and_comments_but_not_in_texts() -> None:
    source = (
        '"""What it wishes."""\n\nGLIMPSE = 1\n"""So many."""\n\n\n'
        'def keepWish(a):\n    # a taste\n    return "deed"\n'
    )
    assert sorted(banned_words(source, banned())) == [
        (1, "wishes"), (3, "glimpse"), (4, "so many"), (7, "wish"), (8, "taste"),
    ]  # fmt: skip


def test_crowded_entries_are_found() -> None:
    source = (
        '"""A.\n\n    Args:\n        a, b: two.\n        c: one. d: more.\n'
        '        *e: rest,\n            f: no entry.\n    """\n'
    )
    assert [what for _, what in crowded_entries(source)] == [
        "'a, b' is not one name",
        "'d' belongs on a line of its own",
    ]


def test_no_term_of_the_glossary_is_a_word_that_it_bans() -> None:
    terms = re.findall(r"^\| \*\*(.+?)\*\*", GLOSSARY.read_text(encoding="utf-8"), re.M)
    assert len(terms) > 20
    assert not {term for entry in terms for term in entry.split(", ")} & set(map(" ".join, banned()))
