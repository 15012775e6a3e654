"""All preferences in one table: each field has its type, default, texts and limits."""

from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from typing import Any

from desktop.settings.sound_inputs import input_choices
from engine.generation.request_limits import MOST_CANDIDATES, MOST_STEPS, MOST_TAKES
from engine.generation.requests import DRAFT, FINAL, SECONDS
from engine.scene.limits import LEAST_SECONDS, MOST_SECONDS
from engine.scene.objects import NEGATIVE
from engine.scene.timecode import RATES
from engine.scene.timeline import EDGE_FADE_MS, MOST_EDGE_FADE_MS, PROJECT_RATES


@dataclass(frozen=True)
class FieldInfo:
    """How a preference is shown.

    Attributes:
        section: the page it is on.
        label: its name.
        help: a sentence for the tooltip.
        choices: pairs of value and text, if it is a choice.
        least: smallest number.
        most: largest number.
        unit: unit shown after a number.
        nothing: text for 0 or an empty line.
        folder: whether it is the path of a folder.
        listed: returns what can be chosen on this machine, as ``choices``; other values are valid, too.
        restart: whether a change takes effect at the next start.
    """

    section: str
    label: str
    help: str
    choices: tuple[tuple[Any, str], ...] = ()
    least: float = 0
    most: float = 0
    unit: str = ""
    nothing: str = ""
    folder: bool = False
    listed: Callable[[], tuple[tuple[Any, str], ...]] | None = None
    restart: bool = False


def _field(usual: Any, words: FieldInfo) -> Any:
    return field(default=usual, metadata={"words": words})


MAKING, LISTENING, PROJECTS, WINDOW = "Generating", "Listening", "Projects", "Window"
SECTIONS = (MAKING, LISTENING, PROJECTS, WINDOW)
_DEVICES = (
    ("auto", "The fastest there is"),
    ("cpu", "Processor"),
    ("cuda", "NVIDIA card"),
    ("mps", "Apple GPU"),
)
_RATES = tuple((rate, f"{rate / 1000:g} kHz") for rate in PROJECT_RATES)
_SCALES = tuple((percent, f"{percent} %") for percent in (75, 100, 125, 150, 175, 200))


