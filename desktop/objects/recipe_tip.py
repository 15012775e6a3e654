"""The tooltip of a take: how it was made, from its recipe."""

import html
from collections.abc import Iterator

from engine.scene.recipe_facts import OBJECT_AWARE, RecipeFacts
from engine.scene.scene import TakeRecord

SOLVERS = {"multistep": "draft", "ddim": "final"}


def recipe_rows(take: TakeRecord) -> list[tuple[str, str]]:
    """Return pairs of label and value from a take's recipe; a recipe of unknown form gives fewer rows."""
    seconds = take.samples / take.rate
    rows = [("Length", f"{seconds:.2f} s, {take.rate / 1000:g} kHz")]
    if take.kind == "recording":
        return [*_rows_of_recording(take), *rows]
    return [*_rows(RecipeFacts.of(take.recipe)), *rows]


def recipe_tip(take: TakeRecord) -> str:
    """Return the rows as a tooltip."""
    title = f"<b>{html.escape(take.name)}</b>, take {take.number}"
    body = "".join(
        f"<tr><td style='padding-right:10px'>{label}</td><td>{html.escape(value)}</td></tr>"
        for label, value in recipe_rows(take)
    )
    return f"<qt>{title}<table>{body}</table></qt>"


def _rows(facts: RecipeFacts) -> Iterator[tuple[str, str]]:
    if facts.prompt is not None:
        yield "Prompt", facts.prompt[:200] or "from the picture"
    if facts.setting("negative"):
        yield "Without", str(facts.setting("negative"))[:200]
    if facts.seed is not None:
        yield "Seed", str(facts.seed)
    if facts.setting("steps") is not None:
        solver = str(facts.setting("solver"))
        yield "Steps", f"{facts.setting('steps')}, {SOLVERS.get(solver, solver)}"
    for key, value in facts.settings:
        if key not in {"negative", "steps", "solver"}:
            yield key[:40].replace("_", " ").capitalize(), _plain(value)
    if facts.generator not in {"", OBJECT_AWARE}:
        yield "Generator", facts.generator[:60]
    if facts.model:
        yield "Model", facts.model[:60]


def _rows_of_recording(take: TakeRecord) -> Iterator[tuple[str, str]]:
    facts = RecipeFacts.of(take.recipe)
    yield "Recorded", facts.source[:200] or "elsewhere"
    yield "Licence", take.licence[:200] or "not known"
    for key, value in facts.settings:
        yield key[:40].replace("_", " ").capitalize(), _plain(value)


def _plain(value: str | int | float) -> str:
    return value[:60] if isinstance(value, str) else f"{value:g}"
