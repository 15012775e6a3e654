"""How a take came to be, in words, from its recipe: what is shown while the pointer rests on it."""

import html
import json
from typing import Any

from engine.scene.scene import TakeRecord

SOLVERS = {"multistep": "draft", "ddim": "final"}


def recipe_rows(take: TakeRecord) -> list[tuple[str, str]]:
    """Label and value of all that is known of a take; a recipe of unknown form gives fewer rows."""
    seconds = take.samples / take.rate
    rows = [("Length", f"{seconds:.2f} s, {take.rate / 1000:g} kHz")]
    try:
        facts = json.loads(take.recipe)
    except (ValueError, RecursionError):
        return rows
    if not isinstance(facts, dict):
        return rows
    return [*_words(facts), *_numbers(facts), *rows]


def recipe_tip(take: TakeRecord) -> str:
    """The rows as a tooltip."""
    title = f"<b>{html.escape(take.name)}</b>, take {take.number}"
    body = "".join(
        f"<tr><td style='padding-right:10px'>{label}</td><td>{html.escape(value)}</td></tr>"
        for label, value in recipe_rows(take)
    )
    return f"<qt>{title}<table>{body}</table></qt>"


def _words(facts: dict[str, Any]) -> list[tuple[str, str]]:
    rows = []
    prompt = _prompt(facts.get("subjects"))
    if prompt is not None:
        rows.append(("Prompt", prompt or "from the picture"))
    negative = facts.get("negative")
    if isinstance(negative, str) and negative:
        rows.append(("Without", negative[:200]))
    return rows


def _prompt(subjects: object) -> str | None:
    """What was asked for, of one object or of several."""
    if not isinstance(subjects, list) or not subjects or not isinstance(subjects[0], dict):
        return None
    parts = subjects[0].get("parts") or subjects
    if not isinstance(parts, list):
        return None
    prompts = (part.get("prompt") for part in parts if isinstance(part, dict))
    return " + ".join(prompt for prompt in prompts if isinstance(prompt, str))[:200]


def _numbers(facts: dict[str, Any]) -> list[tuple[str, str]]:
    rows = []
    if isinstance(facts.get("seed"), int):
        rows.append(("Seed", str(facts["seed"])))
    if isinstance(facts.get("steps"), int):
        solver = str(facts.get("solver"))
        rows.append(("Steps", f"{facts['steps']}, {SOLVERS.get(solver, solver)}"))
    if isinstance(facts.get("guidance"), int | float):
        rows.append(("Guidance", f"{facts['guidance']:g}"))
    if isinstance(facts.get("model"), str):
        rows.append(("Model", facts["model"][:60]))
    return rows
