"""Every edge at which a thread turns an error into a value or a sentence also writes its traceback to the log."""

import ast
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[3]
LOGGING_CALLS = {"log_failure", "exception", "error", "warning", "fail", "_failed", "_tell"}


def broad_handlers() -> list[tuple[str, ast.ExceptHandler]]:
    """Handlers of every error that do not raise it again."""
    found = []
    for folder in ("engine", "desktop"):
        for path in sorted((HOUSE / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ExceptHandler) and is_broad(node) and not raises(node):
                    found.append((f"{path.relative_to(HOUSE)}:{node.lineno}", node))
    return found


def is_broad(handler: ast.ExceptHandler) -> bool:
    kind = handler.type
    return kind is None or (isinstance(kind, ast.Name) and kind.id in {"Exception", "BaseException"})


def raises(handler: ast.ExceptHandler) -> bool:
    return any(isinstance(node, ast.Raise) for node in ast.walk(handler))


def calls(handler: ast.ExceptHandler) -> set[str]:
    names = set()
    for node in ast.walk(handler):
        if isinstance(node, ast.Call):
            called = node.func
            names.add(called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", ""))
    return names


@pytest.mark.parametrize(("place", "handler"), broad_handlers(), ids=[place for place, _ in broad_handlers()])
def test_an_edge_that_takes_every_error_logs_it(place: str, handler: ast.ExceptHandler) -> None:
    assert calls(handler) & LOGGING_CALLS, f"{place} swallows errors without a trace"


def test_there_are_edges_to_test() -> None:
    assert len(broad_handlers()) >= 8
