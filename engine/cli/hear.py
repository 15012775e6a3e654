"""``foleyscape hear``."""

from argparse import Namespace
from collections.abc import Callable
from typing import Any

from engine.cli.bar import terminal_bar
from engine.cli.streams import print_json
from engine.generation.listener import Heard
from engine.studio import Studio


def hear(arguments: Namespace, is_cancelled: Callable[[], bool]) -> int:
    """Run ``foleyscape hear``."""
    bar = terminal_bar(quiet=arguments.json)
    try:
        progress = bar.progress(is_cancelled)
        progress.report(0.0, "Starting")
        studio = Studio(arguments.model, arguments.device)
        heard = [(path, studio.hear(path, progress=progress)) for path in arguments.files]
    finally:
        bar.clear()
    if arguments.json:
        print_json([facts_of(str(path), one) for path, one in heard])
        return 0
    for path, one in heard:
        print(f"{path}: {_said(one)}")
        for guess in one.concepts:
            print(f"  {guess.score:4.2f}  {guess.concept.name:<18} {guess.concept.ucs}")
    return 0


def facts_of(file: str, heard: Heard) -> dict[str, Any]:
    """Return what was heard as JSON-serializable values."""
    return {
        "file": file,
        "name": heard.name,
        "ucs": heard.ucs,
        "silent": heard.is_silent,
        "concepts": [
            {"id": guess.concept.id, "score": round(guess.score, 4), "ucs": guess.concept.ucs}
            for guess in heard.concepts
        ],
    }


def _said(heard: Heard) -> str:
    if heard.is_silent:
        return "silent"
    if heard.best is None:
        return "nothing that Foleyscape is sure of"
    return f"{heard.name}, UCS {heard.ucs}"