@dataclass(frozen=True)
class Preferences:
    """All preferences except the keys."""

    device: str = _field("auto", FieldInfo(MAKING, "Device", "Where sounds are made.", choices=_DEVICES))
    threads: int = _field(
        0,
        FieldInfo(
            MAKING,
            "Threads",
            "Processor threads for the models.",
            nothing="Automatic",
            least=0,
            most=128,
        ),
    )
    draft_steps: int = _field(
        DRAFT.steps, FieldInfo(MAKING, "Draft steps", "Fewer are faster.", least=1, most=MOST_STEPS)
    )
    final_steps: int = _field(
        FINAL.steps,
        FieldInfo(MAKING, "Final steps", "More take longer and sound better.", least=1, most=MOST_STEPS),
    )
    final: bool = _field(
        False, FieldInfo(MAKING, "Always final quality", "Make every take with the final steps.")
    )
    candidates: int = _field(
        0,
        FieldInfo(
            MAKING,
            "Candidates",
            "How many sounds are made for each take; the one that fits best is kept.",
            nothing="Automatic: 2 for short drafts",
            least=0,
            most=MOST_CANDIDATES,
        ),
    )
    variations: int = _field(
        1, FieldInfo(MAKING, "Takes at once", "How many takes one Generate makes.", least=1, most=MOST_TAKES)
    )
    duration: float = _field(
        SECONDS,
        FieldInfo(
            MAKING,
            "Duration",
            "Of the takes of a new object.",
            least=LEAST_SECONDS,
            most=MOST_SECONDS,
            unit="s",
        ),
    )
    negative: str = _field(
        NEGATIVE,
        FieldInfo(MAKING, "Negative prompt", "What the takes of a new object should not sound like."),
    )
    model: str = _field(
        "",
        FieldInfo(
            MAKING,
            "Model folder",
            "Which model looks and sounds.",
            nothing="The one that came with Foleyscape",
            folder=True,
        ),
    )
    autoplay: bool = _field(
        False,
        FieldInfo(LISTENING, "Play new takes", "A newly made take plays by itself, unless something plays."),
    )
    matched: bool = _field(
        True,
        FieldInfo(
            LISTENING, "Match loudness", "Takes are heard at −23 LUFS, so that the louder one does not win."
        ),
    )
    input_device: str = _field(
        "",
        FieldInfo(
            LISTENING,
            "Microphone",
            "What takes are recorded from.",
            listed=input_choices,
        ),
    )
    pre_roll: float = _field(
        2.0,
        FieldInfo(
            LISTENING,
            "Pre-roll",
            "How long the timeline plays before a recording begins.",
            least=0.0,
            most=30.0,
            unit="s",
        ),
    )
    sample_rate: int = _field(
        48_000, FieldInfo(PROJECTS, "Sample rate", "Of a new project's timeline.", choices=_RATES)
    )
    frame_rate: str = _field(
        "25",
        FieldInfo(PROJECTS, "Frame rate", "Of a new project.", choices=tuple((name, name) for name in RATES)),
    )
    edge_fade_ms: float = _field(
        EDGE_FADE_MS,
        FieldInfo(
            PROJECTS,
            "Fades at cuts",
            "Shortest fade at every edge of a clip, against clicks, in a new project.",
            least=0,
            most=MOST_EDGE_FADE_MS,
            unit="ms",
            nothing="None",
        ),
    )
    auto_crossfade: bool = _field(
        True, FieldInfo(PROJECTS, "Crossfade overlaps", "Overlapping clips of a new project cross.")
    )
    projects_folder: str = _field(
        "",
        FieldInfo(
            PROJECTS,
            "Project folder",
            "Where projects are saved unless you say otherwise.",
            nothing="Beside the still",
            folder=True,
        ),
    )
    export_folder: str = _field(
        "",
        FieldInfo(
            PROJECTS,
            "Export folder",
            "Where stems go unless you say otherwise.",
            nothing="Beside the project",
            folder=True,
        ),
    )
    autosave_seconds: int = _field(
        20, FieldInfo(PROJECTS, "Autosave after", "How long after a change.", least=2, most=600, unit="s")
    )
    scale: int = _field(
        100, FieldInfo(WINDOW, "Interface scale", "The size of everything.", choices=_SCALES, restart=True)
    )
    snap: bool = _field(True, FieldInfo(WINDOW, "Snap to frames", "Clips snap to frames and edges."))
    hover: bool = _field(
        True, FieldInfo(WINDOW, "Show masks while hovering", "What a click would take, live.")
    )


def field_info(entry: "Field[Any]") -> FieldInfo:
    """Return how a field of ``Preferences`` is shown."""
    words: FieldInfo = entry.metadata["words"]
    return words


def read_preferences(facts: Mapping[str, Any]) -> Preferences:
    """Read preferences from a JSON object; invalid values become the defaults."""
    usual = Preferences()
    taken = {
        entry.name: facts[entry.name]
        for entry in fields(Preferences)
        if entry.name in facts and fits(entry, facts[entry.name])
    }
    return replace(usual, **taken)


def write_preferences(preferences: Preferences) -> dict[str, Any]:
    """Return only the values that differ from the defaults."""
    return {
        entry.name: getattr(preferences, entry.name)
        for entry in fields(Preferences)
        if getattr(preferences, entry.name) != entry.default
    }


def fits(entry: "Field[Any]", value: Any) -> bool:
    """Return whether a JSON value is valid for a setting."""
    words = field_info(entry)
    kind: type[Any] = type(entry.default)
    # JSON may hold a float setting as an integer.
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is not kind:
        return False
    if words.choices:
        return value in [choice for choice, _ in words.choices]
    if kind in (int, float) and words.most > words.least:
        return bool(words.least <= value <= words.most)
    return True
